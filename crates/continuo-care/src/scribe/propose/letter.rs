//! A letter from outside (discharge summary, specialist) against the record: medicines started, stopped or changed, results
//! still pending, visits to make, equipment to arrange; and what our list has and the letter's list leaves out.
//!
//! A letter's lists carry no verbs: the heading above a line says what it means. Each difference is a proposal with its
//! words; what agrees with the record is not news. Nothing here decides which list is right.

use continuo_fhir::letters::head;
use std::collections::BTreeSet;

use continuo_text::lexicon::{Kind as Term, lexicon};

use super::heard::{Heard, Turn};
use super::{Certainty, Kind, Known, Listed, Proposal, medicines, reporter};
use crate::followup::finding::Consequence;
use crate::scribe::when::{self, Toward};

/// What the lines under a heading are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Start,
    Stop,
    Change,
    Keep,
    List,
    Pending,
    Visits,
    Equipment,
    Other,
}

const HEADINGS: &[(Part, &[&str])] = &[
    (
        Part::Start,
        &["start taking", "start", "new medications", "new medicines", "medications started", "begin taking", "new"],
    ),
    (
        Part::Stop,
        &[
            "stop taking",
            "stop",
            "medications stopped",
            "stopped medications",
            "discontinued medications",
            "discontinued",
            "medications discontinued",
            "do not take",
        ],
    ),
    (
        Part::Change,
        &[
            "change how you take",
            "changed medications",
            "medications changed",
            "changes to medications",
            "changed",
            "change",
        ],
    ),
    (Part::Keep, &["continue taking", "continue", "continued medications", "unchanged medications", "unchanged"]),
    (
        Part::List,
        &[
            "discharge medications",
            "discharge medication list",
            "medications at discharge",
            "medications on discharge",
            "current medications",
            "medication list",
            "medications",
            "medicines",
            "meds",
        ],
    ),
    (
        Part::Pending,
        &[
            "pending results",
            "results pending",
            "results pending at discharge",
            "tests pending",
            "tests pending at discharge",
            "pending at discharge",
            "pending tests",
            "pending labs",
            "labs pending",
            "pending",
        ],
    ),
    (
        Part::Visits,
        &[
            "follow-up appointments",
            "follow up appointments",
            "follow-up visits",
            "follow-up",
            "follow up",
            "followup",
            "appointments",
            "scheduled appointments",
            "appointments to make",
        ],
    ),
    (
        Part::Equipment,
        &[
            "equipment",
            "durable medical equipment",
            "dme",
            "home equipment",
            "equipment needed",
            "supplies",
            "home health",
            "home services",
            "services",
        ],
    ),
];

/// Words kept of one line.
const LONGEST: usize = 200;

/// One line of the letter, without its bullet, under its heading.
struct Line<'t, 'a> {
    part: Part,
    turn: &'t Turn<'a>,
    /// Tokens of the content: from, to.
    from: usize,
    to: usize,
}

fn lines<'t, 'a>(heard: &'t Heard<'a>) -> Vec<Line<'t, 'a>> {
    let mut part = Part::Other;
    let mut out = Vec::new();
    for turn in &heard.turns {
        let (head, rest) = heading(turn.text);
        let mut from = 0;
        if let Some(found) = head {
            part = found;
            from = turn.tokens.within(continuo_text::span::Span::new(rest, turn.text.len())).0;
        }
        if from < turn.tokens.len() && part != Part::Other {
            out.push(Line { part, turn, from, to: turn.tokens.len() });
        }
    }
    out
}

/// How letters end.
const CLOSINGS: [&str; 12] = [
    "best regards",
    "best wishes",
    "kind regards",
    "many thanks",
    "regards",
    "respectfully",
    "sincerely",
    "sincerely yours",
    "thank you",
    "warm regards",
    "with kind regards",
    "yours sincerely",
];

