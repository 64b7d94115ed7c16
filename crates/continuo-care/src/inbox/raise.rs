//! Raising a message: a person on reading, or a language model's answer, lifts its work at once. Only ever up.
//!
//! The work that stands for the message changes in place: an earlier clock, a graver consequence, a fallback, and it wakes
//! where it was put off. A message that a person moved down is raised again by people only. Words of self-harm that only
//! the model saw open the safety contact (safety.md rule 8), which says none of them.

use continuo_fhir::{Instant, Json};
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::tables::work::{self as rows, SUGGESTION};
use continuo_store::{Rid, Scope, WriteTx};
use continuo_text::triage::Urgency;

use super::{EXT_MOVED_DOWN, RULES, TASK, limits};
use crate::access::Permission;
use crate::assess::body::Body;
use crate::assess::{label, put, settle, site};
use crate::build::{append, extension_of, moment, object, own, reference, set_extension};
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::models::messages::consequence_of;
use crate::problem::WorkError;
use crate::shapes;
use crate::suggestions::security_of;
use crate::tasks::change::{self, By};
use crate::tasks::make::{NewTask, note, task};
use crate::work::Done;

/// Who raised a message and why, on its Task (`valueString`).
pub const EXT_RAISED: &str = "urn:continuo:ext:raised";
/// The kind of work an urgent message is.
const KIND: &str = "read-urgent-message";
const CONTACT: &str = "suicide-risk-contact";
/// The rule that proposes the safety contact.
const SELF_HARM: &str = "self-harm-screen";

/// Who raises, to what, and why.
pub(crate) struct Raise<'a> {
    /// Emergency or the same day.
    pub(crate) urgency: Urgency,
    /// Reference of who raises.
    pub(crate) by: &'a str,
    /// "the language model m-1", "M. Ortiz".
    pub(crate) name: &'a str,
    /// Why; may be empty.
    pub(crate) words: &'a str,
    /// A person does it.
    pub(crate) person: bool,
    /// Self-harm is in the words and nobody saw it before.
    pub(crate) self_harm: bool,
}

/// Raises a message by a person who has read it: its work moves up at once, and the reason stands with their name.
pub fn raise(ctx: &Ctx, id: &str, urgency: Urgency, words: &str) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    if !matches!(urgency, Urgency::Emergency | Urgency::SameDay) {
        return Err(WorkError::field("urgency", "choose emergency or today"));
    }
    let found = super::load::load(ctx, id)?;
    if found.task.is_none() && found.suggestion.is_none() {
        return Err(WorkError::Not("this message was answered: nothing is open about it".to_owned()));
    }
    let (ctx_owned, id, words) = (ctx.clone(), id.to_owned(), words.trim().to_owned());
    // What was only proposed becomes work in this very commit: raising asks no right to decide, and Undo takes back all.
    Ok(ctx.write("raise message", move |tx| {
        let ctx = &ctx_owned;
        let raise = Raise {
            urgency,
            by: &ctx.actor.reference,
            name: &ctx.actor.name,
            words: &words,
            person: true,
            self_harm: false,
        };
        let stored = tx.reader()?.get(&ctx.scope, super::COMMUNICATION, &id)?;
        if !raise_in(tx, ctx, &id, stored.patient, stored.labels, &raise)? {
            return Err(continuo_store::Error::Refused("this message is as urgent already".to_owned()));
        }
        tracing::info!(message.id = %id, "a message was raised by a person");
        Ok(())
    })?)
}

fn json(bytes: Option<&[u8]>) -> continuo_store::Result<Option<Json>> {
    let Some(bytes) = bytes else { return Ok(None) };
    Json::parse(bytes).map(Some).map_err(|error| continuo_store::Error::Damaged(error.to_string()))
}

