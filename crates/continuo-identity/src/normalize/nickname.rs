//! Which given names one person may go by: a table of groups in `nicknames.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::name::hash64;
use crate::compare::letters::distance;

static TABLE: OnceLock<Table> = OnceLock::new();

struct Table {
    groups: HashMap<&'static str, [u16; 6]>,
    /// Listed words by each form they have with one letter left out.
    shortened: HashMap<u64, Vec<&'static str>>,
}

/// The groups a folded word stands in, numbered from one, and whether the word itself is listed. A word of more than
/// six groups keeps the first six. A word of four letters or more that is not listed takes the groups of listed words
/// one slip away: "toyn" is Tony, and so perhaps Anthony.
pub fn groups(word: &str) -> ([u16; 6], bool) {
    let table = TABLE.get_or_init(read);
    if let Some(groups) = table.groups.get(word) {
        return (*groups, true);
    }
    let mut groups = [0; 6];
    if !(4..=16).contains(&word.len()) || !word.is_ascii() {
        return (groups, false);
    }
    let mut near: Vec<&str> = std::iter::once(hash64(word.as_bytes()))
        .chain(without_one(word))
        .filter_map(|form| table.shortened.get(&form))
        .flatten()
        .copied()
        .chain(left_out(word, &table.groups))
        .filter(|listed| listed.len() >= 4 && distance(listed.as_bytes(), word.as_bytes()) == 1)
        .collect();
    near.sort_unstable();
    near.dedup();
    for group in near.iter().filter_map(|listed| table.groups.get(listed)).flatten().filter(|group| **group != 0) {
        if !groups.contains(group)
            && let Some(free) = groups.iter_mut().find(|slot| **slot == 0)
        {
            *free = *group;
        }
    }
    (groups, false)
}

/// Whether the word is a known given name.
pub fn is_known(word: &str) -> bool {
    TABLE.get_or_init(read).groups.contains_key(word)
}

/// Hashes of the word with each letter left out in turn.
fn without_one(word: &str) -> impl Iterator<Item = u64> {
    (0..word.len()).map(|at| hash64(&[&word.as_bytes()[..at], &word.as_bytes()[at + 1..]].concat()))
}

/// Listed words that the word becomes with one letter left out.
fn left_out(word: &str, listed: &HashMap<&'static str, [u16; 6]>) -> Vec<&'static str> {
    (0..word.len())
        .filter_map(|at| {
            let shorter = [word.get(..at)?, word.get(at + 1..)?].concat();
            listed.get_key_value(shorter.as_str()).map(|(known, _)| *known)
        })
        .collect()
}

fn read() -> Table {
    let mut groups: HashMap<&'static str, [u16; 6]> = HashMap::new();
    let mut shortened: HashMap<u64, Vec<&'static str>> = HashMap::new();
    let lines = include_str!("nicknames.txt").lines().filter(|line| !line.starts_with('#'));
    for (number, line) in (1..).zip(lines) {
        for word in line.split_whitespace() {
            let known = groups.entry(word).or_insert_with(|| {
                if word.len() >= 4 {
                    for form in without_one(word) {
                        shortened.entry(form).or_default().push(word);
                    }
                }
                [0; 6]
            });
            if !known.contains(&number)
                && let Some(free) = known.iter_mut().find(|group| **group == 0)
            {
                *free = number;
            }
        }
    }
    Table { groups, shortened }
}

#[cfg(test)]
mod tests {
    use crate::normalize::name::Name;

    fn same(a: &str, b: &str) -> bool {
        Name::given(a).shares_group(&Name::given(b))
    }

    #[test]
    fn a_nickname_meets_its_name_and_its_fellows() {
        assert!(same("robert", "bob"));
        assert!(same("bob", "rob"));
        assert!(same("guadalupe", "lupe"));
        assert!(same("mohammed", "muhammad"));
    }

    #[test]
    fn a_misspelt_nickname_is_understood() {
        assert!(same("toyn", "anthony"));
        assert!(same("jefrey", "geoff"));
        assert!(!Name::given("toyn").is_listed && Name::given("tony").is_listed);
    }

    #[test]
    fn two_names_with_one_nickname_stay_two() {
        assert!(same("pat", "patrick") && same("pat", "patricia"));
        assert!(!same("patrick", "patricia"));
        assert!(same("jon", "jonathan") && same("jon", "john"));
        assert!(!same("john", "jonathan"));
    }
}
