//! Dates as a letter says them, in the language of the letter.

use continuo_fhir::Date;
use continuo_fhir::date::names::{MONTHS, MONTHS_ES};

/// "November 29, 2026", or "29 de noviembre de 2026" where the language is Spanish.
pub fn in_letter(date: Date, language: &str) -> String {
    let (Some(month), Some(day)) = (date.month(), date.day()) else { return super::day(date) };
    let of = |months: &[&'static str; 12]| months.get(usize::from(month) - 1).copied().unwrap_or("");
    if language.starts_with("es") {
        format!("{day} de {} de {}", of(&MONTHS_ES), date.year())
    } else {
        format!("{} {day}, {}", of(&MONTHS), date.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_its_date_in_its_own_language() {
        let date = Date::new(2026, 8, 9).expect("a day of the calendar");
        assert_eq!(in_letter(date, "en"), "August 9, 2026");
        assert_eq!(in_letter(date, "es"), "9 de agosto de 2026");
    }
}
