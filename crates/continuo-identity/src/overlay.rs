//! Overlays: a source's record that turned into someone else, as when a clerk types a new patient over an old one.

use crate::compare::{Field, born, family, given, sex, ssn};
use crate::decide::{Thresholds, judge};
use crate::model::Model;
use crate::profile::Profile;

/// A version of a record that no longer looks like the person of the version before.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// Weight that both versions are one person.
    pub bits: f32,
    /// What changed, in words.
    pub changes: Vec<&'static str>,
}

/// Compares two versions of one source record. A married name, a corrected birth date or a move is no overlay: at
/// least two of given name, family name, birth date and social security number must have become other ones, or the
/// machine's weight must speak against one person.
pub fn overlay(model: &Model, before: &Profile, after: &Profile) -> Option<Overlay> {
    let verdict = judge(model, Thresholds::default(), before, after);
    let level = |field| verdict.evidence.level(field);
    let mut changes = Vec::new();
    if matches!(level(Field::Given), given::DIFFERENT | given::NEAR) {
        changes.push("given name");
    }
    if level(Field::Family) == family::DIFFERENT {
        changes.push("family name");
    }
    if matches!(level(Field::Birth), born::SAME_YEAR | born::NEAR | born::FAR) {
        changes.push("birth date");
    }
    if matches!(level(Field::Ssn), ssn::DIFFERENT | ssn::TAIL_DIFFERENT | ssn::CONSECUTIVE) {
        changes.push("social security number");
    }
    if level(Field::Sex) == sex::DIFFERENT {
        changes.push("sex");
    }
    let identity = changes.iter().filter(|change| **change != "sex").count();
    let is_other_person = identity >= 2 || identity == 1 && verdict.bits < 0.0 && changes.len() > 1;
    is_other_person.then_some(Overlay { bits: verdict.bits, changes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::frequency::Frequencies;
    use crate::record::SourceRecord;

    fn changes(before: [&'static str; 4], after: [&'static str; 4]) -> Option<Vec<&'static str>> {
        let read = |fields: [&'static str; 4]| {
            Profile::new(&SourceRecord {
                given: fields[0],
                family: fields[1],
                birth_date: fields[2],
                ssn: fields[3],
                ..SourceRecord::default()
            })
        };
        overlay(&Model::shipped(Frequencies::default()), &read(before), &read(after)).map(|overlay| overlay.changes)
    }

    #[test]
    fn another_person_is_noticed_and_life_is_not() {
        let mary = ["Mary", "Jones", "1980-03-04", "912345678"];
        assert_eq!(changes(mary, ["Mary", "Smith", "1980-03-04", "912345678"]), None, "married");
        assert_eq!(changes(mary, ["Mary", "Jones", "1980-04-03", "912345678"]), None, "corrected");
        assert_eq!(changes(mary, ["Mary", "Jones", "", ""]), None, "emptied");
        assert_eq!(changes(mary, ["John", "Jones", "1955-01-09", "912345678"]), Some(vec!["given name", "birth date"]));
        assert_eq!(
            changes(mary, ["Ana", "Lopez", "1999-01-09", "934561234"]),
            Some(vec!["given name", "family name", "birth date", "social security number"])
        );
    }
}
