//! Dates and times as FHIR writes them: with a precision, and an offset that may be missing.
//!
//! [`Date`], [`Time`] and [`DateTime`] keep what was said and no more; [`Instant`] is a point in time. An imprecise value
//! is an interval: `low` and `high` give its bounds once a [`Zone`] stands in for a missing offset.

mod arithmetic;
mod business;
mod instant;
pub mod names;
mod parse;
mod print;

use std::cmp::Ordering;

pub use arithmetic::{Unit, days_in_month};
pub use business::Holidays;
pub use instant::{Instant, Zone};

/// How much of a date or time was said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// A whole day.
    Day,
    /// A whole hour.
    Hour,
    /// A whole minute.
    Minute,
    /// A whole second.
    Second,
    /// Parts of a second.
    Fraction,
}

/// A year, a month or a day of the civil calendar, years 1 to 9999. What was not said counts as 1 in order and hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
    precision: Precision,
}

impl Date {
    /// A day, if the calendar has it.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Date> {
        let valid =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        valid.then_some(Date { year, month, day, precision: Precision::Day })
    }

    /// A whole month.
    pub fn month_of(year: i16, month: u8) -> Option<Date> {
        Date::new(year, month, 1).map(|d| Date { precision: Precision::Month, ..d })
    }

    /// A whole year.
    pub fn year_of(year: i16) -> Option<Date> {
        Date::new(year, 1, 1).map(|d| Date { precision: Precision::Year, ..d })
    }

    /// Reads `2026`, `2026-08` or `2026-08-01`.
    pub fn parse(text: &str) -> Option<Date> {
        parse::date(text)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, if said.
    pub fn month(self) -> Option<u8> {
        (self.precision >= Precision::Month).then_some(self.month)
    }

    /// The day of the month, if said.
    pub fn day(self) -> Option<u8> {
        (self.precision >= Precision::Day).then_some(self.day)
    }

    /// How much was said.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The first moment of this date in a zone.
    pub fn low(self, zone: &Zone) -> Instant {
        zone.instant(self, Time::MIDNIGHT)
    }

    /// The first moment after this date in a zone.
    pub fn high(self, zone: &Zone) -> Instant {
        zone.instant(self.last_day().plus_days(1), Time::MIDNIGHT)
    }

    /// Compares as far as both were said; nothing when that does not settle it (`2026` and `2026-08`).
    pub fn compare(self, other: Date) -> Option<Ordering> {
        let parts = |d: Date| [Some(i32::from(d.year)), d.month().map(i32::from), d.day().map(i32::from)];
        compare_parts(parts(self).into_iter().zip(parts(other)))
    }
}

/// A time of day. What was not said counts as 0 in order and hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    micro: u32,
    precision: Precision,
    /// Digits of the fraction that were written, at most 6.
    digits: u8,
}

impl Time {
    /// The start of a day, to the second.
    pub const MIDNIGHT: Time =
        Time { hour: 0, minute: 0, second: 0, micro: 0, precision: Precision::Second, digits: 0 };

    /// A time to the second.
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Time> {
        (hour < 24 && minute < 60 && second < 60).then_some(Time { hour, minute, second, ..Time::MIDNIGHT })
    }

    /// The same time with a fraction of a second, written with that many digits.
    pub fn with_micro(self, micro: u32, digits: u8) -> Option<Time> {
        (micro < 1_000_000 && (1..=6).contains(&digits)).then_some(Time {
            micro,
            precision: Precision::Fraction,
            digits,
            ..self
        })
    }

    /// The same time, said only to a coarser precision.
    pub fn to_precision(self, precision: Precision) -> Time {
        let mut time = Time { precision, ..self };
        if precision < Precision::Fraction {
            (time.micro, time.digits) = (0, 0);
        }
        if precision < Precision::Second {
            time.second = 0;
        }
        if precision < Precision::Minute {
            time.minute = 0;
        }
        time
    }

    /// Reads `14`, `14:30`, `14:30:05` or `14:30:05.123`.
    pub fn parse(text: &str) -> Option<Time> {
        parse::time(text)
    }

    /// The hour.
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, if said.
    pub fn minute(self) -> Option<u8> {
        (self.precision >= Precision::Minute).then_some(self.minute)
    }

