//! The site's calendar: its time zone, its business days, its holidays.
//!
//! A discharge day is day zero; a business day is Monday to Friday less holidays. The holidays are data of the site;
//! [`us_federal_holidays`] gives a new site its start (5 U.S.C. 6103).

use std::collections::BTreeSet;

use continuo_fhir::clock::Instant;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// One day in microseconds.
pub const DAY: i64 = 86_400_000_000;
/// One minute in microseconds.
pub const MINUTE: i64 = 60_000_000;

/// A site's days.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar in a zone with its holidays.
    pub fn new(zone: TimeZone, holidays: impl IntoIterator<Item = Date>) -> Calendar {
        Calendar { zone, holidays: holidays.into_iter().collect() }
    }

    /// A calendar in a named zone (`America/New_York`) with the federal holidays of some years; UTC if the name is unknown.
    pub fn us(zone: &str, years: std::ops::RangeInclusive<i16>) -> Calendar {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Calendar::new(zone, years.flat_map(us_federal_holidays))
    }

    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The civil day of a moment.
    pub fn day(&self, at: Instant) -> Date {
        stamp(at).to_zoned(self.zone.clone()).date()
    }

    /// The hour and minute of a moment.
    pub fn time(&self, at: Instant) -> (i8, i8) {
        let local = stamp(at).to_zoned(self.zone.clone());
        (local.hour(), local.minute())
    }

    /// The first moment of a day.
    pub fn start_of(&self, day: Date) -> Instant {
        day.to_zoned(self.zone.clone()).map_or(Instant::from_micros(0), |at| Instant::from_micros(at.timestamp().as_microsecond()))
    }

    /// The last moment of a day.
    pub fn end_of(&self, day: Date) -> Instant {
        Instant::from_micros(self.start_of(self.plus_days(day, 1)).micros() - 1)
    }

    /// A moment on a day.
    pub fn moment(&self, day: Date, hour: i8, minute: i8) -> Instant {
        day.at(hour.clamp(0, 23), minute.clamp(0, 59), 0, 0)
            .to_zoned(self.zone.clone())
            .map_or_else(|_| self.start_of(day), |at| Instant::from_micros(at.timestamp().as_microsecond()))
    }

    /// A day plus calendar days; saturates at the ends of the calendar.
    pub fn plus_days(&self, day: Date, days: i64) -> Date {
        day.saturating_add(days.clamp(-3_000_000, 3_000_000).days())
    }

    /// Monday to Friday and no holiday.
    pub fn is_business(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.holidays.contains(&day)
    }

    /// The n-th business day after a day; with 0, the day itself or the first business day after it.
    pub fn plus_business(&self, day: Date, days: i64) -> Date {
        let mut at = day;
        if days <= 0 {
            while !self.is_business(at) && at < Date::MAX {
                at = self.plus_days(at, 1);
            }
            return at;
        }
        let mut left = days.min(10_000);
        while left > 0 && at < Date::MAX {
            at = self.plus_days(at, 1);
            if self.is_business(at) {
                left -= 1;
            }
        }
        at
    }

    /// Whole days from one day to another.
    pub fn days_between(&self, from: Date, to: Date) -> i64 {
        from.until(to).map_or(0, |span| i64::from(span.get_days()))
    }
}

fn stamp(at: Instant) -> Timestamp {
    Timestamp::from_microsecond(at.micros()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The eleven federal holidays of a year, moved to Friday or Monday when they fall on a weekend.
pub fn us_federal_holidays(year: i16) -> Vec<Date> {
    let fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)];
    let nth = [
        (1, Weekday::Monday, 3),
        (2, Weekday::Monday, 3),
        (5, Weekday::Monday, -1),
        (9, Weekday::Monday, 1),
        (10, Weekday::Monday, 2),
        (11, Weekday::Thursday, 4),
    ];
    let mut days = Vec::new();
    for (month, day) in fixed {
        if let Ok(date) = Date::new(year, month, day) {
            days.push(match date.weekday() {
                Weekday::Saturday => date.saturating_sub(1.day()),
                Weekday::Sunday => date.saturating_add(1.day()),
                _ => date,
            });
        }
    }
    for (month, weekday, which) in nth {
        if let Ok(date) = Date::new(year, month, 1).and_then(|first| first.nth_weekday_of_month(which, weekday)) {
            days.push(date);
        }
    }
    days.sort_unstable();
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn business_days_skip_weekends_and_holidays() {
        let calendar = Calendar::us("America/New_York", 2026..=2026);
        assert_eq!(calendar.plus_business(date(2026, 7, 31), 2), date(2026, 8, 4));
        assert_eq!(calendar.plus_business(date(2026, 9, 4), 2), date(2026, 9, 9));
        assert_eq!(calendar.plus_business(date(2026, 8, 1), 0), date(2026, 8, 3));
    }

    #[test]
    fn the_fourth_of_july_on_a_saturday_is_kept_on_friday() {
        assert!(us_federal_holidays(2026).contains(&date(2026, 7, 3)));
        assert_eq!(us_federal_holidays(2026).len(), 11);
    }

    #[test]
    fn a_day_starts_at_local_midnight() {
        let calendar = Calendar::us("America/New_York", 2026..=2026);
        let start = calendar.start_of(date(2026, 8, 5));
        assert_eq!(calendar.day(start), date(2026, 8, 5));
        assert_eq!(calendar.day(Instant::from_micros(start.micros() - 1)), date(2026, 8, 4));
    }
}
