//! Word to the primary-care physician: what somebody plans, in a few lines, as soon as a person says so.
//!
//! A specialist's plan need not wait until the last proposal is decided. What is sent before the review says so in its
//! first line; every line is as the words have it, and the document or note it stands in is one press away.

use continuo_fhir::{Date, Instant, Json, ResourceType};
use continuo_store::tables::account;
use continuo_store::{Rid, Scope, WriteTx};

use super::propose::{Kind, Proposal};
use super::review::{self, Review};
use crate::access::Permission;
use crate::assess::{label, put, settle};
use crate::build::{extension, list, moment, object, own, reference};
use crate::ctx::Ctx;
use crate::problem::WorkError;
use crate::shapes;
use crate::suggestions::security_of;
use crate::tasks::make::{NewTask, task};
use crate::work::Done;

/// That the physician was told before the review was finished, on the review's task (nested `message`, `physician`, `at`).
pub const EXT_TOLD: &str = "urn:continuo:ext:told";
/// Lines of a short summary.
const LINES: usize = 8;
/// Longest message taken.
const LONGEST: usize = 4000;

/// The primary-care physician of a person, as the record names them.
pub fn physician(ctx: &Ctx, patient: Rid) -> Result<Option<String>, WorkError> {
    Ok(ctx.read(|r| {
        let person = r.person_of(ctx.org, patient)?;
        let members = r.members(ctx.org, person)?;
        let rows = r.facts(&ctx.scope, &members)?;
        Ok(named_in(&crate::assess::person_of(&rows).0))
    })?)
}

fn named_in(person: &crate::followup::person::Person<'_>) -> Option<String> {
    person.patient().and_then(|one| one.references("generalPractitioner").first().map(|one| (*one).to_owned()))
}

/// Who was told, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `Communication/..`.
    pub message: String,
    /// `Practitioner/..`.
    pub physician: String,
    /// As FHIR writes it; empty before it is written.
    pub at: String,
}

/// What is sent.
pub(super) struct Word<'a> {
    pub(super) patient: Rid,
    pub(super) person: &'a str,
    /// The note or document it is of.
    pub(super) about: &'a str,
    pub(super) text: &'a str,
    /// Nobody has reviewed it yet.
    pub(super) unread: bool,
}

/// "Heart clinic letter of 08/17/2026, by Dr. Cho".
pub fn named(title: &str, day: Date, from: &str) -> String {
    let by = if from.trim().is_empty() { String::new() } else { format!(", by {}", from.trim()) };
    let day = match (day.month(), day.day()) {
        (Some(month), Some(of_month)) => format!("{month:02}/{of_month:02}/{}", day.year()),
        _ => day.to_string(),
    };
    format!("{title} of {day}{by}")
}

/// What a letter plans, before anybody reviewed it: danger first, then medicines, then what is to be done.
pub fn of_letter(named: &str, proposals: &[Proposal]) -> String {
    const TOLD: [Kind; 6] = [Kind::Danger, Kind::Medicine, Kind::Order, Kind::Referral, Kind::FollowUp, Kind::Problem];
    let mut chosen: Vec<&Proposal> = proposals.iter().filter(|one| TOLD.contains(&one.kind)).collect();
    chosen.sort_by_key(|one| TOLD.iter().position(|kind| *kind == one.kind));
    if chosen.is_empty() {
        return format!("{named}. No plan was found in it by machine, and nobody has reviewed it yet: please read it.");
    }
    let mut lines = vec![format!("{named}. What it plans, as written; found by machine, not reviewed yet:")];
    lines.extend(chosen.iter().take(LINES).map(|one| format!("- {}: {}", one.kind.label(), one.what)));
    if chosen.len() > LINES {
        lines.push(format!("- and {} more in it", chosen.len() - LINES));
    }
    lines.join("\n")
}

/// The draft for a review: what was accepted and what still waits, without what was rejected.
pub fn draft(review: &Review) -> String {
    let day = Date::parse(&review.day);
    let kept: Vec<Proposal> =
        review.items.iter().filter(|item| item.state != "rejected").map(|item| item.proposal.clone()).collect();
    let named = match day {
        Some(day) => named(&review.title, day, &review.from),
        None => review.title.clone(),
    };
    of_letter(&named, &kept)
}

/// Who was told of a review before it was finished.
pub fn told(task: &Json) -> Option<Told> {
    let found = task.get("extension")?.items().iter().find(|one| one.str_at("url") == Some(EXT_TOLD))?;
    let part = |url: &str, field: &str| {
        let parts = found.get("extension").map(Json::items).unwrap_or_default();
        let part = parts.iter().find(|one| one.str_at("url") == Some(url));
        part.and_then(|one| one.str_at(field)).unwrap_or_default().to_owned()
    };
    Some(Told {
        message: part("message", "valueString"),
        physician: part("physician", "valueString"),
        at: part("at", "valueDateTime"),
    })
}

