//! Where a model's reading goes: beside what the built-in engine proposed, in the same commit as its log.
//!
//! Items become proposals of the review like all others, marked with the model's name and with what differs from their
//! words; dangers only ever add. What the review has already, and a review that is finished, stay as they are.

use continuo_fhir::{Instant, Json, ResourceType};
use continuo_store::tables::llm_call::LlmCall;
use continuo_store::tables::suggestion::{self, Suggestion};
use continuo_store::{Scope, WriteTx};
use continuo_text::entities;
use continuo_text::lexicon::Kind as Term;
use continuo_text::model::answer::{self, Item, Reading};
use continuo_text::model::ask;
use continuo_text::model::ground::Difference;
use continuo_text::model::merge;
use continuo_text::span::Span;
use continuo_text::token::Tokens;
use continuo_text::triage::{self, RedFlag, Urgency};

use super::Purpose;
use crate::assess::{label, put, settle, site};
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::inbox::raise::{self, Raise};
use crate::scribe::propose::{Certainty, Kind, Proposal, Quote};
use crate::scribe::{RULE, intake, stored};
use crate::suggestions::security_of;
use crate::tasks::OPEN;
use crate::tasks::make::{NewTask, task};

const TASK: ResourceType = ResourceType::of("Task");

/// Takes a reading.
pub(super) fn take(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    purpose: Purpose,
    row: &LlmCall,
    reading: &Reading,
) -> continuo_store::Result<()> {
    match purpose {
        Purpose::Reading => review(tx, ctx, row, reading),
        Purpose::Triage => message(tx, ctx, row, reading),
    }
}

/// Lifts the work of a message whose urgency the answer raises; whoever shows the message reads the same from the log.
fn message(tx: &mut WriteTx<'_>, ctx: &Ctx, row: &LlmCall, reading: &Reading) -> continuo_store::Result<()> {
    let Some(id) = row.subject.strip_prefix("Communication/") else { return Ok(()) };
    let org = tx.org();
    let found = tx.reader()?.find(&Scope::all(org), ResourceType::of("Communication"), id)?;
    let Some(stored) = found else { return Ok(()) };
    let Ok(json) = Json::parse(stored.bytes.as_deref().unwrap_or_default()) else { return Ok(()) };
    let words = crate::inbox::words_of(&json);
    let mut found = triage::triage(&words, None);
    let before = (found.urgency, found.red_flags.clone());
    if row.source != words || !answer::raise(&mut found, reading) {
        return Ok(());
    }
    let self_harm =
        |flags: &[RedFlag]| flags.iter().any(|flag| matches!(flag, RedFlag::SuicidalIdeation | RedFlag::SelfHarm));
    let model = if row.answered_by.is_empty() { &row.model } else { &row.answered_by };
    let raise = Raise {
        urgency: found.urgency,
        by: crate::assess::LOOP,
        name: &format!("the language model {model}"),
        words: "",
        person: false,
        self_harm: self_harm(&found.red_flags) && !self_harm(&before.1),
    };
    if found.urgency < before.0 || raise.self_harm {
        raise::raise_in(tx, ctx, id, row.patient, row.labels, &raise)?;
    }
    Ok(())
}

