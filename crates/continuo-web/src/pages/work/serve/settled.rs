//! What in the record settles a task that is still open. A Task never closes itself, and danger is never closed in silence
//! (safety.md rule 8): whoever has it sees what came since, one press away, and says what came of it.

use std::collections::BTreeSet;

use continuo_care::access::Permission;
use continuo_care::followup::finding::{Report, Settled};
use continuo_care::tasks::OPEN;
use continuo_care::tasks::view::TaskView;
use continuo_care::{Ctx, why};
use continuo_ui::section::LineView;

use crate::pages::proof::source_href;
use crate::problem::{Problem, capital};

/// The task whose outcome a call alone does not say.
const SAFETY: &str = "suicide-risk-contact";

/// What a task's rule says now: its reports, found or not.
pub(super) fn reports(ctx: &Ctx, task: &TaskView) -> Result<Vec<Report>, Problem> {
    // What a rule says quotes the record.
    if !ctx.grant.allows(Permission::RecordRead) {
        return Ok(Vec::new());
    }
    let rule = task.finding.split('|').next().unwrap_or_default();
    let rules: BTreeSet<&str> = [rule].into_iter().filter(|rule| !rule.is_empty()).collect();
    Ok(why::of_rules(ctx, task.person.trim_start_matches("Patient/"), &rules)?)
}

fn of<'r>(task: &TaskView, reports: &'r [Report]) -> impl Iterator<Item = &'r Settled> {
    let open = OPEN.contains(&task.status.as_str());
    let (rule, anchor) = task.finding.split_once('|').unwrap_or_default();
    let (rule, anchor) = (rule.to_owned(), anchor.to_owned());
    let of_rule = reports.iter().filter(move |report| open && report.rule == rule);
    of_rule.flat_map(|report| &report.settled).filter(move |one| one.anchor == anchor)
}

/// A line for each thing that settles the task, leading to it.
pub(super) fn lines(task: &TaskView, reports: &[Report]) -> Vec<LineView> {
    of(task, reports).map(|one| LineView::new(capital(&one.how), "").link(source_href(&one.by))).collect()
}

/// Words to begin with where somebody says what came of the task: what the record holds, and for a safety contact nothing
/// of what was asked or answered, which only whoever spoke with them knows.
pub(super) fn words(task: &TaskView, reports: &[Report]) -> String {
    if task.kind.code == SAFETY {
        return String::new();
    }
    let all: Vec<String> = of(task, reports).map(|one| format!("{}.", capital(&one.how))).collect();
    all.join(" ")
}

/// What stands above the form that finishes the task.
pub(super) fn lead(task: &TaskView, reports: &[Report]) -> Option<String> {
    let all: Vec<&str> = of(task, reports).map(|one| one.how.as_str()).collect();
    if all.is_empty() {
        return None;
    }
    let asks = if task.kind.code == SAFETY {
        " It does not say what was asked and answered: read it, or ask whoever made it, before you say what came of it."
    } else {
        ""
    };
    Some(format!("The record says: {}.{asks}", all.join("; ")))
}
