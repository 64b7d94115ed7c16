//! The plan of a dictation or a letter: under its heading, or beside a word of asking, a test or study that is only named
//! is an order; a result still pending is somebody's to get; "see me again in four weeks" is a visit to make.
//!
//! People who dictate a plan write it in keywords ("Basic metabolic panel and BNP today. Echocardiogram in two weeks.");
//! the orders' own reading wants a verb. What tells of something done, denied or only thought of is no order.

use std::collections::BTreeSet;

use continuo_text::assertion::{Context, Temporality};
use continuo_text::lexicon::{Kind as Term, lexicon};

use super::heard::{Heard, Turn};
use super::{Certainty, Kind, Proposal, reporter};
use crate::followup::finding::Consequence;
use crate::scribe::source::{Role, SourceKind};
use crate::scribe::when::{self, Toward};

/// Words before a colon that begin a plan; another heading ends it.
const PLANS: &[&str] = &["plan", "plans", "recommendation", "recommendations", "orders", "recommend", "workup"];
/// Words of what was done or found, or waits on something else.
const TOLD: &[&str] = &[
    "was",
    "were",
    "is",
    "are",
    "showed",
    "shows",
    "had",
    "has",
    "reviewed",
    "normal",
    "negative",
    "positive",
    "done",
    "completed",
    "if",
    "unless",
    "consider",
    "discussed",
    "declined",
    "pending",
    "awaiting",
    "results",
    "result",
    "last",
    "previous",
    "prior",
    "until",
];
/// Words by which a letter asks for something or says that it arranged it.
const ASKS: &[&str] =
    &["please", "suggest", "recommend", "advise", "arranged", "arrange", "ordered", "order", "obtain", "requested"];
const PENDS: &[&str] = &["pending", "awaiting", "outstanding", "awaited"];
/// Words of asking somebody else to see the person.
const REFERS: &[&str] = &["refer", "referral", "referred", "consult"];

/// What the plans order beside `known`, whose words are spoken for.
pub(super) fn find(heard: &Heard<'_>, known: &[Proposal]) -> Vec<Proposal> {
    if !matches!(heard.kind, SourceKind::Dictation | SourceKind::Document) {
        return Vec::new();
    }
    let mut named: BTreeSet<String> =
        known.iter().filter(|one| one.kind == Kind::Order).map(|one| one.what.to_lowercase()).collect();
    let mut out: Vec<Proposal> = Vec::new();
    let mut planned = false;
    for turn in heard.turns.iter().filter(|turn| turn.said.role == Role::Clinician) {
        let context = Context::new(&turn.tokens);
        for sentence in &turn.sentences {
            let (from, to) = (sentence.from, sentence.to);
            if let Some(plan) = heading(turn, from, to) {
                planned = plan;
            }
            if sentence.question {
                continue;
            }
            out.extend(pending(heard, turn, &context, (from, to)));
            let own = [known, &out].concat();
            out.extend(again(heard, turn, &context, (from, to), &own));
            let asks = heard.kind == SourceKind::Document && turn.has(from, to, ASKS) || turn.has(from, to, REFERS);
            if !planned && !asks || turn.has(from, to, TOLD) {
                continue;
            }
            out.extend(referral(heard, turn, (from, to), known));
            for entity in turn.entities_in(from, to) {
                let category = match entity.term.kind {
                    Term::Lab => "laboratory",
                    Term::Imaging => "imaging",
                    _ => continue,
                };
                let assertion = context.of(entity.span);
                if assertion.negated || assertion.other_person || assertion.temporality != Temporality::Recent {
                    continue;
                }
                let said = turn.words(entity.from, entity.to).to_lowercase();
                let concept = entity.term.concept;
                if named.iter().any(|one| one.contains(&said) || one.contains(concept)) || out.len() >= super::MOST {
                    continue;
                }
                named.insert(said.clone());
                let mut one = Proposal::of(Kind::Order, said.clone());
                one.quotes.push(heard.quote(turn, entity.from, entity.to));
                one.said.push(turn.words(entity.from, entity.to).to_owned());
                one.assertion = reporter(&turn.said.role, heard.kind);
                one.certainty = Certainty::Probably;
                one.coding = lexicon().code(concept).map(|(code, system)| (code.to_owned(), system.to_owned()));
                out.push(one.value("what", said).value("category", category));
            }
        }
    }
    out
}

