//! Heart failure and a fast gain of weight: fluid, often because a water pill was stopped.

use continuo_fhir::{Instant, Node};

use super::super::calendar::DAY;
use super::super::case::{Case, Draft, evidence};
use super::super::finding::{Consequence, Due, Evidence};
use super::super::person::Resource;
use crate::shapes;

/// Body weight in LOINC.
const WEIGHT: &str = "29463-7";
/// ICD-10-CM.
const ICD_10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

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
    let gained = [("week_days", "week_grams"), ("short_days", "short_grams")].into_iter().find_map(|(days, limit)| {
        let from = lowest(case.spec.param(days))?;
        (last.grams - from.grams >= case.spec.param(limit)).then_some(from)
    });
    let Some(from) = gained else {
        let day = case.date_words(last.at);
        case.clear(format!("Weight on {day} is not up by the limits."));
        return;
    };
    if let Some((when, by)) = case.contacts.spoken_since(last.at) {
        let day = case.date_words(when);
        case.clear(format!("Weight is up; contact was made on {day} ({}).", by.reference()));
        return;
    }
    let mut proof = vec![
        evidence(last.resource, format!("weight {}", pounds(last.grams))),
        evidence(from.resource, format!("weight {}", pounds(from.grams))),
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
                coding.str("system") == Some(ICD_10) && coding.str("code").is_some_and(|code| code.starts_with("I50"))
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
    let unit =
        row.node.at("valueQuantity.code").or_else(|| row.node.at("valueQuantity.unit")).and_then(Node::as_str)?;
    let grams = match unit {
        "kg" => value * 1000.0,
        "g" => value,
        "[lb_av]" | "lb" => value * 453.592_37,
        _ => return None,
    };
    (at <= case.as_of).then_some(Weight { resource: row, at, grams: grams.round() as i64 })
}

fn recent_stay(case: &Case<'_, '_>, before: Instant) -> Option<Evidence> {
    let zone = case.zone();
    let earliest = before.plus_micros(-case.spec.param("stay_days") * DAY);
    case.person
        .of("Encounter")
        .iter()
        .filter(|stay| stay.is(&["finished"]) && stay.node.at("class.code").and_then(Node::as_str) == Some("IMP"))
        .find(|stay| stay.until("period.end", zone).is_some_and(|end| end >= earliest && end <= before))
        .map(|stay| evidence(stay, "hospital stay"))
}

fn stopped_pill(case: &Case<'_, '_>, before: Instant) -> Option<Evidence> {
    let earliest = before.plus_micros(-case.spec.param("stay_days") * DAY);
    // An order that was stopped, or what somebody said is not taken: both leave the water in.
    let orders = case.person.of("MedicationRequest").iter().filter(|one| one.is(&["stopped", "on-hold"]));
    let said = case.person.of("MedicationStatement").iter().filter(|one| one.is(&["not-taken", "stopped", "on-hold"]));
    let lately = |medicine: &&Resource<'_>| {
        let path = if medicine.type_ == "MedicationRequest" { "authoredOn" } else { "dateAsserted" };
        medicine.when(path, case.zone()).is_some_and(|at| at >= earliest)
    };
    orders
        .chain(said)
        .filter(lately)
        .find(|medicine| {
            let words = medicine.words("medicationCodeableConcept");
            words.iter().any(|words| {
                ["furosemide", "torsemide", "bumetanide"].iter().any(|drug| words.to_lowercase().contains(drug))
            })
        })
        .map(|medicine| evidence(medicine, "water pill stopped"))
}

fn pounds(grams: i64) -> String {
    format!("{:.1} lb", grams as f64 / 453.592_37)
}
