//! Which names are one medicine, and which words are a test.
//!
//! A sheet lists each medicine once, so two entries of one medicine must be known as one and two medicines never taken for
//! one: a name that cannot be read stands whole.

use crate::entities;
use crate::lexicon::Kind;
use crate::token::Tokens;

/// What a package's amount is counted in, before the name ("24 HR metformin", "0.4 ML enoxaparin"), as RxNorm writes it.
const COUNTED: &[&str] = &["hr", "ml", "actuat", "mg", "unt", "day", "week"];

/// What makes two entries one medicine: its name without strength and form, a brand by what is in it.
pub fn medicine_key(name: &str) -> String {
    let name = name.to_lowercase();
    let stem = stem(&name).join(" ");
    if stem.is_empty() {
        return name.trim().to_owned();
    }
    let tokens = Tokens::new(&stem);
    // "insulin lispro" is not the insulin that alone is known: only a name that is known whole is exchanged.
    let whole = |entity: &&entities::Entity| {
        entity.term.kind == Kind::Medicine && entity.from == 0 && entity.to == tokens.len()
    };
    let found = entities::find(&tokens);
    found.iter().find(whole).map_or(stem, |entity| entity.term.concept.to_owned())
}

/// The strength in a name: its first number after the name with the unit, "2.5 mg"; empty where it has none.
pub fn strength(name: &str) -> String {
    let name = name.to_lowercase();
    let rest = name.split_whitespace().skip(lead(&name) + stem(&name).len());
    rest.take(2).collect::<Vec<_>>().join(" ")
}

/// How many words come before the name.
fn lead(name: &str) -> usize {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut at = 0;
    while words.get(at).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        && words.get(at + 1).is_some_and(|unit| COUNTED.contains(unit))
    {
        at += 2;
    }
    at
}

fn stem(name: &str) -> Vec<&str> {
    let words = name.split_whitespace().skip(lead(name));
    words.take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit())).collect()
}

/// Whether an order's words name a test or a study.
pub fn is_test(words: &str) -> bool {
    entities::find(&Tokens::new(words)).iter().any(|entity| matches!(entity.term.kind, Kind::Lab | Kind::Imaging))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_s_amount_is_no_part_of_the_name() {
        assert_eq!(
            medicine_key("24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet"),
            "metformin hydrochloride"
        );
        assert_eq!(medicine_key("0.4 ML enoxaparin sodium 100 MG/ML Prefilled Syringe"), "enoxaparin sodium");
        assert_eq!(medicine_key("3 ML insulin lispro 100 UNT/ML Pen Injector"), "insulin lispro");
        assert_eq!(medicine_key("70/30"), "70/30", "what cannot be read stands whole");
        assert_eq!(strength("24 HR metformin hydrochloride 500 MG Oral Tablet"), "500 mg");
        assert_eq!(strength("warfarin 2.5 mg"), "2.5 mg");
        assert_eq!(strength("warfarin"), "");
    }

    #[test]
    fn a_brand_is_what_is_in_it_and_two_insulins_are_two() {
        assert_eq!(medicine_key("Lasix 40 MG"), medicine_key("furosemide 80 mg"));
        assert_ne!(medicine_key("insulin lispro 100 UNT/ML"), medicine_key("insulin glargine 100 UNT/ML"));
        assert_ne!(medicine_key("metoprolol tartrate 25 mg"), medicine_key("metoprolol succinate 25 mg"));
    }

    #[test]
    fn tests_are_told_from_other_orders() {
        assert!(is_test("Potassium level") && is_test("Chest x-ray"));
        assert!(!is_test("Home health nursing") && !is_test("Walker"));
    }
}
