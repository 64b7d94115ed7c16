//! Allergies said: to what, with which reaction; or that there are none.

use continuo_text::entities::Entity;
use continuo_text::lexicon::{Kind as Term, lexicon};
use continuo_text::token::Kind as TokenKind;

use super::heard::{Heard, Sentence, Turn};
use super::{Certainty, Kind, Proposal, reporter};
use crate::followup::finding::Consequence;

const CUES: &[&str] = &["allergic", "allergy", "allergies", "alergico", "alergica", "alergia", "alergias"];
const REACTIONS: &[&str] =
    &["hives", "rash", "anaphylaxis", "swelling", "itching", "swelled", "swells", "vomiting", "ronchas", "urticaria"];
const STOPS: &[&str] = &[
    "and",
    "but",
    "or",
    "so",
    "it",
    "that",
    "which",
    "y",
    "o",
    "pero",
    "what",
    "anything",
    "any",
    "medications",
    "medicines",
    "drugs",
];

pub(super) fn find(heard: &Heard<'_>) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for turn in &heard.turns {
        for sentence in &turn.sentences {
            let Some(cue) = (sentence.from..sentence.to).find(|at| CUES.contains(&turn.tokens.norm(*at))) else {
                if let Some(one) = told(heard, turn, *sentence)
                    && !out.iter().any(|kept| kept.what == one.what)
                {
                    out.push(one);
                }
                continue;
            };
            let found = of_sentence(heard, turn, *sentence, cue);
            for one in found {
                if !out.iter().any(|kept| kept.what == one.what) {
                    out.push(one);
                }
            }
        }
    }
    out
}

