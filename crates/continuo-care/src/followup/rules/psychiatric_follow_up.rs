//! A mental-health visit within seven days after a psychiatric stay, booked or done, and not on the day of the discharge.
//!
//! A visit for something else is none. One that does not say what it was or will be is named and stays a question.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::visit_kind::VisitKind;
use super::visits::{Stay, booked, is_psychiatric, stays};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for stay in stays(case) {
        let Stay::Ended(resource, end) = stay else { continue };
        if !is_psychiatric(&resource) {
            continue;
        }
        let days = case.spec.param("days");
        let due = case.days_after(end, days);
        let from = case.calendar().end_of(case.calendar().day(end));
        if let Some(visit) = case.contacts.visit_of(&[VisitKind::Mental], from) {
            let day = case.date_words(visit.at);
            case.clear(format!("Seen on {day} ({}).", visit.resource.reference()));
            case.settle(&resource, &visit.resource, format!("seen on {day}"));
            continue;
        }
        if let Some((at, by)) = booked(case, &[VisitKind::Mental], from, due) {
            let day = case.date_words(at);
            case.clear(format!("A visit is booked for {day} ({}).", by.reference()));
            case.settle(&resource, &by, format!("a visit is booked for {day}"));
            case.look_again(at.plus_micros(super::super::calendar::DAY));
            continue;
        }
        let mut proof = vec![evidence(&resource, "stay ended")];
        let open = [VisitKind::Unknown, VisitKind::General];
        let seen = case.contacts.visit_of(&open, from).map(|visit| (visit.at, visit.resource));
        let asks = match seen.or_else(|| booked(case, &open, from, due)) {
            Some((at, by)) => {
                proof.push(evidence(&by, "a visit that may be it"));
                format!("; is the visit of {} the one? The record does not say", case.date_words(at))
            }
            None => String::new(),
        };
        case.find(Draft {
            anchor: resource.reference(),
            what: "Book a visit within 7 days of the stay".to_owned(),
            why: format!("Left a stay on {}; no mental-health visit is booked or done{asks}", case.date_words(end)),
            due: Some(Due { at: due, rule: format!("within {days} days of the stay") }),
            began: end,
            evidence: proof,
            attempts: case.contacts.attempts_since(end).len() as u32,
            consequence: None,
        });
    }
}
