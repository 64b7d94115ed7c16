//! Beginning a review of words that are kept: its task, its proposals and questions, the safety contact where words of
//! self-harm stand in them, word to a language model, and word to the primary-care physician. All in the caller's commit.

use continuo_fhir::{Instant, Json};
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::{Rid, WriteTx};

use super::intake::{Made, is_self_harm, sha256};
use super::propose::{Kind, Proposal};
use super::source::SourceKind;
use super::{REVIEW, RULE, UNSAID, stored, tell};
use crate::assess::{label, put};
use crate::build::{set_extension, words};
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::shapes;
use crate::tasks::make::{NewTask, task};

/// What is to be reviewed.
pub(super) struct Beginning<'a> {
    /// Whose: the record written to, and the person of it.
    pub(super) patient: (Rid, Rid),
    /// `Patient/..`.
    pub(super) person: &'a str,
    /// Kind of words.
    pub(super) kind: SourceKind,
    /// What the engine made of them.
    pub(super) made: &'a Made,
    /// Id of the document that holds them.
    pub(super) document: &'a str,
    /// What it is called, from whom, of which day: as the physician is told it.
    pub(super) named: &'a str,
    /// Labels that close all of it.
    pub(super) labels: u64,
    /// The physician is told what a letter plans before it is reviewed.
    pub(super) tell: bool,
}

/// Begins the review. Returns its id.
pub(super) fn begin(tx: &mut WriteTx<'_>, ctx: &Ctx, new: &Beginning<'_>) -> continuo_store::Result<String> {
    let now = Instant::from_micros(tx.now());
    let (review, org) = (tx.new_id(), tx.org());
    let calendar = crate::site_days::of(tx.conn()?, org)?.calendar(ctx.zone.clone(), now);
    let due = calendar.end_of(calendar.plus_business(calendar.day(now), 1));
    let mut task = review_of(ctx, new, &review, now, due);
    label::close(&mut task, new.labels, &[]);
    if new.tell && new.kind == SourceKind::Document {
        let mut text = tell::of_letter(new.named, &new.made.proposals);
        if !new.made.doubt.is_empty() {
            text = format!("{}\n{text}", new.made.doubt);
        }
        let about = format!("DocumentReference/{}", new.document);
        let word = tell::Word { patient: new.patient.0, person: new.person, about: &about, text: &text, unread: true };
        let told = tell::send(tx, ctx, &word, |_, made| {
            label::close(made, new.labels, &[]);
            Ok(())
        })?;
        if let Some(told) = told {
            tell::mark(&mut task, &told, now, &ctx.zone);
        }
    }
    put(tx, task)?;
    let rows = suggestions(tx, ctx, new, &review, due);
    for row in &rows {
        suggestion::put(tx.conn()?, org, row)?;
    }
    // A language model, where the site has one, reads the same words later and adds to the same review.
    let subject = format!("Task/{review}");
    let text = &new.made.reading.text;
    if !new.made.reading.said.is_empty() {
        crate::models::enqueue(tx, ctx, crate::models::Purpose::Reading, new.patient.1, new.labels, &subject, text)?;
    }
    // The contact says no word of what was said, so it stays open to whoever must act today.
    if let Some(danger) = new.made.proposals.iter().find(|one| is_self_harm(one)) {
        let id = tx.new_id();
        let today = calendar.end_of(calendar.day(now));
        put(tx, safety_contact(ctx, &id, new.person, new.document, danger, now, today))?;
    }
    Ok(review)
}

/// The task that stands for the review; danger in the words lifts it to the first rows.
fn review_of(ctx: &Ctx, from: &Beginning<'_>, id: &str, now: Instant, due: Instant) -> Json {
    let worst = from.made.proposals.iter().filter(|one| one.kind == Kind::Danger).map(|one| one.consequence).min();
    let due = match worst {
        Some(Consequence::Danger) => now.plus_seconds(30 * 60),
        Some(_) => due.min(now.plus_seconds(8 * 3600)),
        None => due,
    };
    let new = NewTask {
        kind: REVIEW.to_owned(),
        what: format!("Review: {}", from.kind.label().to_lowercase()),
        person: from.person.to_owned(),
        owner: ctx.actor.reference.clone(),
        fallback: if worst.is_some() { "role:supervisor".to_owned() } else { String::new() },
        due: Some(due),
        due_rule: if worst.is_some() {
            "words of danger were said".to_owned()
        } else {
            "by the end of the next business day".to_owned()
        },
        about: format!("DocumentReference/{}", from.document),
        ..NewTask::default()
    };
    let mut review = task(id, &new, &ctx.actor.reference, now, &ctx.zone);
    if let Some(worst) = worst {
        set_extension(&mut review, shapes::EXT_CONSEQUENCE, Some(("valueCode", Json::string(worst.word()))));
        review.set("priority", Json::string(if worst == Consequence::Danger { "stat" } else { "urgent" }));
    }
    review
}

fn suggestions(tx: &mut WriteTx<'_>, ctx: &Ctx, from: &Beginning<'_>, review: &str, due: Instant) -> Vec<Suggestion> {
    let (made, labels) = (from.made, from.labels);
    let document = format!("DocumentReference/{}", from.document);
    let hash = sha256(made.reading.text.as_bytes());
    let change = tx.last_change();
    let now = tx.now();
    let mut rows = Vec::new();
    let bodies = made
        .proposals
        .iter()
        .map(|one| (RULE, one.consequence, stored::of_proposal(one, &document, &hash)))
        .chain(made.questions.iter().map(|one| (UNSAID, Consequence::Normal, stored::of_question(one, &document))));
    for (number, (rule, consequence, body)) in bodies.enumerate() {
        rows.push(Suggestion {
            id: tx.new_id(),
            patient: from.patient.1,
            labels,
            key: stored::key(rule, review, number),
            rule: rule.to_owned(),
            state: "open".to_owned(),
            consequence: consequence.rank(),
            rank: 20,
            due: due.micros(),
            began: now,
            backlog: false,
            owner: ctx.actor.reference.clone(),
            opened: now,
            updated: now,
            as_of: change,
            ended: 0,
            silent_until: 0,
            body,
        });
    }
    rows
}

pub(crate) fn safety_contact(
    ctx: &Ctx,
    id: &str,
    person: &str,
    document: &str,
    danger: &Proposal,
    now: Instant,
    due: Instant,
) -> Json {
    let new = NewTask {
        kind: "suicide-risk-contact".to_owned(),
        what: "Make contact today: safety check by a licensed person".to_owned(),
        person: person.to_owned(),
        owner: "role:behavioral-health-clinician".to_owned(),
        fallback: "role:supervisor".to_owned(),
        due: Some(due),
        due_rule: "the same day".to_owned(),
        about: format!("DocumentReference/{document}"),
        ..NewTask::default()
    };
    let mut one = task(id, &new, crate::assess::LOOP, now, &ctx.zone);
    let from = danger.quotes.first().map(|quote| quote.from.clone()).unwrap_or_default();
    one.set("reasonCode", words(&format!("Words of self-harm in a transcript {from}")));
    one
}