/// Adds to a review what its engine did not find.
fn review(tx: &mut WriteTx<'_>, ctx: &Ctx, row: &LlmCall, reading: &Reading) -> continuo_store::Result<()> {
    let org = tx.org();
    let Some(id) = row.subject.strip_prefix("Task/") else { return Ok(()) };
    let Some(task) = tx.reader()?.find(&Scope::all(org), TASK, id)? else { return Ok(()) };
    let Ok(task) = Json::parse(task.bytes.as_deref().unwrap_or_default()) else { return Ok(()) };
    let is_open = task.str_at("status").is_some_and(|status| OPEN.contains(&status));
    let document = task.str_at("focus.reference").unwrap_or_default().to_owned();
    let standing: Vec<Suggestion> = suggestion::of_patient(tx.conn()?, org, row.patient)?
        .into_iter()
        .filter(|one| stored::is_of(&one.key, id))
        .collect();
    let proposals: Vec<Proposal> = standing.iter().filter_map(|one| stored::proposal(&one.body)).collect();
    let made = proposals_of(row, reading, &proposals);
    if made.iter().any(intake::is_self_harm) && !proposals.iter().any(intake::is_self_harm) {
        contact(tx, ctx, row, &task, &document, &made)?;
    }
    if !is_open {
        // A finished review stays as it is, but danger that nobody has read yet is never dropped.
        if made.iter().any(|one| one.kind == Kind::Danger) {
            late_danger(tx, ctx, row, &task, &document)?;
            settle(tx, row.patient)?;
        }
        return Ok(());
    }
    let hash = intake::sha256(row.source.as_bytes());
    let now = tx.now();
    let model = if row.answered_by.is_empty() { &row.model } else { &row.answered_by };
    let build = format!("llm {model}, asked as {}", row.version);
    let first = standing.len();
    let due = standing.first().map_or(now + super::MINUTE * 60 * 24, |one| one.due);
    let owner = standing.first().map_or_else(|| row.actor.clone(), |one| one.owner.clone());
    for (index, proposal) in made.iter().enumerate() {
        let danger = proposal.consequence == Consequence::Danger;
        let new = Suggestion {
            id: tx.new_id(),
            patient: row.patient,
            labels: row.labels,
            key: stored::key(RULE, id, first + index),
            rule: RULE.to_owned(),
            state: "open".to_owned(),
            consequence: proposal.consequence.rank(),
            rank: 20,
            due: if danger { now + super::MINUTE * 30 } else { due },
            began: now,
            backlog: false,
            owner: owner.clone(),
            opened: now,
            updated: now,
            as_of: tx.last_change(),
            ended: 0,
            silent_until: 0,
            body: by(&stored::of_proposal(proposal, &document, &hash), &build),
        };
        suggestion::put(tx.conn()?, org, &new)?;
    }
    if !made.is_empty() {
        settle(tx, row.patient)?;
    }
    Ok(())
}

/// The safety contact for words of self-harm that only the model saw (safety.md rule 8): it waits for no review.
fn contact(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    row: &LlmCall,
    review: &Json,
    document: &str,
    made: &[Proposal],
) -> continuo_store::Result<()> {
    let Some(danger) = made.iter().find(|one| intake::is_self_harm(one)) else { return Ok(()) };
    let now = Instant::from_micros(tx.now());
    let calendar = site::calendar(ctx.zone.clone(), now);
    let id = tx.new_id();
    let person = review.str_at("for.reference").unwrap_or_default();
    let about = document.trim_start_matches("DocumentReference/");
    let due = calendar.end_of(calendar.day(now));
    let task = crate::scribe::begin::safety_contact(ctx, &id, person, about, danger, now, due);
    put_closed(tx, row, document, task)
}

/// Danger found after a review was finished: somebody reads the words now.
fn late_danger(
    tx: &mut WriteTx<'_>,
    ctx: &Ctx,
    row: &LlmCall,
    review: &Json,
    document: &str,
) -> continuo_store::Result<()> {
    let now = Instant::from_micros(tx.now());
    let new = NewTask {
        kind: "read-urgent-message".to_owned(),
        what: "Read words of danger that were found after the review was finished".to_owned(),
        person: review.str_at("for.reference").unwrap_or_default().to_owned(),
        owner: "role:nurse".to_owned(),
        fallback: "role:supervisor".to_owned(),
        due: Some(now.plus_seconds(30 * 60)),
        due_rule: "at once: words of danger".to_owned(),
        about: document.to_owned(),
        ..NewTask::default()
    };
    let id = tx.new_id();
    put_closed(tx, row, document, task(&id, &new, crate::assess::LOOP, now, &ctx.zone))
}

