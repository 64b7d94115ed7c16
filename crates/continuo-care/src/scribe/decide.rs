//! Deciding a proposal: accept it as it is or changed, reject it with a reason, ask what was not said. One commit each.

use continuo_fhir::Instant;
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::{Error as StoreError, PutOptions, Rid};

use super::propose::Kind;
use super::review::{self, Item, Review};
use super::write::{self, Writer};
use super::{UNSAID, stored};
use crate::access::Permission;
use crate::assess::{label, put, settle};
use crate::build::object;
use crate::ctx::Ctx;
use crate::entry::Values;
use crate::models::sink;
use crate::problem::WorkError;
use crate::record::permission;
use crate::suggestions::{REASONS, decide, security_of};
use crate::tasks::make::{NewTask, task};
use crate::work::{self, Done};

/// The reason code of a question that was marked not asked.
pub const NOT_ASKED: &str = "not-asked";

fn open_item(ctx: &Ctx, review: &str, id: &str) -> Result<(Review, Item), WorkError> {
    ctx.require(Permission::SuggestionDecide)?;
    let found = review::load(ctx, review)?;
    if found.is_finished() {
        return Err(WorkError::Not("this review is finished".to_owned()));
    }
    let item = found.items.iter().find(|item| item.id == id).cloned();
    let item = item.ok_or_else(|| WorkError::NotFound("this proposal".to_owned()))?;
    if item.state != "open" {
        return Err(WorkError::Not("this was decided already".to_owned()));
    }
    Ok((found, item))
}

/// Accepts a proposal, with other answers where a person changed them. Returns what was written, as a reference.
pub fn accept(ctx: &Ctx, review: &str, id: &str, changed: Option<Values>) -> Done<String> {
    let (found, item) = open_item(ctx, review, id)?;
    let proposal = item.proposal;
    if changed.is_none() && sink::differs(&proposal) {
        return Err(WorkError::Not(
            "what the model says differs from its words: put it right with Edit before accepting, or reject it"
                .to_owned(),
        ));
    }
    let values = match &changed {
        Some(values) => values.clone(),
        None => Values::new(proposal.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
    };
    let edited = changed.is_some();
    let calendar = ctx.calendar()?;
    let writer = Writer {
        person: &found.person,
        by: &ctx.actor.reference,
        by_name: &ctx.actor.name,
        now: ctx.now(),
        zone: &ctx.zone,
        document: &found.document,
        of: &found.of,
        due: calendar.end_of(calendar.plus_business(calendar.day(ctx.now()), 1)),
    };
    let ids = ctx.ids();
    let mut made = write::resource(&proposal, &values, edited, &writer, &mut || ids.next().to_string())?;
    let type_ = made.resource_type().unwrap_or_default().to_owned();
    if !matches!(proposal.kind, Kind::Danger | Kind::FollowUp | Kind::Promise) {
        ctx.require(permission::to_write(&type_))?;
    }
    if !values.get("owner").is_empty() && values.get("owner") != ctx.actor.reference {
        work::giving::check(ctx, values.get("owner"), found.patient, 0).map_err(work::at_owner)?;
    }
    let target = format!("{type_}/{}", made.str_at("id").unwrap_or_default());
    let mut source = write::provenance(&ids.next().to_string(), &target, &proposal, edited, &writer);
    let document = found.document.clone();
    let pairs: Vec<(String, String)> =
        values.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (ctx_owned, id, patient) = (ctx.clone(), id.to_owned(), found.patient);
    Ok(ctx.write(if edited { "accept proposal with changes" } else { "accept proposal" }, move |tx| {
        let ctx = &ctx_owned;
        let row = open_row(tx, ctx, &id)?;
        // What is written is as closed as the words it rests on.
        let sources = security_of(tx, &document)?;
        label::close(&mut made, row.labels, &sources);
        label::close(&mut source, row.labels, &sources);
        let context = tx.prepare_context()?;
        for one in [made, source] {
            tx.put(&continuo_store::Prepared::new(one, &context)?, &PutOptions::default())?;
        }
        let outcome = if edited { "changed" } else { "accepted" };
        let row = if edited { Suggestion { body: stored::with_edit(&row.body, &pairs), ..row } } else { row };
        decide(tx, ctx, &row, outcome, "", "", 0)?;
        settle(tx, patient)?;
        Ok(target)
    })?)
}

/// Rejects a proposal with a reason; one that may harm if it is wrong needs words (safety.md rule 5).
pub fn reject(ctx: &Ctx, review: &str, id: &str, reason: &str, words: &str) -> Done<()> {
    let (found, item) = open_item(ctx, review, id)?;
    if !REASONS.iter().any(|(code, _)| *code == reason) {
        return Err(WorkError::field("reason", "choose a reason"));
    }
    let grave = item.proposal.consequence != crate::followup::finding::Consequence::Normal;
    if (grave || reason == "other") && words.trim().len() < 3 {
        return Err(WorkError::field("words", "say in words why: this may harm if it is wrong"));
    }
    let (ctx_owned, id, patient) = (ctx.clone(), id.to_owned(), found.patient);
    let (reason, words) = (reason.to_owned(), words.trim().to_owned());
    Ok(ctx.write("reject proposal", move |tx| {
        let row = open_row(tx, &ctx_owned, &id)?;
        decide(tx, &ctx_owned, &row, "rejected", &reason, &words, 0)?;
        settle(tx, patient)?;
        Ok(())
    })?)
}

/// What becomes of a question that was not answered in the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A task to ask it.
    Ask,
    /// It stands in the note as not asked.
    NotAsked,
}

