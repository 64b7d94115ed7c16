//! The site's calendar: its time zone, its business days, its holidays.
//!
//! A discharge day is day zero; a business day is Monday to Friday less holidays. The holidays are data of the site;
//! [`us_federal_holidays`] gives a new site its start (5 U.S.C. 6103).

use continuo_fhir::date::{Holidays, Time};
use continuo_fhir::{Date, Instant, Zone};

/// One day in microseconds.
pub const DAY: i64 = 86_400_000_000;
/// One minute in microseconds.
pub const MINUTE: i64 = 60_000_000;

/// A site's days.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Zone,
    holidays: Holidays,
}

impl Calendar {
    /// A calendar in a zone with its holidays.
    pub fn new(zone: Zone, holidays: impl IntoIterator<Item = Date>) -> Calendar {
        Calendar { zone, holidays: Holidays::new(holidays) }
    }

    /// A calendar in a zone with the federal holidays of some years.
    pub fn us(zone: Zone, years: std::ops::RangeInclusive<i16>) -> Calendar {
        Calendar::new(zone, years.flat_map(us_federal_holidays))
    }

    /// The zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The civil day of a moment.
    pub fn day(&self, at: Instant) -> Date {
        self.zone.day(at)
    }

    /// The hour and minute of a moment.
    pub fn time(&self, at: Instant) -> (u8, u8) {
        let (_, time) = self.zone.civil(at);
        (time.hour(), time.minute().unwrap_or(0))
    }

    /// The first moment of a day.
    pub fn start_of(&self, day: Date) -> Instant {
        day.low(&self.zone)
    }

    /// The last moment of a day.
    pub fn end_of(&self, day: Date) -> Instant {
        day.high(&self.zone).plus_micros(-1)
    }

    /// A moment on a day.
    pub fn moment(&self, day: Date, hour: u8, minute: u8) -> Instant {
        Time::new(hour, minute, 0).map_or_else(|| self.start_of(day), |time| self.zone.instant(day, time))
    }

    /// A day plus calendar days.
    pub fn plus_days(&self, day: Date, days: i64) -> Date {
        day.plus_days(days.clamp(-1_000_000, 1_000_000) as i32)
    }

    /// The n-th business day after a day; with 0, the day itself or the first business day after it.
    pub fn plus_business(&self, day: Date, days: i64) -> Date {
        if days > 0 {
            return self.holidays.plus_business_days(day, days.min(1000) as u32);
        }
        if self.holidays.is_business_day(day) { day } else { self.holidays.plus_business_days(day, 1) }
    }

    /// Whole days from one day to another.
    pub fn days_between(&self, from: Date, to: Date) -> i64 {
        i64::from(from.days_until(to))
    }
}

/// The eleven federal holidays of a year, moved to Friday or Monday when they fall on a weekend.
pub fn us_federal_holidays(year: i16) -> Vec<Date> {
    let fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)];
    // (month, weekday, which): the n-th of that weekday, 0 for the last.
    let nth = [(1, MONDAY, 3), (2, MONDAY, 3), (5, MONDAY, 0), (9, MONDAY, 1), (10, MONDAY, 2), (11, THURSDAY, 4)];
    let mut days = Vec::new();
    for (month, day) in fixed {
        if let Some(date) = Date::new(year, month, day) {
            days.push(match date.weekday() {
                SATURDAY => date.plus_days(-1),
                SUNDAY => date.plus_days(1),
                _ => date,
            });
        }
    }
    for (month, weekday, which) in nth {
        let all: Vec<Date> =
            (1..=31).filter_map(|day| Date::new(year, month, day)).filter(|date| date.weekday() == weekday).collect();
        let chosen = if which == 0 { all.last() } else { all.get(which - 1) };
        days.extend(chosen.copied());
    }
    days.sort_by_key(|day| day.to_days());
    days
}

// Date::weekday counts from Monday as 0 to Sunday as 6.
const MONDAY: u8 = 0;
const THURSDAY: u8 = 3;
const SATURDAY: u8 = 5;
const SUNDAY: u8 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: u8, day: u8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    fn eastern() -> Calendar {
        Calendar::us(Zone::named("America/New_York").unwrap(), 2026..=2026)
    }

    #[test]
    fn business_days_skip_weekends_and_holidays() {
        let calendar = eastern();
        assert_eq!(calendar.plus_business(date(2026, 7, 31), 2), date(2026, 8, 4));
        assert_eq!(calendar.plus_business(date(2026, 9, 4), 2), date(2026, 9, 9));
        assert_eq!(calendar.plus_business(date(2026, 8, 1), 0), date(2026, 8, 3));
    }

    #[test]
    fn the_fourth_of_july_on_a_saturday_is_kept_on_friday() {
        let days = us_federal_holidays(2026);
        assert!(days.contains(&date(2026, 7, 3)), "{days:?}");
        assert!(days.contains(&date(2026, 5, 25)) && days.contains(&date(2026, 11, 26)), "{days:?}");
        assert_eq!(days.len(), 11);
    }

    #[test]
    fn a_day_starts_at_local_midnight() {
        let calendar = eastern();
        let start = calendar.start_of(date(2026, 8, 5));
        assert_eq!(calendar.day(start), date(2026, 8, 5));
        assert_eq!(calendar.day(start.plus_micros(-1)), date(2026, 8, 4));
    }
}
