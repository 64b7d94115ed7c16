//! A missed or cancelled visit that nothing later makes up for. Visits that matter most have their own rule.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::visits::{comes_back, critical_kind, lapsed, rebooked};

pub(super) fn run(case: &mut Case<'_, '_>) {
    let mut newest: Option<(continuo_fhir::Instant, super::super::person::Resource<'_>)> = None;
    for missed in case.person.of("Appointment") {
        if !missed.is(&["noshow", "cancelled"]) || critical_kind(missed).is_some() {
            continue;
        }
        let Some(at) = missed.when("start", case.zone()) else {
            case.missing(format!("the date of {}", missed.reference()));
            continue;
        };
        if at > case.as_of {
            case.look_again(at);
        }
        if let Some(again) = rebooked(case, missed, at.min(case.as_of)) {
            case.clear(format!(
                "The visit of {} was booked again or made up for ({}).",
                case.date_words(at),
                again.reference()
            ));
            if let Some(back) = comes_back(case, &again) {
                case.look_again(back);
            }
            continue;
        }
        // Several visits missed in a row are one conversation: the newest carries it.
        if newest.is_none_or(|(best, _)| at > best) {
            newest = Some((at, *missed));
        }
    }
    let Some((at, missed)) = newest else { return };
    let days = case.spec.param("business_days");
    let word = if missed.is(&["noshow"]) { "missed" } else { "cancelled" };
    let from = at.min(case.as_of);
    let mut proof = vec![evidence(&missed, word)];
    let again = match lapsed(case, &missed, from) {
        Some((start, other)) => {
            proof.push(evidence(&other, "nothing says that it took place"));
            format!("nothing says that the one of {} took place", case.date_words(start))
        }
        None => "nothing later is booked".to_owned(),
    };
    case.find(Draft {
        anchor: missed.reference(),
        what: "Book a missed or cancelled visit again".to_owned(),
        why: format!("Visit of {} was {word}; {again}", case.date_words(at)),
        due: Some(Due {
            at: case.business_days_after(from, days),
            rule: format!("within {days} business days of the visit"),
        }),
        began: from,
        evidence: proof,
        attempts: case.contacts.attempts_since(from).len() as u32,
        consequence: None,
    });
}
