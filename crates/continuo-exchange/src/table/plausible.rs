//! What a row may not say: days that cannot be, numbers that are none. The same questions that the entry forms ask
//! (`continuo-care`'s `entry::plausible`), so that a table brings in nothing a person could not have typed.
//!
//! A day that cannot be keeps the whole row aside, since it tells one person from another; a phone number that is none is
//! left out and the row taken, which is told as well.

use continuo_fhir::Date;
use continuo_fhir::issue::{Issue, IssueCode};

/// Nobody is older.
const OLDEST: i32 = 125;
/// Nothing is planned longer ahead.
const AHEAD: i32 = 10;
/// Fewer digits are no phone number.
const DIGITS: usize = 7;
/// Minutes of a day: no visit is longer.
const LONGEST: i64 = 1_440;

/// Which days a field may name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    /// Today or before, within the person's life.
    Past,
    /// Within the person's life, or not absurdly late.
    Either,
}

/// What the checks know besides the row.
#[derive(Clone, Copy)]
pub(super) struct Days {
    /// The day of the import; nothing is held against a day that is not known.
    pub(super) today: Option<Date>,
    /// When the person was born, where the row says it.
    pub(super) born: Option<Date>,
}

impl Days {
    /// Why a day cannot be, in the words of the entry forms.
    fn against(self, day: Date, may: May) -> Option<String> {
        let today = self.today?;
        let (year, now) = (i32::from(day.year()), i32::from(today.year()));
        if self.born.is_some_and(|born| day < born) {
            return Some(format!("{day} is before the person was born"));
        }
        if year < now - OLDEST {
            return Some(format!("{day} is longer ago than anybody lives: check the year"));
        }
        if may == May::Past && day > today {
            return Some(format!("{day} has not come yet"));
        }
        (year > now + AHEAD).then(|| format!("{day} is more than {AHEAD} years ahead: check the year"))
    }

    /// Keeps the row aside if the day cannot be. Says whether it can.
    pub(super) fn check(self, field: &str, day: Date, may: May, issues: &mut Vec<Issue>) -> bool {
        let why = self.against(day, may);
        let can_be = why.is_none();
        issues.extend(why.map(|why| Issue::error(IssueCode::Value, field, why)));
        can_be
    }

    /// Whether the day can be; one that cannot is left out, which is told.
    pub(super) fn is_plausible_or_left_out(self, field: &str, day: Date, may: May, issues: &mut Vec<Issue>) -> bool {
        match self.against(day, may) {
            Some(why) => {
                issues.push(Issue::warning(IssueCode::Value, field, format!("{why}; it was left out")));
                false
            }
            None => true,
        }
    }

    /// Whether a day is still to come.
    pub(super) fn is_ahead(self, day: Date) -> bool {
        self.today.is_some_and(|today| day > today)
    }
}

/// Whether a last day is what systems write for "no end": the last of 2099, 2999 or 9999.
pub(super) fn is_no_end(day: Date) -> bool {
    [2099, 2999, 9999].contains(&day.year()) && (day.month(), day.day()) == (Some(12), Some(31))
}

/// Whether this may be a phone number.
pub(super) fn is_phone(written: &str) -> bool {
    written.chars().filter(char::is_ascii_digit).count() >= DIGITS
}

/// Whether this may be an e-mail address.
pub(super) fn is_email(written: &str) -> bool {
    written.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !written.contains(char::is_whitespace)
    })
}

/// Whether a cell holds what a spreadsheet shows where it could not reckon (ECMA-376 part 1, 18.17.3).
pub(super) fn is_fault(written: &str) -> bool {
    ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"].contains(&written.trim())
}

/// Whether a spreadsheet has shortened a long number: `1.00123E+11`.
pub(super) fn is_shortened(written: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((number, power)) = written.trim().split_once(['E', 'e']) else { return false };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    digits(whole) && digits(part) && power.strip_prefix('+').is_some_and(digits)
}

/// Minutes of a visit.
pub(super) fn length(written: &str) -> Option<i64> {
    written.parse().ok().filter(|minutes| (1..=LONGEST).contains(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn days_that_cannot_be_are_told_and_without_today_none_is() {
        let days = Days { today: Some(day("2026-08-19")), born: Some(day("1960-02-12")) };
        let against = |written: &str, may| days.against(day(written), may).unwrap_or_default();
        assert_eq!(against("2026-08-20", May::Past), "2026-08-20 has not come yet");
        assert_eq!(against("2026-08-19", May::Past), "");
        assert_eq!(against("1960-02-11", May::Either), "1960-02-11 is before the person was born");
        assert!(against("9999-12-31", May::Either).ends_with("10 years ahead: check the year"));
        assert_eq!(against("2036-12-31", May::Either), "");
        let unborn = Days { born: None, ..days };
        assert!(unborn.against(day("1900-12-31"), May::Past).is_some());
        assert_eq!(unborn.against(day("1901-01-01"), May::Past), None);
        assert_eq!(Days { today: None, born: None }.against(day("2999-01-01"), May::Past), None);
    }

    #[test]
    fn numbers_that_are_none_are_known() {
        assert!(is_no_end(day("9999-12-31")) && is_no_end(day("2099-12-31")) && !is_no_end(day("2062-12-31")));
        assert!(is_fault("#REF!") && !is_fault("#4"));
        assert!(is_shortened("1.00123E+11") && is_shortened("3E+09"));
        assert!(!is_shortened("12E4") && !is_shortened("1.2.3E+4") && !is_shortened("E+4"));
        assert!(is_phone("(555) 555-0142") && is_phone("5550142") && !is_phone("555-01"));
        assert!(
            is_email("ana@example.org") && !is_email("ana at example.org") && !is_email("ana@x") && !is_email("@x.y")
        );
        assert_eq!((length("30"), length("0"), length("1441"), length("soon")), (Some(30), None, None, None));
    }
}
