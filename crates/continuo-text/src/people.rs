//! The people near somebody: relatives, friends and who else is named beside a patient, in English and Spanish.
//!
//! One list for all who ask: whose medicine it is, whose illness it is, who speaks, what counts as family history. Words
//! are normalized as tokens are (lower case, no accents).

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use crate::pattern::Fnv;
use crate::token::Tokens;

/// How somebody is tied to the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Related by blood: their illnesses are family history.
    Blood,
    /// Family by marriage or bond.
    Family,
    /// Friends, neighbors, people at work.
    Friend,
    /// A child, who may be theirs or the patient.
    Child,
}

/// Singular, plural (empty where none is said), tie.
const ENGLISH: &[(&str, &str, Tie)] = &[
    ("mother", "mothers", Tie::Blood),
    ("mom", "moms", Tie::Blood),
    ("mum", "mums", Tie::Blood),
    ("mommy", "", Tie::Blood),
    ("father", "fathers", Tie::Blood),
    ("dad", "dads", Tie::Blood),
    ("daddy", "", Tie::Blood),
    ("parent", "parents", Tie::Blood),
    ("sister", "sisters", Tie::Blood),
    ("brother", "brothers", Tie::Blood),
    ("sibling", "siblings", Tie::Blood),
    ("son", "sons", Tie::Blood),
    ("daughter", "daughters", Tie::Blood),
    ("grandmother", "grandmothers", Tie::Blood),
    ("grandma", "grandmas", Tie::Blood),
    ("grandfather", "grandfathers", Tie::Blood),
    ("grandpa", "grandpas", Tie::Blood),
    ("grandparent", "grandparents", Tie::Blood),
    ("grandson", "grandsons", Tie::Blood),
    ("granddaughter", "granddaughters", Tie::Blood),
    ("aunt", "aunts", Tie::Blood),
    ("uncle", "uncles", Tie::Blood),
    ("cousin", "cousins", Tie::Blood),
    ("niece", "nieces", Tie::Blood),
    ("nephew", "nephews", Tie::Blood),
    ("wife", "", Tie::Family),
    ("husband", "husbands", Tie::Family),
    ("spouse", "", Tie::Family),
    ("partner", "", Tie::Family),
    ("boyfriend", "", Tie::Family),
    ("girlfriend", "", Tie::Family),
    ("fiance", "", Tie::Family),
    ("fiancee", "", Tie::Family),
    ("stepmother", "", Tie::Family),
    ("stepmom", "", Tie::Family),
    ("stepfather", "", Tie::Family),
    ("stepdad", "", Tie::Family),
    ("friend", "friends", Tie::Friend),
    ("buddy", "buddies", Tie::Friend),
    ("neighbor", "neighbors", Tie::Friend),
    ("coworker", "coworkers", Tie::Friend),
    ("classmate", "classmates", Tie::Friend),
    ("roommate", "roommates", Tie::Friend),
    ("kid", "kids", Tie::Child),
];

const SPANISH: &[(&str, Tie)] = &[
    ("madre", Tie::Blood),
    ("mama", Tie::Blood),
    ("padre", Tie::Blood),
    ("papa", Tie::Blood),
    ("hermana", Tie::Blood),
    ("hermano", Tie::Blood),
    ("hija", Tie::Blood),
    ("hijo", Tie::Blood),
    ("abuela", Tie::Blood),
    ("abuelo", Tie::Blood),
    ("tia", Tie::Blood),
    ("tio", Tie::Blood),
    ("prima", Tie::Blood),
    ("primo", Tie::Blood),
    ("nieta", Tie::Blood),
    ("nieto", Tie::Blood),
    ("sobrina", Tie::Blood),
    ("sobrino", Tie::Blood),
    ("esposa", Tie::Family),
    ("esposo", Tie::Family),
    ("marido", Tie::Family),
    ("suegra", Tie::Family),
    ("suegro", Tie::Family),
    ("novia", Tie::Family),
    ("novio", Tie::Family),
    ("amiga", Tie::Friend),
    ("amigo", Tie::Friend),
    ("vecina", Tie::Friend),
    ("vecino", Tie::Friend),
];

static TIES: LazyLock<HashMap<&'static str, Tie, BuildHasherDefault<Fnv>>> = LazyLock::new(|| {
    let english = ENGLISH.iter().flat_map(|(one, many, tie)| [(*one, *tie), (*many, *tie)]);
    english.chain(SPANISH.iter().copied()).filter(|(word, _)| !word.is_empty()).collect()
});

/// How the person that a word names is tied to the patient; nothing where it names nobody near.
pub fn tie(word: &str) -> Option<Tie> {
    TIES.get(word).copied()
}

/// Whether a word names somebody near, of any tie.
pub fn is_near(word: &str) -> bool {
    tie(word).is_some()
}

/// Whether token `at` names somebody near; "in-law" by its last part.
pub fn named_at(tokens: &Tokens, at: usize) -> bool {
    is_near(tokens.norm(at)) || tokens.norm(at) == "law" && at.checked_sub(1).is_some_and(|i| tokens.norm(i) == "in")
}

/// All but children as wording patterns: English as they are, Spanish behind "mi" or "su" ("papa" alone is a potato).
pub(crate) fn patterns() -> [String; 2] {
    let english: Vec<&str> = ENGLISH
        .iter()
        .filter(|(.., tie)| *tie != Tie::Child)
        .flat_map(|(one, many, _)| [*one, *many])
        .filter(|word| !word.is_empty())
        .collect();
    let spanish: Vec<&str> = SPANISH.iter().map(|(word, _)| *word).collect();
    [english.join("|"), format!("mi|su|tu {}", spanish.join("|"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relatives_are_told_from_friends_and_from_nobody() {
        assert_eq!(tie("grandmothers"), Some(Tie::Blood));
        assert_eq!((tie("wife"), tie("suegra")), (Some(Tie::Family), Some(Tie::Family)));
        assert_eq!(tie("vecina"), Some(Tie::Friend));
        assert!(!is_near("doctor") && !is_near("") && !is_near("law"));
        let tokens = Tokens::new("my mother-in-law, the law");
        assert!(named_at(&tokens, 3) && !named_at(&tokens, tokens.len() - 1));
    }
}
