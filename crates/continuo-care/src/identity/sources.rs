//! The records of a person: where each comes from, since when and why it is theirs, and taking one out again.

use std::collections::BTreeSet;

use continuo_fhir::{Instant, Json, Zone, root};
use continuo_store::tables::identity::{self, Answer};
use continuo_store::tables::{decision, person, suggestion};
use continuo_store::{Reader, Result, Rid, Scope, WriteTx};

use super::queue::{Saying, say};
use super::rests::{self, Item, Kind};
use super::{group, kind, state};
use crate::access::Permission;
use crate::assess::put;
use crate::build::{append, moment, reference};
use crate::chart::PATIENT;
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::shapes;
use crate::suggestions::decided;
use crate::tasks::make::{self, NewTask};
use crate::work::Done;

/// One record of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Patient id.
    pub id: String,
    /// Narrow key.
    pub rid: Rid,
    /// Source system in words.
    pub source: String,
    /// Family and given name as this source has them.
    pub name: (String, String),
    /// Birth date as this source has it.
    pub birth: String,
    /// The person stands under this record.
    pub main: bool,
    /// Since when it is part of the person; none where it is alone.
    pub since: Option<Instant>,
    /// Why.
    pub why: String,
    /// Who linked it: a person, a source, the machine.
    pub by: String,
    /// Weight at that time, in bits.
    pub bits: Option<f64>,
    /// Entries in it that the reader may see.
    pub entries: usize,
}

/// The records of the person whom this Patient belongs to, as the reader may see them. A closed source is not named.
pub fn of_person(ctx: &Ctx, patient: &str) -> std::result::Result<Vec<Member>, WorkError> {
    ctx.require(Permission::PersonRead)?;
    Ok(ctx.read(|reader| {
        let own = reader.get(&ctx.scope, PATIENT, patient)?;
        let person = reader.person_of(ctx.org, own.rid)?;
        let members = reader.members(ctx.org, person)?;
        let rows = reader.facts(&ctx.scope, &members)?;
        let mut found = Vec::new();
        for row in rows.iter().filter(|row| row.rid == row.patient) {
            let Ok(node) = root(row.packed()) else { continue };
            let mut bytes = Vec::new();
            node.write_json(&mut bytes);
            let json = Json::parse(&bytes).unwrap_or(Json::Null);
            let link = link_of(reader, ctx, row.rid, &members)?;
            let stretch = person::memberships(reader.conn(), ctx.org, row.rid)?;
            let stretch = stretch.into_iter().find(|one| one.until.is_none()).filter(|_| members.len() > 1);
            found.push(Member {
                id: node.str("id").unwrap_or_default().to_owned(),
                rid: row.rid,
                source: source_words(&reader.source_of(row.rid)?),
                name: super::queue::name_of(&json),
                birth: json.str_at("birthDate").unwrap_or_default().to_owned(),
                main: row.rid == person,
                since: stretch.as_ref().map(|one| Instant::from_micros(one.since)),
                why: link.as_ref().map(|one| one.why.clone()).or(stretch.map(|one| one.why)).unwrap_or_default(),
                by: link.as_ref().map(|one| one.actor.clone()).unwrap_or_default(),
                bits: link.filter(|one| one.bits != 0.0).map(|one| one.bits),
                entries: rows.iter().filter(|other| other.patient == row.rid).count().saturating_sub(1),
            });
        }
        found.sort_by_key(|member| (!member.main, member.rid));
        Ok(found)
    })?)
}

/// The last answer that linked a record to one of the others.
fn link_of(reader: &mut Reader<'_>, ctx: &Ctx, record: Rid, members: &[Rid]) -> Result<Option<Answer>> {
    let mut last: Option<Answer> = None;
    for other in members.iter().filter(|other| **other != record) {
        let answers = identity::answers(reader.conn(), ctx.org, record.min(*other), record.max(*other))?;
        let linked = answers.into_iter().filter(|one| one.outcome == state::LINKED && !one.undone);
        last = last.into_iter().chain(linked).max_by_key(|one| one.at);
    }
    Ok(last)
}

/// A source system's name as people read it.
pub fn source_words(name: &str) -> String {
    if name.is_empty() { "Entered here".to_owned() } else { name.replace(['-', '_'], " ") }
}

