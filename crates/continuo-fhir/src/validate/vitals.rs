//! R4's vital signs: an Observation of one of them keeps to its profile (<https://hl7.org/fhir/R4/observation-vitalsigns.html>).
//!
//! The profile counts where it is claimed, and where the code is the LOINC code that the profile fixes: R4 makes the
//! profiles binding for every record of these signs. Codes, units and cardinalities are from R4's `profiles-others.json`
//! and `valuesets.json`.

use super::place::Place;
use super::prose::broken;
use crate::date::DateTime;
use crate::issue::Issue;
use crate::packed::Node;
use crate::quantity::UCUM;

/// A profile: its name, the LOINC code it fixes, and the UCUM units of its value.
struct Sign {
    profile: &'static str,
    code: &'static str,
    units: &'static [&'static str],
}

const LENGTH: &[&str] = &["cm", "[in_i]"];

const SIGNS: &[Sign] = &[
    Sign { profile: "bmi", code: "39156-5", units: &["kg/m2"] },
    Sign { profile: "bodyheight", code: "8302-2", units: LENGTH },
    Sign { profile: "bodytemp", code: "8310-5", units: &["Cel", "[degF]"] },
    Sign { profile: "bodyweight", code: "29463-7", units: &["g", "kg", "[lb_av]"] },
    Sign { profile: "bp", code: "85354-9", units: &[] },
    Sign { profile: "headcircum", code: "9843-4", units: LENGTH },
    Sign { profile: "heartrate", code: "8867-4", units: &["/min"] },
    Sign { profile: "oxygensat", code: "2708-6", units: &["%"] },
    Sign { profile: "resprate", code: "9279-1", units: &["/min"] },
    Sign { profile: "vitalspanel", code: "85353-1", units: &[] },
];

/// Systolic and diastolic: the parts of a blood pressure.
const PRESSURES: [&str; 2] = ["8480-6", "8462-4"];

const LOINC: &str = "http://loinc.org";
const CATEGORIES: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// Checks an Observation.
pub(super) fn check(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let claimed: Vec<&str> = node
        .at("meta.profile")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|profile| profile.as_str()?.strip_prefix("http://hl7.org/fhir/StructureDefinition/"))
        .map(|name| name.split('|').next().unwrap_or(name))
        .collect();
    let mut is_vital = claimed.contains(&"vitalsigns");
    for sign in SIGNS {
        let is_claimed = claimed.contains(&sign.profile);
        let is_coded = has_code(node.get("code"), LOINC, sign.code);
        if is_claimed && !is_coded {
            let text = format!("the profile {} asks for the LOINC code {}", sign.profile, sign.code);
            broken(issues, &place.step("code"), text);
        }
        if is_claimed || is_coded {
            is_vital = true;
            value(node, sign, place, issues);
        }
    }
    if is_vital {
        every(node, place, issues);
    }
}

fn has_code(concept: Option<Node<'_>>, system: &str, code: &str) -> bool {
    let mut codings = concept.and_then(|concept| concept.get("coding")).into_iter().flat_map(Node::items);
    codings.any(|coding| coding.str("system") == Some(system) && coding.str("code") == Some(code))
}

/// What all vital signs have.
fn every(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    if !node.list("category").any(|category| has_code(Some(category), CATEGORIES, "vital-signs")) {
        broken(issues, place, "a vital sign has the category `vital-signs`");
    }
    if node.get("subject").is_none() {
        broken(issues, place, "a vital sign has a subject");
    }
    match (node.get("effectiveDateTime"), node.get("effectivePeriod"), node.get("_effectiveDateTime")) {
        (Some(moment), ..) => {
            let is_day = moment.as_str().and_then(DateTime::parse).is_none_or(|moment| moment.date().day().is_some());
            if !is_day {
                broken(issues, &place.step("effective"), "rule vs-1 does not hold: the time is precise to the day");
            }
        }
        (None, None, None) => broken(issues, place, "a vital sign has a time or a period"),
        (None, ..) => {}
    }
    let has_value = |node: Node<'_>| {
        node.fields().any(|(name, _)| name.trim_start_matches('_').starts_with("value"))
            || node.get("dataAbsentReason").is_some()
    };
    if node.get("component").is_none() && node.get("hasMember").is_none() && !has_value(node) {
        broken(issues, place, "rule vs-2 does not hold: a value or the reason why there is none");
    }
    for (i, component) in node.list("component").enumerate() {
        if !has_value(component) {
            let here = place.step("component").item(i);
            broken(issues, &here, "rule vs-3 does not hold: a value or the reason why there is none");
        }
    }
}