/// Writes a task as closed as the words it rests on.
fn put_closed(tx: &mut WriteTx<'_>, row: &LlmCall, document: &str, mut made: Json) -> continuo_store::Result<()> {
    let sources = security_of(tx, document)?;
    label::close(&mut made, row.labels, &sources);
    put(tx, made).map(|_| ())
}

/// The body with the engine that made it.
fn by(body: &[u8], build: &str) -> Vec<u8> {
    match Json::parse(body) {
        Ok(mut json) => {
            json.set("build", Json::string(build));
            json.to_bytes()
        }
        Err(_) => body.to_vec(),
    }
}

/// What the reading adds to the proposals that stand.
pub(super) fn proposals_of(row: &LlmCall, reading: &Reading, standing: &[Proposal]) -> Vec<Proposal> {
    let known: Vec<merge::Known> = standing.iter().filter_map(known).collect();
    let model = if row.answered_by.is_empty() { row.model.as_str() } else { row.answered_by.as_str() };
    let mut out: Vec<Proposal> = danger(row, reading, standing, model).into_iter().collect();
    let new = merge::new_items(reading.items.clone(), &known);
    out.extend(new.iter().filter_map(|item| of_item(row, item, model)));
    out
}

fn known(proposal: &Proposal) -> Option<merge::Known> {
    let kind = match proposal.kind {
        Kind::Medicine => ask::Kind::Medicine,
        Kind::Allergy => ask::Kind::Allergy,
        Kind::Vital => ask::Kind::Result,
        Kind::Symptom | Kind::Denied => ask::Kind::Symptom,
        Kind::Problem | Kind::Family => ask::Kind::Problem,
        Kind::Need => ask::Kind::Need,
        Kind::Order => ask::Kind::Order,
        Kind::Referral | Kind::FollowUp => ask::Kind::FollowUp,
        Kind::Promise => ask::Kind::Promise,
        Kind::Danger => return None,
    };
    let spans = proposal.quotes.iter().map(|quote| quote.span).collect();
    Some(merge::Known { kind, statement: proposal.what.clone(), spans })
}

fn quote(row: &LlmCall, span: Span) -> Quote {
    Quote { span, text: span.of(&row.source).to_owned(), from: String::new() }
}

fn assertion(model: &str, item: &Item) -> String {
    let mut words = format!("found by the language model {model}");
    for difference in &item.differences {
        words.push_str("; ");
        words.push_str(difference.words());
    }
    words
}

