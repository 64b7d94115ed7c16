//! A visit or a spoken contact within seven days after an emergency visit that ended at home.

use super::super::calendar::DAY;
use super::super::case::{Case, Draft, evidence};
use super::super::contact::is_stay;
use super::super::finding::Due;
use super::visits::booked;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let zone = case.zone();
    for encounter in case.person.of("Encounter") {
        if encounter.text("class.code") != Some("EMER") || !encounter.is(&["finished"]) {
            continue;
        }
        let Some(end) = encounter.until("period.end", zone).or_else(|| encounter.until("period.start", zone)) else {
            case.missing(format!("the date of {}", encounter.reference()));
            continue;
        };
        if end > case.as_of {
            continue;
        }
        let stay = case.person.of("Encounter").iter().find(|other| {
            is_stay(other)
                && other.when("period.start", zone).is_some_and(|start| {
                    start.micros() >= end.micros() - 2 * DAY && start.micros() <= end.micros() + DAY
                })
        });
        if let Some(stay) = stay {
            case.clear(format!("The emergency visit led into a stay; in hospital by {}.", stay.reference()));
            continue;
        }
        if let Some((at, by)) = case.contacts.spoken_since(end.plus_micros(1)) {
            case.clear(format!(
                "Emergency visit of {}: contact on {} ({}).",
                case.date_words(end),
                case.date_words(at),
                by.reference()
            ));
            continue;
        }
        let days = case.spec.param("days");
        let due = case.days_after(end, days);
        if let Some((at, by)) = booked(case, end, due) {
            case.clear(format!("A visit is booked for {} ({}).", case.date_words(at), by.reference()));
            case.look_again(at.plus_micros(DAY));
            continue;
        }
        let attempts = case.contacts.attempts_since(end).len() as u32;
        case.find(Draft {
            anchor: encounter.reference(),
            what: "Follow up after an emergency visit".to_owned(),
            why: format!("Emergency visit on {}; no visit or contact since", case.date_words(end)),
            due: Some(Due { at: due, rule: format!("within {days} days of the emergency visit") }),
            began: end,
            evidence: vec![evidence(encounter, "emergency visit")],
            attempts,
            consequence: None,
        });
    }
}
