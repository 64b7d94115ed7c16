//! Birth dates.

use super::{MISSING, born};
use crate::model::frequency::Frequencies;
use crate::normalize::birth::Birth;
use crate::normalize::phone::is_slip;

/// Years apart beyond which two people of one name are two generations.
const NEAR_YEARS: u16 = 12;

pub(super) fn compare(a: Birth, b: Birth, frequencies: &Frequencies) -> (u8, Option<f32>) {
    if a.is_missing() || b.is_missing() {
        return (MISSING, None);
    }
    let years = years_apart(a, b);
    let is_same_day = (a.month, a.day) == (b.month, b.day);
    let is_whole = a.day != 0 && b.day != 0;
    let day_chance = frequencies.birth_year(b.year) / 365.25;
    if years == 0 {
        if is_same_day && is_whole {
            // January first is shared by all whose day nobody knew.
            return if a.is_default() {
                (born::DEFAULT, Some(day_chance * 10.0))
            } else {
                (born::EXACT, Some(day_chance))
            };
        }
        if a.is_default() || b.is_default() || !is_whole {
            return (born::DEFAULT, Some(frequencies.birth_year(b.year)));
        }
        if (a.month, a.day) == (b.day, b.month) {
            return (born::SWAPPED, Some(day_chance));
        }
        let digits = |birth: Birth| u64::from(birth.month) * 100 + u64::from(birth.day);
        if is_slip(digits(a), digits(b)) {
            return (born::SLIP, Some(day_chance * 12.0));
        }
        if a.month == b.month {
            return (born::SAME_MONTH, Some(day_chance * 18.0));
        }
        return (born::SAME_YEAR, Some(frequencies.birth_year(b.year)));
    }
    let is_year_slip = years == 1 || years == 10 || is_slip(u64::from(a.year), u64::from(b.year)) && years <= 90;
    if is_same_day && is_whole && !a.is_default() && is_year_slip {
        // A wrong decade or century of the same day; a parent's birthday is that seldom.
        let is_generation = years > NEAR_YEARS && years < 50;
        return (if is_generation { born::FAR } else { born::YEAR_SLIP }, None);
    }
    (if years <= NEAR_YEARS { born::NEAR } else { born::FAR }, None)
}

fn years_apart(a: Birth, b: Birth) -> u16 {
    if a.is_short || b.is_short {
        let apart = (a.year % 100).abs_diff(b.year % 100);
        return apart.min(100 - apart);
    }
    a.year.abs_diff(b.year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::birth::read;

    fn check(a: &str, b: &str, expect: u8) {
        let frequencies = Frequencies::default();
        assert_eq!(compare(read(a), read(b), &frequencies).0, expect, "{a} {b}");
        assert_eq!(compare(read(b), read(a), &frequencies).0, expect, "{b} {a}");
    }

    #[test]
    fn grades() {
        check("1980-03-04", "1980-03-04", born::EXACT);
        check("1980-03-04", "1980-04-03", born::SWAPPED);
        check("1980-03-04", "1980-03-14", born::SLIP);
        check("1980-03-12", "1980-03-21", born::SLIP);
        check("1980-03-04", "1980-03-27", born::SAME_MONTH);
        check("1980-03-04", "1981-03-04", born::YEAR_SLIP);
        check("1980-03-04", "1990-03-04", born::YEAR_SLIP);
        check("1980-03-04", "2010-03-04", born::FAR);
        check("1980-03-04", "1980-01-01", born::DEFAULT);
        check("1980-03-04", "1980", born::DEFAULT);
        check("1980-03-04", "1980-09-27", born::SAME_YEAR);
        check("1980-03-04", "1985-09-27", born::NEAR);
        check("1980-03-04", "1955-09-27", born::FAR);
        check("1980-03-04", "3/4/80", born::EXACT);
        check("2001-03-04", "3/4/01", born::EXACT);
        check("1980-03-04", "", MISSING);
    }
}
