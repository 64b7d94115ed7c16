//! Emergency access ("break the glass"): opens a person's closed records for a short time, with a reason, and lists it
//! for review. The opening is a row like a consent's, so every query and every count follows it and its end.
//!
//! Records under 42 CFR Part 2 open only for a medical emergency (42 CFR 2.51); every other ground leaves them closed.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Issue, IssueCode, ResourceType};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::{account, audit_entry, emergency, person};
use continuo_store::{Error, Micros, Reader, Rid, Scope};

use super::labels::{ALL_BITS, labels_named};
use super::permissions::Permission;
use super::scope::account_audience;
use crate::ctx::Ctx;
use crate::record::{RecordError, audit};

pub use continuo_store::tables::emergency::EmergencyAccess;

/// How long an emergency lasts, in microseconds: four hours.
pub const LASTS: Micros = 4 * 3_600_000_000;
/// A reason has at least so many characters: "er" explains nothing.
const SHORTEST_REASON: usize = 10;
/// What a review begins with that asks for more.
const FOLLOW_UP: &str = "Follow up: ";

/// Why somebody needs closed records at once: in the form, in words, and whether Part 2 records open, too.
pub const GROUNDS: [(&str, &str, bool); 3] = [
    ("medical", "Medical emergency, and the person cannot be asked (42 CFR 2.51)", true),
    ("danger", "Danger to the person or to others", false),
    ("care", "Care that cannot wait for consent", false),
];

/// Opens a patient's closed records to the actor until [`LASTS`] from now.
pub fn open(ctx: &Ctx, patient: &str, ground: &str, reason: &str) -> Result<Micros, RecordError> {
    ctx.require(Permission::BreakGlass)?;
    let invalid = |place: &str, text: &str| RecordError::Invalid(vec![Issue::error(IssueCode::Required, place, text)]);
    let Some((_, words, part2)) = GROUNDS.iter().find(|(code, ..)| *code == ground) else {
        return Err(invalid("ground", "choose why"));
    };
    let reason = reason.trim().to_owned();
    if reason.chars().count() < SHORTEST_REASON {
        let text = "say in a sentence why this is needed now; it is read by the privacy officer";
        return Err(invalid("reason", text));
    }
    let (rid, members) = person_of(ctx, patient)?;
    let account = ctx.actor.account;
    let until = ctx.now().micros() + LASTS;
    let labels = if *part2 { ALL_BITS } else { ALL_BITS & !labels_named(["part2"].into_iter()) };
    let reason = format!("{words}. {reason}");
    ctx.write("emergency access", move |tx| {
        let (org, since) = (tx.org(), tx.now());
        // An own commit row, so that the reason stands in the audit even though no resource changes.
        tx.commit_id();
        tx.audit("emergency access", rid, "", &reason);
        for member in members {
            person::open_labels(tx.conn()?, org, account_audience(account), member, labels, until)?;
        }
        emergency::add(tx.conn()?, org, account, rid, &reason, since, until)
    })?;
    Ok(until)
}

/// A label on the person themselves is what an emergency opens, too: it must not hide whom to ask for.
fn whole(scope: &Scope) -> Scope {
    Scope { hidden_labels: 0, ..scope.clone() }
}

/// The actor as far as finding the person goes for whom they ask emergency access.
pub fn finder(ctx: &Ctx) -> Result<Ctx, RecordError> {
    ctx.require(Permission::BreakGlass)?;
    let mut finder = ctx.clone();
    finder.scope = whole(&ctx.scope);
    Ok(finder)
}

/// Every source record of the person, whichever of them is named.
fn person_of(ctx: &Ctx, patient: &str) -> Result<(Rid, Vec<Rid>), RecordError> {
    let type_ = ResourceType::of("Patient");
    let found = ctx.read(|reader| {
        // The person must be in the actor's reach: an emergency opens what is closed of somebody, not who is whose.
        let Some(stored) = reader.find(&whole(&ctx.scope), type_, patient)? else { return Ok(None) };
        // The person stands under one of their records, whichever of them was asked for.
        let person = reader.person_of(ctx.org, stored.rid)?;
        Ok(Some((person, members(reader, ctx, stored.rid)?)))
    })?;
    found.ok_or_else(|| RecordError::NotFound("the person".to_owned()))
}

