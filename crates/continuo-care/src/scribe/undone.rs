//! A document is taken back whose words are in review. What was decided there stands in the record and rests on it: that is
//! undone first, by name. A review in which nothing was decided ends with the document, else nobody could open or end it.

use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::{CommitId, Error, Op, Reader, Result, Rid, Scope, WriteTx};

use super::{REVIEW, review, stored};
use crate::access::Permission;
use crate::assess::body::Body;
use crate::assess::{close_by_record, person_of, put};
use crate::ctx::Ctx;
use crate::tasks::OPEN;
use crate::tasks::change::{self, By};

const TASK: ResourceType = ResourceType::of("Task");
/// Decisions named in a refusal; more are counted.
const NAMED: usize = 5;

/// The reviews that read what a commit wrote, if it may be taken back as far as they are concerned.
pub(crate) fn reviews(tx: &mut WriteTx<'_>, ctx: &Ctx, commit: CommitId) -> Result<Vec<(Rid, String)>> {
    let reader = &mut tx.reader()?;
    let mut written: BTreeMap<Rid, BTreeSet<String>> = BTreeMap::new();
    for change in reader.changes_of_commit(ctx.org, commit)? {
        if change.op == Op::Create && matches!(change.type_.as_str(), "DocumentReference" | "Task") {
            let person = reader.person_of(ctx.org, change.patient)?;
            written.entry(person).or_default().insert(format!("{}/{}", change.type_, change.id));
        }
    }
    let mut reviews = Vec::new();
    for (person, written) in written {
        let members = reader.members(ctx.org, person)?;
        let rows = reader.facts(&Scope::all(ctx.org), &members)?;
        let (record, _) = person_of(&rows);
        for task in record.of("Task").iter().filter(|task| task.has_own("code", REVIEW)) {
            let focus = task.text("focus.reference").unwrap_or_default();
            if written.contains(focus) || written.contains(&task.reference()) {
                may_end(reader, ctx, person, task.id, task.status())?;
                reviews.push((person, task.id.to_owned()));
            }
        }
    }
    Ok(reviews)
}

fn may_end(reader: &mut Reader<'_>, ctx: &Ctx, person: Rid, id: &str, status: &str) -> Result<()> {
    let refused = |why: String| Err(Error::Refused(why));
    if status == "completed" {
        return refused("the review of its words is finished: undo that first".to_owned());
    }
    let decided: Vec<Suggestion> = suggestion::of_patient(reader.conn(), ctx.org, person)?
        .into_iter()
        .filter(|row| row.state != "open" && stored::is_of(&row.key, id))
        .collect();
    if !decided.is_empty() {
        return refused(of_decided(reader, ctx, &decided)?);
    }
    let note = reader.find(&Scope::all(ctx.org), ResourceType::of("Composition"), &review::note_id(id))?;
    if note.is_some_and(|note| note.bytes.is_some()) {
        return refused("a note was kept in the review of its words: undo that first".to_owned());
    }
    Ok(())
}

/// What to undo first, by name to whom the record is open.
fn of_decided(reader: &mut Reader<'_>, ctx: &Ctx, decided: &[Suggestion]) -> Result<String> {
    let mut names = Vec::new();
    for row in decided.iter().filter(|_| ctx.grant.allows(Permission::RecordRead)) {
        if suggestion::find(reader.conn(), &ctx.scope, &row.id)?.is_some() {
            names.extend(Body::read(&row.body).map(|body| body.what));
        }
    }
    if names.len() < decided.len() {
        return Ok("something was decided in the review of its words: that is undone first".to_owned());
    }
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    names.truncate(NAMED);
    let stands = if decided.len() == 1 { "1 decision stands" } else { &format!("{} decisions stand", decided.len()) };
    Ok(format!("{stands} in the review of its words. Undo first: {}{more}", names.join("; ")))
}

/// Ends these reviews: what they proposed rests on words that were taken back, and one that was begun by a commit of its
/// own ends with its document.
pub(crate) fn end(tx: &mut WriteTx<'_>, ctx: &Ctx, reviews: &[(Rid, String)]) -> Result<()> {
    for (person, id) in reviews {
        for row in suggestion::of_patient(tx.conn()?, ctx.org, *person)? {
            if row.state == "open" && stored::is_of(&row.key, id) {
                close_by_record(tx, &row, "The words it rests on were taken back.")?;
            }
        }
        let found = tx.reader()?.find(&Scope::all(ctx.org), TASK, id)?;
        let Some(bytes) = found.and_then(|stored| stored.bytes) else { continue };
        let task = Json::parse(&bytes).map_err(|error| Error::Damaged(error.to_string()))?;
        if !task.str_at("status").is_some_and(|status| OPEN.contains(&status)) {
            continue;
        }
        let now = Instant::from_micros(tx.now());
        let calendar = crate::site_days::of(tx.conn()?, ctx.org)?.calendar(ctx.zone.clone(), now);
        let by = By { who: &ctx.actor.reference, now, zone: &ctx.zone, calendar: &calendar, supervisor: false };
        let ended = change::cancel(&task, "the document was taken back", &by)
            .map_err(|refused| Error::Refused(refused.to_string()))?;
        put(tx, ended)?;
    }
    Ok(())
}
