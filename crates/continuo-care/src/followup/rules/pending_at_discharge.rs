//! A test ordered in a stay whose result was not final when the person left.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::visits::{Stay, stays};

/// Statuses of a result that nobody waits for any more.
const SETTLED: [&str; 5] = ["final", "amended", "corrected", "appended", "cancelled"];

pub(super) fn run(case: &mut Case<'_, '_>) {
    for stay in stays(case) {
        let (stay, end) = match stay {
            Stay::Ended(stay, end) => (stay, end),
            Stay::Superseded(stay, _) => match stay.until("period.end", case.zone()) {
                Some(end) => (stay, end),
                None => continue,
            },
            _ => continue,
        };
        let reference = stay.reference();
        let reports = case.person.of("DiagnosticReport").iter().filter(|r| r.points_to(&["encounter"], &reference));
        for report in reports {
            let name = report.label("code").unwrap_or("test");
            if report.is(&["registered", "partial", "preliminary"]) {
                push(case, report, name, end);
            } else if report.is(&["final", "amended", "corrected", "appended"]) {
                case.clear(format!("{name} of the stay is final."));
            }
        }
        let orders = case.person.of("ServiceRequest").iter().filter(|order| {
            order.points_to(&["encounter"], &reference)
                && order.is(&["active"])
                && !order.is_void()
                && order.words("category").iter().chain(&order.words("code")).any(|words| is_test(words))
        });
        for order in orders {
            let answered =
                case.person.of("DiagnosticReport").iter().chain(case.person.of("Observation")).any(|result| {
                    result.is(&SETTLED) && !case.is_ahead(result) && result.points_to(&["basedOn"], &order.reference())
                });
            if answered {
                case.clear("A test ordered in the stay has its result.");
            } else {
                push(case, order, order.label("code").unwrap_or("test"), end);
            }
        }
    }
}

fn is_test(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["laboratory", "imaging", "pathology", "radiology", "lab "].iter().any(|word| words.contains(word))
        || words == "lab"
}

fn push(case: &mut Case<'_, '_>, anchor: &super::super::person::Resource<'_>, name: &str, end: continuo_fhir::Instant) {
    let days = case.spec.param("days");
    case.find(Draft {
        anchor: anchor.reference(),
        what: "Find a result that was pending at discharge".to_owned(),
        why: format!("{name} had no final result when the person left on {}", case.date_words(end)),
        due: Some(Due { at: case.days_after(end, days), rule: format!("within {days} days of discharge") }),
        began: end,
        evidence: vec![evidence(anchor, "no final result")],
        attempts: 0,
        consequence: None,
    });
}
