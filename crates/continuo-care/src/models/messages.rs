//! Waiting messages read by the model as well, for how urgent they are. Its answer only raises what the built-in triage
//! says: a red flag more, an earlier urgency. Without an answer the built-in triage stands as it is.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Json};
use continuo_store::tables::llm_call::{self, LlmCall};
use continuo_store::tables::work::{self, SUGGESTION};
use continuo_store::{Reader, Scope};
use continuo_text::model::answer;
use continuo_text::model::redact::Hidden;
use continuo_text::triage::{Triage, Urgency};

use super::{Purpose, enqueue};
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::inbox::{COMMUNICATION, RULES, TASK, anchor, words_of};

/// Waiting messages looked at in one round: what is left comes in the next.
const MOST: i64 = 500;

/// Puts messages that wait for a person, and that no model was asked about, into the queue. They are found where their
/// work is, so that it makes no difference how they came in. For the thread, whenever the record has changed.
pub fn gather(ctx: &Ctx) -> continuo_store::Result<()> {
    if ctx.care().outside.services.language_model.is_none() {
        return Ok(());
    }
    let all = Scope::all(ctx.org);
    let new = ctx.read(|r| {
        let mut new = BTreeMap::new();
        for row in work::of_rules(r.conn(), &all, &RULES, MOST)? {
            let about = if row.kind == SUGGESTION {
                anchor(r, ctx, &row.id)?
            } else {
                let task = r.find(&all, TASK, &row.id)?.and_then(|stored| stored.bytes);
                let task = task.and_then(|bytes| Json::parse(&bytes).ok());
                task.and_then(|task| task.str_at("focus.reference").map(str::to_owned)).unwrap_or_default()
            };
            let Some(id) = about.strip_prefix("Communication/") else { continue };
            if new.contains_key(&about) || !llm_call::of_subject(r.conn(), &all, &about)?.is_empty() {
                continue;
            }
            let Some(stored) = r.find(&all, COMMUNICATION, id)? else { continue };
            let Some(message) = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok()) else { continue };
            let person = r.person_of(ctx.org, stored.patient)?;
            let members = r.members(ctx.org, person)?;
            let own = r.facts(&all, &members)?.into_iter().filter(|row| row.rid == row.patient);
            let labels = own.fold(stored.labels, |labels, row| labels | row.labels);
            new.insert(about, (person, labels, words_of(&message)));
        }
        Ok(new)
    })?;
    if new.is_empty() {
        return Ok(());
    }
    let ctx_owned = ctx.clone();
    ctx.write("ask a language model about messages", move |tx| {
        tx.commit_id();
        for (subject, (person, labels, words)) in &new {
            enqueue(tx, &ctx_owned, Purpose::Triage, *person, *labels, subject, words)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Which model raised a triage, and when.
pub(crate) struct Raised {
    /// Its name.
    pub(crate) model: String,
    /// When its answer came.
    pub(crate) at: Instant,
}

/// Raises the built-in triage of a message by what the model answered. Nothing where there is no answer or it changes
/// nothing.
pub(crate) fn raise(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    message: &str,
    words: &str,
    found: &mut Triage,
) -> continuo_store::Result<Option<Raised>> {
    let rows = llm_call::of_subject(reader.conn(), &ctx.scope, &format!("Communication/{message}"))?;
    let call = rows.into_iter().find(|row| row.state == "done" && row.purpose == Purpose::Triage.word());
    Ok(call.and_then(|call| raised(&call, words, found)))
}

fn raised(call: &LlmCall, words: &str, found: &mut Triage) -> Option<Raised> {
    // Words changed since would carry the places of other words.
    if call.source != words {
        return None;
    }
    let hidden = Hidden::again(&call.source, &call.hidden);
    let reading = answer::read(&call.source, &hidden, &call.answer).ok()?;
    let model = if call.answered_by.is_empty() { &call.model } else { &call.answered_by };
    answer::raise(found, &reading).then(|| Raised { model: model.clone(), at: Instant::from_micros(call.ended) })
}

/// The least consequence that an urgency has in the list of messages.
pub(crate) fn consequence_of(urgency: Urgency) -> Consequence {
    match urgency {
        Urgency::Emergency => Consequence::Danger,
        Urgency::SameDay => Consequence::High,
        _ => Consequence::Normal,
    }
}