/// Raises whatever stands for a message, in the commit at hand. Says whether anything moved.
pub(crate) fn raise_in(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    message: &str,
    patient: Rid,
    labels: u64,
    raise: &Raise<'_>,
) -> continuo_store::Result<bool> {
    let about = format!("Communication/{message}");
    let (mut tasks, mut suggested) = (Vec::new(), None);
    let org = tx.org();
    let all = Scope::all(org);
    {
        let mut reader = tx.reader()?;
        // Work stands under the person, whichever of their records the message came with.
        let person = reader.person_of(org, patient)?;
        for row in rows::of_patients(reader.conn(), &all, &[person])? {
            if row.kind == SUGGESTION {
                // A proposed safety contact stays one: it is never turned into reading a message.
                if row.rule != SELF_HARM
                    && RULES.contains(&row.rule.as_str())
                    && let Some(found) = suggestion::find(reader.conn(), &all, &row.id)?
                    && Body::read(&found.body).is_some_and(|body| body.anchor == about)
                {
                    suggested = Some(found);
                }
                continue;
            }
            let stored = reader.find(&all, TASK, &row.id)?.and_then(|stored| stored.bytes);
            if let Some(task) = json(stored.as_deref())?
                && task.str_at("focus.reference") == Some(about.as_str())
            {
                tasks.push(task);
            }
        }
    }
    let has_contact = tasks.iter().any(|task| change::code_of(task) == CONTACT);
    let mut moved = false;
    if raise.self_harm && !has_contact {
        contact(tx, ctx, &about, labels, raise)?;
        moved = true;
    }
    if !matches!(raise.urgency, Urgency::Emergency | Urgency::SameDay) {
        return Ok(moved);
    }
    match (tasks.into_iter().find(|task| change::code_of(task) != CONTACT), suggested) {
        (Some(task), _) => moved |= lift(tx, ctx, task, raise)?,
        (None, Some(row)) => moved |= from_suggestion(tx, ctx, &row, raise)?,
        // Answered meanwhile, or only the safety contact is open, which stands above everything.
        (None, None) => {}
    }
    if moved {
        settle(tx, patient)?;
    }
    Ok(moved)
}

/// When a raised message must be read.
fn due(tx: &mut WriteTx<'_>, ctx: &Ctx, urgency: Urgency, now: Instant) -> continuo_store::Result<(Instant, String)> {
    let org = tx.org();
    let minutes = limits::of(tx.conn()?, org)?.emergency_minutes;
    let calendar = site::calendar(ctx.zone.clone(), now);
    Ok(match urgency {
        Urgency::Emergency => (now.plus_seconds(minutes * 60), format!("raised: within {minutes} minutes")),
        _ => (calendar.end_of(calendar.day(now)), "raised: the same day".to_owned()),
    })
}

/// Lifts a task; nothing where it stands as high already, or where a person moved it down and a machine asks.
fn lift(tx: &mut WriteTx<'_>, ctx: &Ctx, task: Json, raise: &Raise<'_>) -> continuo_store::Result<bool> {
    let now = Instant::from_micros(tx.now());
    let was_moved_down = extension_of(&task, EXT_MOVED_DOWN).is_some();
    if was_moved_down && !raise.person {
        return Ok(false);
    }
    let consequence = consequence_of(raise.urgency);
    let before = change::consequence_of(&task);
    let (at, rule) = due(tx, ctx, raise.urgency, now)?;
    let clock = change::due_of(&task, &ctx.zone);
    let earlier = clock.is_none_or(|clock| at < clock);
    if consequence > before || consequence == before && !(raise.person && earlier) {
        return Ok(false);
    }
    let days = crate::site_days::of(tx.conn()?, ctx.org)?.calendar(ctx.zone.clone(), now);
    let by = By { who: raise.by, now, zone: &ctx.zone, calendar: &days, supervisor: true };
    let mut task = change::wake(&task, &by).unwrap_or(task);
    set_extension(&mut task, shapes::EXT_CONSEQUENCE, Some(("valueCode", Json::string(consequence.word()))));
    set_extension(&mut task, EXT_MOVED_DOWN, None);
    set_extension(&mut task, EXT_RAISED, Some(("valueString", Json::string(said(raise)))));
    if earlier {
        task.set("restriction", object([("period", object([("end", moment(at, &ctx.zone))]))]));
        set_extension(&mut task, shapes::EXT_DUE_RULE, Some(("valueString", Json::string(rule))));
    }
    if extension_of(&task, shapes::EXT_FALLBACK).is_none() {
        set_extension(&mut task, shapes::EXT_FALLBACK, Some(("valueReference", fallback())));
    }
    if change::code_of(&task) != CONTACT {
        task.set("code", own(KIND));
    }
    task.set("priority", Json::string(if consequence == Consequence::Danger { "stat" } else { "urgent" }));
    task.set("lastModified", moment(now, &ctx.zone));
    append(&mut task, "note", note(&format!("Raised by {}", said(raise)), raise.by, now, &ctx.zone));
    put(tx, task)?;
    Ok(true)
}

