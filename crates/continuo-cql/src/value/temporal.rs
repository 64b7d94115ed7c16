//! CQL Date, DateTime and Time: a point on the calendar known to some precision.
//!
//! A value keeps its lowest possible moment plus the precision, so that full-precision comparison is one
//! integer comparison and an imprecise value is the range [low, high].

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;

/// Calendar precision, coarse to fine. `Week` only occurs as an operator's precision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Precision {
    /// Year.
    Year,
    /// Month.
    Month,
    /// Week (operators only).
    Week,
    /// Day.
    Day,
    /// Hour.
    Hour,
    /// Minute.
    Minute,
    /// Second.
    Second,
    /// Millisecond.
    Millisecond,
}

impl Precision {
    /// Reads ELM's and CQL's names, singular or plural.
    pub fn parse(name: &str) -> Option<Precision> {
        Some(match name.to_ascii_lowercase().trim_end_matches('s') {
            "year" => Precision::Year,
            "month" => Precision::Month,
            "week" => Precision::Week,
            "day" => Precision::Day,
            "hour" => Precision::Hour,
            "minute" => Precision::Minute,
            "second" => Precision::Second,
            "millisecond" => Precision::Millisecond,
            _ => return None,
        })
    }
}

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// Milliseconds of a fixed-length unit (day and finer; a week is seven days).
pub fn unit_ms(precision: Precision) -> i64 {
    match precision {
        Precision::Millisecond => 1,
        Precision::Second => 1000,
        Precision::Minute => 60_000,
        Precision::Hour => 3_600_000,
        Precision::Week => 7 * DAY_MS,
        _ => DAY_MS,
    }
}

/// Days since 1970-01-01 of a civil date (Howard Hinnant's algorithm).
pub fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month as i32 + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day as i32 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// The civil date of a day number.
pub fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    (yoe + era * 400 + i32::from(month <= 2), month, day)
}

/// Days in a month.
pub fn month_days(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A date known to year, month or day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Date {
    /// First day it can be.
    pub day: i32,
    /// Year, month or day.
    pub precision: Precision,
}

/// A date and time with an offset, known to some precision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DateTime {
    /// First local millisecond it can be.
    pub local: i64,
    /// Minutes east of UTC.
    pub offset: i16,
    /// Year to millisecond.
    pub precision: Precision,
}

/// A time of day known to hour, minute, second or millisecond.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Time {
    /// First millisecond of the day it can be.
    pub ms: i32,
    /// Hour to millisecond.
    pub precision: Precision,
}

fn floor_local(local: i64, precision: Precision) -> i64 {
    match precision {
        Precision::Millisecond => local,
        Precision::Year | Precision::Month => {
            let (y, m, _) = civil_from_days(local.div_euclid(DAY_MS) as i32);
            let month = if precision == Precision::Year { 1 } else { m };
            i64::from(days_from_civil(y, month, 1)) * DAY_MS
        }
        Precision::Week => floor_local(local, Precision::Day),
        unit => local.div_euclid(unit_ms(unit)) * unit_ms(unit),
    }
}

fn last_local(local: i64, precision: Precision) -> i64 {
    match precision {
        Precision::Year | Precision::Month => {
            let (y, m, _) = civil_from_days(local.div_euclid(DAY_MS) as i32);
            let month = if precision == Precision::Year { 12 } else { m };
            (i64::from(days_from_civil(y, month, month_days(y, month))) + 1) * DAY_MS - 1
        }
        unit => floor_local(local, unit) + unit_ms(unit) - 1,
    }
}

