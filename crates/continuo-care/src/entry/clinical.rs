//! Conditions, medicines, allergies and results as people say them: words first, a code only where it is sure.

use continuo_fhir::Json;

use super::{Maker, Values};
use crate::build::{append, coding, concept, date, list, object, reference, set_text, words};
use crate::problem::WorkError;
use crate::shapes;

fn status(system: &str, code: &str) -> Json {
    concept(&format!("http://terminology.hl7.org/CodeSystem/{system}"), code, "")
}

fn said_by(resource: &mut Json, values: &Values, maker: &Maker<'_>) {
    if !values.get("said_by").is_empty() {
        let note =
            crate::tasks::make::note(&format!("Said by {}", values.get("said_by")), maker.by, maker.now, maker.zone);
        append(resource, "note", note);
    }
}

pub(super) fn condition(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let what = values.need("what", "name the condition")?.to_owned();
    let mut condition = maker.resource("Condition");
    let clinical = match values.get("status") {
        "recurrence" => "recurrence",
        "remission" => "remission",
        "resolved" => "resolved",
        _ => "active",
    };
    let certain = match values.get("certainty") {
        "provisional" => "provisional",
        "unconfirmed" => "unconfirmed",
        _ => "confirmed",
    };
    condition.set("clinicalStatus", status("condition-clinical", clinical));
    condition.set("verificationStatus", status("condition-ver-status", certain));
    condition.set("category", list([status("condition-category", "problem-list-item")]));
    condition.set("code", words(&what));
    condition.set("subject", reference(maker.person));
    if let Some(since) = values.date("since")? {
        condition.set("onsetDateTime", date(since));
    }
    condition.set("recordedDate", maker.now());
    condition.set("recorder", reference(maker.by));
    said_by(&mut condition, values, maker);
    Ok(vec![condition])
}

pub(super) fn medicine(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let what = values.need("what", "name the medicine")?.to_owned();
    let mut medicine = maker.resource("MedicationStatement");
    let taken = match values.get("status") {
        code @ ("intended" | "on-hold" | "stopped" | "not-taken" | "unknown") => code,
        _ => "active",
    };
    medicine.set("status", Json::string(taken));
    medicine.set("medicationCodeableConcept", words(&what));
    medicine.set("subject", reference(maker.person));
    if let Some(since) = values.date("since")? {
        medicine.set("effectivePeriod", object([("start", date(since))]));
    }
    medicine.set("dateAsserted", maker.now());
    let source = if values.get("said_by").is_empty() {
        reference(maker.person)
    } else {
        object([("display", Json::string(values.get("said_by")))])
    };
    medicine.set("informationSource", source);
    if !values.get("directions").is_empty() {
        medicine.set("dosage", list([object([("text", Json::string(values.get("directions")))])]));
    }
    append(&mut medicine, "extension", super::person::confirmed(maker.by, maker.now, maker.zone));
    Ok(vec![medicine])
}

pub(super) fn allergy(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let said = values.need("said_by", "say who said so")?.to_owned();
    let none = values.get("known") == "none";
    let mut allergy = maker.resource("AllergyIntolerance");
    allergy.set("clinicalStatus", status("allergyintolerance-clinical", "active"));
    allergy.set(
        "verificationStatus",
        status("allergyintolerance-verification", if none { "confirmed" } else { "unconfirmed" }),
    );
    if none {
        // SNOMED CT 716186003: no known allergy (HL7's example "nka").
        allergy.set("code", concept(shapes::SNOMED, "716186003", "No known allergies"));
    } else {
        allergy.set("code", words(values.need("what", "say to what, or that none are known")?));
    }
    allergy.set("patient", reference(maker.person));
    allergy.set("recordedDate", maker.now());
    let mut recorder = reference(maker.by);
    set_text(&mut recorder, "display", maker.by_name);
    allergy.set("recorder", recorder);
    append(&mut allergy, "note", crate::tasks::make::note(&format!("Said by {said}"), maker.by, maker.now, maker.zone));
    if !none && !values.get("reaction").is_empty() {
        let mut reaction = object([("manifestation", list([words(values.get("reaction"))]))]);
        if matches!(values.get("severity"), "mild" | "moderate" | "severe") {
            reaction.set("severity", Json::string(values.get("severity")));
        }
        allergy.set("reaction", list([reaction]));
    }
    if !none && values.get("severity") == "severe" {
        allergy.set("criticality", Json::string("high"));
    }
    Ok(vec![allergy])
}

