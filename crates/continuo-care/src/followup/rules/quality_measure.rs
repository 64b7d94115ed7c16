//! Quality measures that an administrator lets make suggestions. The measures' own results come with the person
//! (`crate::measures`); this says what becomes of an open gap.

use continuo_fhir::{Date, Instant};

use crate::followup::case::{Case, Draft};
use crate::followup::finding::{Due, Evidence};
use crate::followup::person::MeasureGap;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let person = case.person;
    if person.measures().is_empty() {
        case.clear("No quality measure that makes suggestions leaves a gap.");
        return;
    }
    for gap in person.measures() {
        let Some(last) = gap.period.split_once('/').and_then(|(_, last)| Date::parse(last)) else { continue };
        let due = case.calendar().end_of(last);
        // What closes it may have to happen before the period ends.
        let due = gap.by.map_or(due, |by| due.min(Instant::from_micros(by)));
        case.find(draft(gap, due));
        case.guard(gap.labels, gap.guarded);
    }
}

fn draft(gap: &MeasureGap, due: Instant) -> Draft {
    let says = || "looked at by the measure".to_owned();
    Draft {
        anchor: format!("Measure/{}/{}", gap.measure, gap.period.replace('/', "_")),
        what: format!("Close a gap in a quality measure: {}", gap.title),
        why: why(gap),
        due: Some(Due { at: due, rule: "by the last day of the measure's period".to_owned() }),
        began: Instant::from_micros(gap.since),
        evidence: gap
            .evidence
            .iter()
            .map(|reference| Evidence { reference: reference.clone(), says: says(), words: None })
            .collect(),
        attempts: 0,
        consequence: None,
    }
}

/// At most this many ways of closing it stand in the sentence; the person's measure page has all.
const WAYS: usize = 3;

fn why(gap: &MeasureGap) -> String {
    let mut text = format!(
        "\"{}\" counts this person and does not find what it asks for. It may not be done, or not be here.",
        gap.title
    );
    if !gap.closes.is_empty() {
        let ways: Vec<&str> = gap.closes.iter().take(WAYS).map(String::as_str).collect();
        text.push_str(&format!(" Looked for: {}", ways.join("; ")));
        if gap.closes.len() > WAYS {
            text.push_str(&format!("; and {} more", gap.closes.len() - WAYS));
        }
        text.push('.');
    }
    text
}
