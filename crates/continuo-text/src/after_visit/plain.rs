//! Everyday words for the record's terms, and the signs to watch for (`knowledge/after-visit`).

use std::sync::LazyLock;

use super::{Help, Language};
use crate::entities;
use crate::token::Tokens;

struct Term {
    concept: &'static str,
    english: &'static str,
    spanish: &'static str,
}

struct Warning {
    concept: &'static str,
    help: Help,
    english: &'static str,
    spanish: &'static str,
}

static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
    rows(include_str!("../../../../knowledge/after-visit/terms.csv"))
        .filter_map(|cells| match cells.as_slice() {
            [concept, english, spanish] => Some(Term { concept, english, spanish }),
            _ => None,
        })
        .collect()
});

static WARNINGS: LazyLock<Vec<Warning>> = LazyLock::new(|| {
    rows(include_str!("../../../../knowledge/after-visit/warnings.csv"))
        .filter_map(|cells| match cells.as_slice() {
            [concept, help, english, spanish, _source] => {
                let help = match *help {
                    "911" => Help::Emergency,
                    "today" => Help::Today,
                    _ => Help::Call,
                };
                Some(Warning { concept, help, english, spanish })
            }
            _ => None,
        })
        .collect()
});

/// Cells are parted by semicolons, since sentences hold commas.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.trim().is_empty()).map(|line| line.split(';').map(str::trim).collect())
}

/// The lexicon's concepts in some words of the record.
pub(super) fn concepts(words: &str) -> Vec<&'static str> {
    entities::find(&Tokens::new(words)).into_iter().map(|entity| entity.term.concept).collect()
}

/// The everyday word with the record's own after it, and whether one is known. Without one the record's words stand.
pub(super) fn term(words: &str, language: Language) -> (String, bool) {
    let words = words.trim().trim_end_matches('.');
    let known = concepts(words).into_iter().find_map(|concept| TERMS.iter().find(|term| term.concept == concept));
    let Some(term) = known else { return (words.to_owned(), false) };
    let plain = if language == Language::English { term.english } else { term.spanish };
    if plain.eq_ignore_ascii_case(words) { (plain.to_owned(), true) } else { (format!("{plain} ({words})"), true) }
}

/// The everyday word for a kind of visit, and whether one is known; else as [`term`].
pub(super) fn visit(words: &str, language: Language) -> (String, bool) {
    let asked = words.trim().trim_end_matches('.');
    let mut all = rows(include_str!("../../../../knowledge/after-visit/visits.csv"));
    let found = all.find(|cells| cells.first().is_some_and(|name| name.eq_ignore_ascii_case(asked)));
    match found.as_deref() {
        Some([_, english, spanish]) => {
            ((if language == Language::English { *english } else { *spanish }).to_owned(), true)
        }
        _ => term(words, language),
    }
}

/// The signs of one kind of help for these concepts, in the table's order.
pub(super) fn warnings(help: Help, concepts: &[&str], language: Language) -> Vec<&'static str> {
    let mut out = Vec::new();
    for row in WARNINGS.iter().filter(|row| row.help == help && concepts.contains(&row.concept)) {
        let text = if language == Language::English { row.english } else { row.spanish };
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::lexicon;
    use crate::readability;

    #[test]
    fn every_row_can_be_read_and_names_a_known_concept() {
        let lines = |table: &str| table.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        assert_eq!(TERMS.len(), lines(include_str!("../../../../knowledge/after-visit/terms.csv")));
        assert_eq!(WARNINGS.len(), lines(include_str!("../../../../knowledge/after-visit/warnings.csv")));
        let known = |concept: &str| lexicon().terms.iter().any(|term| term.concept == concept);
        for concept in TERMS.iter().map(|t| t.concept).chain(WARNINGS.iter().map(|w| w.concept)) {
            assert!(concept == "*" || known(concept), "{concept}");
        }
    }

    #[test]
    fn a_kind_of_visit_is_said_in_everyday_words_and_another_stays_as_it_is() {
        assert_eq!(visit("Office visit", Language::Spanish), ("cita en la clínica".to_owned(), true));
        assert_eq!(visit("Office visit", Language::English), ("visit at the clinic".to_owned(), true));
        assert_eq!(visit("Sleep lab night", Language::Spanish), ("Sleep lab night".to_owned(), false));
        for cells in rows(include_str!("../../../../knowledge/after-visit/visits.csv")) {
            assert_eq!(cells.len(), 3, "{cells:?}");
        }
    }

    #[test]
    fn every_warning_is_easy_to_read_in_both_languages() {
        for row in WARNINGS.iter() {
            assert!(readability::grade(row.english).is_some_and(|grade| grade <= 6.0), "{}", row.english);
            assert!(readability::inflesz(row.spanish).is_some_and(|score| score >= 65.0), "{}", row.spanish);
        }
    }
}