impl Date {
    /// A date from fields, the finest given one being the precision; nothing when out of the calendar.
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Option<Date> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        let (m, d) = (month.unwrap_or(1), day.unwrap_or(1));
        if !(1..=12).contains(&m) || d < 1 || d > month_days(year, m) || (day.is_some() && month.is_none()) {
            return None;
        }
        let precision = if day.is_some() {
            Precision::Day
        } else if month.is_some() {
            Precision::Month
        } else {
            Precision::Year
        };
        Some(Date { day: days_from_civil(year, m, d), precision })
    }

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Date> {
        let b = text.as_bytes();
        match b.len() {
            4 => Date::new(number(b)?, None, None),
            7 if b[4] == b'-' => Date::new(number(&b[..4])?, Some(number(&b[5..7])? as u32), None),
            10 if b[4] == b'-' && b[7] == b'-' => {
                Date::new(number(&b[..4])?, Some(number(&b[5..7])? as u32), Some(number(&b[8..10])? as u32))
            }
            _ => None,
        }
    }

    /// Year, month, day of the first day it can be.
    pub fn civil(self) -> (i32, u32, u32) {
        civil_from_days(self.day)
    }

    /// Last day it can be.
    pub fn last_day(self) -> i32 {
        match self.precision {
            Precision::Day => self.day,
            unit => last_local(i64::from(self.day) * DAY_MS, unit).div_euclid(DAY_MS) as i32,
        }
    }

    /// The same as a date-time at the same precision.
    pub fn to_datetime(self, offset: i16) -> DateTime {
        DateTime { local: i64::from(self.day) * DAY_MS, offset, precision: self.precision }
    }
}

impl DateTime {
    /// From fields; the first missing one ends the precision.
    pub fn new(fields: [Option<i32>; 7], offset: i16) -> Option<DateTime> {
        let date = Date::new(fields[0]?, fields[1].map(|m| m as u32), fields[2].map(|d| d as u32))?;
        let mut value = date.to_datetime(offset);
        let limits = [24, 60, 60, 1000];
        let units = [Precision::Hour, Precision::Minute, Precision::Second, Precision::Millisecond];
        let mut open = fields[2].is_some();
        for ((field, limit), unit) in fields[3..].iter().zip(limits).zip(units) {
            match field {
                Some(n) if open => {
                    if !(0..limit).contains(n) {
                        return None;
                    }
                    value.local += i64::from(*n) * unit_ms(unit);
                    value.precision = unit;
                }
                Some(_) => return None,
                None => open = false,
            }
        }
        Some(value)
    }