/// The LOINC code of a test as people name it.
pub(super) fn loinc_of(what: &str) -> Option<&'static str> {
    let what = what.trim().to_lowercase();
    TESTS.iter().find(|(names, ..)| names.contains(&what.as_str())).map(|(_, loinc, _)| *loinc)
}

/// Tests as a form offers them; each is known below.
pub const TEST_NAMES: [&str; 14] = [
    "Weight",
    "Blood pressure",
    "Heart rate",
    "Oxygen saturation",
    "Temperature",
    "Blood sugar",
    "HbA1c",
    "Potassium",
    "Sodium",
    "Creatinine",
    "eGFR",
    "Hemoglobin",
    "INR",
    "Height",
];

/// Names people type for a test, with its LOINC code (codes as in the Synthea examples) and category.
const TESTS: &[(&[&str], &str, &str)] = &[
    (&["weight", "body weight"], "29463-7", "vital-signs"),
    (&["height", "body height"], "8302-2", "vital-signs"),
    (&["heart rate", "pulse"], "8867-4", "vital-signs"),
    (&["oxygen saturation", "spo2", "o2 sat"], "59408-5", "vital-signs"),
    (&["temperature", "body temperature"], "8310-5", "vital-signs"),
    (&["blood pressure", "bp"], "85354-9", "vital-signs"),
    (&["hba1c", "a1c", "hemoglobin a1c"], "4548-4", "laboratory"),
    (&["potassium", "k"], "2823-3", "laboratory"),
    (&["sodium", "na"], "2951-2", "laboratory"),
    (&["glucose", "blood sugar"], "2345-7", "laboratory"),
    (&["creatinine"], "2160-0", "laboratory"),
    (&["egfr"], "33914-3", "laboratory"),
    (&["hemoglobin"], "718-7", "laboratory"),
    (&["inr"], "6301-6", "laboratory"),
];

pub(super) fn result(values: &Values, maker: &mut Maker<'_>) -> Result<Vec<Json>, WorkError> {
    let what = values.need("what", "say what was measured")?.to_owned();
    let value = values.need("value", "give the value")?.to_owned();
    let day = values.day("date")?;
    if day.low(maker.zone) > maker.now {
        return Err(WorkError::field("date", "this day has not come yet"));
    }
    let unit = values.get("unit").to_owned();
    let known = TESTS.iter().find(|(names, ..)| names.contains(&what.to_lowercase().as_str()));
    let category = known.map_or("laboratory", |(_, _, category)| category);
    let mut result = maker.resource("Observation");
    result.set("status", Json::string("final"));
    result.set("category", list([status("observation-category", category)]));
    let mut code = words(&what);
    if let Some((_, loinc, _)) = known {
        code.set("coding", list([coding(shapes::LOINC, loinc)]));
    }
    result.set("code", code);
    result.set("subject", reference(maker.person));
    result.set("effectiveDateTime", date(day));
    result.set("issued", maker.now());
    match (known.map(|(_, loinc, _)| *loinc), value.split_once('/')) {
        (Some("85354-9"), Some((systolic, diastolic))) => {
            let part = |loinc: &str, name: &str, value: &str| -> Result<Json, WorkError> {
                let number = number(value)?;
                Ok(object([
                    ("code", concept(shapes::LOINC, loinc, name)),
                    ("valueQuantity", object([("value", number), ("unit", Json::string("mm[Hg]"))])),
                ]))
            };
            result.set(
                "component",
                list([
                    part("8480-6", "Systolic blood pressure", systolic)?,
                    part("8462-4", "Diastolic blood pressure", diastolic)?,
                ]),
            );
        }
        _ if value.chars().any(|c| c.is_ascii_digit()) && number(&value).is_ok() => {
            let mut quantity = object([("value", number(&value)?)]);
            if unit.is_empty() {
                return Err(WorkError::field("unit", "give the unit: a number without one cannot be judged"));
            }
            set_text(&mut quantity, "unit", &unit);
            result.set("valueQuantity", quantity);
        }
        _ => result.set("valueString", Json::string(format!("{value} {unit}").trim())),
    }
    if values.get("by").is_empty() {
        result.set("performer", list([reference(maker.by)]));
    } else {
        result.set("performer", list([object([("display", Json::string(values.get("by")))])]));
    }
    Ok(vec![result])
}

fn number(text: &str) -> Result<Json, WorkError> {
    let text = text.trim();
    // Only digits with one point: no exponents, no words that happen to parse.
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-');
    Json::number(text).filter(|_| plain).ok_or_else(|| WorkError::field("value", "this number cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_that_is_offered_has_its_code() {
        for name in TEST_NAMES {
            assert!(loinc_of(name).is_some(), "{name}");
        }
    }
}
