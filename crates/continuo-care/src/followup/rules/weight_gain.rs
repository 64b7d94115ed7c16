//! Heart failure and a fast gain of weight: fluid, often because a water pill was stopped.

use std::sync::LazyLock;

use continuo_fhir::{Instant, Node};

use super::super::calendar::DAY;
use super::super::case::{Case, Draft, evidence};
use super::super::contact::{Visit, is_stay};
use super::super::finding::{Consequence, Due, Evidence};
use super::super::person::Resource;
use super::super::visit_kind::{VisitKind, visit_kind};
use super::dialysis::in_dialysis;
use crate::gaps::value_set::{ValueSet, parse};
use crate::shapes::{self, ICD_10};

/// Body weight in LOINC.
const WEIGHT: &str = "29463-7";

/// The product's own set of heart failure codes; the family of I50 is in it whole.
static HEART_FAILURE: LazyLock<ValueSet> =
    LazyLock::new(|| parse("heart-failure", include_str!("../../../../../knowledge/value-sets/heart-failure.csv")).0);

fn in_set(set: &ValueSet, system: &str, code: &str) -> bool {
    set.lines.iter().any(|line| line.system == system && line.code == code)
        || (system == ICD_10 && set.id == "heart-failure" && code.starts_with("I50"))
}

struct Weight<'c, 'a> {
    resource: &'c Resource<'a>,
    at: Instant,
    grams: i64,
}

pub(super) fn run(case: &mut Case<'_, '_>) {
    let Some(failure) = heart_failure(case) else {
        case.clear("No heart failure on the problem list.");
        return;
    };
    if in_dialysis(case) {
        case.clear("In dialysis: weight between sessions is the dialysis unit's to judge.");
        return;
    }
    let person = case.person;
    let mut weights: Vec<Weight<'_, '_>> =
        person.of("Observation").iter().filter_map(|row| weight(case, row)).collect();
    weights.sort_by_key(|weight| weight.at);
    let Some(last) = weights.last() else {
        case.missing("a weight");
        return;
    };
    let since = |days: i64| last.at.plus_micros(-days * DAY);
    let lowest = |days: i64| {
        weights
            .iter()
            .filter(move |weight| weight.at >= since(days) && weight.at < last.at)
            .min_by_key(|weight| weight.grams)
    };
    let gained = [("week_days", "week_grams"), ("short_days", "short_grams"), ("day_days", "day_grams")]
        .into_iter()
        .find_map(|(days, limit)| {
            let from = lowest(case.spec.param(days))?;
            (last.grams - from.grams >= case.spec.param(limit)).then_some(from)
        });
    let Some(from) = gained else {
        let day = case.date_words(last.at);
        case.clear(format!("Weight on {day} is not up by the limits."));
        return;
    };
    if let Some((when, by)) = contact(case, last.resource, last.at) {
        let day = case.date_words(when);
        case.clear(format!("Weight is up; contact was made on {day} ({}).", by.reference()));
        case.settle(last.resource, &by, format!("contact was made on {day}"));
        return;
    }
    let mut proof = vec![
        evidence(last.resource, format!("weight {} on {}", pounds(last.grams), case.date_words(last.at))),
        evidence(from.resource, format!("weight {} on {}", pounds(from.grams), case.date_words(from.at))),
        failure,
    ];
    let stay = recent_stay(case, last.at);
    let pill = stopped_pill(case, last.at);
    let dangerous = stay.is_some() || pill.is_some();
    let mut why = format!(
        "Weight up {} in {} days",
        pounds(last.grams - from.grams),
        (last.at.micros() - from.at.micros() + DAY / 2) / DAY
    );
    for (found, words) in [(stay, ", home from a stay"), (pill, ", water pill stopped")] {
        if let Some(found) = found {
            why.push_str(words);
            proof.push(found);
        }
    }
    let due = case.calendar().end_of(case.calendar().day(last.at));
    let attempts = case.contacts.attempts_since(last.at).len() as u32;
    case.find(Draft {
        anchor: last.resource.reference(),
        what: "Call now: weight is up fast".to_owned(),
        why,
        due: Some(Due { at: due, rule: "the same day".to_owned() }),
        began: last.at,
        evidence: proof,
        attempts,
        consequence: dangerous.then_some(Consequence::Danger),
    });
}

fn heart_failure(case: &Case<'_, '_>) -> Option<Evidence> {
    let over = ["resolved", "inactive", "remission"];
    case.person
        .of("Condition")
        .iter()
        .filter(|condition| !condition.is_void())
        .filter(|condition| !condition.words("clinicalStatus").iter().any(|word| over.contains(word)))
        .filter(|condition| {
            !condition
                .all("clinicalStatus.coding.code")
                .iter()
                .any(|code| code.as_str().is_some_and(|code| over.contains(&code)))
        })
        .find(|condition| {
            let coded = condition.all("code.coding").into_iter().any(|coding| {
                let (Some(system), Some(code)) = (coding.str("system"), coding.str("code")) else { return false };
                in_set(&HEART_FAILURE, system, code)
            });
            coded || condition.words("code").iter().any(|words| words.to_lowercase().contains("heart failure"))
        })
        .map(|condition| evidence(condition, "heart failure"))
}

