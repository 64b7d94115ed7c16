//! A safety contact outlives what opened it (safety.md rule 8): when its words are taken back by an undo, somebody still
//! looks whether anybody is at risk. Words may be taken back because they were wrong, or because they were unpleasant.

use continuo_fhir::{Instant, Json};
use continuo_store::{CommitId, Op, Reader, Result, Scope, WriteTx};

use super::OPEN;
use super::make::{self, NewTask};
use crate::assess::{put, site};
use crate::ctx::Ctx;

const SAFETY_CONTACT: &str = "suicide-risk-contact";

/// The people for whom a commit opened a safety contact that is still open, as references.
pub(crate) fn opened_by(reader: &mut Reader<'_>, ctx: &Ctx, commit: CommitId) -> Result<Vec<String>> {
    let everything = Scope::all(ctx.org);
    let mut people = Vec::new();
    for change in reader.changes_of_commit(ctx.org, commit)? {
        if change.type_.as_str() != "Task" || change.op != Op::Create {
            continue;
        }
        let Some(bytes) = reader.find(&everything, change.type_, &change.id)?.and_then(|stored| stored.bytes) else {
            continue;
        };
        let Ok(task) = Json::parse(&bytes) else { continue };
        let is_open = task.str_at("status").is_some_and(|status| OPEN.contains(&status));
        if is_open && task.str_at("code.coding.0.code") == Some(SAFETY_CONTACT) {
            people.extend(task.str_at("for.reference").map(str::to_owned));
        }
    }
    people.sort();
    people.dedup();
    Ok(people)
}

/// Puts a contact of its own in the place of each that an undo took away.
pub(crate) fn keep(tx: &mut WriteTx<'_>, ctx: &Ctx, people: &[String]) -> Result<()> {
    for person in people {
        let now = Instant::from_micros(tx.now());
        let calendar = site::calendar(ctx.zone.clone(), now);
        let new = NewTask {
            kind: SAFETY_CONTACT.to_owned(),
            what: "See that nobody is at risk: what opened a safety contact was taken back".to_owned(),
            person: person.clone(),
            owner: "role:supervisor".to_owned(),
            fallback: "role:behavioral-health-clinician".to_owned(),
            due: Some(calendar.end_of(calendar.day(now))),
            due_rule: "the same day".to_owned(),
            ..NewTask::default()
        };
        let id = tx.new_id();
        put(tx, make::task(&id, &new, &ctx.actor.reference, now, &ctx.zone))?;
    }
    Ok(())
}
