//! An open task past its due time: the task itself rises, it is never a second item (system.md law 4).

use super::super::calendar::DAY;
use super::super::case::{Case, Draft, evidence};
use super::super::finding::{Consequence, Due};
use super::super::person::Resource;
use crate::shapes;
use crate::tasks::OPEN;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let mut any = false;
    for task in case.person.of("Task") {
        if !task.is(&OPEN) || task.has_own("code", shapes::PROMISE) {
            continue;
        }
        any = true;
        let Some(due) = task.until("restriction.period.end", case.zone()) else {
            case.missing(format!("the due time of {}", task.reference()));
            continue;
        };
        if due >= case.as_of {
            case.clear(format!("{} is due {}.", task.reference(), case.date_words(due)));
            case.look_again(due.plus_micros(1));
            continue;
        }
        let grace = due.plus_micros(case.spec.param("grace_days") * DAY);
        case.look_again(grace);
        let escalates = if grace < case.as_of { "; its fallback and the supervisor see it too" } else { "" };
        case.find(Draft {
            anchor: task.reference(),
            what: task.text("description").unwrap_or("A task").to_owned(),
            why: format!("Task was due on {}{escalates}", case.date_words(due)),
            due: Some(Due { at: due, rule: due_rule(task) }),
            began: due,
            evidence: vec![evidence(task, "open task")],
            attempts: 0,
            consequence: task
                .extension(shapes::EXT_CONSEQUENCE)
                .and_then(continuo_fhir::Node::as_str)
                .and_then(Consequence::from_word),
        });
    }
    if !any {
        case.clear("There is no open task.");
    }
}

/// The sentence of the rule a task's due time comes from.
pub(super) fn due_rule(task: &Resource<'_>) -> String {
    task.extension(shapes::EXT_DUE_RULE).and_then(continuo_fhir::Node::as_str).unwrap_or("set by a person").to_owned()
}
