//! The referred visit took place, or its day has passed, and no report has come back.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::super::referral::{appointment, is_open, report, specialty, visit};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for request in case.person.of("ServiceRequest") {
        if !is_open(case.person, request) {
            continue;
        }
        let zone = case.zone();
        let seen = visit(case, request)
            .or_else(|| appointment(case, request).and_then(|booked| Some((booked.when("start", zone)?, booked))));
        let Some((at, by)) = seen else { continue };
        if at > case.as_of {
            case.look_again(at);
            continue;
        }
        let name = specialty(request);
        if let Some(report) = report(case, request) {
            case.clear(format!("The {name} report is back ({}).", report.reference()));
            continue;
        }
        let days = case.spec.param("days");
        let due = case.days_after(at, days);
        if due >= case.as_of {
            case.clear(format!("The {name} visit was on {}; the report may still come.", case.date_words(at)));
            case.look_again(due.plus_micros(1));
            continue;
        }
        case.find(Draft {
            anchor: request.reference(),
            what: format!("Ask for a report ({name})"),
            why: format!("Seen on {}, no report is back", case.date_words(at)),
            due: Some(Due { at: due, rule: format!("a report within {days} days of the visit") }),
            began: at,
            evidence: vec![evidence(request, "referral without a report"), evidence(&by, "the visit")],
            attempts: 0,
            consequence: None,
        });
    }
}