/// One item as a proposal. A denied allergy or medicine is a denial, a value is something to look at: what a form would
/// need and the model did not prove is never filled in.
fn of_item(row: &LlmCall, item: &Item, model: &str) -> Option<Proposal> {
    let statement = item.statement.trim_end_matches('.').to_owned();
    let mut values: Vec<(&str, String)> = Vec::new();
    let named = |kind: Term| {
        let tokens = Tokens::new(&statement);
        let found = entities::find(&tokens).into_iter().find(|entity| entity.term.kind == kind);
        found.map(|entity| entity.span.of(&statement).to_owned())
    };
    let kind = match item.kind {
        _ if item.other_person => {
            values.push(("what", statement.clone()));
            Kind::Family
        }
        ask::Kind::Problem | ask::Kind::Symptom if item.negated => {
            values.push((
                "what",
                named(Term::Symptom).or_else(|| named(Term::Problem)).unwrap_or_else(|| statement.clone()),
            ));
            Kind::Denied
        }
        ask::Kind::Problem => {
            values.push(("what", named(Term::Problem).unwrap_or_else(|| statement.clone())));
            values.push(("certainty", "unconfirmed".to_owned()));
            Kind::Problem
        }
        ask::Kind::Symptom => {
            values.push(("what", statement.clone()));
            values.push(("certainty", "unconfirmed".to_owned()));
            Kind::Symptom
        }
        ask::Kind::Medicine => {
            values.push(("what", named(Term::Medicine).unwrap_or_else(|| statement.clone())));
            values.push(("status", if item.negated { "not-taken" } else { "active" }.to_owned()));
            values.push(("directions", statement.clone()));
            Kind::Medicine
        }
        // "Known none" is a statement of weight: it comes from the engine or a person only.
        ask::Kind::Allergy if item.negated => return None,
        ask::Kind::Allergy => {
            values.push(("known", "yes".to_owned()));
            values.push(("what", named(Term::Medicine).unwrap_or_else(|| statement.clone())));
            Kind::Allergy
        }
        ask::Kind::Order => {
            values.push(("what", statement.clone()));
            values.push(("category", "laboratory".to_owned()));
            Kind::Order
        }
        ask::Kind::Result => {
            values.push(("what", format!("Look at a value that was said: {statement}")));
            Kind::FollowUp
        }
        ask::Kind::FollowUp => {
            values.push(("what", format!("Arrange: {statement}")));
            Kind::FollowUp
        }
        ask::Kind::Need => {
            values.push(("what", statement.clone()));
            Kind::Need
        }
        ask::Kind::Promise => {
            values.push(("what", statement.clone()));
            Kind::Promise
        }
    };
    Some(Proposal {
        kind,
        assertion: assertion(model, item),
        certainty: if item.differences.is_empty() { Certainty::Probably } else { Certainty::Check },
        quotes: vec![quote(row, item.span)],
        said: Vec::new(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        coding: None,
        consequence: Consequence::Normal,
        what: statement,
    })
}

/// Danger that the engine did not see: the flags, or the urgency, with their words. Nothing here lowers what stands.
fn danger(row: &LlmCall, reading: &Reading, standing: &[Proposal], model: &str) -> Option<Proposal> {
    let seen = |name: &str| standing.iter().any(|one| one.kind == Kind::Danger && one.what.contains(name));
    let name = |flag: RedFlag| continuo_text::triage::danger_words(flag.name());
    let flags: Vec<(RedFlag, Span)> =
        reading.red_flags.iter().copied().filter(|(flag, _)| !seen(&name(*flag))).collect();
    let urgent = reading.urgency.filter(|(urgency, _)| matches!(urgency, Urgency::Emergency | Urgency::SameDay));
    let no_danger_yet = !standing.iter().any(|one| one.kind == Kind::Danger);
    if flags.is_empty() && !(urgent.is_some() && no_danger_yet) {
        return None;
    }
    let emergency = urgent.is_some_and(|(urgency, _)| urgency == Urgency::Emergency);
    let self_harm = flags.iter().any(|(flag, _)| matches!(flag, RedFlag::SuicidalIdeation | RedFlag::SelfHarm));
    let what = match flags.iter().map(|(flag, _)| name(*flag)).collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "urgent words".to_owned(),
        names => names,
    };
    let mut spans: Vec<Span> = flags.iter().map(|(_, span)| *span).chain(urgent.map(|(_, span)| span)).collect();
    spans.sort();
    spans.dedup();
    let urgency = if emergency || self_harm { Urgency::Emergency } else { Urgency::SameDay };
    Some(Proposal {
        kind: Kind::Danger,
        assertion: format!("found by the language model {model}"),
        certainty: Certainty::Check,
        quotes: spans.into_iter().map(|span| quote(row, span)).collect(),
        said: Vec::new(),
        values: vec![
            ("what".to_owned(), format!("Act on words of danger: {what}")),
            ("urgency".to_owned(), urgency.name().to_owned()),
            ("self_harm".to_owned(), if self_harm { "yes" } else { "" }.to_owned()),
        ],
        coding: None,
        consequence: if urgency == Urgency::Emergency { Consequence::Danger } else { Consequence::High },
        what,
    })
}

/// Whether a proposal says that its words and its statement differ; for pages that mark it.
pub fn differs(proposal: &Proposal) -> bool {
    let all = [
        Difference::Number,
        Difference::Dose,
        Difference::Medicine,
        Difference::Side,
        Difference::Negation,
        Difference::Whose,
        Difference::Time,
        Difference::Asked,
        Difference::More,
    ];
    all.iter().any(|difference| proposal.assertion.contains(difference.words()))
}