/// What this sign has.
fn value(node: Node<'_>, sign: &Sign, place: &Place<'_>, issues: &mut Vec<Issue>) {
    match sign.profile {
        "bp" => {
            for code in PRESSURES {
                let mut parts = node.list("component").enumerate();
                match parts.find(|(_, part)| has_code(part.get("code"), LOINC, code)) {
                    Some((i, part)) => {
                        quantity(part.get("valueQuantity"), &["mm[Hg]"], &place.step("component").item(i), issues);
                    }
                    None => {
                        broken(issues, place, format!("a blood pressure has a component with the LOINC code {code}"));
                    }
                }
            }
        }
        "vitalspanel" => {
            if node.get("hasMember").is_none() {
                broken(issues, place, "a panel of vital signs has members");
            }
            if node.fields().any(|(name, _)| name.starts_with("value")) {
                broken(issues, place, "a panel of vital signs has no value of its own");
            }
        }
        "bmi" if node.get("valueQuantity").is_none() => broken(issues, place, "a body mass index has a quantity"),
        _ => quantity(node.get("valueQuantity"), sign.units, place, issues),
    }
}

fn quantity(quantity: Option<Node<'_>>, units: &[&str], place: &Place<'_>, issues: &mut Vec<Issue>) {
    let Some(quantity) = quantity else { return };
    let here = place.step("value");
    for field in ["value", "unit", "system", "code"] {
        if quantity.get(field).is_none() && quantity.get(&format!("_{field}")).is_none() {
            broken(issues, &here, format!("the value of a vital sign has its `{field}`"));
        }
    }
    if quantity.str("system").is_some_and(|system| system != UCUM) {
        broken(issues, &here, format!("the unit of a vital sign is one of {UCUM}"));
    }
    if quantity.str("code").is_some_and(|code| !units.contains(&code)) {
        broken(issues, &here, format!("the unit is {}", units.join(" or ")));
    }
}

#[cfg(test)]
mod tests {
    use crate::{Json, pack, root, validate};

    fn faults(code: &str, rest: &str) -> Vec<String> {
        let text = format!(
            r#"{{"resourceType":"Observation","status":"final","subject":{{"reference":"Patient/1"}},
            "category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],
            "code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},{rest}}}"#
        );
        let packed = pack(&Json::parse(text.as_bytes()).unwrap());
        validate::full(root(&packed).unwrap()).iter().filter(|i| i.is_error()).map(ToString::to_string).collect()
    }

    fn check(code: &str, rest: &str, fault: &str) {
        let found = faults(code, rest);
        assert_eq!(found.is_empty(), fault.is_empty(), "{code} {rest}: {found:?}");
        assert!(found.iter().all(|one| one.contains(fault)), "{found:?}");
    }

    #[test]
    fn a_vital_sign_keeps_to_its_profile() {
        let quantity = |unit: &str| {
            format!(
                r#""effectiveDateTime":"2026-08-01","valueQuantity":{{"value":70,"unit":"u","system":"http://unitsofmeasure.org","code":"{unit}"}}"#
            )
        };
        check("8867-4", &quantity("/min"), "");
        check("8867-4", &quantity("/h"), "the unit is /min");
        check("8310-5", &quantity("[degF]"), "");
        check("8867-4", r#""effectiveDateTime":"2026-08","valueInteger":70"#, "vs-1");
        check("8867-4", r#""valueInteger":70"#, "a time or a period");
        check("8867-4", r#""effectiveDateTime":"2026-08-01""#, "vs-2");
        check("85354-9", r#""effectiveDateTime":"2026-08-01","valueInteger":70"#, "component with the LOINC code");
        // Another code is no vital sign of R4.
        check("1234-5", r#""valueInteger":70"#, "");
    }
}