fn said(raise: &Raise<'_>) -> String {
    if raise.words.is_empty() { raise.name.to_owned() } else { format!("{}: {}", raise.name, raise.words) }
}

fn fallback() -> Json {
    crate::tasks::make::owner_reference("role:supervisor")
}

/// What was only proposed becomes work at once; nothing where it is proposed as graver already.
fn from_suggestion(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    row: &Suggestion,
    raise: &Raise<'_>,
) -> continuo_store::Result<bool> {
    let consequence = consequence_of(raise.urgency);
    if consequence.rank() > row.consequence {
        return Ok(false);
    }
    let now = Instant::from_micros(tx.now());
    let body = Body::read(&row.body).ok_or_else(|| continuo_store::Error::Damaged("suggestion body".to_owned()))?;
    let Some((_, patient)) = tx.reader()?.reference(row.patient)? else { return Ok(false) };
    let (at, rule) = due(tx, ctx, raise.urgency, now)?;
    let new = NewTask {
        kind: KIND.to_owned(),
        what: body.what.clone(),
        person: format!("Patient/{patient}"),
        owner: row.owner.clone(),
        fallback: "role:supervisor".to_owned(),
        due: Some(body.due(row.due).map_or(at, |due| due.at.min(at))),
        due_rule: rule,
        about: body.anchor.clone(),
        note: format!("Raised by {}", said(raise)),
        ..NewTask::default()
    };
    let id = tx.new_id();
    let mut made = task(&id, &new, raise.by, now, &ctx.zone);
    set_extension(&mut made, shapes::EXT_FINDING, Some(("valueString", Json::string(&*row.key))));
    set_extension(&mut made, shapes::EXT_CONSEQUENCE, Some(("valueCode", Json::string(consequence.word()))));
    set_extension(&mut made, EXT_RAISED, Some(("valueString", Json::string(said(raise)))));
    made.set("priority", Json::string(if consequence == Consequence::Danger { "stat" } else { "urgent" }));
    made.set("reasonCode", object([("text", Json::string(&*body.why))]));
    made.set("reasonReference", reference(&body.anchor));
    let sources = security_of(tx, &body.anchor)?;
    label::close(&mut made, row.labels, &sources);
    put(tx, made)?;
    crate::assess::close_by_record(tx, row, "became a task: its urgency was raised")?;
    Ok(true)
}

/// The safety contact about a message.
fn contact(tx: &mut WriteTx<'_>, ctx: &Ctx, about: &str, labels: u64, raise: &Raise<'_>) -> continuo_store::Result<()> {
    let now = Instant::from_micros(tx.now());
    let calendar = site::calendar(ctx.zone.clone(), now);
    let Some((_, id)) = about.split_once('/') else { return Ok(()) };
    let stored = tx.reader()?.find(&Scope::all(ctx.org), super::COMMUNICATION, id)?.and_then(|stored| stored.bytes);
    let Some(message) = json(stored.as_deref())? else { return Ok(()) };
    let new = NewTask {
        kind: CONTACT.to_owned(),
        what: "Make contact today: safety check by a licensed person".to_owned(),
        person: message.str_at("subject.reference").unwrap_or_default().to_owned(),
        owner: "role:behavioral-health-clinician".to_owned(),
        fallback: "role:supervisor".to_owned(),
        due: Some(calendar.end_of(calendar.day(now))),
        due_rule: "the same day".to_owned(),
        about: about.to_owned(),
        note: format!("Raised by {}", raise.name),
        ..NewTask::default()
    };
    let id = tx.new_id();
    let mut made = task(&id, &new, raise.by, now, &ctx.zone);
    set_extension(
        &mut made,
        shapes::EXT_FINDING,
        Some(("valueString", Json::string(format!("self-harm-screen|{about}")))),
    );
    set_extension(&mut made, EXT_RAISED, Some(("valueString", Json::string(raise.name))));
    label::close(&mut made, labels, &security_of(tx, about)?);
    put(tx, made)?;
    Ok(())
}