/// The part that a line begins, and where its content starts. A line that ends with a colon begins another part.
fn heading(text: &str) -> (Option<Part>, usize) {
    let (head, rest) = match text.split_once(':') {
        Some((head, _)) => (head, head.len() + 1),
        None => (text, text.len()),
    };
    let words: Vec<String> = head
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty() && *word != "-")
        .map(continuo_text::token::fold_str)
        .collect();
    let name = words.join(" ");
    let alone = !text.contains(':');
    if words.is_empty() || words.len() > 6 {
        return (None, 0);
    }
    let found = HEADINGS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(part, _)| *part);
    match found {
        // "Stop" or "New" alone on a line is a heading; as the first word of a sentence it is none.
        Some(part) => (Some(part), rest),
        // "With kind regards" ends the list above it.
        None if alone && CLOSINGS.contains(&name.as_str()) => (Some(Part::Other), text.len()),
        None if alone => (None, 0),
        None if text.trim_end().ends_with(':') => (Some(Part::Other), text.len()),
        // "Diagnosis: ...", "Hospital course: ...": something else begins, unless it is a medicine with its directions.
        None if head.chars().next().is_some_and(char::is_uppercase) && words.len() <= 3 => {
            let tokens = continuo_text::token::Tokens::new(head);
            let medicine =
                continuo_text::entities::find(&tokens).iter().any(|entity| entity.term.kind == Term::Medicine);
            if medicine { (None, 0) } else { (Some(Part::Other), text.len()) }
        }
        None => (None, 0),
    }
}

/// What the letter says of one medicine.
struct Told {
    part: Part,
    concept: &'static str,
    directions: String,
    proposal: Option<Proposal>,
}

fn told(heard: &Heard<'_>, known: &Known) -> Vec<Told> {
    let mut out: Vec<Told> = Vec::new();
    for line in lines(heard)
        .iter()
        .filter(|line| matches!(line.part, Part::Start | Part::Stop | Part::Change | Part::Keep | Part::List))
    {
        let turn = line.turn;
        for entity in turn.entities_in(line.from, line.to).filter(|entity| entity.term.kind == Term::Medicine) {
            let concept = entity.term.concept;
            if out.iter().any(|one| one.concept == concept && one.part == line.part) {
                continue;
            }
            let part = marked(turn, entity.from, line.part);
            let end = turn.sentence_of(entity.from).map_or(line.to, |sentence| sentence.to).min(line.to);
            let directions = medicines::directions(turn, entity, end);
            let listed: Vec<&Listed> = known.list.iter().filter(|one| one.concept == concept).collect();
            let said = turn.words(entity.from, entity.to);
            let mut told = Told { part, concept, directions, proposal: None };
            if let Some((what, status, grave)) = difference(&told, &listed) {
                let mut one = Proposal::of(Kind::Medicine, what);
                let to = (entity.to + tokens_of(&told.directions)).min(end.max(entity.to));
                one.quotes.push(heard.quote(turn, entity.from, to));
                one.said.push(said.to_owned());
                one.said.extend(Some(told.directions.clone()).filter(|words| !words.is_empty()));
                one.assertion = reporter(&turn.said.role, heard.kind);
                one.certainty = if part == Part::List { Certainty::Probably } else { Certainty::ClearlySaid };
                if grave {
                    one.consequence = Consequence::High;
                }
                one.coding = lexicon().code(concept).map(|(code, system)| (code.to_owned(), system.to_owned()));
                let by = one.assertion.clone();
                told.proposal = Some(
                    one.value("what", concept)
                        .value("status", status)
                        .value("directions", told.directions.clone())
                        .value("said_by", by),
                );
            }
            out.push(told);
        }
    }
    out
}

fn tokens_of(text: &str) -> usize {
    if text.is_empty() { 0 } else { continuo_text::token::Tokens::new(text).len() }
}

/// A line may carry its own mark: "furosemide 80 mg daily (changed)", "NEW: metoprolol".
fn marked(turn: &Turn<'_>, medicine: usize, part: Part) -> Part {
    if !matches!(part, Part::List | Part::Keep) {
        return part;
    }
    let sentence = turn.sentence_of(medicine);
    let (from, to) =
        sentence.map_or((0, turn.tokens.len()), |sentence| (sentence.from, turn.tokens.len().min(sentence.to + 4)));
    if turn.has(from, to, &["stop", "stopped", "discontinue", "discontinued"]) {
        Part::Stop
    } else if turn.has(from, to, &["new", "started", "start"]) {
        Part::Start
    } else if turn.has(from, to, &["changed", "increased", "decreased", "reduced"]) {
        Part::Change
    } else {
        part
    }
}

