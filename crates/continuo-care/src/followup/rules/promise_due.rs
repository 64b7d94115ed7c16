//! A promise made to the person stands on its day in the list of who made it.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use crate::shapes;
use crate::tasks::OPEN;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let mut any = false;
    for task in case.person.of("Task") {
        if !task.is(&OPEN) || !task.has_own("code", shapes::PROMISE) {
            continue;
        }
        any = true;
        let Some(due) = task.until("restriction.period.end", case.zone()) else {
            case.missing(format!("the day of the promise {}", task.reference()));
            continue;
        };
        if case.calendar().day(due) > case.today() {
            let opens = case.calendar().start_of(case.calendar().day(due));
            case.clear(format!("A promise for {}.", case.date_words(due)));
            case.look_again(opens);
            continue;
        }
        case.find(Draft {
            anchor: task.reference(),
            what: task.text("description").unwrap_or("Keep a promise").to_owned(),
            why: format!("Promised for {}", case.date_words(due)),
            due: Some(Due { at: due, rule: "the time promised".to_owned() }),
            began: due,
            evidence: vec![evidence(task, "promise")],
            attempts: 0,
            consequence: None,
        });
    }
    if !any {
        case.clear("There is no open promise.");
    }
}
