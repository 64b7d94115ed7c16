//! A routine referral without an appointment and without an answer.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::referral::{
    answer, appointment, cancer_words, is_open_referral, is_urgent, report, specialty, visit,
};

pub(super) fn run(case: &mut Case<'_, '_>) {
    let mut seen = false;
    for request in case.person.of("ServiceRequest") {
        if !is_open_referral(request) || is_urgent(request) || cancer_words(request).is_some() {
            continue;
        }
        seen = true;
        let name = specialty(request);
        if appointment(case, request).is_some()
            || answer(case, request).is_some()
            || visit(case, request).is_some()
            || report(case, request).is_some()
        {
            case.clear(format!("The {name} referral has an answer."));
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
