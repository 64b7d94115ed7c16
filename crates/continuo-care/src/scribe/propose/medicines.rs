//! Medicines as people say they take them: taking, not taking, changed, ran out; and what staff start or stop.

use continuo_text::assertion::{Context, Temporality};
use continuo_text::entities::Entity;
use continuo_text::lexicon::{Kind as Term, lexicon};
use continuo_text::regimen::course::{self, Course, Place};

use super::heard::{Heard, Turn};
use super::{Certainty, Kind, Known, Proposal, reporter};
use crate::followup::finding::Consequence;
use crate::scribe::source::SourceKind;
use crate::scribe::when::{self, Toward};

const TAKE: &[&str] = &[
    "take",
    "taking",
    "takes",
    "took",
    "taken",
    "on",
    "using",
    "use",
    "tomo",
    "toma",
    "tomando",
    "uso",
    "continue",
    "start",
    "started",
    "starting",
    "begin",
    "prescribe",
    "prescribed",
    "add",
    "put",
    "give",
    "tomar",
    "tomarse",
    "pongo",
    "pone",
    "inyecto",
    "inyecta",
];
const CHANGE: &[&str] = &[
    "increase",
    "increased",
    "double",
    "doubled",
    "raise",
    "raised",
    "decrease",
    "decreased",
    "reduce",
    "reduced",
    "lower",
    "lowered",
    "cut",
    "change",
    "changed",
    "switch",
    "switched",
    "half",
    "subio",
    "bajo",
    "aumentar",
];
const START: &[&str] = &[
    "start",
    "started",
    "starting",
    "begin",
    "began",
    "prescribe",
    "prescribed",
    "add",
    "added",
    "try",
    "put",
    "restart",
    "restarted",
    "resume",
    "resumed",
    "empezar",
    "recetar",
    "tome",
    "empiece",
];
/// Said by staff to somebody: "take Tylenol every six hours" is to start, not what is taken.
const ORDERS: &[&str] = &["take", "use"];
const SALTS: &[&str] = &[
    "succinate",
    "tartrate",
    "hydrochloride",
    "hcl",
    "sodium",
    "potassium",
    "besylate",
    "maleate",
    "mesylate",
    "fumarate",
    "er",
    "xr",
    "xl",
    "sr",
    "cr",
];
const OUT: &[&str] = &["out", "ran", "acabo", "acabaron", "terminaron"];

/// What one proposal says of one medicine.
pub(super) struct Said {
    pub(super) concept: &'static str,
    pub(super) status: &'static str,
}

pub(super) fn find(heard: &Heard<'_>, known: &Known) -> Vec<(Said, Proposal)> {
    let mut out: Vec<(Said, Proposal)> = Vec::new();
    for turn in &heard.turns {
        let context = Context::new(&turn.tokens);
        for (number, entity) in turn.entities.iter().enumerate() {
            if !matches!(entity.term.kind, Term::Medicine | Term::MedicineClass) {
                continue;
            }
            let Some((said, one)) = judge(heard, known, turn, &context, number, entity) else { continue };
            // stopped as one says it and not taken as the other does is one thing
            let off = |status: &str| matches!(status, "not-taken" | "stopped");
            let same = |(known, _): &&mut (Said, Proposal)| {
                known.concept == said.concept && (known.status == said.status || off(known.status) && off(said.status))
            };
            if let Some((_, kept)) = out.iter_mut().find(same) {
                if kept.quotes.len() < 3 {
                    kept.quotes.extend(one.quotes);
                }
                if kept.values.iter().all(|(name, _)| name != "directions")
                    && let Some(directions) = one.values.iter().find(|(name, _)| name == "directions")
                {
                    kept.values.push(directions.clone());
                    kept.said.extend(one.said);
                }
                continue;
            }
            out.push((said, one));
        }
    }
    out
}

