//! Scope: what the caller may see, as a predicate that stands in every query.
//!
//! `care::access` makes it from role, programs, relationship, consent and break-glass. Nothing is filtered after a
//! query, so totals and pages cannot leak.

use crate::conn::Value;
use crate::ids::{OrgId, Rid};
use crate::shared;
use continuo_fhir::ResourceType;

/// Which people a caller reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Persons {
    /// Everybody of the organization.
    All,
    /// Those whom one of these audiences reaches (table `reach`: a program, a team, a staff member).
    Audiences(Vec<i64>),
    /// These source patients only (a person's own portal, a patient-scoped token).
    Only(Vec<Rid>),
}

/// What a caller may see. A required argument of every read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The organization.
    pub org: OrgId,
    /// Label bits that stay closed unless an opening of one of `audiences` opens them for a patient.
    pub hidden_labels: u64,
    /// Keys under which consents and emergencies open labels for this caller (table `opening`).
    pub audiences: Vec<i64>,
    /// The moment at which openings must be valid, in UTC microseconds.
    pub now: i64,
    /// Which people.
    pub persons: Persons,
}

impl Scope {
    /// Everything of an organization: the machine's own work (assessment, export by an administrator).
    pub fn all(org: OrgId) -> Self {
        Self { org, hidden_labels: 0, audiences: Vec::new(), now: 0, persons: Persons::All }
    }

    /// Whether the predicate is empty.
    pub fn is_open(&self) -> bool {
        self.hidden_labels == 0 && self.persons == Persons::All
    }

    /// ` and ...` over a row that carries `patient` and `labels`; `row` is its alias with a dot. Parameters are added
    /// to `params`. A row that belongs to nobody is there only for whoever reaches everybody.
    pub fn predicate(&self, row: &str, params: &mut Vec<Value>) -> String {
        self.of(row, "", false, params)
    }

    /// The same over resources of one type: what the site shares ([`crate::is_shared`]) is there for everybody.
    pub fn predicate_of(&self, type_: ResourceType, row: &str, params: &mut Vec<Value>) -> String {
        if shared::is_shared(type_.as_str()) {
            return self.of(row, &format!("{row}patient = 0 or "), true, params);
        }
        self.of(row, "", true, params)
    }

    /// The same over resources of several types, whose row carries `type`.
    pub fn predicate_of_any(&self, row: &str, params: &mut Vec<Value>) -> String {
        let open = if self.persons == Persons::All {
            String::new()
        } else {
            let names = shared::quoted();
            format!("({row}patient = 0 and {row}type in (select t0.id from name t0 where t0.name in ({names}))) or ")
        };
        self.of(row, &open, true, params)
    }

    /// `nobodys` is what opens a row that belongs to nobody, followed by ` or `. `narrow` adds the single source patients
    /// that are reached alone, as [`alone`] says: rows derived from a whole person are not theirs.
    fn of(&self, row: &str, nobodys: &str, narrow: bool, params: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        if self.hidden_labels != 0 {
            params.push(Value::Int(self.hidden_labels as i64));
            let hidden = params.len();
            if self.audiences.is_empty() {
                sql.push_str(&format!(" and {row}labels & ?{hidden} = 0"));
            } else {
                let audiences = bound_list(&self.audiences, params);
                params.push(Value::Int(self.org.0));
                let org = params.len();
                params.push(Value::Int(self.now));
                let now = params.len();
                // Every closed label of the row must be opened, by one opening or by several together.
                sql.push_str(&format!(
                    " and ({row}labels & ?{hidden} = 0 or not exists (select 1 from label_bit b where \
                     {row}labels & ?{hidden} & b.bit <> 0 and not exists (select 1 from opening o where \
                     o.org = ?{org} and o.audience in ({audiences}) and o.patient = {row}patient \
                     and o.until > ?{now} and o.labels & b.bit <> 0)))"
                ));
            }
        }
        match &self.persons {
            Persons::All => {}
            Persons::Audiences(list) => {
                params.push(Value::Int(self.org.0));
                let org = params.len();
                let audiences = bound_list(list, params);
                let own = if narrow {
                    let both: Vec<i64> = list.iter().copied().chain(list.iter().map(|one| alone(*one))).collect();
                    bound_list(&both, params)
                } else {
                    audiences.clone()
                };
                // Whoever reaches one record of a person reaches the person: lists stand under one of the records.
                sql.push_str(&format!(
                    " and ({nobodys}exists (select 1 from reach a where a.org = ?{org} \
                     and a.audience in ({own}) and a.patient = {row}patient) \
                     or exists (select 1 from person_member m join person_member n on n.org = m.org \
                     and n.person = m.person and n.until is null join reach a on a.org = m.org \
                     and a.patient = n.patient and a.audience in ({audiences}) \
                     where m.org = ?{org} and m.patient = {row}patient and m.until is null))"
                ));
            }
            Persons::Only(list) => {
                let rids = bound_rids(list, params);
                sql.push_str(&format!(" and ({nobodys}{row}patient in ({rids}))"));
            }
        }
        sql
    }
}

/// The audience that reaches one source patient and not the others of the same person: what reaches it was written by
/// somebody with limited reach.
pub fn alone(audience: i64) -> i64 {
    -audience
}

/// Longer lists stand in the text of the statement.
const BOUND: usize = 1024;

/// Numbers as parameters, so that a statement is prepared once and not anew for every list: the list is filled up to a
/// power of two with its last number. An empty list matches nothing.
pub(crate) fn bound_list(numbers: &[i64], params: &mut Vec<Value>) -> String {
    let Some(last) = numbers.last().filter(|_| numbers.len() <= BOUND) else {
        return int_list(numbers);
    };
    let filled = numbers.iter().chain(std::iter::repeat(last)).take(numbers.len().next_power_of_two());
    let places: Vec<String> = filled
        .map(|number| {
            params.push(Value::Int(*number));
            format!("?{}", params.len())
        })
        .collect();
    places.join(", ")
}

/// The narrow keys of resources as parameters; see [`bound_list`].
pub(crate) fn bound_rids(rids: &[Rid], params: &mut Vec<Value>) -> String {
    bound_list(&rids.iter().map(|rid| rid.0).collect::<Vec<_>>(), params)
}

/// Numbers as SQL text: they are our own keys, never a caller's words. An empty list matches nothing.
pub(crate) fn int_list(numbers: &[i64]) -> String {
    if numbers.is_empty() {
        return "-1".to_owned();
    }
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_nearly_the_same_length_share_one_statement() {
        let text = |numbers: &[i64]| {
            let mut params = vec![Value::Int(7)];
            (bound_list(numbers, &mut params), params)
        };
        assert_eq!(text(&[5]), ("?2".to_owned(), vec![Value::Int(7), Value::Int(5)]));
        let (three, params) = text(&[1, 2, 3]);
        assert_eq!(three, text(&[4, 5, 6, 7]).0);
        assert_eq!(params.last(), Some(&Value::Int(3)), "filled up with the last");
        assert_eq!(text(&[]).0, "-1");
        assert!(text(&vec![1; BOUND + 1]).0.starts_with("1, 1"), "too long to bind");
    }
}
