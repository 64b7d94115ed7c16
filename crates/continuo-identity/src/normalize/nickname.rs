//! Which given names one person may go by: a table of groups in `nicknames.txt`. What else is a name and no slip of one
//! stands in `given_names.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::name::hash64;
use crate::compare::letters::distance;

static TABLE: OnceLock<Table> = OnceLock::new();

struct Table {
    /// Names by their groups; none for those that are only names.
    groups: HashMap<&'static str, [u16; 6]>,
    /// Those words by each form they have with one letter left out.
    shortened: HashMap<u64, Vec<&'static str>>,
}

/// What the tables know of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Nickname groups, numbered from one. A word of more than six keeps the first six. A word of four letters or more
    /// that is no name takes the groups of those one slip away: "toyn" is Tony, and so perhaps Anthony.
    pub groups: [u16; 6],
    /// Stands in the nickname table.
    pub is_listed: bool,
    /// Is a name that people have, whatever else it may be short for.
    pub is_name: bool,
    /// Is one slip from such a name.
    pub is_near: bool,
}

/// Looks a folded word up.
pub fn look_up(word: &str) -> Known {
    let table = TABLE.get_or_init(read);
    if let Some(groups) = table.groups.get(word) {
        return Known { groups: *groups, is_listed: groups[0] != 0, is_name: true, is_near: false };
    }
    let mut known = Known::default();
    if !(4..=16).contains(&word.len()) || !word.is_ascii() {
        return known;
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
    known.is_near = !near.is_empty();
    for group in near.iter().filter_map(|listed| table.groups.get(listed)).flatten().filter(|group| **group != 0) {
        if !known.groups.contains(group)
            && let Some(free) = known.groups.iter_mut().find(|slot| **slot == 0)
        {
            *free = *group;
        }
    }
    known
}

/// Whether the word stands in the nickname table.
pub fn is_known(word: &str) -> bool {
    TABLE.get_or_init(read).groups.get(word).is_some_and(|groups| groups[0] != 0)
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
    let mut table = Table { groups: HashMap::new(), shortened: HashMap::new() };
    for (number, line) in (1..).zip(lines(include_str!("nicknames.txt"))) {
        for word in line.split_whitespace() {
            let known = table.add(word);
            if !known.contains(&number)
                && let Some(free) = known.iter_mut().find(|group| **group == 0)
            {
                *free = number;
            }
        }
    }
    for word in lines(include_str!("given_names.txt")).flat_map(str::split_whitespace) {
        table.add(word);
    }
    table
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

impl Table {
    fn add(&mut self, word: &'static str) -> &mut [u16; 6] {
        let Self { groups, shortened } = self;
        groups.entry(word).or_insert_with(|| {
            if word.len() >= 4 {
                for form in without_one(word) {
                    shortened.entry(form).or_default().push(word);
                }
            }
            [0; 6]
        })
    }
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
