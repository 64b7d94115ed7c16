//! What people do with a message: enter one by hand, give it to somebody, answer, finish, or say why it is not urgent.

use continuo_fhir::{Instant, Json};
use continuo_store::WriteTx;
use continuo_store::tables::decision::{self, Decision};
use continuo_store::tables::person_header;

use super::load::{Message, load};
use super::{EXT_MOVED_DOWN, NOT_URGENT, TASK};
use crate::access::Permission;
use crate::assess::header::asks_first;
use crate::assess::{put, settle, site};
use crate::build::{append, list, moment, object, own, reference, set_extension};
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::problem::WorkError;
use crate::shapes;
use crate::suggestions;
use crate::tasks::make::{NewTask, note, task};
use crate::work::{self, Act, Done, person_rid};

/// A message entered by hand: read out on the phone, handed in, seen in another system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// `Patient/..`.
    pub person: String,
    /// Who it is from, where it is not the person: "Elena, daughter".
    pub from: String,
    /// How it came: "portal of the hospital", "paper".
    pub how: String,
    /// When; nothing means now.
    pub at: Option<Instant>,
    /// The words as received.
    pub words: String,
}

/// Letters of the reason for moving a possible emergency down: more than "ok" and "no".
const REASON_FOR_DANGER: usize = 12;

/// Longest message taken.
const LONGEST: usize = 200_000;

/// Enters a message by hand. Triage and its work follow in the same commit. Returns its id.
pub fn receive(ctx: &Ctx, form: Received) -> Done<String> {
    ctx.require(Permission::RecordWrite)?;
    if form.words.trim().is_empty() {
        return Err(WorkError::field("words", "enter the words as received"));
    }
    if form.words.len() > LONGEST {
        return Err(WorkError::field("words", "this is too long for a message: take it in as words"));
    }
    let now = ctx.now();
    let at = form.at.unwrap_or(now);
    if at > now {
        return Err(WorkError::field("date", "this has not come yet"));
    }
    let rid = person_rid(ctx, &form.person)?;
    let ctx_owned = ctx.clone();
    Ok(ctx.write("enter message", move |tx| {
        let ctx = &ctx_owned;
        let id = tx.new_id();
        let mut message = object([
            ("resourceType", Json::string("Communication")),
            ("id", Json::string(&*id)),
            ("status", Json::string("completed")),
            ("category", list([own(shapes::MESSAGE)])),
            ("subject", reference(&form.person)),
            ("received", moment(at, &ctx.zone)),
            ("sender", reference(&form.person)),
            ("payload", list([object([("contentString", Json::string(&*form.words))])])),
        ]);
        let said: Vec<String> = [("From", form.from.trim()), ("Came by", form.how.trim())]
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(label, text)| format!("{label}: {text}"))
            .collect();
        let entered = format!("Entered by hand. {}", said.join(". "));
        append(
            &mut message,
            "note",
            note(entered.trim(), &ctx.actor.reference, Instant::from_micros(tx.now()), &ctx.zone),
        );
        put(tx, message)?;
        settle(tx, rid)?;
        Ok(id)
    })?)
}

/// The task of a message; a suggestion becomes one first, since a person acts on it now.
pub(super) fn task_of(ctx: &Ctx, found: &Message) -> Result<String, WorkError> {
    if let Some(task) = &found.task {
        return Ok(task.id.clone());
    }
    match &found.suggestion {
        Some(id) => Ok(suggestions::accept(ctx, id, suggestions::Edit::default())?.value),
        None => Err(WorkError::Not("this message was answered: nothing is open about it".to_owned())),
    }
}

/// Begins with a message: it is being read by this person.
pub fn start(ctx: &Ctx, id: &str) -> Done<()> {
    let found = load(ctx, id)?;
    work::act(ctx, &task_of(ctx, &found)?, Act::Start)
}

/// Gives a message to a person, a team or a role.
pub fn assign(ctx: &Ctx, id: &str, to: &str, words: &str) -> Done<()> {
    if to.is_empty() {
        return Err(WorkError::field("to", "choose to whom"));
    }
    let found = load(ctx, id)?;
    let act = Act::HandOver { to: to.to_owned(), words: words.to_owned() };
    work::act(ctx, &task_of(ctx, &found)?, act)
}

/// Finishes a message with an outcome of its task's kind.
pub fn done(ctx: &Ctx, id: &str, outcome: &str, words: &str) -> Done<()> {
    let found = load(ctx, id)?;
    let act = Act::Complete { outcome: outcome.to_owned(), words: words.to_owned() };
    work::act(ctx, &task_of(ctx, &found)?, act)
}

