//! Answers as the loop takes them: a finding for what goes to the worklist, and a sentence for everything else.

use continuo_fhir::{Instant, Node};

use super::answer::{Answer, State};
use super::spec::GapSpec;
use crate::followup::calendar::{Calendar, DAY};
use crate::followup::case::{band, date_words, lateness};
use crate::followup::finding::{Due, Evidence, Finding, Opens, Report};
use crate::followup::person::{Person, Resource};

/// The reports of all answers, in their order.
pub fn reports(answers: &[Answer], person: &Person<'_>, as_of: Instant, calendar: &Calendar) -> Vec<Report> {
    answers.iter().map(|answer| report(answer, person, as_of, calendar)).collect()
}

fn report(answer: &Answer, person: &Person<'_>, as_of: Instant, calendar: &Calendar) -> Report {
    let spec = answer.spec;
    let mut report = Report {
        rule: spec.rule.id,
        findings: Vec::new(),
        clear: Vec::new(),
        settled: Vec::new(),
        missing: Vec::new(),
        next_at: None,
    };
    match answer.state {
        State::Late | State::Due if spec.worklist => {
            let finding = finding(answer, person, as_of, calendar);
            report.next_at = finding.next_at;
            report.findings.push(finding);
        }
        State::Late | State::Due => {
            report.clear.push(format!("{} It stands on the care-gaps page, not on the worklist.", sentence(answer)));
        }
        State::NotAssessable => report.missing.push(if answer.why.is_empty() {
            "a fact without which the rule cannot tell".to_owned()
        } else {
            answer.why.trim_end_matches('.').to_owned()
        }),
        State::NotApplicable => report.clear.push("The rule is not about this person.".to_owned()),
        State::SetAside | State::Satisfied | State::Upcoming => report.clear.push(sentence(answer)),
    }
    report
}

/// Where the person stands, in a sentence.
pub fn sentence(answer: &Answer) -> String {
    let why = answer.why.trim_end_matches('.');
    let due = answer.due.map(date_words);
    match (answer.state, due) {
        (State::Satisfied | State::Upcoming, Some(due)) if why.is_empty() => format!("Next due {due}."),
        (State::Satisfied | State::Upcoming, Some(due)) => format!("{why}; next due {due}."),
        (State::Satisfied, None) if why.is_empty() => "Nothing is due.".to_owned(),
        (State::Late | State::Due, Some(due)) => format!("{why}; due {due}."),
        _ => format!("{why}."),
    }
}

/// An open gap as a finding.
pub fn finding(answer: &Answer, person: &Person<'_>, as_of: Instant, calendar: &Calendar) -> Finding {
    let spec = answer.spec;
    let due = answer.due.map(|day| Due { at: calendar.end_of(day), rule: due_rule(spec) });
    let due_at = due.as_ref().map(|due| due.at);
    // What has no date is never too old to be listed.
    let began = answer.due.map_or(Instant::from_micros(0), |day| calendar.start_of(day));
    let oldest = began.plus_micros(spec.rule.lookback_days * DAY);
    let labels = labels(answer, person);
    Finding {
        rule: spec.rule.id,
        anchor: answer.anchor.clone(),
        opens: Opens::Suggestion,
        consequence: spec.rule.consequence,
        what: spec.action.clone(),
        why: answer.why.clone(),
        late: lateness(due_at, as_of, calendar),
        band: band(spec.rule.consequence, due_at, as_of, calendar),
        backlog: answer.due.is_some() && oldest < as_of,
        attempts: 0,
        next_at: Some(oldest).filter(|at| *at > as_of),
        sensitive: spec.rule.sensitive,
        labels,
        evidence: answer
            .evidence
            .iter()
            .map(|reference| Evidence {
                reference: reference.clone(),
                says: person.find(reference).map(|found| says(found, calendar)).unwrap_or_default(),
                words: None,
            })
            .collect(),
        parameters: answer.parameters.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
        due,
        began,
    }
}

/// The rule a due date comes from, as lists show it.
pub fn due_rule(spec: &GapSpec) -> String {
    format!("rule \"{}\"", spec.rule.title)
}

/// The sensitivity labels of everything an answer rests on, together.
pub fn labels(answer: &Answer, person: &Person<'_>) -> u64 {
    answer
        .evidence
        .iter()
        .chain([&answer.anchor])
        .filter_map(|reference| person.find(reference))
        .fold(0, |labels, resource| labels | resource.labels)
}

/// What a resource says, in a few words: its name, its value, its day.
pub fn says(resource: &Resource<'_>, calendar: &Calendar) -> String {
    const NAMES: [&str; 5] = ["code", "medicationCodeableConcept", "vaccineCode", "type", "serviceType"];
    const DAYS: [&str; 9] = [
        "effectiveDateTime",
        "effectivePeriod.start",
        "performedDateTime",
        "performedPeriod.start",
        "occurrenceDateTime",
        "onsetDateTime",
        "authoredOn",
        "period.start",
        "issued",
    ];
    let name = NAMES.iter().find_map(|path| resource.label(path)).unwrap_or(resource.type_);
    let value = resource.node.at("valueQuantity.value").and_then(Node::number_text).map(|number| {
        format!(" {number} {}", resource.text("valueQuantity.unit").unwrap_or_default()).trim_end().to_owned()
    });
    let value = value.or_else(|| resource.label("valueCodeableConcept").map(|words| format!(": {words}")));
    let day = DAYS.iter().find_map(|path| resource.when(path, calendar.zone()));
    let day = day.map(|at| format!(", {}", date_words(calendar.day(at)))).unwrap_or_default();
    format!("{name}{}{day}", value.unwrap_or_default())
}
