//! Complaints and diagnoses: there, denied, past, doubted, or in the family.

use continuo_text::assertion::Context;
use continuo_text::lexicon::{Kind as Term, lexicon};

use super::heard::{Heard, Manner, Turn};
use super::{Certainty, Kind, Known, Proposal, sites};

const MOTHERS: &[&str] = &[
    "mother",
    "father",
    "mom",
    "dad",
    "sister",
    "brother",
    "grandmother",
    "grandfather",
    "aunt",
    "uncle",
    "son",
    "daughter",
    "madre",
    "padre",
    "hermana",
    "hermano",
    "abuela",
    "abuelo",
    "mama",
    "papa",
];

/// Words that name a measure or a question as often as an illness: alone they say nothing.
const BARE: &[&str] = &[
    "blood pressure",
    "pressure",
    "sugar",
    "sugars",
    "blood sugar",
    "cholesterol",
    "allergy",
    "allergies",
    "azucar",
    "presion",
    "weight",
    "pain",
    "temperature",
    "temp",
    "temperatura",
];

/// Quotes kept for one thing said several times.
const QUOTES: usize = 4;

pub(super) fn find(heard: &Heard<'_>, known: &Known) -> Vec<Proposal> {
    let mut out: Vec<(&'static str, bool, Proposal)> = Vec::new();
    let mut denied = Proposal::of(Kind::Denied, "");
    let mut names: Vec<String> = Vec::new();
    for turn in &heard.turns {
        let context = Context::new(&turn.tokens);
        for entity in turn.entities.iter().filter(|entity| matches!(entity.term.kind, Term::Symptom | Term::Problem)) {
            if BARE.contains(&entity.term.term) {
                continue;
            }
            let Some(manner) = heard.manner(turn, &context, entity.from, entity.to) else { continue };
            let concept = entity.term.concept;
            let said = turn.words(entity.from, entity.to);
            let site = sites::of(turn, entity.from, entity.to).map(|(from, to)| turn.words(from, to));
            if manner.denied {
                add_denied(heard, &mut denied, &mut names, turn, (entity.from, entity.to), &manner);
                continue;
            }
            let kind = match entity.term.kind {
                _ if manner.of_other => Kind::Family,
                Term::Symptom => Kind::Symptom,
                _ => Kind::Problem,
            };
            if kind == Kind::Problem && known.problems.contains(concept) {
                continue;
            }
            let quote = heard.quote(turn, entity.from, entity.to);
            let same =
                |one: &&mut (&str, bool, Proposal)| one.0 == concept && one.2.kind == kind && one.1 == manner.past;
            if let Some((_, _, one)) = out.iter_mut().find(same) {
                if one.quotes.len() < QUOTES && !one.quotes.iter().any(|kept| kept.span.overlaps(quote.span)) {
                    one.quotes.push(quote);
                }
                // Said plainly once is said plainly.
                if manner.certainty < one.certainty {
                    one.certainty = manner.certainty;
                    one.assertion.clone_from(&manner.words);
                }
                continue;
            }
            let Some(mut one) = proposal(heard, turn, kind, concept, (said, site), &manner) else { continue };
            one.quotes.push(quote);
            one.quotes.extend(manner.answer.and_then(|span| heard.quote_of_answer(span)));
            out.push((concept, manner.past, one));
        }
    }
    let contradicted: Vec<&str> = out
        .iter()
        .filter(|(concept, ..)| names.iter().any(|name| super::concepts(name).any(|other| other == *concept)))
        .map(|(concept, ..)| *concept)
        .collect();
    let mut all: Vec<Proposal> = Vec::new();
    for (concept, _, mut one) in out {
        if contradicted.contains(&concept) {
            one.certainty = Certainty::Check;
            one.assertion.push_str(", denied elsewhere");
        }
        all.push(one);
    }
    if !names.is_empty() {
        denied.what = names.join(", ");
        denied.assertion = "denies".to_owned();
        denied.said.clone_from(&names);
        let text = denied.what.clone();
        all.push(denied.value("what", text));
    }
    all
}

fn add_denied(
    heard: &Heard<'_>,
    denied: &mut Proposal,
    names: &mut Vec<String>,
    turn: &Turn<'_>,
    (from, to): (usize, usize),
    manner: &Manner,
) {
    let name = turn.words(from, to).to_lowercase();
    if manner.of_other || names.contains(&name) {
        return;
    }
    let quote = heard.quote(turn, from, to);
    names.push(name);
    if !denied.quotes.iter().any(|kept| kept.span == quote.span) {
        denied.quotes.push(quote);
    }
    if let Some(answer) = manner.answer.and_then(|span| heard.quote_of_answer(span))
        && !denied.quotes.iter().any(|kept| kept.span == answer.span)
    {
        denied.quotes.push(answer);
    }
    denied.certainty = denied.certainty.max(manner.certainty);
}

fn proposal(
    heard: &Heard<'_>,
    turn: &Turn<'_>,
    kind: Kind,
    concept: &str,
    (said, site): (&str, Option<&str>),
    manner: &Manner,
) -> Option<Proposal> {
    let placed = match site {
        Some(site) if kind == Kind::Symptom => format!("{}, {}", said.to_lowercase(), site.to_lowercase()),
        _ => said.to_lowercase(),
    };
    let name = if kind == Kind::Symptom {
        placed.clone()
    } else if said.eq_ignore_ascii_case(concept) {
        said.to_lowercase()
    } else {
        format!("{concept} (\"{}\")", said.to_lowercase())
    };
    let mut one = Proposal::of(kind, name.clone());
    one.said.push(said.to_owned());
    one.said.extend(site.filter(|_| kind == Kind::Symptom).map(str::to_owned));
    one.certainty = manner.certainty;
    one.assertion.clone_from(&manner.words);
    one.coding = lexicon().code(concept).map(|(code, system)| (code.to_owned(), system.to_owned()));
    let what = if kind == Kind::Symptom { placed } else { concept.to_owned() };
    if kind == Kind::Family {
        // Without a relation it is somebody else's and no history of this person.
        let relation = (0..turn.tokens.len()).map(|at| turn.tokens.norm(at)).find(|word| MOTHERS.contains(word))?;
        one.what = format!("{relation}: {name}");
        return Some(one.value("what", what).value("relation", relation));
    }
    if manner.certainty != Certainty::ClearlySaid {
        one = one.value("certainty", if manner.certainty == Certainty::Check { "unconfirmed" } else { "provisional" });
    }
    if manner.past {
        one = one.value("status", "resolved");
    }
    if let Some(day) = turn
        .sentence_of(turn.tokens.within(turn.tokens.span(0, 1)).0)
        .filter(|_| !manner.past && turn.sentences.len() == 1)
        .and_then(|s| {
            crate::scribe::when::find(&turn.tokens, s.from, s.to, heard.visit, crate::scribe::when::Toward::Past)
        })
    {
        one = one.value("since", day.date.to_string());
    }
    Some(one.value("what", what).value("said_by", manner.words.clone()))
}
