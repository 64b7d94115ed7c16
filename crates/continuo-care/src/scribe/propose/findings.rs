//! Complaints and diagnoses: there, denied, past, doubted, or in the family.

use continuo_text::assertion::Context;
use continuo_text::entities::Entity;
use continuo_text::lexicon::{Kind as Term, lexicon};
use continuo_text::people::{Tie, tie};

use super::heard::{Heard, Manner, Turn};
use super::{Certainty, Kind, Known, Proposal, sites};
use crate::scribe::source::Role;

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
    let (mut denied, mut absent) = (Proposal::of(Kind::Denied, ""), Proposal::of(Kind::Denied, ""));
    let (mut names, mut not_found): (Vec<Name>, Vec<Name>) = (Vec::new(), Vec::new());
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
                let (list, said_of) = if examined(turn, entity.from, &manner) {
                    (&mut absent, &mut not_found)
                } else {
                    (&mut denied, &mut names)
                };
                add_denied(heard, list, said_of, turn, entity, &manner);
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
            let named = Named { said, site, spanish: entity.term.spanish };
            let Some(mut one) = proposal(heard, turn, kind, concept, &named, &manner) else { continue };
            one.quotes.push(quote);
            one.quotes.extend(manner.answer.and_then(|span| heard.quote_of_answer(span)));
            out.push((concept, manner.past, one));
        }
    }
    let contradicted: Vec<&str> = out
        .iter()
        .filter(|(concept, ..)| names.iter().any(|name| super::concepts(&name.said).any(|other| other == *concept)))
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
    let of_staff = format!("{}, {}", super::ABSENT, super::reporter(&Role::Clinician, heard.kind));
    all.extend(all_denied(absent, &not_found, &of_staff).map(|one| one.value("absent", "yes")));
    all.extend(all_denied(denied, &names, "denies"));
    all
}

/// One proposal of all that is said not to be there.
fn all_denied(mut one: Proposal, names: &[Name], assertion: &str) -> Option<Proposal> {
    if names.is_empty() {
        return None;
    }
    one.said = names.iter().map(|name| name.said.clone()).collect();
    one.what = names.iter().map(|name| name.shown.as_str()).collect::<Vec<_>>().join(", ");
    assertion.clone_into(&mut one.assertion);
    one.certainty = names.iter().map(|name| name.certainty).max().unwrap_or(Certainty::ClearlySaid);
    let text = one.what.clone();
    Some(one.value("what", text))
}

/// Whether staff say of their own that something is not there ("there is no edema"): it answers no question, and nobody
/// is said to deny it.
fn examined(turn: &Turn<'_>, at: usize, manner: &Manner) -> bool {
    let says = turn.sentence_of(at).is_some_and(|sentence| {
        turn.has(
            sentence.from,
            sentence.to,
            &["denies", "denied", "denying", "deny", "reports", "says", "niega", "told"],
        )
    });
    turn.said.role == Role::Clinician && manner.answer.is_none() && !says
}

fn add_denied(
    heard: &Heard<'_>,
    denied: &mut Proposal,
    names: &mut Vec<Name>,
    turn: &Turn<'_>,
    entity: &Entity,
    manner: &Manner,
) {
    let (from, to) = (entity.from, entity.to);
    let said = turn.words(from, to).to_lowercase();
    if manner.of_other {
        return;
    }
    if let Some(known) = names.iter_mut().find(|known| known.said == said) {
        // Denied plainly once is denied plainly; its words then stand beside the question's.
        if manner.certainty >= known.certainty {
            return;
        }
        known.certainty = manner.certainty;
    } else {
        let shown = if entity.term.spanish { format!("{} (\"{said}\")", entity.term.concept) } else { said.clone() };
        names.push(Name { shown, said, certainty: manner.certainty });
    }
    let quote = heard.quote(turn, from, to);
    if !denied.quotes.iter().any(|kept| kept.span == quote.span) {
        denied.quotes.push(quote);
    }
    if let Some(answer) = manner.answer.and_then(|span| heard.quote_of_answer(span))
        && !denied.quotes.iter().any(|kept| kept.span == answer.span)
    {
        denied.quotes.push(answer);
    }
}

/// Something denied.
struct Name {
    /// As it is proposed.
    shown: String,
    /// As it was said.
    said: String,
    certainty: Certainty,
}

/// A complaint or diagnosis as it was said.
struct Named<'t> {
    said: &'t str,
    site: Option<&'t str>,
    spanish: bool,
}

fn proposal(
    heard: &Heard<'_>,
    turn: &Turn<'_>,
    kind: Kind,
    concept: &str,
    named: &Named<'_>,
    manner: &Manner,
) -> Option<Proposal> {
    let Named { said, site, spanish } = *named;
    let placed = match site {
        Some(site) if kind == Kind::Symptom => format!("{}, {}", said.to_lowercase(), site.to_lowercase()),
        _ => said.to_lowercase(),
    };
    // Whoever reads no Spanish reads the concept; the words stand beside it.
    let placed = if spanish && kind == Kind::Symptom { format!("{concept} (\"{placed}\")") } else { placed };
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
        let relation =
            (0..turn.tokens.len()).map(|at| turn.tokens.norm(at)).find(|word| tie(word) == Some(Tie::Blood))?;
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