    /// The second, if said.
    pub fn second(self) -> Option<u8> {
        (self.precision >= Precision::Second).then_some(self.second)
    }

    /// Microseconds within the second.
    pub fn micro(self) -> u32 {
        self.micro
    }

    /// How much was said.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// Microseconds since midnight at the start of this time.
    pub fn micros_of_day(self) -> i64 {
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        seconds * 1_000_000 + i64::from(self.micro)
    }

    /// How long the span is that this time may mean, in microseconds.
    fn span(self) -> i64 {
        match self.precision {
            Precision::Fraction => 10_i64.pow(6 - u32::from(self.digits.min(6))),
            Precision::Second => 1_000_000,
            Precision::Minute => 60_000_000,
            _ => 3_600_000_000,
        }
    }

    /// Compares as far as both were said; seconds with and without a fraction are comparable, as in FHIRPath.
    pub fn compare(self, other: Time) -> Option<Ordering> {
        compare_parts(self.parts().into_iter().zip(other.parts()))
    }

    fn parts(self) -> [Option<i32>; 3] {
        let second = self.second().map(|s| i32::from(s) * 1_000_000 + self.micro as i32);
        [Some(i32::from(self.hour)), self.minute().map(i32::from), second]
    }
}

/// A date, or a date with a time; the offset from UTC may be missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Option<Time>,
    /// Minutes east of UTC.
    offset: Option<i16>,
}

impl DateTime {
    /// A date alone, or a day with a time.
    pub fn new(date: Date, time: Option<Time>, offset: Option<i16>) -> DateTime {
        let time = time.filter(|_| date.precision == Precision::Day);
        DateTime { date, time, offset: offset.filter(|_| time.is_some()) }
    }

    /// Reads every form of FHIR's `date`, `dateTime` and `instant`; a missing offset or missing seconds are let through
    /// (validation reports them), so that what senders wrote can still be ordered.
    pub fn parse(text: &str) -> Option<DateTime> {
        parse::date_time(text)
    }

    /// The date part, as written (not moved to another zone).
    pub fn date(self) -> Date {
        self.date
    }

    /// The time of day, if said.
    pub fn time(self) -> Option<Time> {
        self.time
    }

    /// Minutes east of UTC, if said.
    pub fn offset(self) -> Option<i16> {
        self.offset
    }

    /// How much was said.
    pub fn precision(self) -> Precision {
        self.time.map_or(self.date.precision, |t| t.precision)
    }

    /// The first moment this may mean; `zone` stands in for a missing offset.
    pub fn low(self, zone: &Zone) -> Instant {
        match (self.time, self.offset) {
            (None, _) => self.date.low(zone),
            (Some(time), None) => zone.instant(self.date, time),
            (Some(time), Some(offset)) => {
                let days = i64::from(self.date.to_days());
                Instant::from_micros(days * instant::DAY + time.micros_of_day() - i64::from(offset) * 60_000_000)
            }
        }
    }

    /// The first moment after all those this may mean.
    pub fn high(self, zone: &Zone) -> Instant {
        match self.time {
            None => self.date.high(zone),
            Some(time) => Instant::from_micros(self.low(zone).micros() + time.span()),
        }
    }

    /// The civil day in a zone on which this begins.
    pub fn day_in(self, zone: &Zone) -> Date {
        match self.time {
            Some(_) if self.offset.is_some() => zone.civil(self.low(zone)).0,
            _ => self.date,
        }
    }

    /// Compares as far as both were said, at the same offset; nothing when that does not settle it.
    pub fn compare(self, other: DateTime, zone: &Zone) -> Option<Ordering> {
        let (a, b) = if self.offset == other.offset { (self, other) } else { (self.in_utc(zone), other.in_utc(zone)) };
        match a.date.compare(b.date) {
            Some(Ordering::Equal) => {}
            settled_or_not => return settled_or_not,
        }
        match (a.time, b.time) {
            (None, None) => Some(Ordering::Equal),
            (Some(a), Some(b)) => a.compare(b),
            _ => None,
        }
    }

    /// The same moment written at UTC; values without a time stay as they are.
    fn in_utc(self, zone: &Zone) -> DateTime {
        let Some(time) = self.time else { return self };
        let (date, utc) = Zone::utc().civil(self.low(zone));
        DateTime { date, time: Some(Time { precision: time.precision, digits: time.digits, ..utc }), offset: Some(0) }
    }
}