/// What differs from our list: in words, the status to write, and whether overlooking it may harm.
fn difference(told: &Told, listed: &[&Listed]) -> Option<(String, &'static str, bool)> {
    let (concept, part) = (told.concept, told.part);
    let how = if told.directions.is_empty() { String::new() } else { format!(", {}", told.directions) };
    let Some(first) = listed.first() else {
        return match part {
            // What people buy themselves stands on no list: that it was stopped is still to be told.
            Part::Stop => Some((format!("{concept}: stopped; not on our list"), "stopped", false)),
            Part::Start => Some((format!("{concept}: started{how}; not on our list"), "active", false)),
            _ => Some((format!("{concept}: in the letter{how}; not on our list"), "active", false)),
        };
    };
    if part == Part::Stop {
        return Some((format!("{concept}: stopped; on our list"), "stopped", true));
    }
    let theirs = amounts(&told.directions);
    let same = theirs.is_empty()
        || listed.iter().any(|one| {
            let ours = amounts(&format!("{} {}", one.name, one.directions));
            ours.is_empty() || theirs.iter().any(|amount| ours.contains(amount))
        });
    let ours = if first.directions.is_empty() { &first.name } else { &first.directions };
    match part {
        Part::Change => Some((format!("{concept}: changed{how}; our list says {ours}"), "active", true)),
        _ if !same => Some((format!("{concept}: in the letter{how}; our list says {ours}"), "active", true)),
        _ => None,
    }
}

/// Strengths in a text, in milligrams where the unit is one of weight.
fn amounts(text: &str) -> Vec<String> {
    let tokens = continuo_text::token::Tokens::new(text);
    (0..tokens.len())
        .filter_map(|at| {
            let value: f64 = tokens.norm(at).replace(',', "").parse().ok()?;
            let scaled = match tokens.norm(at + 1) {
                "mg" | "milligrams" | "milligram" => value,
                "g" | "gram" | "grams" => value * 1000.0,
                "mcg" | "micrograms" | "microgram" => value / 1000.0,
                unit @ ("units" | "unit" | "meq") => return Some(format!("{value} {unit}")),
                _ => return None,
            };
            Some(format!("{scaled} mg"))
        })
        .collect()
}

/// Everything a letter proposes by its lists.
pub(super) fn find(heard: &Heard<'_>, known: &Known) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = told(heard, known).into_iter().filter_map(|told| told.proposal).collect();
    // A letter may have very many lines: what was said is looked up, and no more is made than is kept.
    let mut said_before: BTreeSet<String> = out.iter().flat_map(|kept| kept.said.iter().cloned()).collect();
    for line in lines(heard) {
        if out.len() >= super::MOST {
            break;
        }
        let (lead, arrange) = match line.part {
            Part::Pending => ("result pending", "Get the result that was pending"),
            Part::Visits => ("visit", "Make or confirm the visit"),
            Part::Equipment => ("arrange", "Arrange"),
            _ => continue,
        };
        let from = (line.from..line.to).find(|at| line.turn.tokens.norm(*at).chars().any(char::is_alphanumeric));
        let Some(from) = from else { continue };
        let words = line.turn.words(from, line.to);
        if matches!(words.to_lowercase().trim_end_matches('.'), "none" | "n/a" | "no" | "nil" | "none known") {
            continue;
        }
        let said = head(words, LONGEST).trim().to_owned();
        if !said_before.insert(said.clone()) {
            continue;
        }
        let mut one = Proposal::of(Kind::FollowUp, format!("{lead}: {said}"));
        let inside = line.turn.tokens.span(from, line.to);
        let start = line.turn.said.span.start;
        one.quotes.push(
            heard.quote_at(continuo_text::span::Span::new(start + inside.start, start + inside.end), line.turn.said),
        );
        one.said.push(said.clone());
        one.assertion = reporter(&line.turn.said.role, heard.kind);
        if line.part == Part::Pending {
            one.consequence = Consequence::High;
        }
        let day = when::find(&line.turn.tokens, from, line.to, heard.visit, Toward::Future);
        out.push(
            one.value("what", format!("{arrange}: {said}"))
                .value("date", day.map(|day| day.date.to_string()).unwrap_or_default()),
        );
    }
    out
}

/// Medicines of our list that the letter's own list leaves out: asked about, never stopped. A letter without a list of its
/// own says nothing by leaving out.
pub(crate) fn left_out<'k>(heard: &Heard<'_>, known: &'k Known) -> Vec<&'k Listed> {
    const LEAST: usize = 2;
    let told = told(heard, known);
    let listed = told.iter().filter(|one| matches!(one.part, Part::List | Part::Keep)).count();
    if listed == 0 || told.len() < LEAST {
        return Vec::new();
    }
    let mut out: Vec<&Listed> = Vec::new();
    for one in &known.list {
        let named =
            heard.turns.iter().any(|turn| turn.entities.iter().any(|entity| entity.term.concept == one.concept));
        if !named && !out.iter().any(|kept| kept.concept == one.concept) {
            out.push(one);
        }
    }
    out
}