/// The source records of whoever this one belongs to, itself among them.
fn members(reader: &mut Reader<'_>, ctx: &Ctx, rid: Rid) -> continuo_store::Result<Vec<Rid>> {
    let person = reader.person_of(ctx.org, rid)?;
    let mut members = reader.members(ctx.org, person)?;
    for rid in [person, rid] {
        if !members.contains(&rid) {
            members.push(rid);
        }
    }
    Ok(members)
}

/// Closes an emergency access of the actor before its time.
pub fn end(ctx: &Ctx, patient: &str) -> Result<(), RecordError> {
    ctx.require(Permission::BreakGlass)?;
    let (rid, members) = person_of(ctx, patient)?;
    let account = ctx.actor.account;
    ctx.write("end emergency access", move |tx| {
        let (org, now) = (tx.org(), tx.now());
        tx.commit_id();
        tx.audit("end emergency access", rid, "", "");
        for member in members {
            person::close_labels(tx.conn()?, org, account_audience(account), member)?;
            emergency::end(tx.conn()?, org, account, member, now)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Emergency accesses of the actor that run now: the patient's id and until when. For the strip on every page.
pub fn active(ctx: &Ctx) -> continuo_store::Result<Vec<(String, Instant)>> {
    if ctx.actor.account == 0 || !ctx.grant.allows(Permission::BreakGlass) {
        return Ok(Vec::new());
    }
    ctx.read(|reader| {
        let now = ctx.now().micros();
        let running = emergency::running(reader.conn(), ctx.org, ctx.actor.account, now)?;
        let rids: Vec<Rid> = running.iter().map(|(patient, ..)| *patient).collect();
        let people = person_header::of_patients(reader.conn(), &ctx.scope, &rids)?;
        let id = |rid: Rid| people.iter().find(|one| one.patient == rid).map(|one| one.id.clone()).unwrap_or_default();
        Ok(running.into_iter().map(|(patient, _, until)| (id(patient), Instant::from_micros(until))).collect())
    })
}

/// Who has these labels of a person open by an emergency access of this moment or later, and until when: the first of
/// them. Whoever opened the record before, for another reason, does not look at it for what came up since.
pub(super) fn on_record(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    patient: Rid,
    labels: u64,
    opened: Micros,
) -> continuo_store::Result<Option<(String, Instant)>> {
    let now = ctx.now().micros();
    let members = reader.members(ctx.org, patient)?;
    for one in account::accounts_of(reader.conn(), ctx.org)?.into_iter().filter(|one| one.active) {
        let audience = account_audience(one.id);
        if labels & !person::opened(reader.conn(), ctx.org, audience, patient, now)? != 0 {
            continue;
        }
        // The access stands under the record that was the person's main one when it was opened.
        let running = emergency::running(reader.conn(), ctx.org, one.id, now)?;
        let since = running.into_iter().find(|(rid, since, _)| members.contains(rid) && *since >= opened);
        if let Some((.., until)) = since {
            return Ok(Some((one.name, Instant::from_micros(until))));
        }
    }
    Ok(None)
}

/// How an emergency access stands with its review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// Nobody has looked at it.
    Open,
    /// Looked at; something is still to be done.
    FollowUp,
    /// Reviewed.
    Done,
}

/// An emergency access with who and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The row.
    pub row: EmergencyAccess,
    /// Name of whoever opened it.
    pub by: String,
    /// Their `Practitioner/ID`, by which the audit is asked.
    pub actor: String,
    /// Whose record, as far as the reader may see who that is.
    pub person: Option<PersonHeader>,
    /// How it stands.
    pub state: Review,
}

/// So many stand on a page.
const PAGE: i64 = 50;

/// A page of emergency accesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Listed>,
    /// Before which number the next page begins; none after the last.
    pub next: Option<i64>,
    /// How many wait for a review or for what it asked for.
    pub waiting: u64,
}

/// Emergency accesses before a number (0 for the newest), newest first: all of them, or those that wait.
pub fn listed(ctx: &Ctx, only_waiting: bool, before: i64) -> Result<Page, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let before = if before > 0 { before } else { i64::MAX };
    Ok(ctx.read(|reader| {
        let mut rows = if only_waiting {
            emergency::waiting_before(reader.conn(), ctx.org, FOLLOW_UP, before, PAGE + 1)?
        } else {
            emergency::before(reader.conn(), ctx.org, before, PAGE + 1)?
        };
        let waiting = emergency::waiting(reader.conn(), ctx.org, FOLLOW_UP)?;
        let more = rows.len() as i64 > PAGE;
        rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| row.id);
        let accounts = account::accounts_of(reader.conn(), ctx.org)?;
        let mut rids: Vec<Rid> = rows.iter().map(|row| row.patient).collect();
        rids.sort();
        rids.dedup();
        let people: BTreeMap<Rid, PersonHeader> = person_header::of_patients(reader.conn(), &ctx.scope, &rids)?
            .into_iter()
            .map(|header| (header.patient, header))
            .collect();
        let listed = rows.into_iter().map(|row| {
            let who = accounts.iter().find(|one| one.id == row.account);
            Listed {
                by: who.map_or_else(|| "an account that is gone".to_owned(), |one| one.name.clone()),
                actor: who.map(|one| one.reference.clone()).unwrap_or_default(),
                person: people.get(&row.patient).cloned(),
                state: state(&row),
                row,
            }
        });
        let rows = listed.collect();
        Ok(Page { rows, next, waiting: u64::try_from(waiting).unwrap_or(0) })
    })?)
}