impl From<Date> for DateTime {
    fn from(date: Date) -> DateTime {
        DateTime { date, time: None, offset: None }
    }
}

fn compare_parts(parts: impl Iterator<Item = (Option<i32>, Option<i32>)>) -> Option<Ordering> {
    for (a, b) in parts {
        match (a, b) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return Some(a.cmp(&b)),
            (None, None) => return Some(Ordering::Equal),
            _ => return None,
        }
    }
    Some(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn moment(text: &str) -> DateTime {
        DateTime::parse(text).unwrap()
    }

    #[test]
    fn text_comes_back() {
        for text in ["2026", "2026-08", "2026-08-01", "2026-08-01T14:30", "2026-08-01T14:30:05.120-05:00"] {
            assert_eq!(moment(text).to_string(), text);
        }
        assert_eq!(moment("2026-08-01T14:30:05Z").to_string(), "2026-08-01T14:30:05Z");
        assert_eq!(moment("2026-08-01T14:30:05.1234567Z").time().map(Time::micro), Some(123_456));
        for bad in [
            "",
            "26",
            "2026-13",
            "2026-02-29",
            "2026-8-1",
            "2026-08-01T",
            "2026-08-01T24:00:00Z",
            "0000",
            "2026-08-01T10:00:00+15:00",
            "2026-08-01x",
            "2026-08T10:00:00Z",
        ] {
            assert!(DateTime::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn comparison_admits_uncertainty() {
        assert_eq!(date("2026").compare(date("2026-08")), None);
        assert_eq!(date("2025").compare(date("2026-08")), Some(Ordering::Less));
        let zone = Zone::utc();
        assert_eq!(moment("2026-08-01").compare(moment("2026-08-01T10:00:00Z"), &zone), None);
        let same = moment("2026-08-01T10:00:00Z").compare(moment("2026-08-01T12:00:00+02:00"), &zone);
        assert_eq!(same, Some(Ordering::Equal));
    }

    #[test]
    fn bounds_follow_precision_and_zone() {
        let new_york = Zone::named("America/New_York").unwrap();
        let low = |text: &str| moment(text).low(&new_york).to_string();
        let high = |text: &str| moment(text).high(&new_york).to_string();
        assert_eq!(low("2026-07"), "2026-07-01T04:00:00Z");
        assert_eq!(high("2026-07"), "2026-08-01T04:00:00Z");
        assert_eq!(low("2026-12-01"), "2026-12-01T05:00:00Z");
        assert_eq!(high("2026-12-01T10:00:00"), "2026-12-01T15:00:01Z");
        assert_eq!(high("2026-12-01T10:00:00.12Z"), "2026-12-01T10:00:00.130Z");
        // The hour that the clocks skip counts as the hour after.
        assert_eq!(low("2026-03-08T02:30:00"), "2026-03-08T07:30:00Z");
        assert_eq!(moment("2026-08-01T02:00:00Z").day_in(&new_york), date("2026-07-31"));
    }

    #[test]
    fn calendar_arithmetic_clamps_to_the_month() {
        assert_eq!(date("2024-02-29").plus(1, Unit::Year), Some(date("2025-02-28")));
        assert_eq!(date("2026-01-31").plus(1, Unit::Month), Some(date("2026-02-28")));
        assert_eq!(date("2026-03-01").plus(-1, Unit::Day), Some(date("2026-02-28")));
        assert_eq!(date("2026").plus(18, Unit::Month), Some(date("2027")));
        assert_eq!(date("9999-12-31").plus(1, Unit::Day), None);
        assert_eq!(date("2000-02-29").years_until(date("2026-02-28")), 25);
        assert_eq!(date("2000-02-29").years_until(date("2026-03-01")), 26);
        for days in [-719_162, -1, 0, 59, 60, 11_016, 2_932_896] {
            assert_eq!(Date::from_days(days).map(Date::to_days), Some(days));
        }
    }

    #[test]
    fn business_days_skip_weekends_and_holidays() {
        let holidays = Holidays::new([date("2026-07-03")]);
        assert_eq!(holidays.plus_business_days(date("2026-07-02"), 2), date("2026-07-07"));
        assert_eq!(holidays.plus_business_days(date("2026-07-04"), 1), date("2026-07-06"));
    }
}