/// What rests on a record's data, as the reader may see it.
pub fn preview(ctx: &Ctx, record: &str) -> std::result::Result<Vec<Item>, WorkError> {
    ctx.require(Permission::IdentityDecide)?;
    let items = ctx.read(|reader| {
        let own = reader.get(&ctx.scope, PATIENT, record)?;
        let person = reader.person_of(ctx.org, own.rid)?;
        let members = reader.members(ctx.org, person)?;
        if members.len() < 2 {
            return Ok(None);
        }
        let since = joined_at(reader, ctx.org, own.rid, &members)?;
        rests::on(reader, &ctx.scope, person, &[own.rid], since, &ctx.zone).map(Some)
    })?;
    items.ok_or_else(alone)
}

fn alone() -> WorkError {
    WorkError::Not("this record is not linked to another".to_owned())
}

/// Takes a record out of its person. Everything goes back where it came from; what rested on it opens again.
pub fn unlink(ctx: &Ctx, record: &str, words: &str) -> Done<()> {
    ctx.require(Permission::IdentityDecide)?;
    let words = words.trim().to_owned();
    if words.is_empty() {
        return Err(WorkError::field("why", "say why this is another person"));
    }
    let (rid, others) = ctx.read(|reader| {
        let own = reader.get(&ctx.scope, PATIENT, record)?;
        let person = reader.person_of(ctx.org, own.rid)?;
        let mut others = reader.members(ctx.org, person)?;
        others.retain(|member| *member != own.rid);
        Ok((own.rid, others))
    })?;
    if others.is_empty() {
        return Err(alone());
    }
    let actor = ctx.actor.reference.clone();
    let done = ctx.write("unlink records", move |tx| {
        let parted = part(tx, rid, &actor, &words)?;
        if parted.is_some() {
            for other in &others {
                let saying = Saying {
                    a: rid,
                    b: *other,
                    kind: kind::DOUBT,
                    outcome: state::APART,
                    why: words.clone(),
                    bits: 0.0,
                    model: 0,
                    wake: 0,
                    body: None,
                };
                say(tx, &actor, &saying)?;
            }
        }
        Ok(())
    })?;
    Ok(done)
}

/// Takes a record out of its person and opens again what rested on it. Says what that was; nothing if it was alone.
pub(crate) fn part(tx: &mut WriteTx<'_>, record: Rid, actor: &str, why: &str) -> Result<Option<Vec<Item>>> {
    let org = tx.org();
    let zone = tx.prepare_context()?.zone;
    let (person, members) = {
        let mut reader = tx.reader()?;
        let person = reader.person_of(org, record)?;
        (person, reader.members(org, person)?)
    };
    if members.len() < 2 {
        return Ok(None);
    }
    let items = {
        let mut reader = tx.reader()?;
        let since = joined_at(&mut reader, org, record, &members)?;
        rests::on(&mut reader, &Scope::all(org), person, &[record], since, &zone)?
    };
    tx.audit("unlink records", record, "", &format!("{why}; {} items rested on it", items.len()));
    reopen(tx, &items, record, &members, actor, &zone)?;
    group::leave(tx, record, why)?;
    Ok(Some(items))
}

/// When a record came to the others: its own membership's beginning, or for the first one when the next came.
fn joined_at(reader: &mut Reader<'_>, org: continuo_store::OrgId, record: Rid, members: &[Rid]) -> Result<i64> {
    let mut begins = Vec::new();
    let mut own = i64::MAX;
    for member in members {
        let stretches = person::memberships(reader.conn(), org, *member)?;
        let Some(now) = stretches.into_iter().find(|one| one.until.is_none()) else { continue };
        if *member == record {
            own = now.since;
        }
        begins.push(now.since);
    }
    let first = begins.into_iter().min().unwrap_or(0);
    Ok(if own == i64::MAX { first } else { own })
}

