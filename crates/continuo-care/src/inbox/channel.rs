//! Answers go back by the channel a message came from: the portal's FHIR interface, where the site configured one.
//!
//! A person presses send; the answer then waits half a minute in the outbox, where Undo stops it, and a worker posts it.
//! What the record says about reaching the person is read again before it leaves. What cannot be sent comes back to its
//! writer as a task: nothing is lost between the page and the portal.

use continuo_fhir::{Instant, Json};
use continuo_store::outbox::{Effect, State, effects_in_state};
use continuo_store::tables::person_header;
use continuo_store::{Error as StoreError, Scope};

use super::COMMUNICATION;
use crate::assess::header::{asks_first, is_unsafe};
use crate::assess::{label, person_of, put, settle};
use crate::build::{moment, object, reference};
use crate::ctx::Ctx;
use crate::followup::calendar::MINUTE;
use crate::followup::said_dead;
use crate::outbound::settings::MessagesSettings;
use crate::outbound::{Call, Purpose};
use crate::suggestions::security_of;
use crate::tasks::make::{NewTask, task};

/// The kind of these effects in the outbox.
pub(super) const EFFECT: &str = "reply";
/// How long an answer waits before it leaves: time to take it back.
pub const PAUSE_SECONDS: i64 = 30;
/// Said where a hospital wrote down a death that nobody has confirmed: a reply is held until somebody has asked.
pub(super) const DEATH_UNCONFIRMED: &str =
    "a death is reported and not confirmed: ask the hospital first; until then nothing is sent to them";
/// The status of a reply that waits to leave; with any other it is no longer to be sent.
pub(super) const WAITS: &str = "in-progress";
/// Tries before somebody is asked to call or write instead.
const TRIES: i64 = 4;
/// Answers of one round.
const MOST: i64 = 8;
const LARGEST_ANSWER: usize = 1 << 20;

/// The channel that a message came by, where the site configured one.
pub fn of<'a>(ctx: &'a Ctx, message: &Json) -> Option<&'a MessagesSettings> {
    let settings = ctx.care().outside.services.messages.as_ref()?;
    let identifiers = message.get("identifier").map(Json::items).unwrap_or_default();
    let said = identifiers.iter().filter_map(|one| one.str_at("system")).chain(message.str_at("meta.source"));
    let known = said.into_iter().any(|said| settings.sources.iter().any(|source| said.starts_with(source.as_str())));
    known.then_some(settings)
}

/// Sends what waits and is due. Says whether there may be more at once.
pub fn round(ctx: &Ctx) -> continuo_store::Result<bool> {
    let Some(settings) = ctx.care().outside.services.messages.as_ref() else { return Ok(false) };
    // Looking costs nothing; leasing is a commit.
    let now = ctx.now().micros();
    let waits = ctx.read(|r| {
        let waiting = effects_in_state(r.conn(), ctx.org, State::Waiting, 200)?;
        let leased = effects_in_state(r.conn(), ctx.org, State::Leased, 200)?;
        Ok(waiting.iter().chain(&leased).any(|one| one.kind == EFFECT && one.due <= now))
    })?;
    if !waits {
        return Ok(false);
    }
    let until = now + 5 * MINUTE;
    let due = ctx.write("take replies to send", move |tx| {
        // Leasing is the worker's own bookkeeping: nobody takes it back.
        tx.commit_id();
        tx.lease_effects(EFFECT, "replies", until, MOST)
    })?;
    let due = due.value;
    let more = due.len() as i64 == MOST;
    for effect in due {
        one(ctx, settings, effect)?;
    }
    Ok(more)
}