pub(super) fn mark(task: &mut Json, told: &Told, now: Instant, zone: &continuo_fhir::Zone) {
    let mut kept: Vec<Json> = match task.remove("extension") {
        Some(Json::Array(items)) => items.into_iter().filter(|one| one.str_at("url") != Some(EXT_TOLD)).collect(),
        _ => Vec::new(),
    };
    kept.push(object([
        ("url", Json::string(EXT_TOLD)),
        (
            "extension",
            list([
                extension("message", "valueString", Json::string(&*told.message)),
                extension("physician", "valueString", Json::string(&*told.physician)),
                extension("at", "valueDateTime", moment(now, zone)),
            ]),
        ),
    ]));
    task.set("extension", list(kept));
}

/// Tells the physician now. The text is a person's: drafted, read and perhaps changed by them. Returns who was told.
pub fn tell(ctx: &Ctx, id: &str, text: &str) -> Done<Told> {
    ctx.require(Permission::SuggestionDecide)?;
    ctx.require(Permission::RecordWrite)?;
    let found = review::load(ctx, id)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(WorkError::field("text", "write what they must know"));
    }
    if text.len() > LONGEST {
        return Err(WorkError::field("text", "keep it short: 4,000 letters at most"));
    }
    if found.told.is_some() {
        return Err(WorkError::Not("they were told already: write to them from the chart".to_owned()));
    }
    if found.is_finished() {
        return Err(WorkError::Not("this review is finished: write to them from the chart".to_owned()));
    }
    if physician(ctx, found.patient)?.is_none() {
        return Err(WorkError::Not("the record names no primary-care physician".to_owned()));
    }
    let (ctx_owned, text, id) = (ctx.clone(), text.to_owned(), id.to_owned());
    Ok(ctx.write("tell physician", move |tx| {
        let ctx = &ctx_owned;
        let word =
            Word { patient: found.patient, person: &found.person, about: &found.document, text: &text, unread: true };
        let told = send(tx, ctx, &word, |tx, made| as_closed(tx, &found.document, made))?.unwrap_or_default();
        let stored = tx.reader()?.get(&Scope::all(ctx.org), ResourceType::of("Task"), &id)?;
        let mut task = Json::parse(stored.bytes.as_deref().unwrap_or_default())
            .map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
        mark(&mut task, &told, Instant::from_micros(tx.now()), &ctx.zone);
        put(tx, task)?;
        settle(tx, found.patient)?;
        Ok(told)
    })?)
}

/// Makes something as closed as the document it rests on.
pub(super) fn as_closed(tx: &mut WriteTx<'_>, document: &str, made: &mut Json) -> continuo_store::Result<()> {
    let sources = security_of(tx, document)?;
    label::close(made, 0, &sources);
    if !sources.is_empty() && made.at("meta.security").is_none() {
        made.set("meta", object([("security", list(sources))]));
    }
    Ok(())
}

/// A message to the primary-care physician, and a task that they read it; nothing where the record names none. Where they
/// do not work here there is no channel: the message is kept in preparation, and sending it is somebody's task.
pub(super) fn send(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    word: &Word<'_>,
    close: impl Fn(&mut WriteTx<'_>, &mut Json) -> continuo_store::Result<()>,
) -> continuo_store::Result<Option<Told>> {
    let org = tx.org();
    let now = Instant::from_micros(tx.now());
    let physician = {
        let mut reader = tx.reader()?;
        let person = reader.person_of(org, word.patient)?;
        let members = reader.members(org, person)?;
        let rows = reader.facts(&Scope::all(org), &members)?;
        named_in(&crate::assess::person_of(&rows).0)
    };
    let Some(physician) = physician else { return Ok(None) };
    let here = account::accounts_of(tx.conn()?, org)?.iter().any(|one| one.active && one.reference == physician);
    let message_id = tx.new_id();
    let mut message = object([
        ("resourceType", Json::string("Communication")),
        ("id", Json::string(&*message_id)),
        ("status", Json::string(if here { "completed" } else { "preparation" })),
        ("category", list([own(shapes::MESSAGE)])),
        ("subject", reference(word.person)),
        ("about", list([reference(word.about)])),
        ("recipient", list([reference(&physician)])),
        ("sender", reference(&ctx.actor.reference)),
        ("payload", list([object([("contentString", Json::string(word.text))])])),
    ]);
    if here {
        message.set("sent", moment(now, &ctx.zone));
    }
    close(tx, &mut message)?;
    put(tx, message)?;
    let calendar = crate::site_days::of(tx.conn()?, ctx.org)?.calendar(ctx.zone.clone(), now);
    let new = NewTask {
        kind: if here { "read-note".to_owned() } else { "task".to_owned() },
        what: match (here, word.unread) {
            (true, true) => "Read what a letter plans, not reviewed yet".to_owned(),
            (true, false) => "Read a new note and its plan".to_owned(),
            (false, _) => "Send a note to the physician: no channel reaches them from here".to_owned(),
        },
        person: word.person.to_owned(),
        owner: if here { physician.clone() } else { ctx.actor.reference.clone() },
        due: Some(calendar.end_of(calendar.plus_business(calendar.day(now), 1))),
        due_rule: "by the end of the next business day".to_owned(),
        about: format!("Communication/{message_id}"),
        ..NewTask::default()
    };
    let task_id = tx.new_id();
    let mut made = task(&task_id, &new, &ctx.actor.reference, now, &ctx.zone);
    close(tx, &mut made)?;
    put(tx, made)?;
    Ok(Some(Told { message: format!("Communication/{message_id}"), physician, at: String::new() }))
}