fn weight<'c, 'a>(case: &Case<'_, '_>, row: &'c Resource<'a>) -> Option<Weight<'c, 'a>> {
    if !row.has("code", shapes::LOINC, WEIGHT) || !row.is(&["final", "amended", "corrected"]) {
        return None;
    }
    let at = row.when("effectiveDateTime", case.zone())?;
    let value = row.node.at("valueQuantity.value").and_then(Node::as_f64)?;
    let unit = ["valueQuantity.code", "valueQuantity.unit"]
        .into_iter()
        .filter_map(|path| row.node.at(path).and_then(Node::as_str))
        .find_map(grams_of)?;
    let grams = value * unit;
    (at <= case.as_of).then_some(Weight { resource: row, at, grams: grams.round() as i64 })
}

/// Grams of one of a unit; people and scales write pounds in many ways.
fn grams_of(unit: &str) -> Option<f64> {
    match unit.trim().trim_end_matches('.').to_lowercase().as_str() {
        "kg" | "kgs" | "kilogram" | "kilograms" => Some(1000.0),
        "g" | "gram" | "grams" => Some(1.0),
        "[lb_av]" | "lb" | "lbs" | "pound" | "pounds" => Some(453.592_37),
        _ => None,
    }
}

/// A call that reached the person after the weight, or a visit that is for more than one thing.
fn contact<'a>(case: &Case<'_, 'a>, weight: &Resource<'a>, at: Instant) -> Option<(Instant, Resource<'a>)> {
    let call = case.contacts.spoken_after(at).map(|call| (call.at, call.resource));
    let kinds = [VisitKind::General, VisitKind::Unknown];
    // A weight taken in a visit was seen in it.
    let visit = || {
        let visits = case.contacts.visits().iter();
        let taken_in = |visit: &Visit<'_>| weight.points_to(&["encounter"], &visit.resource.reference());
        visits
            .filter(|visit| visit.at > at || taken_in(visit))
            .find(|visit| kinds.contains(&visit_kind(&visit.resource)))
            .map(|visit| (visit.at, visit.resource))
    };
    call.or_else(visit)
}

fn recent_stay(case: &Case<'_, '_>, before: Instant) -> Option<Evidence> {
    let zone = case.zone();
    let earliest = before.plus_micros(-case.spec.param("stay_days") * DAY);
    let stays = case.person.of("Encounter").iter().filter(|stay| is_stay(stay));
    let ended = stays.filter_map(|stay| Some((stay.until("period.end", zone)?, stay)));
    let lately = ended.filter(|(end, _)| *end >= earliest && *end <= before).max_by_key(|(end, _)| *end);
    lately.map(|(end, stay)| evidence(stay, format!("hospital stay until {}", case.date_words(end))))
}

/// A water pill that was stopped: an order, or what somebody said is not taken; both leave the water in. When it was stopped
/// decides, as far as the record says it. An order that says only when it was written counts for a year, where no other
/// water pill is in use.
fn stopped_pill(case: &Case<'_, '_>, before: Instant) -> Option<Evidence> {
    const ORDERED: i64 = 365 * DAY;
    let zone = case.zone();
    let earliest = before.plus_micros(-case.spec.param("stay_days") * DAY);
    let is_pill = |medicine: &&Resource<'_>| {
        let words = medicine.words("medicationCodeableConcept");
        words.iter().any(|words| {
            let words = words.to_lowercase();
            ["furosemide", "torsemide", "bumetanide"].iter().any(|drug| words.contains(drug))
        })
    };
    let used = |type_: &str| case.person.of(type_).iter().filter(is_pill).any(|one| one.is(&["active", "intended"]));
    let other = used("MedicationRequest") || used("MedicationStatement");
    let orders = case.person.of("MedicationRequest").iter().filter(|one| one.is(&["stopped", "on-hold"]));
    let said = case.person.of("MedicationStatement").iter().filter(|one| one.is(&["not-taken", "stopped", "on-hold"]));
    let lately = |medicine: &&Resource<'_>| {
        let paths = ["effectivePeriod.end", "dispenseRequest.validityPeriod.end", "dateAsserted"];
        match paths.iter().find_map(|path| medicine.until(path, zone)) {
            Some(at) => at >= earliest,
            None => medicine
                .when("authoredOn", zone)
                .is_some_and(|at| at >= earliest || (!other && at >= before.plus_micros(-ORDERED))),
        }
    };
    orders.chain(said).filter(is_pill).find(lately).map(|medicine| {
        let name = medicine.label("medicationCodeableConcept").unwrap_or("water pill");
        evidence(medicine, format!("{name}: {}", medicine.status().replace('-', " ")))
    })
}

fn pounds(grams: i64) -> String {
    format!("{:.1} lb", grams as f64 / 453.592_37)
}