fn one(ctx: &Ctx, settings: &MessagesSettings, effect: Effect) -> continuo_store::Result<()> {
    let id = effect.key.clone();
    let found = ctx.read(|r| {
        let Some(stored) = r.find(&Scope::all(ctx.org), COMMUNICATION, &id)? else { return Ok(None) };
        let Some(json) = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok()) else { return Ok(None) };
        if json.str_at("status") != Some(WAITS) {
            return Ok(None);
        }
        let person = r.person_of(ctx.org, stored.patient)?;
        let header = person_header::of_patients(r.conn(), &Scope::all(ctx.org), &[person])?.into_iter().next();
        // The record itself is asked too: a mark of a moment ago may not stand in the header yet.
        let members = r.members(ctx.org, person)?;
        let facts = r.facts(&Scope::all(ctx.org), &members)?;
        let (whole, _) = person_of(&facts);
        let said_dead = said_dead::is_open(&whole, ctx.now(), &ctx.zone);
        let reach = header.map(|header| {
            let ask = said_dead || asks_first(&header.reach);
            (header.unsafe_ || is_unsafe(&whole), header.deceased || whole.has_died(), ask)
        });
        let replied_to = json.at("inResponseTo.0.reference").and_then(Json::as_str).unwrap_or_default();
        let message = match replied_to.strip_prefix("Communication/") {
            Some(message) => r.find(&Scope::all(ctx.org), COMMUNICATION, message)?.and_then(|stored| stored.bytes),
            None => None,
        };
        let message = message.and_then(|bytes| Json::parse(&bytes).ok());
        Ok(Some((json, stored.patient, reach, message)))
    })?;
    // Deleted, taken back or withdrawn meanwhile: nothing leaves.
    let Some((reply, patient, reach, message)) = found else {
        ctx.write("drop a reply", move |tx| {
            tx.commit_id();
            tx.finish_effect(effect.id)
        })?;
        return Ok(());
    };
    let to_family = reply.str_at("recipient.0.reference").unwrap_or_default().starts_with("RelatedPerson/");
    let blocked = match (reach, &message) {
        (_, None) => Some("the message it answers is gone"),
        (None, _) => Some("how to reach the person cannot be read"),
        (Some((true, ..)), _) => Some("contact is marked unsafe"),
        (Some((_, true, _)), _) if !to_family => Some("the person has died"),
        (Some((.., true)), _) if !to_family => Some(DEATH_UNCONFIRMED),
        _ => None,
    };
    let sent = match (blocked, &message) {
        (Some(why), _) => Err((why.to_owned(), false)),
        (None, Some(message)) => ctx
            .care()
            .outside
            .door
            .send(&call(settings, &reply, message, &id))
            .map(drop)
            .map_err(|error| (error.to_string(), true)),
        (None, None) => Ok(()),
    };
    let (ctx_owned, name) = (ctx.clone(), settings.name.clone());
    ctx.write("send reply", move |tx| {
        let ctx = &ctx_owned;
        let now = Instant::from_micros(tx.now());
        // Sending took its time: what was read before it may have been changed, withdrawn or deleted since.
        let stored = tx.reader()?.find(&Scope::all(ctx.org), COMMUNICATION, &id)?;
        let labels = stored.as_ref().map_or(0, |stored| stored.labels);
        let reply = stored.and_then(|stored| stored.bytes).and_then(|bytes| Json::parse(&bytes).ok());
        let Some(mut reply) = reply else { return tx.finish_effect(effect.id) };
        let still_waits = reply.str_at("status") == Some(WAITS);
        match sent {
            Ok(()) => {
                // It has left, whatever was decided meanwhile; a status that a person gave stays theirs.
                if still_waits {
                    reply.set("status", Json::string("completed"));
                }
                reply.set("sent", moment(now, &ctx.zone));
                put(tx, reply)?;
                tx.finish_effect(effect.id)?;
            }
            Err(_) if !still_waits => tx.finish_effect(effect.id)?,
            Err((why, again)) => {
                let again = (again && effect.attempts + 1 < TRIES)
                    .then(|| now.micros() + MINUTE * 5_i64.pow(effect.attempts.clamp(0, 3) as u32));
                tx.fail_effect(effect.id, &why, again)?;
                if again.is_none() {
                    could_not_send(tx, ctx, reply, labels, &name, &why, now)?;
                }
            }
        }
        settle(tx, patient)?;
        Ok::<(), StoreError>(())
    })?;
    Ok(())
}

/// The answer as the portal takes it: its own identifiers for whom and for what, our text, nothing else of the record.
fn call(settings: &MessagesSettings, reply: &Json, message: &Json, id: &str) -> Call {
    let own =
        object([("system", Json::string("urn:ietf:rfc:3986")), ("value", Json::string(format!("urn:uuid:{id}")))]);
    let mut body = object([
        ("resourceType", Json::string("Communication")),
        ("identifier", Json::array([own])),
        ("status", Json::string("completed")),
    ]);
    if let Some(theirs) = message.at("identifier.0") {
        body.set("inResponseTo", Json::array([object([("identifier", theirs.clone())])]));
    }
    // The portal knows whom it let write; the name and number of our record stay here.
    if let Some(sender) = message.at("sender.identifier") {
        body.set("recipient", Json::array([object([("identifier", sender.clone())])]));
    }
    if let Some(payload) = reply.get("payload") {
        body.set("payload", payload.clone());
    }
    let mut headers = vec![
        ("content-type", "application/fhir+json".to_owned()),
        // Sent twice, it arrives once (FHIR conditional create).
        ("if-none-exist", format!("identifier=urn:ietf:rfc:3986|urn:uuid:{id}")),
    ];
    if !settings.key.is_empty() {
        headers.push(("authorization", format!("Bearer {}", settings.key.expose())));
    }
    Call {
        purpose: Purpose::Messages,
        url: format!("{}/Communication", settings.url),
        headers,
        body: Some(body.to_bytes()),
        largest: LARGEST_ANSWER,
        tokens: 0,
        repeatable: true,
    }
}

/// Comes back to its writer: the person waits for an answer that did not leave.
fn could_not_send(
    tx: &mut continuo_store::WriteTx<'_>,
    ctx: &Ctx,
    mut reply: Json,
    labels: u64,
    name: &str,
    why: &str,
    now: Instant,
) -> continuo_store::Result<()> {
    let id = reply.str_at("id").unwrap_or_default().to_owned();
    let about = format!("Communication/{id}");
    reply.set("status", Json::string("not-done"));
    reply.set("statusReason", object([("text", Json::string(why))]));
    let person = reply.str_at("subject.reference").unwrap_or_default().to_owned();
    let owner = reply.str_at("sender.reference").unwrap_or_default().to_owned();
    put(tx, reply)?;
    let new = NewTask {
        what: format!("A reply did not reach {name}: call or write"),
        person,
        owner,
        fallback: "role:supervisor".to_owned(),
        due: Some(now.plus_seconds(4 * 3600)),
        due_rule: "within four hours of the last try".to_owned(),
        about: about.clone(),
        note: format!("Not sent: {why}"),
        ..NewTask::default()
    };
    let mut made = task(&tx.new_id(), &new, crate::assess::LOOP, now, &ctx.zone);
    made.set("reasonReference", reference(&about));
    label::close(&mut made, labels, &security_of(tx, &about)?);
    put(tx, made)?;
    Ok(())
}
