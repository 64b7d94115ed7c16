//! The work projection: what is open for one person, from their Tasks and open suggestions. Pure.

use continuo_fhir::{Instant, Json};
use continuo_store::Rid;
use continuo_store::tables::suggestion::{NEVER, Suggestion};
use continuo_store::tables::work::{SUGGESTION, TASK, Work};

use super::body::Body;
use crate::build::extension_of;
use crate::followup::calendar::Calendar;
use crate::followup::finding::Report;
use crate::followup::spec;
use crate::shapes;
use crate::tasks::change::{code_of, consequence_of, due_of};
use crate::tasks::make::owner_of;
use crate::tasks::view::{snoozed_until, view};
use crate::tasks::{OPEN, kind};

/// What stands before the reason of a task that the record does not show any more. A Task never closes itself: whoever
/// has it looks and closes it, and is not told what is no longer so.
pub const ANSWERED: &str = "Looks settled in the record: check, then close it. It was opened because: ";

/// Whether the rule of an open task ran and does not find any more what the task was opened for.
pub fn is_answered(finding: &str, reports: &[Report]) -> bool {
    let Some((rule, _)) = finding.split_once('|') else { return false };
    let report = reports.iter().find(|report| report.rule == rule);
    report.is_some_and(|report| !report.findings.iter().any(|one| one.key() == finding))
}

/// The rows of one person, in order of kind and id. `tasks` are the person's Tasks with the labels of their rows,
/// `reports` what every rule says now.
pub fn rows(
    tasks: &[(Json, u64)],
    suggestions: &[Suggestion],
    reports: &[Report],
    rid: Rid,
    now: Instant,
    calendar: &Calendar,
) -> Vec<Work> {
    let mut rows: Vec<Work> = tasks
        .iter()
        .filter_map(|(task, labels)| {
            let row = of_task(task, *labels, rid, now, calendar)?;
            let finding = extension_of(task, shapes::EXT_FINDING).and_then(Json::as_str).unwrap_or_default();
            if row.why.is_empty() || !is_answered(finding, reports) {
                return Some(row);
            }
            Some(Work { why: format!("{ANSWERED}{}", row.why), ..row })
        })
        .collect();
    rows.extend(suggestions.iter().filter(|s| s.state == "open" && !crate::scribe::is_own(&s.rule)).map(of_suggestion));
    rows.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    rows
}

fn of_task(task: &Json, labels: u64, rid: Rid, now: Instant, calendar: &Calendar) -> Option<Work> {
    if !task.str_at("status").is_some_and(|status| OPEN.contains(&status)) {
        return None;
    }
    let zone = calendar.zone();
    let shown = view(task, now, calendar);
    let rule = shown.finding.split_once('|').map_or("", |(rule, _)| rule).to_owned();
    let data = spec(&rule);
    let until = snoozed_until(task, zone).map_or(0, Instant::micros);
    let state = match task.str_at("status") {
        Some("in-progress") => "doing",
        Some("on-hold") if until == 0 => "waiting",
        Some("on-hold") => "snoozed",
        _ => "open",
    };
    Some(Work {
        kind: TASK,
        id: shown.id,
        patient: rid,
        labels,
        owner: owner_of(task),
        state: state.to_owned(),
        consequence: consequence_of(task).rank(),
        rank: data.map_or(50, |data| data.rank),
        due: due_of(task, zone).map_or(NEVER, Instant::micros),
        opened: task
            .str_at("authoredOn")
            .and_then(continuo_fhir::DateTime::parse)
            .map_or(0, |at| at.low(zone).micros()),
        until,
        backlog: false,
        sensitive: data.is_some_and(|data| data.sensitive) || labels != 0,
        attempts: extension_of(task, "urn:continuo:ext:attempts").and_then(Json::as_i64).unwrap_or(0),
        rule,
        task_kind: code_of(task).to_owned(),
        what: if shown.what.is_empty() { kind(code_of(task)).title.to_owned() } else { shown.what },
        why: shown.why,
        due_rule: shown.due_rule,
        waiting: if state == "waiting" {
            task.str_at("statusReason.text").unwrap_or_default().to_owned()
        } else {
            String::new()
        },
        handed_by: extension_of(task, shapes::EXT_HANDED_BY)
            .and_then(|value| value.str_at("reference"))
            .unwrap_or_default()
            .to_owned(),
        fallback: shown.fallback,
    })
}

fn of_suggestion(suggestion: &Suggestion) -> Work {
    let body = Body::read(&suggestion.body);
    let text = |field: fn(&Body) -> &String| body.as_ref().map(|body| field(body).clone()).unwrap_or_default();
    Work {
        kind: SUGGESTION,
        id: suggestion.id.clone(),
        patient: suggestion.patient,
        labels: suggestion.labels,
        owner: suggestion.owner.clone(),
        state: "open".to_owned(),
        consequence: suggestion.consequence,
        rank: suggestion.rank,
        due: suggestion.due,
        opened: suggestion.opened,
        until: 0,
        backlog: suggestion.backlog,
        sensitive: body.as_ref().is_some_and(|body| body.sensitive) || suggestion.labels != 0,
        attempts: body.as_ref().map_or(0, |body| i64::from(body.attempts)),
        rule: suggestion.rule.clone(),
        task_kind: text(|body| &body.kind),
        what: text(|body| &body.what),
        why: text(|body| &body.why),
        due_rule: text(|body| &body.due_rule),
        waiting: String::new(),
        handed_by: String::new(),
        fallback: String::new(),
    }
}
