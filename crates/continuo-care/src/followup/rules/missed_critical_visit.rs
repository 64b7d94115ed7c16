//! A missed or cancelled dialysis, prenatal, anticoagulation or post-stay visit that nothing makes up for.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use super::visits::{comes_back, critical_kind, in_stay, lapsed, made_up};

pub(super) fn run(case: &mut Case<'_, '_>) {
    for missed in case.person.of("Appointment") {
        let Some(kind) = critical_kind(missed) else { continue };
        if !missed.is(&["noshow", "cancelled"]) {
            continue;
        }
        let Some(at) = missed.when("start", case.zone()) else {
            case.missing(format!("the date of the missed visit {}", missed.reference()));
            continue;
        };
        let word = if missed.is(&["noshow"]) { "missed" } else { "cancelled" };
        if let Some(again) = made_up(case, missed, at) {
            let how = match again.when("start", case.zone()) {
                Some(start) if start > case.as_of => format!("booked again, planned for {}", case.date_words(start)),
                Some(_) => "booked again".to_owned(),
                None => "talked about".to_owned(),
            };
            case.clear(format!("A {word} {kind} visit was {how} ({}).", again.reference()));
            if let Some(back) = comes_back(case, &again) {
                case.look_again(back);
            }
            case.settle(missed, &again, format!("it was {how}"));
            continue;
        }
        if let Some(stay) = in_stay(case, at) {
            case.clear(format!("A {word} {kind} visit: in hospital on that day ({}).", stay.reference()));
            continue;
        }
        // What is called off ahead of its time needs another day now.
        let from = at.min(case.as_of);
        let dialysis = kind == "dialysis";
        let days = case.spec.param(if dialysis { "dialysis_business_days" } else { "business_days" });
        // For dialysis every day of the week counts: the treatment runs on Saturdays and the heart does not wait.
        let (due, rule) = match days {
            0 if dialysis => (case.days_after(from, 0), "the same day, weekends too".to_owned()),
            days => (case.business_days_after(from, days), super::by_business_day(days)),
        };
        let mut proof = vec![evidence(missed, format!("{word} visit"))];
        let again = match lapsed(case, missed, at) {
            Some((start, other)) => {
                proof.push(evidence(&other, "nothing says that it took place"));
                format!("nothing says that the one of {} took place", case.date_words(start))
            }
            None => "no other was booked for it".to_owned(),
        };
        let why = match word {
            "missed" => format!("Missed a {kind} visit on {}, and {again}", case.date_words(at)),
            _ => format!("The {kind} visit of {} was cancelled, and {again}", case.date_words(at)),
        };
        case.find(Draft {
            anchor: missed.reference(),
            what: format!("Call about a {word} {kind} visit"),
            why,
            due: Some(Due { at: due, rule }),
            began: from,
            evidence: proof,
            attempts: case.contacts.attempts_since(from).len() as u32,
            consequence: None,
        });
    }
}