fn of_sentence(heard: &Heard<'_>, turn: &Turn<'_>, sentence: Sentence, cue: usize) -> Vec<Proposal> {
    let denied = turn.has(
        sentence.from,
        cue,
        &["no", "not", "denies", "without", "ningun", "ninguna", "sin", "isnt", "arent", "never"],
    );
    let by = |role| reporter(role, heard.kind);
    if sentence.question {
        let told = answered(heard, turn, sentence, cue);
        if !told.is_empty() {
            return told;
        }
        let Some((yes, span)) = sentence.answer else { return Vec::new() };
        let Some(said) = heard.reading.turn_at(span.start) else { return Vec::new() };
        let specific = named(turn, cue, sentence.to).next().is_some();
        if yes || specific {
            return Vec::new();
        }
        let mut one = none_known(heard, turn, cue, &by(&said.role));
        one.certainty = Certainty::Probably;
        one.quotes.extend(heard.quote_of_answer(span));
        return vec![one];
    }
    if denied {
        return match named(turn, cue, sentence.to).next() {
            Some(_) => Vec::new(),
            None => vec![none_known(heard, turn, cue, &by(&turn.said.role))],
        };
    }
    let mut out = Vec::new();
    let named: Vec<(usize, usize, Option<&'static str>)> = named(turn, sentence.from, sentence.to)
        .map(|entity| (entity.from, entity.to, Some(entity.term.concept)))
        .collect();
    let named = if named.is_empty() { after_to(turn, cue, sentence.to).into_iter().collect() } else { named };
    for (from, to, concept) in named {
        let said = turn.words(from, to);
        let mut one = Proposal::of(Kind::Allergy, said.to_lowercase());
        one.quotes.push(heard.quote(turn, from.min(cue), to.max(cue + 1)));
        one.said.push(said.to_owned());
        one.assertion = by(&turn.said.role);
        one.certainty = if turn.said.role == crate::scribe::source::Role::Unknown {
            Certainty::Probably
        } else {
            Certainty::ClearlySaid
        };
        one.consequence = Consequence::High;
        one.coding = concept.and_then(|concept| lexicon().code(concept)).map(|(c, s)| (c.to_owned(), s.to_owned()));
        let reaction = reaction_among(turn, sentence.from, sentence.to);
        if !reaction.is_empty() {
            one.quotes.truncate(0);
            one.quotes.push(heard.quote_at(
                continuo_text::span::Span::new(
                    turn.said.span.start + turn.tokens.span(sentence.from, sentence.to).start,
                    turn.said.span.start + turn.tokens.span(sentence.from, sentence.to).end,
                ),
                turn.said,
            ));
        }
        out.push(with_values(one, said, &reaction));
    }
    out
}

/// "Any allergies?" "Penicillin, I get hives.": what the next turn names in its first words.
fn answered(heard: &Heard<'_>, turn: &Turn<'_>, sentence: Sentence, cue: usize) -> Vec<Proposal> {
    const EARLY: usize = 3;
    let at = heard.turns.iter().position(|one| std::ptr::eq(one, turn)).unwrap_or(0);
    let last = turn.sentences.last().is_some_and(|last| last.from == sentence.from);
    let Some(next) = heard.turns.get(at + 1).filter(|next| last && heard.is_patient_side(next)) else {
        return Vec::new();
    };
    let from = next.sentences.first().map_or(0, |sentence| sentence.from);
    let to = next.sentences.get(EARLY - 1).or(next.sentences.last()).map_or(0, |sentence| sentence.to);
    let taken = ["take", "taking", "on", "tomo", "not", "no", "dont"];
    let mut out: Vec<Proposal> = Vec::new();
    for entity in named(next, from, to) {
        if next.has(from.max(entity.from.saturating_sub(4)), entity.from, &taken) {
            continue;
        }
        let said = next.words(entity.from, entity.to);
        let mut one = Proposal::of(Kind::Allergy, said.to_lowercase());
        one.quotes.push(heard.quote_at(next.said.span, next.said));
        one.quotes.push(heard.quote(turn, cue, cue + 1));
        one.said.push(said.to_owned());
        one.assertion = reporter(&next.said.role, heard.kind);
        one.certainty = Certainty::Probably;
        one.consequence = Consequence::High;
        one.coding = lexicon().code(entity.term.concept).map(|(c, s)| (c.to_owned(), s.to_owned()));
        let reaction = reaction_among(next, entity.to, to.min(entity.to + 8));
        out.push(with_values(one, said, &reaction));
    }
    out
}

/// "I had sulfa once and broke out in hives": one medicine, a reaction after it, in the words of who had it.
fn told(heard: &Heard<'_>, turn: &Turn<'_>, sentence: Sentence) -> Option<Proposal> {
    const HAD: &[&str] = &["had", "took", "gave", "given", "tried", "got", "put", "tome", "dieron", "dio", "pusieron"];
    const BROKE: &[&str] =
        &["broke", "hives", "closed", "swelled", "swollen", "anaphylaxis", "ronchas", "hincho", "cerro"];
    let (from, to) = (sentence.from, sentence.to);
    let mut medicines = turn
        .entities_in(from, to)
        .filter(|entity| matches!(entity.term.kind, Term::Medicine | Term::MedicineClass | Term::Allergen));
    let entity = medicines.next()?;
    let context = continuo_text::assertion::Context::new(&turn.tokens);
    let is_one = medicines.next().is_none() && turn.said.role.is_patient_side() && !sentence.question;
    let before = turn.has(from, entity.from, HAD);
    let reaction = (entity.to..to.min(entity.to + 10)).find(|at| BROKE.contains(&turn.tokens.norm(*at)))?;
    if !is_one
        || !before
        || context.of(entity.span).other_person
        || context.of(turn.tokens.span(reaction, reaction + 1)).negated
    {
        return None;
    }
    let said = turn.words(entity.from, entity.to);
    let mut one = Proposal::of(Kind::Allergy, said.to_lowercase());
    let inside = turn.tokens.span(from, to);
    let start = turn.said.span.start;
    one.quotes
        .push(heard.quote_at(continuo_text::span::Span::new(start + inside.start, start + inside.end), turn.said));
    one.said.push(said.to_owned());
    one.assertion = reporter(&turn.said.role, heard.kind);
    one.certainty = Certainty::Check;
    one.consequence = Consequence::High;
    one.coding = lexicon().code(entity.term.concept).map(|(c, s)| (c.to_owned(), s.to_owned()));
    let reaction = reaction_among(turn, entity.to, to);
    Some(with_values(one, said, &reaction))
}

/// The first reaction named among tokens `from..to`; empty when none is.
fn reaction_among(turn: &Turn<'_>, from: usize, to: usize) -> String {
    let at = (from..to).find(|at| REACTIONS.contains(&turn.tokens.norm(*at)));
    at.map(|at| turn.words(at, at + 1).to_lowercase()).unwrap_or_default()
}

/// The proposal with what the allergy form asks for.
fn with_values(mut one: Proposal, said: &str, reaction: &str) -> Proposal {
    if !reaction.is_empty() {
        one.what = format!("{}: {reaction}", one.what);
    }
    let by = one.assertion.clone();
    one.value("known", "yes").value("what", said.to_lowercase()).value("reaction", reaction).value("said_by", by)
}

/// Medicines named among tokens `from..to`.
fn named<'t>(turn: &'t Turn<'_>, from: usize, to: usize) -> impl Iterator<Item = &'t Entity> {
    turn.entities_in(from, to).filter(|entity| matches!(entity.term.kind, Term::Medicine | Term::MedicineClass))
}

fn none_known(heard: &Heard<'_>, turn: &Turn<'_>, cue: usize, by: &str) -> Proposal {
    let mut one = Proposal::of(Kind::Allergy, "none known");
    one.quotes.push(heard.quote(turn, cue, cue + 1));
    one.said.push(turn.words(cue, cue + 1).to_owned());
    by.clone_into(&mut one.assertion);
    one.value("known", "none").value("said_by", by)
}

/// "allergic to shellfish": one or two words after "to".
fn after_to(turn: &Turn<'_>, cue: usize, end: usize) -> Option<(usize, usize, Option<&'static str>)> {
    let to = (cue + 1..end.min(cue + 3)).find(|at| matches!(turn.tokens.norm(*at), "to" | "a" | "al"))?;
    let from = to + 1 + usize::from(matches!(turn.tokens.norm(to + 1), "the" | "la" | "los" | "el"));
    let plain =
        |at: usize| at < end && turn.tokens.kind(at) == TokenKind::Word && !STOPS.contains(&turn.tokens.norm(at));
    plain(from).then(|| (from, from + 1, None))
}
