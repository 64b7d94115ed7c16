//! Business days: Monday to Friday without the site's holidays.

use super::Date;
use std::collections::BTreeSet;

/// The days on which a site is closed besides weekends.
#[derive(Clone, Debug, Default)]
pub struct Holidays {
    days: BTreeSet<Date>,
}

impl Holidays {
    /// A set of closed days.
    pub fn new(days: impl IntoIterator<Item = Date>) -> Holidays {
        Holidays { days: days.into_iter().collect() }
    }

    /// Whether people work on this day.
    pub fn is_business_day(&self, day: Date) -> bool {
        day.weekday() < 5 && !self.days.contains(&day)
    }

    /// The day that many business days after `start`; the start itself is day zero whether or not people work on it.
    pub fn plus_business_days(&self, start: Date, count: u32) -> Date {
        let mut day = start.first_day();
        for _ in 0..count {
            day = self.next_business_day(day.plus_days(1));
        }
        day
    }

    /// The first business day on or after a day.
    pub fn next_business_day(&self, day: Date) -> Date {
        let mut day = day.first_day();
        // A year without a business day would be a mistake in the settings; then the calendar day stands.
        for _ in 0..366 {
            if self.is_business_day(day) {
                return day;
            }
            day = day.plus_days(1);
        }
        day
    }
}
