//! A visit within seven days after a psychiatric stay, booked or done.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::visits::{Stay, booked, is_psychiatric, stays};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for stay in stays(case) {
        let Stay::Ended(resource, end) = stay else { continue };
        if !is_psychiatric(&resource) {
            continue;
        }
        let days = case.spec.param("days");
        let due = case.days_after(end, days);
        if let Some((at, by)) = case.contacts.visit_since(end) {
            case.clear(format!("Seen on {} ({}).", case.date_words(at), by.reference()));
            continue;
        }
        if let Some((at, by)) = booked(case, end, due) {
            case.clear(format!("A visit is booked for {} ({}).", case.date_words(at), by.reference()));
            case.look_again(at.plus_micros(super::super::calendar::DAY));
            continue;
        }
        case.find(Draft {
            anchor: resource.reference(),
            what: "Book a visit within 7 days of the stay".to_owned(),
            why: format!("Left a stay on {}; no visit is booked or done in {days} days", case.date_words(end)),
            due: Some(Due { at: due, rule: format!("within {days} days of the stay") }),
            began: end,
            evidence: vec![evidence(&resource, "stay ended")],
            attempts: case.contacts.attempts_since(end).len() as u32,
            consequence: None,
        });
    }
}
