//! A missed dialysis, prenatal, anticoagulation or post-stay visit.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::visits::{critical_kind, rebooked};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for missed in case.person.of("Appointment") {
        let Some(kind) = critical_kind(missed) else { continue };
        if !missed.is(&["noshow"]) {
            continue;
        }
        let Some(at) = missed.when("start", case.zone()) else {
            case.missing(format!("the date of the missed visit {}", missed.reference()));
            continue;
        };
        if let Some(again) = rebooked(case, missed, at) {
            case.clear(format!("A missed {kind} visit was booked again ({}).", again.reference()));
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
            what: format!("Call about a missed {kind} visit"),
            why: format!("Missed a {kind} visit on {}, nothing later is booked", case.date_words(at)),
            due: Some(Due { at: case.business_days_after(at, days), rule }),
            began: at,
            evidence: vec![evidence(missed, "missed visit")],
            attempts: case.contacts.attempts_since(at).len() as u32,
            consequence: None,
        });
    }
}
