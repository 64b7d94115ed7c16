//! Civil calendar arithmetic (proleptic Gregorian, as FHIR dates are).

use super::{Date, DateTime, Precision, Time, Zone};

/// A calendar unit. Adding a month to the 31st gives the last day of a shorter month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unit {
    /// Calendar years.
    Year,
    /// Calendar months.
    Month,
    /// Seven days.
    Week,
    /// Civil days.
    Day,
    /// Hours.
    Hour,
    /// Minutes.
    Minute,
    /// Seconds.
    Second,
    /// Thousandths of a second.
    Millisecond,
}

/// Days in a month of the civil calendar; 0 for a month that does not exist.
pub fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

fn is_leap(year: i16) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl Date {
    /// Days since 1970-01-01 of the first day meant.
    pub fn to_days(self) -> i32 {
        // Days from a March-based year, so that the leap day comes last (H. Hinnant, chrono-compatible algorithms).
        let (year, month) = (i32::from(self.year), i32::from(self.month));
        let shifted = year - i32::from(month <= 2);
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The day that many days after 1970-01-01, within years 1 to 9999.
    pub fn from_days(days: i32) -> Option<Date> {
        let days = days.checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        Date::new(i16::try_from(year).ok()?, month as u8, day as u8)
    }

    /// The first day meant, to the day.
    pub fn first_day(self) -> Date {
        Date { precision: Precision::Day, ..self }
    }

    /// The last day meant, to the day.
    pub fn last_day(self) -> Date {
        let (month, day) = match self.precision {
            Precision::Year => (12, 31),
            Precision::Month => (self.month, days_in_month(self.year, self.month)),
            _ => (self.month, self.day),
        };
        Date { year: self.year, month, day, precision: Precision::Day }
    }

    /// That many days on, held at the ends of the calendar.
    pub fn plus_days(self, days: i32) -> Date {
        let ends = if days < 0 { (1, 1, 1) } else { (9999, 12, 31) };
        self.to_days()
            .checked_add(days)
            .and_then(Date::from_days)
            .or_else(|| Date::new(ends.0, ends.1, ends.2))
            .unwrap_or(self)
    }

    /// This date moved by calendar units, at its own precision: units finer than it are turned into whole larger ones
    /// first, as FHIRPath does (`2026 + 18 months` is `2027`). Nothing outside years 1 to 9999.
    pub fn plus(self, amount: i64, unit: Unit) -> Option<Date> {
        let (amount, unit) = match (unit, self.precision) {
            (Unit::Hour, _) => (amount / 24, Unit::Day),
            (Unit::Minute, _) => (amount / (24 * 60), Unit::Day),
            (Unit::Second, _) => (amount / 86_400, Unit::Day),
            (Unit::Millisecond, _) => (amount / 86_400_000, Unit::Day),
            (Unit::Week, _) => (amount.checked_mul(7)?, Unit::Day),
            other => (amount, other.0),
        };
        let (amount, unit) = match (unit, self.precision) {
            (Unit::Day, Precision::Year) => (amount / 365, Unit::Year),
            (Unit::Day, Precision::Month) => (amount / 30, Unit::Month),
            (Unit::Month, Precision::Year) => (amount / 12, Unit::Year),
            other => (amount, other.0),
        };
        match unit {
            Unit::Year => self.plus_months(amount.checked_mul(12)?),
            Unit::Month => self.plus_months(amount),
            _ => Date::from_days(self.to_days().checked_add(i32::try_from(amount).ok()?)?),
        }
    }

    fn plus_months(self, months: i64) -> Option<Date> {
        let total = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = i16::try_from(total.div_euclid(12)).ok().filter(|y| (1..=9999).contains(y))?;
        let month = total.rem_euclid(12) as u8 + 1;
        Some(Date { year, month, day: self.day.min(days_in_month(year, month)), precision: self.precision })
    }

    /// Whole years from this day to another: an age. Someone born on 29 February turns a year older on 1 March.
    pub fn years_until(self, other: Date) -> i32 {
        let before = (other.month, other.day) < (self.month, self.day);
        i32::from(other.year) - i32::from(self.year) - i32::from(before)
    }

    /// Days from this date to another; negative when the other is earlier.
    pub fn days_until(self, other: Date) -> i32 {
        other.to_days() - self.to_days()
    }

    /// Day of the week, Monday 0 to Sunday 6.
    pub fn weekday(self) -> u8 {
        (self.to_days() + 3).rem_euclid(7) as u8
    }
}

impl DateTime {
    /// This moved by calendar units, keeping wall time for days and longer. Nothing outside years 1 to 9999.
    pub fn plus(self, amount: i64, unit: Unit) -> Option<DateTime> {
        let Some(time) = self.time else { return Some(self.date.plus(amount, unit)?.into()) };
        let micros = match unit {
            Unit::Hour => 3_600_000_000,
            Unit::Minute => 60_000_000,
            Unit::Second => 1_000_000,
            Unit::Millisecond => 1_000,
            _ => return Some(DateTime { date: self.date.plus(amount, unit)?, ..self }),
        };
        let total = i64::from(self.date.to_days())
            .checked_mul(super::instant::DAY)?
            .checked_add(time.micros_of_day())?
            .checked_add(amount.checked_mul(micros)?)?;
        let (date, moved) = Zone::utc().civil_checked(super::Instant::from_micros(total))?;
        let mut time = Time { precision: time.precision, digits: time.digits, ..moved };
        if unit == Unit::Millisecond && time.precision == Precision::Second && time.micro > 0 {
            (time.precision, time.digits) = (Precision::Fraction, 3);
        }
        Some(DateTime { date, time: Some(time.to_precision(time.precision)), offset: self.offset })
    }
}

impl Time {
    /// This time moved within the day, around midnight if need be; days and longer change nothing.
    pub fn plus(self, amount: i64, unit: Unit) -> Time {
        let micros = match unit {
            Unit::Hour => 3_600_000_000_i64,
            Unit::Minute => 60_000_000,
            Unit::Second => 1_000_000,
            Unit::Millisecond => 1_000,
            _ => return self,
        };
        let day = super::instant::DAY;
        let total =
            (self.micros_of_day() + (i128::from(amount) * i128::from(micros) % i128::from(day)) as i64).rem_euclid(day);
        let moved = Time::from_micros_of_day(total);
        Time { precision: self.precision, digits: self.digits, ..moved }
    }

    /// The time of day that many microseconds after midnight, with a fraction if it has one.
    pub(super) fn from_micros_of_day(micros: i64) -> Time {
        let seconds = micros / 1_000_000;
        let micro = (micros % 1_000_000) as u32;
        let (precision, digits) = match micro {
            0 => (Precision::Second, 0),
            m if m % 1000 == 0 => (Precision::Fraction, 3),
            _ => (Precision::Fraction, 6),
        };
        Time {
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            micro,
            precision,
            digits,
        }
    }
}