fn judge(
    heard: &Heard<'_>,
    known: &Known,
    turn: &Turn<'_>,
    context: &Context<'_>,
    number: usize,
    entity: &Entity,
) -> Option<(Said, Proposal)> {
    let concept = entity.term.concept;
    let sentence = turn.sentence_of(entity.from)?;
    let assertion = context.of(entity.span);
    if assertion.other_person || assertion.temporality == Temporality::Hypothetical {
        return None;
    }
    // What is said of one medicine reaches from the one before to the one after.
    let low = number
        .checked_sub(1)
        .and_then(|before| turn.entities.get(before))
        .filter(|before| before.term.kind == Term::Medicine)
        .map_or(sentence.from, |before| before.to)
        .max(sentence.from)
        .max(entity.from.saturating_sub(10));
    let high = (entity.to + 8).min(sentence.to);
    let before = |words: &[&str]| turn.has(low, entity.from, words);
    let near = |words: &[&str]| turn.has(low, high, words);
    let patient = turn.said.role.is_patient_side();
    let allergy = turn.has(sentence.from, sentence.to, &["allergic", "allergy", "allergies", "alergico", "alergica"]);
    if allergy || sentence.question && sentence.answer.is_none() {
        return None;
    }
    let course = course::course(&Place {
        tokens: &turn.tokens,
        sentence: (sentence.from, sentence.to),
        clause: (low, end_of(turn, number, sentence.to)),
        head: entity.from,
        to: entity.to,
        patient: patient || turn.said.role == crate::scribe::source::Role::Unknown,
    });
    // "have you stopped it?" "no": the conversation's reading knows what the answer means
    if sentence.question && course.is_some() {
        return None;
    }
    let off = matches!(course, Some(Course::Off { .. }));
    let goes_on = match course {
        Some(Course::On) => true,
        // "I want to stop it": still taken, from who takes it; from staff only weighed
        Some(Course::Thought) if patient => true,
        Some(Course::Thought) => return None,
        _ => false,
    };
    let gone = before(OUT) && before(&["out", "acabo", "acabaron", "terminaron"]);
    let asked_no = sentence.question && sentence.answer.is_some_and(|(yes, _)| !yes);
    let lay = entity.term.kind == Term::MedicineClass || turn.words(entity.from, entity.to).contains(' ');
    let status = if course == Some(Course::Paused) {
        "on-hold"
    } else if off || gone || asked_no {
        if patient || asked_no || heard.kind == SourceKind::Call { "not-taken" } else { "stopped" }
    } else if entity.term.kind == Term::MedicineClass || assertion.negated && !goes_on {
        return None;
    } else if !goes_on && near(CHANGE) {
        "changed"
    } else if !patient && !goes_on && (before(START) || first_word(turn, sentence.from, entity.from)) {
        "intended"
    } else if goes_on || before(TAKE) || sentence.question && sentence.answer.is_some_and(|(yes, _)| yes) {
        "active"
    } else {
        return None;
    };
    let directions = if matches!(status, "not-taken" | "stopped" | "on-hold") {
        String::new()
    } else {
        directions(turn, entity, sentence.to)
    };
    if status == "active" && known.medicines.contains(concept) && directions.is_empty() {
        return None;
    }
    let said = turn.words(entity.from, entity.to);
    let name = if entity.term.kind == Term::MedicineClass { said } else { concept };
    // "La metformina ya no la tomo. La deje hace dos semanas.": the day stands in the next breath
    let next = turn.sentences.iter().find(|next| next.from >= sentence.to && next.from <= sentence.to + 1);
    let next = next.filter(|next| turn.entities_in(next.from, next.to).all(|other| other.term.kind != Term::Medicine));
    let next = next.filter(|next| course::course_of_it(&turn.tokens, (next.from, next.to), patient).is_some());
    let day = |from, to| when::find(&turn.tokens, from, to, heard.visit, Toward::Past);
    // what staff forbid until tonight was not stopped tonight
    let told = patient || status == "not-taken" && asked_no;
    let since = (matches!(status, "not-taken" | "stopped") && told)
        .then(|| day(low, sentence.to).or_else(|| next.and_then(|next| day(next.from, next.to))))
        .flatten();
    let action = match status {
        "not-taken" if gone => "ran out, not taking",
        "not-taken" => "not taking",
        "stopped" => "stopped",
        "on-hold" => "to pause",
        "changed" => "changed",
        "intended" => "to start",
        _ => "taking",
    };
    let since_words = since.map(|day| format!(" since {}", us(day.date))).unwrap_or_default();
    // "Five hundred twice a day" is written as 500; a number without its unit is for the reader to complete.
    let written = continuo_text::spoken::in_digits(&directions);
    let unit_open = written.as_deref().is_some_and(amount_without_unit);
    let taken_as = written.unwrap_or_else(|| directions.clone());
    let how = if taken_as.is_empty() { String::new() } else { format!(", {taken_as}") };
    let mut one = Proposal::of(Kind::Medicine, format!("{name}: {action}{since_words}{how}"));
    let starts = dose_before(turn, entity).filter(|_| directions.contains(said)).unwrap_or(entity.from);
    let ends = (entity.to + 1 + directions_length(turn, &directions)).min(sentence.to).max(entity.to);
    one.quotes.push(heard.quote(turn, starts, ends));
    one.quotes.extend(sentence.answer.and_then(|(_, span)| heard.quote_of_answer(span)));
    one.said.push(said.to_owned());
    one.said.extend(Some(directions.clone()).filter(|words| !words.is_empty()));
    one.coding = (entity.term.kind == Term::Medicine)
        .then(|| lexicon().code(concept))
        .flatten()
        .map(|(code, system)| (code.to_owned(), system.to_owned()));
    one.assertion = reporter(&turn.said.role, heard.kind);
    if assertion.uncertain {
        one.assertion.push_str(", maybe");
    }
    if unit_open {
        one.assertion.push_str(", unit of the dose not said");
    }
    one.certainty = if assertion.uncertain || unit_open || (lay && !known.medicines.contains(concept)) {
        Certainty::Check
    } else if sentence.question || turn.said.role == crate::scribe::source::Role::Unknown {
        Certainty::Probably
    } else {
        Certainty::ClearlySaid
    };
    if matches!(status, "not-taken" | "stopped" | "on-hold") {
        one.consequence = Consequence::High;
    }
    let by = one.assertion.clone();
    let one = one
        .value("what", name)
        .value("status", if status == "changed" { "active" } else { status })
        .value("directions", taken_as)
        .value("since", since.map(|day| day.date.to_string()).unwrap_or_default())
        .value("said_by", by);
    Some((Said { concept, status }, one))
}

