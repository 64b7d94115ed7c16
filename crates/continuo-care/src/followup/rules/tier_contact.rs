//! A person who has not been spoken to, or seen, within the cadence of their tier. A cadence of 0 is none.

use super::super::case::{Case, Draft, evidence};
use super::super::finding::Due;
use crate::shapes;

/// The tiers, the highest first: code, name, parameter.
const TIERS: [(&str, &str, &str); 3] = [
    (shapes::TIER_HIGH, "high", "high_days"),
    (shapes::TIER_MEDIUM, "medium", "medium_days"),
    (shapes::TIER_LOW, "low", "low_days"),
];

pub(super) fn run(case: &mut Case<'_, '_>) {
    let zone = case.zone();
    let flags: Vec<_> = case
        .person
        .of("Flag")
        .iter()
        .filter(|flag| flag.is(&["active"]) && flag.has_own("category", shapes::TIER))
        .filter(|flag| flag.until("period.end", zone).is_none_or(|end| end >= case.as_of))
        .filter(|flag| flag.when("period.start", zone).is_none_or(|start| start <= case.as_of))
        .collect();
    for flag in case.person.of("Flag").iter().filter(|flag| flag.has_own("category", shapes::TIER)) {
        if let Some(start) = flag.when("period.start", zone) {
            case.look_again(start);
        }
    }
    let tier = TIERS.iter().find_map(|(code, name, days)| {
        let flag = flags.iter().find(|flag| flag.has_own("code", code))?;
        Some((flag, *name, case.spec.param(days)))
    });
    let Some((flag, name, days)) = tier else {
        case.clear(if flags.is_empty() { "No tier is on file." } else { "The tier on file is none we know." });
        return;
    };
    if days == 0 {
        case.clear(format!("In the {name} tier, which sets no time between contacts here."));
        return;
    }
    let last = case.contacts.last_spoken(case.as_of);
    let began = match last.map(|(at, _)| at).or_else(|| flag.when("period.start", zone)) {
        Some(at) => at,
        None => {
            case.missing(format!("when the {name} tier began, and any contact"));
            return;
        }
    };
    let due = case.days_after(began, days);
    if due > case.as_of && case.calendar().day(due) > case.today() {
        let words = case.date_words(began);
        case.clear(format!("In the {name} tier; last contact on {words}, next by {}.", case.date_words(due)));
        let opens = case.calendar().start_of(case.calendar().day(due));
        case.look_again(opens);
        return;
    }
    let mut proof = vec![evidence(flag, format!("{name} tier"))];
    let since = match last {
        Some((at, by)) => {
            proof.push(evidence(&by, "last contact"));
            format!("last contact {}", case.date_words(at))
        }
        None => "no contact on file".to_owned(),
    };
    case.find(Draft {
        anchor: flag.reference(),
        what: format!("Check in with a person in the {name} tier"),
        why: format!("In the {name} tier, {since}; somebody is to be spoken with every {days} days"),
        due: Some(Due { at: due, rule: format!("contact every {days} days in the {name} tier") }),
        began: due,
        evidence: proof,
        attempts: case.contacts.attempts_since(began).len() as u32,
        consequence: None,
    });
}