/// Opens again what ended, puts tasks under the record they are about, and asks somebody to check the messages.
fn reopen(tx: &mut WriteTx<'_>, items: &[Item], record: Rid, members: &[Rid], actor: &str, zone: &Zone) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    for item in items.iter().filter(|item| item.kind == Kind::Suggestion && item.ended) {
        let Some(row) = suggestion::find(tx.conn()?, &Scope::all(org), &item.reference)? else { continue };
        let commit = tx.commit_id();
        let again = suggestion::Suggestion { state: "open".to_owned(), ended: 0, silent_until: 0, updated: now, ..row };
        suggestion::put(tx.conn()?, org, &again)?;
        let why = "A record it rested on was unlinked.";
        decision::add(tx.conn()?, org, &decided(&again, actor, "reopened", why, now, commit))?;
    }
    for item in items.iter().filter(|item| item.kind == Kind::Task) {
        reopen_task(tx, item, record, actor, zone)?;
    }
    let messages: BTreeSet<&str> =
        items.iter().filter(|item| item.kind == Kind::Message).map(|item| item.reference.as_str()).collect();
    if !messages.is_empty() {
        let rest = members.iter().find(|member| **member != record).copied();
        for side in [Some(record), rest].into_iter().flatten() {
            check_messages(tx, side, &messages, actor, zone)?;
        }
    }
    Ok(())
}

fn reopen_task(tx: &mut WriteTx<'_>, item: &Item, record: Rid, actor: &str, zone: &Zone) -> Result<()> {
    let org = tx.org();
    let now = Instant::from_micros(tx.now());
    let Some((type_, id)) = rests::resource_of(item) else { return Ok(()) };
    let Some(bytes) = tx.reader()?.find(&Scope::all(org), type_, id)?.and_then(|stored| stored.bytes) else {
        return Ok(());
    };
    let mut task = Json::parse(&bytes).map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
    let home = anchor_patient(tx, &task)?;
    let is_away = home == Some(record) && item.patient != record;
    if !item.ended && !is_away {
        return Ok(());
    }
    if let Some((_, id)) = home.filter(|_| is_away).map(|home| tx.reader()?.reference(home)).transpose()?.flatten() {
        task.set("for", reference(&format!("Patient/{id}")));
    }
    if item.ended {
        task.set("status", Json::string("requested"));
        task.remove("statusReason");
        task.remove("executionPeriod");
        task.remove("output");
    }
    let words = "A record it rested on was unlinked: look again.";
    append(&mut task, "note", make::note(words, actor, now, zone));
    task.set("lastModified", moment(now, zone));
    put(tx, task)?;
    Ok(())
}

/// The source patient in whose record the subject of a task stands.
fn anchor_patient(tx: &mut WriteTx<'_>, task: &Json) -> Result<Option<Rid>> {
    let org = tx.org();
    let finding = crate::build::extension_of(task, shapes::EXT_FINDING).and_then(Json::as_str);
    let anchor = finding.and_then(|key| key.split_once('|')).map(|(_, anchor)| anchor);
    let Some(anchor) = anchor.or_else(|| task.str_at("focus.reference")) else { return Ok(None) };
    let Some((type_, id)) = anchor.split_once('/') else { return Ok(None) };
    let Some(type_) = continuo_fhir::ResourceType::find(type_) else { return Ok(None) };
    let mut reader = tx.reader()?;
    let Some(rid) = reader.rid(org, type_, id)? else { return Ok(None) };
    Ok(reader.facts_of(org, &[rid])?.first().map(|row| row.patient).filter(|patient| patient.0 != 0))
}

/// A task for each side: messages cannot be unsent, so somebody reads whether they reached the right person.
fn check_messages(tx: &mut WriteTx<'_>, side: Rid, messages: &BTreeSet<&str>, actor: &str, zone: &Zone) -> Result<()> {
    const LISTED: usize = 50;
    let now = Instant::from_micros(tx.now());
    let Some((_, id)) = tx.reader()?.reference(side)? else { return Ok(()) };
    let listed = messages.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    let count = messages.len();
    let plural = if count == 1 { "message, call or note" } else { "messages, calls and notes" };
    let new = NewTask {
        what: format!("Check {count} {plural} written while two people's records were one"),
        person: format!("Patient/{id}"),
        owner: actor.to_owned(),
        due: Some(now.plus_micros(86_400_000_000)),
        due_rule: "within a day of unlinking".to_owned(),
        note: listed,
        priority: "urgent".to_owned(),
        ..NewTask::default()
    };
    let new_id = tx.new_id();
    put(tx, make::task(&new_id, &new, actor, now, zone))?;
    Ok(())
}