/// Where the words about medicine `number` end: at the next medicine or with the sentence.
fn end_of(turn: &Turn<'_>, number: usize, end: usize) -> usize {
    const LONG: usize = 18;
    let to = turn.entities.get(number).map_or(end, |entity| entity.to);
    let next = turn.entities.iter().skip(number + 1).find(|entity| entity.term.kind == Term::Medicine);
    next.map_or(end, |next| next.from).min(end).min(to + LONG)
}

/// "Take", "use" as the first word of a sentence or after a comma: an order to the person.
fn first_word(turn: &Turn<'_>, from: usize, medicine: usize) -> bool {
    (from.max(medicine.saturating_sub(3))..medicine)
        .any(|at| ORDERS.contains(&turn.tokens.norm(at)) && (at == from || turn.tokens.norm(at - 1) == ","))
}

/// Words around a medicine that say how much and how often, as they were said: after it ("Eliquis, five milligrams twice
/// daily"), or from the dose before it ("veinte unidades de Lantus en la noche").
pub(super) fn directions(turn: &Turn<'_>, entity: &Entity, end: usize) -> String {
    let (first, to) = after_name(turn, entity, end);
    if let Some(dose) = dose_before(turn, entity) {
        return turn.words(dose, to.max(entity.to)).to_owned();
    }
    let words = turn.words(first, to);
    if to > first && is_direction(words) { words.to_owned() } else { String::new() }
}

/// The directions that an answer begins with: "Twelve and a half twice a day", "yes, every morning". Nothing where it
/// names another medicine or denies.
pub(super) fn answered_directions(turn: &Turn<'_>) -> String {
    const OPENS: &[&str] = &[
        "yes", "yeah", "yep", "right", "correct", "si", "uh", "huh", "still", "just", ",", "i", "take", "it", "do",
        "pongo", "me", "tomo",
    ];
    let Some(first) = turn.sentences.first() else { return String::new() };
    let from = (first.from..first.to).find(|at| !OPENS.contains(&turn.tokens.norm(*at))).unwrap_or(first.to);
    let named = turn.entities_in(from, first.to).next().map(|entity| entity.from);
    let to = (from..first.to)
        .find(|at| {
            named == Some(*at)
                || *at > from && matches!(turn.tokens.norm(*at), "because" | "but" | "so" | "pero" | "porque" | "i")
        })
        .unwrap_or(first.to);
    let denies = turn.has(from, to, &["no", "not", "dont", "never", "was", "were", "used", "antes", "era"]);
    let words = turn.words(from, to);
    if to > from && to - from <= 14 && !denies && is_direction(words) { words.to_owned() } else { String::new() }
}