/// "Her A1c is still pending": somebody gets that result.
fn pending(heard: &Heard<'_>, turn: &Turn<'_>, context: &Context<'_>, (from, to): (usize, usize)) -> Option<Proposal> {
    if heard.kind != SourceKind::Document || !turn.has(from, to, PENDS) {
        return None;
    }
    let entity = turn.entities_in(from, to).find(|entity| matches!(entity.term.kind, Term::Lab | Term::Imaging))?;
    if context.of(entity.span).negated {
        return None;
    }
    let said = turn.words(entity.from, entity.to);
    let mut one = Proposal::of(Kind::FollowUp, format!("result pending: {}", said.to_lowercase()));
    one.quotes.push(heard.quote(turn, entity.from, entity.to));
    one.said.push(said.to_owned());
    one.assertion = reporter(&turn.said.role, heard.kind);
    one.certainty = Certainty::Probably;
    one.consequence = Consequence::High;
    Some(one.value("what", format!("Get the result that was pending: {}", said.to_lowercase())))
}

/// "She should see me again in four weeks": with a day said, a visit to make.
fn again(
    heard: &Heard<'_>,
    turn: &Turn<'_>,
    context: &Context<'_>,
    (from, to): (usize, usize),
    known: &[Proposal],
) -> Option<Proposal> {
    let see = (from..to).find(|at| matches!(turn.tokens.norm(*at), "see" | "seen" | "return" | "review"))?;
    let end = (see + 1..to).find(|at| turn.tokens.norm(*at) == ",").unwrap_or(to).min(see + 12);
    let assertion = context.of(turn.tokens.span(see, see + 1));
    if heard.kind != SourceKind::Document
        || assertion.negated
        || assertion.temporality == Temporality::Historical
        || !turn.has(see, end, &["again", "back", "return"])
    {
        return None;
    }
    let day = when::find(&turn.tokens, see, end, heard.visit, Toward::Future)?;
    let quote = heard.quote(turn, see, end);
    let taken = known.iter().filter(|one| one.kind == Kind::FollowUp);
    if taken.flat_map(|one| &one.quotes).any(|kept| kept.span.overlaps(quote.span)) {
        return None;
    }
    let said = turn.words(see, end).to_owned();
    let mut one = Proposal::of(Kind::FollowUp, said.clone());
    one.quotes.push(quote);
    one.said.push(said.clone());
    one.assertion = reporter(&turn.said.role, heard.kind);
    one.certainty = Certainty::Probably;
    Some(one.value("what", format!("Arrange: {said}")).value("date", day.date.to_string()))
}

/// Whether a sentence begins a plan (`true`) or another part; nothing where it begins none.
fn heading(turn: &Turn<'_>, from: usize, to: usize) -> Option<bool> {
    let colon = (from..to.min(from + 5)).find(|at| turn.tokens.norm(*at) == ":")?;
    Some(turn.has(from, colon, PLANS))
}

/// "Refer to cardiac rehabilitation.": the words after it, where no other reading has taken them.
fn referral(heard: &Heard<'_>, turn: &Turn<'_>, (from, to): (usize, usize), known: &[Proposal]) -> Option<Proposal> {
    const LONGEST: usize = 8;
    let cue = (from..to).find(|at| REFERS.contains(&turn.tokens.norm(*at)))?;
    let lead = (cue + 1..to.min(cue + 4)).find(|at| matches!(turn.tokens.norm(*at), "to" | "for" | "with"))?;
    let end = (lead + 1..to).find(|at| matches!(turn.tokens.norm(*at), "," | ";" | "and")).unwrap_or(to);
    let end = end.min(lead + 1 + LONGEST);
    if end <= lead + 1 {
        return None;
    }
    let quote = heard.quote(turn, cue, end);
    let taken = known.iter().filter(|one| one.kind == Kind::Referral);
    if taken.flat_map(|one| &one.quotes).any(|kept| kept.span.overlaps(quote.span)) {
        return None;
    }
    let what = format!("referral to {}", turn.words(lead + 1, end));
    let mut one = Proposal::of(Kind::Referral, what.clone());
    one.quotes.push(quote);
    one.said.push(turn.words(cue, end).to_owned());
    one.assertion = reporter(&turn.said.role, heard.kind);
    one.certainty = Certainty::Probably;
    Some(one.value("what", what).value("reason", "as written in the plan"))
}