/// Decides a question: ask it (a task), or mark it not asked. Nothing is filled in.
pub fn question(ctx: &Ctx, review: &str, id: &str, answer: Answer) -> Done<()> {
    ctx.require(Permission::SuggestionDecide)?;
    let found = review::load(ctx, review)?;
    let asked = found.unsaid.iter().find(|one| one.id == id).cloned();
    let asked = asked.ok_or_else(|| WorkError::NotFound("this question".to_owned()))?;
    if asked.state != "open" || found.is_finished() {
        return Err(WorkError::Not("this was decided already".to_owned()));
    }
    let calendar = ctx.calendar()?;
    let due = calendar.end_of(calendar.plus_business(calendar.day(ctx.now()), 1));
    let (ctx_owned, id, patient) = (ctx.clone(), id.to_owned(), found.patient);
    let (person, document) = (found.person, found.document);
    Ok(ctx.write(if answer == Answer::Ask { "ask what was not said" } else { "mark not asked" }, move |tx| {
        let ctx = &ctx_owned;
        let row = open_row(tx, ctx, &id)?;
        if answer == Answer::Ask {
            let new = NewTask {
                kind: crate::shapes::REMINDER.to_owned(),
                what: format!("Ask: {}", asked.ask),
                person: person.clone(),
                owner: ctx.actor.reference.clone(),
                due: Some(due),
                due_rule: "not said in the visit: the next business day".to_owned(),
                about: document.clone(),
                ..NewTask::default()
            };
            let task_id = tx.new_id();
            let now = Instant::from_micros(tx.now());
            let mut made = task(&task_id, &new, &ctx.actor.reference, now, &ctx.zone);
            made.set("reasonCode", object([("text", continuo_fhir::Json::string(&*asked.why))]));
            let sources = security_of(tx, &document)?;
            label::close(&mut made, row.labels, &sources);
            put(tx, made)?;
            decide(tx, ctx, &row, "accepted", "", "", 0)?;
        } else {
            decide(tx, ctx, &row, "rejected", NOT_ASKED, "", 0)?;
        }
        settle(tx, patient)?;
        Ok(())
    })?)
}

fn open_row(tx: &mut continuo_store::WriteTx<'_>, ctx: &Ctx, id: &str) -> continuo_store::Result<Suggestion> {
    suggestion::find(tx.conn()?, &ctx.scope, id)?
        .filter(|row| row.state == "open")
        .ok_or_else(|| StoreError::Refused("this was decided already".to_owned()))
}

/// Records that nobody decided what was still open when a review was finished.
pub(super) fn lapse(
    tx: &mut continuo_store::WriteTx<'_>,
    ctx: &Ctx,
    patient: Rid,
    review: &str,
) -> continuo_store::Result<usize> {
    let org = tx.org();
    let person = tx.reader()?.person_of(org, patient)?;
    let rows = suggestion::of_patient(tx.conn()?, org, person)?;
    let mut left = 0;
    for row in rows.into_iter().filter(|row| row.state == "open" && stored::is_of(&row.key, review)) {
        if row.rule != UNSAID {
            left += 1;
        }
        decide(tx, ctx, &row, "nobody-decided", "", "left open when the review was finished", 0)?;
    }
    Ok(left)
}
