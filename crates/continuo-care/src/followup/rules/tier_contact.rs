//! A person in the high tier who has not been spoken to, or seen, within the cadence.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use crate::shapes;

pub(super) fn run(case: &mut Case<'_, '_>) {
    let zone = case.zone();
    let flags: Vec<_> = case
        .person
        .of("Flag")
        .iter()
        .filter(|flag| flag.is(&["active"]) && flag.has_own("category", shapes::TIER))
        .collect();
    let Some(flag) = flags.iter().find(|flag| flag.has_own("code", shapes::TIER_HIGH)) else {
        case.clear(if flags.is_empty() { "No tier is on file." } else { "Not in the high tier." });
        return;
    };
    let days = case.spec.param("high_days");
    let last = case.contacts.last_spoken(case.as_of);
    let began = match last.map(|(at, _)| at).or_else(|| flag.when("period.start", zone)) {
        Some(at) => at,
        None => {
            case.missing("when the high tier began, and any contact");
            return;
        }
    };
    let due = case.days_after(began, days);
    if due > case.as_of && case.calendar().day(due) > case.today() {
        let words = case.date_words(began);
        case.clear(format!("High tier; last contact on {words}, next by {}.", case.date_words(due)));
        let opens = case.calendar().start_of(case.calendar().day(due));
        case.look_again(opens);
        return;
    }
    let mut proof = vec![evidence(flag, "high tier")];
    let since = match last {
        Some((at, by)) => {
            proof.push(evidence(&by, "last contact"));
            format!("last contact {}", case.date_words(at))
        }
        None => "no contact on file".to_owned(),
    };
    case.find(Draft {
        anchor: flag.reference(),
        what: "Check in with a person in the high tier".to_owned(),
        why: format!("High tier, {since}; the cadence is {days} days"),
        due: Some(Due { at: due, rule: format!("contact every {days} days in the high tier") }),
        began: due,
        evidence: proof,
        attempts: case.contacts.attempts_since(began).len() as u32,
        consequence: None,
    });
}
