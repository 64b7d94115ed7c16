//! Those somebody points for, and who is calling.

use std::collections::BTreeMap;

use continuo_fhir::Instant;
use continuo_store::Rid;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::work::{self, Work};

use super::search::{SearchError, by_phone};
use crate::access::Permission;
use crate::assess::site;
use crate::ctx::Ctx;
use crate::followup::case::{band, date_words};
use crate::followup::finding::{Band, Consequence};
use crate::problem::WorkError;
use crate::worklist;

/// One person of a caseload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Who: tier, in hospital now, last contact and next visit stand in the header.
    pub person: PersonHeader,
    /// Pieces of open work, backlog left out.
    pub open: usize,
    /// The worst of them.
    pub worst: Option<Band>,
    /// The next piece of work by due time: what and when.
    pub next: Option<(String, Instant)>,
    /// Promises due up to today.
    pub promises: usize,
    /// A visit today.
    pub visit_today: bool,
}

/// The people an owner coordinates (the actor's own when `owner` is empty), by name.
pub fn caseload(ctx: &Ctx, owner: &str) -> Result<Vec<CaseRow>, WorkError> {
    ctx.require(Permission::PersonRead)?;
    let owner = if owner.is_empty() { ctx.actor.reference.clone() } else { owner.to_owned() };
    let (people, open) = ctx.read(|r| {
        let people = person_header::of_owners(r.conn(), &ctx.scope, &[owner], 5_000)?;
        let rids: Vec<Rid> = people.iter().map(|p| p.patient).collect();
        let open = work::of_patients(r.conn(), &ctx.scope, &rids)?;
        Ok((people, open))
    })?;
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let today = calendar.day(now);
    let mut by_person: BTreeMap<i64, Vec<Work>> = BTreeMap::new();
    for w in open.into_iter().filter(|w| !w.backlog) {
        by_person.entry(w.patient.0).or_default().push(w);
    }
    Ok(people
        .into_iter()
        .map(|person| {
            let open = by_person.remove(&person.patient.0).unwrap_or_default();
            let due = |w: &Work| (w.due != i64::MAX).then(|| Instant::from_micros(w.due));
            CaseRow {
                worst: open.iter().map(|w| band(Consequence::from_rank(w.consequence), due(w), now, &calendar)).min(),
                next: open
                    .iter()
                    .filter_map(|w| due(w).map(|at| (at, w)))
                    .min_by_key(|(at, w)| (*at, w.id.clone()))
                    .map(|(at, w)| (if w.sensitive { "Private item".to_owned() } else { w.what.clone() }, at)),
                promises: open
                    .iter()
                    .filter(|w| {
                        w.task_kind == crate::shapes::PROMISE && due(w).is_some_and(|at| calendar.day(at) <= today)
                    })
                    .count(),
                visit_today: person.next_visit != 0 && calendar.day(Instant::from_micros(person.next_visit)) == today,
                open: open.len(),
                person,
            }
        })
        .collect())
}

/// Somebody whose number is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub person: PersonHeader,
    /// Their open work, worst first.
    pub items: Vec<worklist::Item>,
    /// One sentence to say.
    pub say: String,
}

/// They are calling: all who share the number, or its last four digits.
pub fn calling(ctx: &Ctx, number: &str) -> Result<Vec<Caller>, WorkError> {
    let calendar = site::calendar(ctx.zone.clone(), ctx.now());
    let words = |micros: i64| date_words(calendar.day(Instant::from_micros(micros)));
    let found = by_phone(ctx, number).map_err(|error| match error {
        SearchError::Denied(denied) => WorkError::Denied(denied),
        SearchError::Store(error) => error.into(),
    })?;
    found
        .into_iter()
        .map(|hit| {
            let person = hit.header;
            let items = worklist::of_person(ctx, person.patient)?;
            let last = if person.last_contact == 0 {
                "No contact on file".to_owned()
            } else {
                format!("Last spoke {}", words(person.last_contact))
            };
            let visit = if person.next_visit == 0 {
                "no visit booked".to_owned()
            } else {
                format!("next visit {}", words(person.next_visit))
            };
            let open = match items.len() {
                0 => "nothing open".to_owned(),
                1 => "1 thing open".to_owned(),
                n => format!("{n} things open"),
            };
            Ok(Caller { say: format!("{last}; {visit}; {open}."), items, person })
        })
        .collect()
}
