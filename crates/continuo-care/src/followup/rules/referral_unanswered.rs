//! A routine referral without an appointment and without an answer; one that was declined and went nowhere else; one that
//! was accepted and never booked.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::person::Resource;
use super::super::referral::{answer, appointment, cancer_words, is_open, is_urgent, report, specialty, visit};

pub(super) fn run(case: &mut Case<'_, '_>) {
    let mut seen = false;
    for request in case.person.of("ServiceRequest") {
        if !is_open(case.person, request) || is_urgent(request) || cancer_words(request).is_some() {
            continue;
        }
        seen = true;
        let name = specialty(request);
        if appointment(case, request).is_some() || visit(case, request).is_some() || report(case, request).is_some() {
            case.clear(format!("The {name} referral has an answer."));
            continue;
        }
        if let Some(answer) = answer(case, request) {
            answered(case, request, &answer);
            continue;
        }
        let Some(at) = request.when("authoredOn", case.zone()) else {
            case.missing(format!("when the referral was written ({})", request.reference()));
            continue;
        };
        let days = case.spec.param("business_days");
        let due = case.business_days_after(at, days);
        if due >= case.as_of {
            case.clear(format!("The {name} referral of {} may still be answered.", case.date_words(at)));
            case.look_again(due.plus_micros(1));
            continue;
        }
        case.find(Draft {
            anchor: request.reference(),
            what: format!("Ask about a referral ({name})"),
            why: format!("Referral of {} has no appointment and no answer", case.date_words(at)),
            due: Some(Due { at: due, rule: format!("an answer within {days} business days of the referral") }),
            began: at,
            evidence: vec![evidence(request, "open referral")],
            attempts: 0,
            consequence: None,
        });
    }
    if !seen {
        case.clear("There is no open referral of routine priority.");
    }
}

/// What follows from the receiver's word: a "no" needs another place, a "yes" needs a day.
fn answered(case: &mut Case<'_, '_>, request: &Resource<'_>, answer: &Resource<'_>) {
    let name = specialty(request);
    let zone = case.zone();
    let Some(at) = answer.when("lastModified", zone).or_else(|| answer.when("authoredOn", zone)) else {
        case.clear(format!("The {name} referral has an answer, of no known day ({}).", answer.reference()));
        return;
    };
    let declined = answer.is(&["rejected", "failed"]);
    let due = if declined {
        case.business_days_after(at, case.spec.param("declined_days"))
    } else {
        case.days_after(at, case.spec.param("booked_days"))
    };
    // A refusal is work from the day it comes; what was accepted is left time to be booked.
    if !declined && due >= case.as_of {
        case.clear(format!("The {name} referral has an answer ({}).", answer.reference()));
        case.look_again(due.plus_micros(1));
        return;
    }
    let (what, why, rule) = if declined {
        (
            format!("Send a declined referral elsewhere ({name})"),
            format!("Referral was declined on {} and has no other appointment", case.date_words(at)),
            super::by_business_day(case.spec.param("declined_days")),
        )
    } else {
        let days = case.spec.param("booked_days");
        (
            format!("Ask when a referral is seen ({name})"),
            format!("Referral was accepted on {} and has no appointment", case.date_words(at)),
            format!("an appointment within {days} days of the answer"),
        )
    };
    case.find(Draft {
        anchor: request.reference(),
        what,
        why,
        due: Some(Due { at: due, rule }),
        began: at,
        evidence: vec![
            evidence(request, "open referral"),
            evidence(answer, if declined { "declined" } else { "accepted" }),
        ],
        attempts: 0,
        consequence: None,
    });
}
