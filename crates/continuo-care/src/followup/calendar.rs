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
    /// When the site opens and closes on a business day: minutes.
    hours: (i64, i64),
}

/// Eight to five, until a site says otherwise.
const OFFICE_HOURS: (i64, i64) = (8 * 60, 17 * 60);

impl Calendar {
    /// A calendar in a zone with its holidays.
    pub fn new(zone: Zone, holidays: impl IntoIterator<Item = Date>) -> Calendar {
        Calendar { zone, holidays: Holidays::new(holidays), hours: OFFICE_HOURS }
    }

    /// With the site's hours, as minutes of the day.
    #[must_use]
    pub fn open(mut self, opens: i64, closes: i64) -> Calendar {
        self.hours = (opens, closes);
        self
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

    /// Whether people work on a day.
    pub fn is_business_day(&self, day: Date) -> bool {
        self.holidays.is_business_day(day)
    }

    /// When the site opens on a day.
    pub fn opens_on(&self, day: Date) -> Instant {
        self.at_minute(day, self.hours.0)
    }

    /// When the site closes on a day.
    pub fn closes_on(&self, day: Date) -> Instant {
        self.at_minute(day, self.hours.1)
    }

    fn at_minute(&self, day: Date, minute: i64) -> Instant {
        let part = |number: i64| u8::try_from(number).unwrap_or(0);
        self.moment(day, part(minute / 60), part(minute % 60))
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

/// How a federal holiday finds its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Month and day, moved to Friday or Monday when it falls on a weekend.
    Fixed(u8, u8),
    /// The n-th of a weekday in a month; 0 for the last.
    Nth(u8, u8, usize),
}

/// The eleven federal holidays (5 U.S.C. 6103): id, name, day.
pub const FEDERAL: [(&str, &str, Rule); 11] = [
    ("new-year", "New Year's Day", Rule::Fixed(1, 1)),
    ("king", "Birthday of Martin Luther King, Jr.", Rule::Nth(1, MONDAY, 3)),
    ("washington", "Washington's Birthday", Rule::Nth(2, MONDAY, 3)),
    ("memorial-day", "Memorial Day", Rule::Nth(5, MONDAY, 0)),
    ("juneteenth", "Juneteenth", Rule::Fixed(6, 19)),
    ("independence-day", "Independence Day", Rule::Fixed(7, 4)),
    ("labor-day", "Labor Day", Rule::Nth(9, MONDAY, 1)),
    ("columbus-day", "Columbus Day", Rule::Nth(10, MONDAY, 2)),
    ("veterans-day", "Veterans Day", Rule::Fixed(11, 11)),
    ("thanksgiving", "Thanksgiving Day", Rule::Nth(11, THURSDAY, 4)),
    ("christmas", "Christmas Day", Rule::Fixed(12, 25)),
];

/// The days on which the federal holidays of a year are kept, by id.
pub fn federal_holidays(year: i16) -> Vec<(&'static str, Date)> {
    let day = |rule: Rule| match rule {
        Rule::Fixed(month, day) => Date::new(year, month, day).map(|date| match date.weekday() {
            SATURDAY => date.plus_days(-1),
            SUNDAY => date.plus_days(1),
            _ => date,
        }),
        Rule::Nth(month, weekday, which) => {
            let days = (1..=31).filter_map(|day| Date::new(year, month, day));
            let all: Vec<Date> = days.filter(|date| date.weekday() == weekday).collect();
            if which == 0 { all.last().copied() } else { all.get(which - 1).copied() }
        }
    };
    FEDERAL.iter().filter_map(|(id, _, rule)| Some((*id, day(*rule)?))).collect()
}

/// The eleven federal holidays of a year in order.
pub fn us_federal_holidays(year: i16) -> Vec<Date> {
    let mut days: Vec<Date> = federal_holidays(year).into_iter().map(|(_, day)| day).collect();
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
