//! Patterns that do not say what their author thought.
//!
//! A blank ends a group of alternatives: `quit|no longer sweat*` is `quit` or `no`, then `longer`, then `sweat*`, and
//! `quiero ~2 no existir|morir` asks for "no" before "morir", too. Such a pattern is refused where it shows: a little word at
//! the joint of a group, unlike its neighbors there, or "no" between other words and a group. `no_longer` says what was meant;
//! `~0` at the joint says that the groups meet on purpose.
//!
//! A word that folding never yields (an accent, an apostrophe, a capital letter, a hyphen) is refused as well: it matches
//! nothing.

use crate::token::fold_str;

/// Words that seldom stand for themselves beside words of weight.
const LITTLE: &[&str] = &[
    "a", "an", "the", "every", "each", "per", "of", "to", "in", "on", "at", "by", "for", "from", "with", "my", "his",
    "her", "our", "their", "your", "me", "him", "them", "us", "it", "its", "i", "we", "he", "she", "they", "this",
    "that", "if", "when", "and", "or", "as", "so", "too", "very", "up", "out", "off", "down", "over", "into", "no",
    "not", "never", "arent", "dont", "doesnt", "isnt", "cant", "wont", "de", "del", "la", "el", "las", "los", "un",
    "una", "en", "por", "con", "sin", "te", "se", "le", "les", "nos", "lo", "que", "y", "ni", "ya", "nunca", "mi",
    "mis", "su", "sus", "al", "como",
];
const DENYING: &[&str] = &["no", "not", "never", "nunca", "sin", "dont", "cant", "wont"];

/// What is wrong with a pattern, if anything shows.
pub(super) fn problem(source: &str) -> Option<String> {
    if let Some(word) = source.split([' ', '|', '_']).find(|word| !is_folded(word)) {
        return Some(format!("{word} is never read so"));
    }
    let parts: Vec<&str> = source.split_whitespace().collect();
    if [parts.first(), parts.last()].into_iter().flatten().any(|part| part.starts_with('~')) {
        return Some("a gap at an end takes nothing".to_owned());
    }
    for (at, pair) in parts.windows(2).enumerate() {
        let [left, right] = pair else { continue };
        if left.starts_with('~') || right.starts_with('~') {
            continue;
        }
        let (left, right): (Vec<&str>, Vec<&str>) = (words(left), words(right));
        let odd_last = left.len() > 1 && is_odd(left.last(), left.split_last().map_or(&[], |(_, rest)| rest));
        let odd_first = right.len() > 1 && is_odd(right.first(), right.split_first().map_or(&[], |(_, rest)| rest));
        let denies = at > 0 && right.len() > 1 && matches!(left.as_slice(), [word] if DENYING.contains(word));
        if odd_last || odd_first || denies {
            return Some(format!("does \"{} {}\" belong together?", left.join("|"), right.join("|")));
        }
    }
    None
}

fn words(part: &str) -> Vec<&str> {
    part.trim_end_matches('?').split('|').collect()
}

/// A little word among others that are none.
fn is_odd(word: Option<&&str>, others: &[&str]) -> bool {
    word.is_some_and(|word| is_little(word)) && !others.iter().any(|other| is_little(other))
}

fn is_little(word: &str) -> bool {
    LITTLE.contains(&word) || word.len() == 1 && !word.starts_with(|c: char| c == '#' || c.is_ascii_digit())
}

fn is_folded(word: &str) -> bool {
    let word = word.trim_matches(['?', '*', '@']);
    fold_str(word) == word && !(word.len() > 1 && word.contains('-'))
}

#[cfg(test)]
mod tests {
    use super::problem;
    use crate::triage::{alike, context};

    #[test]
    fn no_wording_of_context_is_split() {
        let lists = alike::ALIKE
            .lines()
            .skip_while(|line| !line.starts_with('['))
            .filter(|line| !line.starts_with('['))
            .chain(alike::CUES.iter().map(|(_, lines)| *lines))
            .chain(context::CUES.iter().map(|(_, lines)| *lines))
            .chain([context::TOLD]);
        let wrong: Vec<String> = lists
            .flat_map(|line| line.split(';'))
            .filter_map(|source| problem(source).map(|why| format!("{source}: {why}")))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_split_alternative_is_refused() {
        for source in [
            "quisiera|ganas de|deseo ~3 morir*",
            "quiero ~2 no existir|dormir|desaparecer|morir*",
            "terminar con todo|mi vida",
            "check out permanently|for good",
            "chest xray|x ray|ct",
            "boca ~4 torcid*|de lado",
            "can't breathe",
            "chok* ~3 me|her ~6",
            "d\u{ed}as",
        ] {
            assert!(problem(source).is_some(), "{source}");
        }
    }

    #[test]
    fn what_is_meant_is_taken() {
        for source in [
            "quisiera|ganas_de|deseo ~1 morir*",
            "mejor ~2 no ~0 estar|existir",
            "terminar con todo|mi_vida",
            "left|right arm|leg ~2 weak*",
            "my|his|her life",
            "# over|/ #",
            "no puedo|puede respirar",
            "@cant ~2 wake ~1 up?",
        ] {
            assert_eq!(problem(source), None, "{source}");
        }
    }
}