fn is_direction(words: &str) -> bool {
    let written = continuo_text::spoken::in_digits(words);
    let sig = continuo_text::sig::parse(written.as_deref().unwrap_or(words));
    sig.dose.is_some() || sig.frequency.is_some()
}

/// Where the directions after a medicine's name stand. A comma ends them unless what follows it says how much or how often.
fn after_name(turn: &Turn<'_>, entity: &Entity, end: usize) -> (usize, usize) {
    const ENDS: &[&str] = &[
        "and", "for", "because", "but", "so", "y", "para", "porque", "since", "which", "that", "i", "he", "she", "they",
    ];
    const REACH: usize = 14;
    let mut first = entity.to;
    // "Metoprolol succinate 50 mg daily": the salt belongs to the name.
    while SALTS.contains(&turn.tokens.norm(first)) && first < end {
        first += 1;
    }
    // "she only gets it now, six fifty three times a day"
    while matches!(turn.tokens.norm(first), "now" | "only" | "still" | "ahora") && first < end {
        first += 1;
    }
    let high = end.min(entity.to + REACH);
    let stops = |at: usize| ENDS.contains(&turn.tokens.norm(at)) || turn.entities.iter().any(|other| other.from == at);
    let part = |from: usize| (from..high).find(|at| stops(*at) || turn.tokens.norm(*at) == ",").unwrap_or(high);
    let mut to = part(first);
    if to == first && turn.tokens.norm(to) == "," && is_direction(turn.words(first + 1, part(first + 1))) {
        first += 1;
        to = part(first);
    }
    while turn.tokens.norm(to) == "," && to > first && to < high {
        let next = part(to + 1);
        if next == to + 1 || !is_direction(turn.words(to + 1, next)) {
            break;
        }
        to = next;
    }
    (first, to)
}

/// "Twenty units of Lantus": where the dose begins.
fn dose_before(turn: &Turn<'_>, entity: &Entity) -> Option<usize> {
    const UNITS: &[&str] = &[
        "units",
        "unit",
        "unidades",
        "mg",
        "milligrams",
        "miligramos",
        "puffs",
        "drops",
        "gotas",
        "tablets",
        "pastillas",
    ];
    let of = entity.from.checked_sub(1).filter(|at| matches!(turn.tokens.norm(*at), "of" | "de"))?;
    let unit = of.checked_sub(1).filter(|at| UNITS.contains(&turn.tokens.norm(*at)))?;
    let number = unit.checked_sub(1)?;
    let is_number = |at: usize| {
        turn.tokens.kind(at) == continuo_text::token::Kind::Number
            || continuo_text::spoken::at(&turn.tokens, at).is_some()
    };
    let mut from = number;
    while from > 0 && is_number(from - 1) {
        from -= 1;
    }
    is_number(from).then_some(from)
}

/// "500 twice a day": a number of the strength's size, and no unit after it. "2 at night" are two tablets.
pub(super) fn amount_without_unit(directions: &str) -> bool {
    let mut words = directions.split_whitespace();
    let Some(amount) = words.next().and_then(|word| word.parse::<f64>().ok()) else { return false };
    let unit = words.next().unwrap_or_default();
    amount >= 5.0 && continuo_text::sig::parse(&format!("{amount} {unit}")).unit.is_none()
}

fn directions_length(turn: &Turn<'_>, directions: &str) -> usize {
    if directions.is_empty() { 0 } else { continuo_text::token::Tokens::new(directions).len().min(turn.tokens.len()) }
}

fn us(date: continuo_fhir::Date) -> String {
    format!("{:02}/{:02}", date.month().unwrap_or(1), date.day().unwrap_or(1))
}