    /// Reads the ISO 8601 forms of CQL and FHIR. `offset` stands where the text names none.
    pub fn parse(text: &str, offset: i16) -> Option<DateTime> {
        let (date, time) = match text.find('T') {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let date = Date::parse(date)?;
        if time.is_empty() {
            return Some(date.to_datetime(offset));
        }
        let (clock, zone) = match time.find(['Z', '+', '-']) {
            Some(at) => (&time[..at], &time[at..]),
            None => (time, ""),
        };
        let offset = if zone.is_empty() { offset } else { parse_offset(zone)? };
        if clock.is_empty() {
            return Some(date.to_datetime(offset));
        }
        if date.precision != Precision::Day {
            return None;
        }
        let time = Time::parse(clock)?;
        Some(DateTime { local: i64::from(date.day) * DAY_MS + i64::from(time.ms), offset, precision: time.precision })
    }

    /// A moment known to the millisecond, seen at an offset.
    pub fn from_utc_millis(utc: i64, offset: i16) -> DateTime {
        DateTime { local: utc + i64::from(offset) * 60_000, offset, precision: Precision::Millisecond }
    }

    /// Milliseconds UTC of the first moment it can be.
    pub fn utc(self) -> i64 {
        self.local - i64::from(self.offset) * 60_000
    }

    /// The same moment seen at another offset.
    pub fn at_offset(self, offset: i16) -> DateTime {
        if offset == self.offset {
            return self;
        }
        let local = self.utc() + i64::from(offset) * 60_000;
        // A date-only value has no clock to move; below hours the offset cannot be applied exactly.
        let local = if self.precision < Precision::Hour { self.local } else { local };
        DateTime { local, offset, precision: self.precision }
    }

    /// First local millisecond it can be, cut to a precision.
    pub fn floor(self, precision: Precision) -> i64 {
        floor_local(self.local, precision)
    }

    /// Last local millisecond it can be.
    pub fn last(self) -> i64 {
        last_local(self.local, self.precision)
    }

    /// The date part.
    pub fn date(self) -> Date {
        Date { day: self.local.div_euclid(DAY_MS) as i32, precision: self.precision.min(Precision::Day) }
    }

    /// The time of day, when known to the hour.
    pub fn time(self) -> Option<Time> {
        (self.precision >= Precision::Hour)
            .then(|| Time { ms: self.local.rem_euclid(DAY_MS) as i32, precision: self.precision })
    }
}

impl Time {
    /// Reads `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff` (more digits are cut).
    pub fn parse(text: &str) -> Option<Time> {
        let text = text.strip_prefix('T').unwrap_or(text);
        let b = text.as_bytes();
        let part = |at: usize, limit: i32| -> Option<i32> {
            let n = number(b.get(at..at + 2)?)?;
            (n < limit).then_some(n)
        };
        let colon = |at: usize| b.get(at) == Some(&b':');
        let mut ms = part(0, 24)? * 3_600_000;
        if b.len() == 2 {
            return Some(Time { ms, precision: Precision::Hour });
        }
        ms += if colon(2) { part(3, 60)? * 60_000 } else { return None };
        if b.len() == 5 {
            return Some(Time { ms, precision: Precision::Minute });
        }
        ms += if colon(5) { part(6, 60)? * 1000 } else { return None };
        if b.len() == 8 {
            return Some(Time { ms, precision: Precision::Second });
        }
        if b[8] != b'.' || b.len() == 9 || !b[9..].iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut fraction = 0;
        for i in 0..3 {
            fraction = fraction * 10 + b.get(9 + i).map_or(0, |c| i32::from(c - b'0'));
        }
        Some(Time { ms: ms + fraction, precision: Precision::Millisecond })
    }

    /// From fields; the first missing one ends the precision.
    pub fn new(fields: [Option<i32>; 4]) -> Option<Time> {
        let mut value = Time { ms: 0, precision: Precision::Hour };
        let units = [Precision::Hour, Precision::Minute, Precision::Second, Precision::Millisecond];
        let limits = [24, 60, 60, 1000];
        fields[0]?;
        let mut open = true;
        for ((field, limit), unit) in fields.iter().zip(limits).zip(units) {
            match field {
                Some(n) if open => {
                    if !(0..limit).contains(n) {
                        return None;
                    }
                    value.ms += n * unit_ms(unit) as i32;
                    value.precision = unit;
                }
                Some(_) => return None,
                None => open = false,
            }
        }
        Some(value)
    }

