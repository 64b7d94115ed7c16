//! A missed or cancelled dialysis, prenatal, anticoagulation or post-stay visit.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::visits::{critical_kind, rebooked};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for missed in case.person.of("Appointment") {
        let Some(kind) = critical_kind(missed) else { continue };
        if !missed.is(&["noshow", "cancelled"]) {
            continue;
        }
        let word = if missed.is(&["noshow"]) { "missed" } else { "cancelled" };
        let Some(at) = missed.when("start", case.zone()) else {
            case.missing(format!("the date of the missed visit {}", missed.reference()));
            continue;
        };
        // What is cancelled ahead of its time needs another day now, and may have been given one before that day.
        let from = at.min(case.as_of);
        if at > case.as_of {
            case.look_again(at);
        }
        // An earlier session of a series makes up for none.
        if let Some(again) = rebooked(case, missed, if kind == "dialysis" { at } else { from }) {
            case.clear(format!("A {word} {kind} visit was booked again ({}).", again.reference()));
            continue;
        }
        let days = if kind == "dialysis" {
            case.spec.param("dialysis_business_days")
        } else {
            case.spec.param("business_days")
        };
        let rule = super::by_business_day(days);
        case.find(Draft {
            anchor: missed.reference(),
            what: format!("Call about a {word} {kind} visit"),
            why: format!(
                "The {kind} visit of {} was {word}; nothing later of that kind is booked",
                case.date_words(at)
            ),
            due: Some(Due { at: case.business_days_after(from, days), rule }),
            began: from,
            evidence: vec![evidence(missed, format!("{word} visit"))],
            attempts: case.contacts.attempts_since(from).len() as u32,
            consequence: None,
        });
    }
}
