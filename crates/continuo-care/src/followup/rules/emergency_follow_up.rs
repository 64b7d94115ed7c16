//! A visit or a spoken contact within seven days after an emergency visit that ended at home.
//!
//! After one for mental illness, self-harm, an overdose or substance use a call does not do, and a visit must be for it (HEDIS
//! FUM, FUA); any other visit is named and stays a question.

use super::super::calendar::DAY;
use super::super::case::{Case, Draft, evidence};
use super::super::contact::is_stay;
use super::super::disposition::{Disposition, disposition};
use super::super::finding::{Consequence, Due};
use super::super::person::Resource;
use super::super::said_dead;
use super::super::visit_kind::VisitKind;
use super::visits::booked;
use crate::shapes::ICD_10;

/// Words of a reason for which a call is no follow-up.
const MENTAL: [&str; 18] = [
    "overdose",
    "poisoning",
    "suicid",
    "self-harm",
    "self harm",
    "intentional",
    "depress",
    "psychos",
    "psychot",
    "bipolar",
    "schizo",
    "mental",
    "psychiatr",
    "anxiety",
    "panic",
    "alcohol",
    "opioid",
    "substance",
];
/// What any visit that looks at the whole person can be.
const ANY: [VisitKind; 3] = [VisitKind::General, VisitKind::Mental, VisitKind::Unknown];
/// Those that may have been for the mind.
const OPEN: [VisitKind; 2] = [VisitKind::General, VisitKind::Unknown];

pub(super) fn run(case: &mut Case<'_, '_>) {
    let zone = case.zone();
    let lives = said_dead::of(case.person, case.contacts, case.as_of, zone).is_some_and(|said| said.lives.is_some());
    for encounter in case.person.of("Encounter") {
        if encounter.text("class.code") != Some("EMER") || !encounter.is(&["finished"]) {
            continue;
        }
        let Some(end) = encounter.until("period.end", zone).or_else(|| encounter.until("period.start", zone)) else {
            case.missing(format!("the date of {}", encounter.reference()));
            continue;
        };
        if end > case.as_of {
            continue;
        }
        let stay = case.person.of("Encounter").iter().find(|other| {
            is_stay(other)
                && other.when("period.start", zone).is_some_and(|start| {
                    start.micros() >= end.micros() - 2 * DAY
                        && start.micros() <= end.micros() + DAY
                        && start <= case.as_of
                })
        });
        if let Some(stay) = stay {
            case.clear(format!("The emergency visit led into a stay; in hospital by {}.", stay.reference()));
            continue;
        }
        // Whether it is one asks `death_unconfirmed`; who lives after all is followed up.
        if disposition(encounter) == Disposition::Died && !lives {
            case.clear(format!("The emergency visit of {} is written down as a death.", case.date_words(end)));
            continue;
        }
        let mental = is_mental(case, encounter);
        let calls = case.contacts.spoken_after(end).filter(|_| !mental).map(|call| (call.at, call.resource));
        let kinds: &[VisitKind] = if mental { &[VisitKind::Mental] } else { &ANY };
        let seen = || case.contacts.visit_of(kinds, end).map(|visit| (visit.at, visit.resource));
        if let Some((at, by)) = calls.or_else(seen) {
            case.clear(format!(
                "Emergency visit of {}: contact on {} ({}).",
                case.date_words(end),
                case.date_words(at),
                by.reference()
            ));
            continue;
        }
        let days = case.spec.param("days");
        let due = case.days_after(end, days);
        if let Some((at, by)) = booked(case, kinds, end, due) {
            case.clear(format!("A visit is booked for {} ({}).", case.date_words(at), by.reference()));
            case.look_again(at.plus_micros(DAY));
            continue;
        }
        let mut proof = vec![evidence(encounter, "emergency visit")];
        let maybe = case.contacts.visit_of(&OPEN, end).map(|visit| (visit.at, visit.resource));
        let asks = match maybe.or_else(|| booked(case, &OPEN, end, due)).filter(|_| mental) {
            Some((at, by)) => {
                proof.push(evidence(&by, "a visit that may be it"));
                format!("; is the visit of {} the one? The record does not say", case.date_words(at))
            }
            None => String::new(),
        };
        let attempts = case.contacts.attempts_since(end).len() as u32;
        case.find(Draft {
            anchor: encounter.reference(),
            what: "Follow up after an emergency visit".to_owned(),
            why: if mental {
                format!("Emergency visit on {}; no visit for it since{asks}", case.date_words(end))
            } else {
                format!("Emergency visit on {}; no visit or contact since", case.date_words(end))
            },
            due: Some(Due { at: due, rule: format!("within {days} days of the emergency visit") }),
            began: end,
            evidence: proof,
            attempts,
            consequence: mental.then_some(Consequence::High),
        });
        if mental {
            case.guard(0, true);
        }
    }
}

/// Whether an emergency visit was for mental illness, self-harm, an overdose or substance use: by its reasons, its type, or
/// the problems it names. ICD-10-CM F codes are the chapter of mental and substance use disorders (value-sets/*.csv hold many).
fn is_mental(case: &Case<'_, '_>, encounter: &Resource<'_>) -> bool {
    let named =
        encounter.references("diagnosis.condition").into_iter().filter_map(|reference| case.person.find(reference));
    let reasons: Vec<Resource<'_>> = named.copied().collect();
    let says = |resource: &Resource<'_>, path: &str| {
        resource.words(path).iter().any(|words| {
            let words = words.to_lowercase();
            MENTAL.iter().any(|mental| words.contains(mental))
        }) || resource.all(path).iter().any(|concept| {
            concept.list("coding").any(|coding| {
                coding.str("system") == Some(ICD_10) && coding.str("code").is_some_and(|code| code.starts_with('F'))
            })
        })
    };
    ["reasonCode", "type", "serviceType"].iter().any(|path| says(encounter, path))
        || reasons.iter().any(|condition| says(condition, "code"))
}
