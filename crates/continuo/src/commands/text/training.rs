//! `continuo text train-sections`, `train-note` and `train-triage`: data rows in, a model file out; the same rows give the same
//! bytes. `check-triage` writes what holding out each writing round gives.

use std::fmt::Write;

use continuo_fhir::json::Json;
use continuo_text::triage::second::{self, Example};
use continuo_text::triage::{Intent, RedFlag, Route, Urgency};
use continuo_text::{note, sections};

/// The training of that name.
pub(super) fn find(name: &str) -> Option<fn(&[Json]) -> Vec<u8>> {
    match name {
        "train-sections" => Some(sections_model),
        "train-note" => Some(note_model),
        "train-triage" => Some(triage_model),
        "check-triage" => Some(triage_check),
        _ => None,
    }
}

fn text<'a>(row: &'a Json, path: &str) -> &'a str {
    row.at(path).and_then(Json::as_str).unwrap_or("")
}

fn sections_model(rows: &[Json]) -> Vec<u8> {
    let examples: Vec<sections::Example<'_>> = rows
        .iter()
        .map(|r| sections::Example {
            dialogue: text(r, "dialogue"),
            text: text(r, "section_text"),
            label: text(r, "section_header"),
        })
        .collect();
    let found = sections::cross_validate(&examples, sections::ROUNDS);
    eprintln!(
        "cross-validated: {} of {}, evened {:.3}, mean over labels {:.3}",
        found.right, found.rows, found.evened, found.recall
    );
    sections::train(&examples, sections::ROUNDS).to_bytes()
}

fn note_model(rows: &[Json]) -> Vec<u8> {
    let examples = rows.iter().flat_map(|row| {
        let divisions = note::Division::ALL.map(|d| text(row, &format!("sections.{}", d.name())));
        note::label_examples(text(row, "dialogue"), divisions)
    });
    note::train(examples.collect(), note::ROUNDS).to_bytes()
}

/// From this writing round on, what is asked in passing is labeled too; learnt is the first purpose, as rounds before label.
const IN_PASSING_FROM: i64 = 19;

fn messages(rows: &[Json]) -> Vec<Example<'_>> {
    rows.iter()
        .filter_map(|row| {
            let round = row.get("round").and_then(Json::as_i64).unwrap_or(0);
            let learnt = if round < IN_PASSING_FROM { usize::MAX } else { 1 };
            let intents = row.get("intents")?.items().iter().filter_map(|i| Intent::from_name(i.as_str()?));
            Some(Example {
                text: text(row, "text"),
                urgency: Urgency::from_name(text(row, "urgency"))?,
                route: Route::from_name(text(row, "route"))?,
                intents: intents.take(learnt).collect(),
                red_flags: row
                    .get("red_flags")
                    .map_or(&[][..], Json::items)
                    .iter()
                    .filter_map(|f| RedFlag::from_name(f.as_str()?))
                    .collect(),
                round,
            })
        })
        .collect()
}

fn triage_model(rows: &[Json]) -> Vec<u8> {
    second::train(&messages(rows)).to_bytes()
}

/// What holding out each writing round gives, as text.
fn triage_check(rows: &[Json]) -> Vec<u8> {
    let examples = messages(rows);
    let mut rounds: Vec<i64> = examples.iter().map(|e| e.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let found = second::cross_validate(&examples);
    let mut out = String::new();
    for round in rounds {
        let held: Vec<_> = examples.iter().zip(&found).filter(|(e, _)| e.round == round).collect();
        let share = |of: &dyn Fn(&Example<'_>) -> bool,
                     right: &dyn Fn(&(&Example<'_>, &continuo_text::triage::Triage)) -> bool| {
            let all: Vec<_> = held.iter().filter(|(e, _)| of(e)).collect();
            all.iter().filter(|pair| right(pair)).count() as f64 / all.len().max(1) as f64
        };
        let is_emergency = |e: &Example<'_>| e.urgency == Urgency::Emergency;
        let flags = |of: &dyn Fn(&Example<'_>, &continuo_text::triage::Triage) -> usize| -> usize {
            held.iter().map(|(e, t)| of(e, t)).sum()
        };
        let named = flags(&|e, t| t.red_flags.iter().filter(|f| e.red_flags.contains(f)).count());
        let all = flags(&|e, t| e.red_flags.len() + t.red_flags.len());
        let sunk =
            held.iter().filter(|(e, t)| e.urgency <= Urgency::SameDay && t.urgency as usize >= e.urgency as usize + 2);
        let _ = writeln!(
            out,
            "round {round} held out, dangers named {:.3}, two clocks too low {}",
            2.0 * named as f64 / all.max(1) as f64,
            sunk.count()
        );
        let _ = writeln!(
            out,
            "round {round} held out, {} messages: emergencies found {:.3}, others left {:.3}, clock {:.3}, owner {:.3}, purpose {:.3}",
            held.len(),
            share(&is_emergency, &|(_, t)| t.urgency == Urgency::Emergency),
            share(&|e| !is_emergency(e), &|(_, t)| t.urgency != Urgency::Emergency),
            share(&|_| true, &|(e, t)| t.urgency == e.urgency),
            share(&|_| true, &|(e, t)| t.route == e.route),
            share(&|_| true, &|(e, t)| t.intents.first() == e.intents.first()),
        );
    }
    out.into_bytes()
}
