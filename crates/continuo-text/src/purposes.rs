//! What a medicine or test is commonly for: helps to choose among the problems that were said, never adds one.
//!
//! The table is `knowledge/lexicon/purposes.txt`; each line is a group of things ordered and the problems they serve.

use std::collections::BTreeSet;
use std::sync::LazyLock;

static PAIRS: LazyLock<BTreeSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    let mut out = BTreeSet::new();
    for (things, problems) in lines() {
        for thing in things.split(',').map(str::trim) {
            out.extend(problems.split(',').map(|problem| (thing, problem.trim())));
        }
    }
    out
});

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../../../knowledge/lexicon/purposes.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('>'))
}

/// Whether `thing` (a concept of the lexicon) is commonly ordered for `problem`.
pub(crate) fn fits(thing: &str, problem: &str) -> bool {
    PAIRS.contains(&(thing, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::lexicon;

    #[test]
    fn every_name_in_the_table_is_a_concept_of_the_lexicon() {
        let known: BTreeSet<&str> = lexicon().terms.iter().map(|t| t.concept).collect();
        let unknown: Vec<&str> = lines()
            .flat_map(|(things, problems)| things.split(',').chain(problems.split(',')))
            .map(str::trim)
            .filter(|name| !known.contains(name))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn a_medicine_fits_what_it_is_given_for_and_not_what_was_named_last() {
        assert!(fits("albuterol", "asthma"));
        assert!(fits("cyclobenzaprine", "back pain"));
        assert!(!fits("cyclobenzaprine", "type 2 diabetes mellitus"));
    }
}