    /// Last millisecond it can be.
    pub fn last(self) -> i32 {
        last_local(i64::from(self.ms), self.precision) as i32
    }
}

fn parse_offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let b = text.as_bytes();
    let sign = if b.first()? == &b'-' { -1 } else { 1 };
    let hours = number(b.get(1..3)?)?;
    let minutes = match b.len() {
        3 => 0,
        6 if b[3] == b':' => number(&b[4..6])?,
        5 => number(&b[3..5])?,
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((sign * (hours * 60 + minutes)) as i16)
}

fn number(bytes: &[u8]) -> Option<i32> {
    let mut value = 0i32;
    for b in bytes {
        if !b.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i32::from(b - b'0');
    }
    (!bytes.is_empty()).then_some(value)
}

/// Compares two moments known to different precision, as `=`, `<` and `same .. as` do: `None` means not known.
///
pub fn compare_local(a: i64, ap: Precision, b: i64, bp: Precision, at: Option<Precision>) -> Option<Ordering> {
    let common = ap.min(bp).min(at.unwrap_or(Precision::Millisecond));
    let order = floor_local(a, common).cmp(&floor_local(b, common));
    if order != Ordering::Equal {
        return Some(order);
    }
    let known = match at {
        None => ap == bp,
        Some(p) => ap >= p && bp >= p,
    };
    known.then_some(Ordering::Equal)
}

thread_local! {
    /// Offset of the request this thread works on: where values with different offsets meet, they are seen at this one.
    static REQUEST: Cell<i16> = const { Cell::new(0) };
}

/// Sets the offset of the request this thread works on.
pub fn set_request_offset(offset: i16) {
    REQUEST.set(offset);
}

/// The offset of the request.
pub fn request_offset() -> i16 {
    REQUEST.get()
}

/// Compares date-times. Different offsets are normalized to the request's, as the specification says.
pub fn compare_datetime(a: DateTime, b: DateTime, at: Option<Precision>) -> Option<Ordering> {
    if a.precision == Precision::Millisecond
        && b.precision == Precision::Millisecond
        && (at.is_none() || at == Some(Precision::Millisecond))
    {
        return Some(a.utc().cmp(&b.utc()));
    }
    let (a, b) =
        if a.offset == b.offset { (a, b) } else { (a.at_offset(request_offset()), b.at_offset(request_offset())) };
    compare_local(a.local, a.precision, b.local, b.precision, at)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.civil();
        match self.precision {
            Precision::Year => write!(f, "{y:04}"),
            Precision::Month => write!(f, "{y:04}-{m:02}"),
            _ => write!(f, "{y:04}-{m:02}-{d:02}"),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (h, m, s, ms) = (self.ms / 3_600_000, self.ms / 60_000 % 60, self.ms / 1000 % 60, self.ms % 1000);
        match self.precision {
            Precision::Hour => write!(f, "{h:02}"),
            Precision::Minute => write!(f, "{h:02}:{m:02}"),
            Precision::Second => write!(f, "{h:02}:{m:02}:{s:02}"),
            _ => write!(f, "{h:02}:{m:02}:{s:02}.{ms:03}"),
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())?;
        match self.time() {
            None => write!(f, "T"),
            Some(time) => {
                write!(f, "T{time}")?;
                if self.offset == 0 {
                    return write!(f, "Z");
                }
                let sign = if self.offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", self.offset.abs() / 60, self.offset.abs() % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_goes_to_days_and_back() {
        for day in (-719_162..2_932_896).step_by(97) {
            let (y, m, d) = civil_from_days(day);
            assert_eq!(days_from_civil(y, m, d), day);
        }
    }

    #[test]
    fn different_precision_is_unknown_unless_it_differs_before() {
        let a = DateTime::parse("2012-01", 0).unwrap();
        let b = DateTime::parse("2012-01-15", 0).unwrap();
        let c = DateTime::parse("2013-01-15", 0).unwrap();
        assert_eq!(compare_datetime(a, b, None), None);
        assert_eq!(compare_datetime(a, c, None), Some(Ordering::Less));
        assert_eq!(compare_datetime(a, b, Some(Precision::Month)), Some(Ordering::Equal));
        assert_eq!(compare_datetime(a, b, Some(Precision::Day)), None);
    }

    #[test]
    fn offsets_are_normalized() {
        let a = DateTime::parse("2012-01-01T23:30:00.000-01:00", 0).unwrap();
        let b = DateTime::parse("2012-01-02T00:30:00.000Z", 0).unwrap();
        assert_eq!(compare_datetime(a, b, None), Some(Ordering::Equal));
    }

    #[test]
    fn what_is_not_on_the_calendar_is_refused() {
        for text in ["2012-13", "2012-02-30", "0000-01-01", "2012-01-01T24:00", "2012-01-01T", "12"] {
            assert!(DateTime::parse(text, 0).is_none() || text.ends_with('T'), "{text}");
        }
    }
}