/// What whoever opened it did with the person's record meanwhile, from the audit: what and how often.
pub fn reads(ctx: &Ctx, listed: &Listed) -> Result<BTreeMap<String, i64>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let mut counts = BTreeMap::new();
    // Whose it is tells nothing that the reader may not see: no count then, either.
    if listed.person.is_none() {
        return Ok(counts);
    }
    let row = &listed.row;
    ctx.read(|reader| {
        for member in members(reader, ctx, row.patient)? {
            let done = audit_entry::counted(reader.conn(), ctx.org, member, &listed.actor, (row.since, row.until))?;
            for (action, times) in done {
                *counts.entry(action).or_default() += times;
            }
        }
        Ok(())
    })?;
    audit(ctx, "read audit", row.patient, "")?;
    Ok(counts)
}

/// How many nobody has reviewed; nothing for those who do not review.
pub fn unreviewed(ctx: &Ctx) -> continuo_store::Result<Option<u64>> {
    if !ctx.grant.allows(Permission::AuditRead) {
        return Ok(None);
    }
    let count = ctx.read(|reader| emergency::unreviewed(reader.conn(), ctx.org))?;
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

fn state(row: &EmergencyAccess) -> Review {
    match row.review.as_deref() {
        None => Review::Open,
        Some(text) if text.starts_with(FOLLOW_UP) => Review::FollowUp,
        Some(_) => Review::Done,
    }
}

/// Records what the review found; with `follow_up` it stays on the list until it is reviewed again.
pub fn review(ctx: &Ctx, id: i64, follow_up: bool, finding: &str) -> Result<(), RecordError> {
    ctx.require(Permission::AuditRead)?;
    let finding = finding.trim().to_owned();
    if finding.is_empty() {
        return Err(RecordError::Invalid(vec![Issue::error(IssueCode::Required, "finding", "say what you found")]));
    }
    let account = ctx.actor.account;
    let row = ctx.read(|reader| emergency::by_id(reader.conn(), ctx.org, id))?;
    let row = row.ok_or_else(|| RecordError::NotFound("the emergency access".to_owned()))?;
    if row.account == account && account != 0 {
        let text = "nobody reviews their own emergency access";
        return Err(RecordError::Invalid(vec![Issue::error(IssueCode::BusinessRule, "finding", text)]));
    }
    let before = row.review.filter(|text| text.starts_with(FOLLOW_UP));
    let finding = match before {
        Some(before) => format!("{finding} (before: {before})"),
        None => finding,
    };
    let text = if follow_up { format!("{FOLLOW_UP}{finding}") } else { finding };
    let (by, patient) = (ctx.actor.reference.clone(), row.patient);
    let done = ctx.write("review emergency access", move |tx| {
        tx.commit_id();
        let (org, at) = (tx.org(), tx.now());
        tx.audit("review emergency access", patient, "", &text);
        emergency::review(tx.conn()?, org, id, &by, at, &text, FOLLOW_UP)
    })?;
    if done.value { Ok(()) } else { Err(Error::NotFound("the emergency access".to_owned()).into()) }
}