/// Moves a message down, with the reason: it stays in the list, with an ordinary clock. Words of self-harm never move.
pub fn not_urgent(ctx: &Ctx, id: &str, reason: &str) -> Done<()> {
    ctx.require(Permission::WorkAct)?;
    if reason.trim().len() < 3 {
        return Err(WorkError::field("reason", "say why it is not urgent"));
    }
    let found = load(ctx, id)?;
    if found.is_self_harm() {
        return Err(WorkError::Not("words of self-harm are answered by contact, not moved down".to_owned()));
    }
    if found.may_be_danger() {
        // What may be an emergency is judged by those who decide on care, in words that somebody else can follow.
        ctx.require(Permission::SuggestionDecide)?;
        if reason.trim().chars().count() < REASON_FOR_DANGER {
            return Err(WorkError::field("reason", "say in a sentence why this is no emergency"));
        }
    }
    let task_id = task_of(ctx, &found)?;
    let calendar = ctx.calendar()?;
    let limits = super::limits::get(ctx)?;
    let due = calendar.end_of(calendar.plus_business(calendar.day(ctx.now()), limits.routine_days));
    let (ctx_owned, patient, reason) = (ctx.clone(), found.patient, reason.trim().to_owned());
    let id = id.to_owned();
    Ok(ctx.write("move message down", move |tx| {
        let ctx = &ctx_owned;
        let now = Instant::from_micros(tx.now());
        let stored = tx.reader()?.get(&ctx.scope, TASK, &task_id)?;
        let mut task = Json::parse(stored.bytes.as_deref().unwrap_or_default())
            .map_err(|error| continuo_store::Error::Damaged(error.to_string()))?;
        if crate::tasks::change::consequence_of(&task) == Consequence::Normal {
            return Err(continuo_store::Error::Refused("this message is not marked urgent".to_owned()));
        }
        set_extension(&mut task, shapes::EXT_CONSEQUENCE, Some(("valueCode", Json::string("normal"))));
        set_extension(&mut task, EXT_MOVED_DOWN, Some(("valueString", Json::string(&*reason))));
        set_extension(&mut task, shapes::EXT_DUE_RULE, Some(("valueString", Json::string("moved down by a person"))));
        task.set("priority", Json::string("routine"));
        task.set("code", own("answer-message"));
        task.set("restriction", object([("period", object([("end", moment(due, &ctx.zone))]))]));
        task.set("lastModified", moment(now, &ctx.zone));
        append(&mut task, "note", note(&format!("Not urgent because: {reason}"), &ctx.actor.reference, now, &ctx.zone));
        put(tx, task)?;
        into_ledger(tx, ctx, &id, patient, stored.labels, &reason)?;
        settle(tx, patient)?;
        Ok(())
    })?)
}

/// A false alarm is a decision like all others: who, when, why; oversight counts them by day.
fn into_ledger(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    id: &str,
    patient: continuo_store::Rid,
    labels: u64,
    reason: &str,
) -> continuo_store::Result<()> {
    let commit = tx.commit_id();
    let (org, now) = (tx.org(), tx.now());
    decision::add(
        tx.conn()?,
        org,
        &Decision {
            suggestion: format!("message:{id}"),
            number: 0,
            patient,
            labels,
            rule: "red-flag-message".to_owned(),
            at: now,
            actor: ctx.actor.reference.clone(),
            role: ctx.grant.roles().first().copied().unwrap_or_default().to_owned(),
            outcome: "rejected".to_owned(),
            reason: NOT_URGENT.to_owned(),
            words: reason.to_owned(),
            opened: now,
            commit,
            undone: false,
        },
    )
}

/// How a reply goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the channel the message came from, after half a minute.
    Channel,
    /// A person writes a letter or reads it on a call: a task.
    ByHand,
}

