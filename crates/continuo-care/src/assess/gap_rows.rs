//! The care-gap projection: where one person stands with each rule, and what was decided about it. Pure.

use std::collections::BTreeMap;

use continuo_fhir::{Instant, Json};
use continuo_store::tables::care_gap::{CareGap, DECIDED, IN_WORK, WAITS};
use continuo_store::tables::person_header::PersonHeader;
use continuo_store::tables::suggestion::{NEVER, Suggestion};

use crate::build::extension_of;
use crate::followup::calendar::{Calendar, DAY};
use crate::followup::person::Person;
use crate::gaps::report::labels;
use crate::gaps::{Answer, State};
use crate::shapes;
use crate::tasks::OPEN;

/// The rows of one person, in order of rule. `tasks` are the person's Tasks as they stand after this assessment,
/// `decided` their suggestions.
pub fn rows(
    answers: &[Answer],
    person: &Person<'_>,
    header: &PersonHeader,
    tasks: &[(Json, u64)],
    decided: &[Suggestion],
    now: Instant,
    calendar: &Calendar,
) -> Vec<CareGap> {
    let team = person
        .of("EpisodeOfCare")
        .iter()
        .filter(|episode| episode.labels == 0)
        .find(|episode| episode.is(&["active"]))
        .and_then(|episode| episode.text("team.reference"));
    let practitioner = person.patient().and_then(|patient| patient.text("generalPractitioner.reference"));
    let patient_labels = person.patient().map_or(0, |patient| patient.labels);
    let work = work_of(tasks, calendar);
    let mut rows: Vec<CareGap> = answers
        .iter()
        .filter(|answer| answer.state != State::NotApplicable)
        .map(|answer| {
            let key = format!("{}|{}", answer.spec.rule.id, answer.anchor);
            let (handled, until) =
                if answer.state.is_open() { handling(&key, answer, work.get(&key), decided, now) } else { (WAITS, 0) };
            CareGap {
                patient: header.patient,
                rule: answer.spec.rule.id.to_owned(),
                labels: labels(answer, person) | patient_labels,
                state: answer.state.rank(),
                handled,
                due: answer.due.map_or(NEVER, |day| calendar.end_of(day).micros()),
                until,
                owner: header.owner.clone(),
                programme: header.programme.clone(),
                team: team.unwrap_or_default().to_owned(),
                practitioner: practitioner.unwrap_or_default().to_owned(),
                why: if answer.state == State::Satisfied { String::new() } else { answer.why.clone() },
            }
        })
        .collect();
    rows.sort_by(|a, b| a.rule.cmp(&b.rule));
    rows
}

/// Whether a Task of a key is open, and when the last one ended.
fn work_of(tasks: &[(Json, u64)], calendar: &Calendar) -> BTreeMap<String, (bool, i64)> {
    let mut work: BTreeMap<String, (bool, i64)> = BTreeMap::new();
    for (task, _) in tasks {
        let Some(key) = extension_of(task, shapes::EXT_FINDING).and_then(Json::as_str) else { continue };
        let open = task.str_at("status").is_some_and(|status| OPEN.contains(&status));
        let ended = task
            .str_at("executionPeriod.end")
            .or_else(|| task.str_at("lastModified"))
            .and_then(continuo_fhir::DateTime::parse)
            .map_or(0, |at| at.low(calendar.zone()).micros());
        let known = work.entry(key.to_owned()).or_default();
        known.0 |= open;
        if !open {
            known.1 = known.1.max(ended);
        }
    }
    work
}

fn handling(
    key: &str,
    answer: &Answer,
    work: Option<&(bool, i64)>,
    decided: &[Suggestion],
    now: Instant,
) -> (i64, i64) {
    let now = now.micros();
    if let Some((open, ended)) = work {
        if *open {
            return (IN_WORK, 0);
        }
        let until = ended + answer.spec.rule.repeat_days * DAY;
        if until > now {
            return (DECIDED, until);
        }
    }
    // What was taken up without a task of its own was written about, or is part of another call: it waits for an answer.
    let ends = |row: &Suggestion| row.state == "rejected" || (work.is_none() && row.state == "accepted");
    let silent = decided.iter().find(|row| row.key == key && row.silent_until > now && ends(row));
    silent.map_or((WAITS, 0), |row| (DECIDED, row.silent_until))
}
