//! An urgent, or cancer-suspect, referral without an appointment.

use super::super::case::{Case, Draft, count, evidence};
use super::super::finding::{Due, Evidence, Words};
use super::super::referral::{appointment, cancer_words, is_open, is_urgent, report, specialty, visit};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for request in case.person.of("ServiceRequest") {
        let cancer = cancer_words(request);
        if !is_open(case.person, request) || !(is_urgent(request) || cancer.is_some()) {
            continue;
        }
        let name = specialty(request);
        if let Some(booked) = appointment(case, request) {
            case.clear(format!("The {name} referral is scheduled ({}).", booked.reference()));
            continue;
        }
        if let Some((_, seen)) = visit(case, request) {
            case.clear(format!("The {name} referral was seen, no need to have it scheduled ({}).", seen.reference()));
            continue;
        }
        if report(case, request).is_some() {
            case.clear(format!("The {name} referral has its report."));
            continue;
        }
        let Some(at) = request.when("authoredOn", case.zone()) else {
            case.missing(format!("when the referral was written ({})", request.reference()));
            continue;
        };
        let priority = request.text("priority").unwrap_or("routine");
        let days = match (priority, cancer.is_some()) {
            ("stat", _) => case.spec.param("stat_days"),
            ("urgent" | "asap", _) => case.spec.param("urgent_days"),
            _ => case.spec.param("cancer_days"),
        };
        let reason =
            if is_urgent(request) { format!("marked {priority}") } else { "with words of suspected cancer".to_owned() };
        let words = cancer.map(|(field, text, start, end)| Words {
            source: field.to_owned(),
            text: text.get(start..end).unwrap_or_default().to_owned(),
            start,
            end,
        });
        case.find(Draft {
            anchor: request.reference(),
            what: format!("Schedule an urgent referral ({name})"),
            why: format!("Referral of {}, {reason}, has no appointment", case.date_words(at)),
            due: Some(Due {
                at: case.business_days_after(at, days),
                rule: format!("within {} of the referral", count(days, "business day")),
            }),
            began: at,
            evidence: vec![Evidence { words, ..evidence(request, reason) }],
            attempts: 0,
            consequence: None,
        });
    }
}