/// Takes a reply. By its channel it waits half a minute in the outbox, where Undo stops it, and leaves; by hand it is kept
/// in preparation, and sending it by letter or reading it on a call is a task.
pub fn reply(ctx: &Ctx, id: &str, words: &str, way: Way) -> Done<String> {
    ctx.require(Permission::WorkAct)?;
    ctx.require(Permission::RecordWrite)?;
    if words.trim().is_empty() {
        return Err(WorkError::field("reply", "write the reply"));
    }
    if words.contains(['{', '}']) {
        return Err(WorkError::field("reply", "fill in what stands in braces"));
    }
    let found = load(ctx, id)?;
    let header = ctx.read(|r| {
        let person = r.person_of(ctx.org, found.patient)?;
        Ok(person_header::of_patients(r.conn(), &ctx.scope, &[person])?.into_iter().next())
    })?;
    // Without the header nobody knows whether they live and what is safe: nothing is sent on a guess.
    let Some((has_died, is_unsafe, ask)) = header.map(|one| (one.deceased, one.unsafe_, asks_first(&one.reach))) else {
        return Err(WorkError::Not("how to reach this person cannot be read: nothing is sent".to_owned()));
    };
    // Death stops what goes out to the person; whoever else wrote is answered (safety.md rule 11).
    if has_died && !found.sender.starts_with("RelatedPerson/") {
        return Err(WorkError::Not("this person has died: nothing is sent to them any more".to_owned()));
    }
    // Nor does anything leave for somebody who may have died: the hospital is asked first.
    if ask && !found.sender.starts_with("RelatedPerson/") {
        return Err(WorkError::Not(super::channel::DEATH_UNCONFIRMED.to_owned()));
    }
    if way == Way::Channel {
        if !found.can_send {
            return Err(WorkError::Not("no channel leads back to where this came from: keep it and call".to_owned()));
        }
        if is_unsafe {
            return Err(WorkError::Not("contact is marked unsafe: read how to reach the person first".to_owned()));
        }
    }
    let how = if is_unsafe {
        "Contact is marked unsafe: read how to reach the person before any reply"
    } else {
        "Send a reply by letter, or read it on a call"
    };
    let calendar = site::calendar(ctx.zone.clone(), ctx.now());
    let open = found.task.as_ref().and_then(|task| task.due);
    let due = open.filter(|due| *due > ctx.now()).unwrap_or_else(|| calendar.end_of(calendar.day(ctx.now())));
    let (ctx_owned, words, message) = (ctx.clone(), words.trim().to_owned(), format!("Communication/{id}"));
    Ok(ctx.write("prepare reply", move |tx| {
        let ctx = &ctx_owned;
        let now = Instant::from_micros(tx.now());
        let (reply_id, task_id) = (tx.new_id(), tx.new_id());
        let sources = suggestions::security_of(tx, &message)?;
        let recipient = if found.sender.is_empty() { found.person.clone() } else { found.sender.clone() };
        let mut made = object([
            ("resourceType", Json::string("Communication")),
            ("id", Json::string(&*reply_id)),
            ("inResponseTo", list([reference(&message)])),
            ("status", Json::string(if way == Way::Channel { super::channel::WAITS } else { "preparation" })),
            ("category", list([own(shapes::MESSAGE)])),
            ("subject", reference(&found.person)),
            ("recipient", list([reference(&recipient)])),
            ("sender", reference(&ctx.actor.reference)),
            ("payload", list([object([("contentString", Json::string(&*words))])])),
        ]);
        let new = NewTask {
            what: how.to_owned(),
            person: found.person.clone(),
            owner: ctx.actor.reference.clone(),
            due: Some(due),
            due_rule: "no channel sends it from here".to_owned(),
            about: format!("Communication/{reply_id}"),
            ..NewTask::default()
        };
        let mut work = task(&task_id, &new, &ctx.actor.reference, now, &ctx.zone);
        for one in [&mut made, &mut work] {
            if !sources.is_empty() {
                one.set("meta", object([("security", list(sources.iter().cloned()))]));
            }
        }
        put(tx, made)?;
        match way {
            Way::Channel => {
                let at = now.plus_seconds(super::channel::PAUSE_SECONDS).micros();
                tx.add_effect(super::channel::EFFECT, &reply_id, &[], at)?;
            }
            Way::ByHand => {
                put(tx, work)?;
            }
        }
        settle(tx, found.patient)?;
        Ok(reply_id)
    })?)
}

/// One day's false alarms: urgent messages, and those moved down on reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// The day, as FHIR writes it.
    pub day: String,
    /// Messages moved down.
    pub moved_down: usize,
    /// Decisions of any kind about urgent messages, moved down included.
    pub decided: usize,
}

/// False alarms by day, newest first (safety.md rule 6).
pub fn false_alarms(ctx: &Ctx, days: i64) -> Result<Vec<Day>, WorkError> {
    ctx.require(Permission::OversightRead)?;
    let since = ctx.now().micros() - days.clamp(1, 3650) * crate::followup::calendar::DAY;
    let all = ctx.read(|r| decision::since(r.conn(), ctx.org, since))?;
    let mut by_day: std::collections::BTreeMap<String, Day> = std::collections::BTreeMap::new();
    for one in all.iter().filter(|one| one.rule == "red-flag-message" && !one.undone) {
        let day = crate::build::date_text(ctx.zone.day(Instant::from_micros(one.at)));
        let slot = by_day.entry(day.clone()).or_insert_with(|| Day { day, ..Day::default() });
        slot.decided += 1;
        slot.moved_down += usize::from(one.reason == NOT_URGENT);
    }
    Ok(by_day.into_values().rev().collect())
}
