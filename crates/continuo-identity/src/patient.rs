//! A FHIR Patient as this crate's input.

use continuo_fhir::packed::Node;

use crate::profile::Profile;
use crate::record::{SourceAddress, SourceRecord};

/// Normalizes a Patient resource. Former names count as names to meet on; the official one is compared first.
pub fn profile(patient: Node<'_>) -> Profile {
    let mut names: Vec<Node<'_>> = patient.list("name").collect();
    names.sort_by_key(|name| match name.str("use") {
        Some("official") => 0,
        None | Some("usual") => 1,
        Some("old" | "maiden") => 3,
        Some(_) => 2,
    });
    let main = names.first().copied();
    let given = main.map(|name| given_names(name, 0..1)).unwrap_or_default();
    let middle = main.map(|name| given_names(name, 1..5)).unwrap_or_default();
    // A name that came as one text is taken apart like any other.
    let text = main.filter(|name| name.get("family").is_none() && given.is_empty()).and_then(|name| name.str("text"));
    let suffix = main.map(|name| joined(name, "suffix")).unwrap_or_default();
    let others: Vec<(String, &str)> =
        names.iter().skip(1).filter_map(|name| Some((given_names(*name, 0..1), name.str("family")?))).collect();
    let telecom = |systems: &[&str]| -> Vec<&str> {
        let wanted =
            patient.list("telecom").filter(|t| t.str("system").is_some_and(|system| systems.contains(&system)));
        wanted.filter(|t| t.str("use") != Some("old")).filter_map(|t| t.str("value")).collect()
    };
    let lines: Vec<String> = patient.list("address").map(|address| joined(address, "line")).collect();
    let addresses = patient.list("address").zip(&lines).map(|(address, line)| SourceAddress {
        line,
        city: address.str("city").unwrap_or_default(),
        zip: address.str("postalCode").unwrap_or_default(),
    });
    let mut ssn = "";
    let mut identifiers = Vec::new();
    for identifier in patient.list("identifier").filter(|identifier| identifier.str("use") != Some("old")) {
        let (system, value) =
            (identifier.str("system").unwrap_or_default(), identifier.str("value").unwrap_or_default());
        if is_ssn(identifier, system) {
            ssn = value;
        } else if !system.is_empty() {
            identifiers.push((system, value));
        }
    }
    let birth_order = patient.get("multipleBirthInteger").and_then(Node::as_i64);
    Profile::new(&SourceRecord {
        given: text.unwrap_or(&given),
        middle: &middle,
        family: main.and_then(|name| name.str("family")).unwrap_or_default(),
        suffix: &suffix,
        other_names: others.iter().map(|(given, family)| (given.as_str(), *family)).collect(),
        sex: patient.str("gender").unwrap_or_default(),
        birth_date: patient.str("birthDate").unwrap_or_default(),
        birth_order: birth_order.and_then(|order| u8::try_from(order).ok()).unwrap_or(0),
        ssn,
        phones: telecom(&["phone", "sms"]),
        emails: telecom(&["email"]),
        addresses: addresses.collect(),
        identifiers,
    })
}

/// By the system of US social security numbers, or by the type code SS.
fn is_ssn(identifier: Node<'_>, system: &str) -> bool {
    let is_typed =
        identifier.get("type").is_some_and(|kind| kind.list("coding").any(|coding| coding.str("code") == Some("SS")));
    is_typed || matches!(system, "http://hl7.org/fhir/sid/us-ssn" | "urn:oid:2.16.840.1.113883.4.1")
}

fn given_names(name: Node<'_>, range: std::ops::Range<usize>) -> String {
    let given = name.list("given").skip(range.start).take(range.len()).filter_map(Node::as_str);
    given.collect::<Vec<_>>().join(" ")
}

fn joined(node: Node<'_>, key: &str) -> String {
    node.list(key).take(5).filter_map(Node::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use continuo_fhir::json::Json;
    use continuo_fhir::packed::{pack, root};

    fn read(json: &str) -> Profile {
        let bytes = pack(&Json::parse(json.as_bytes()).expect("test JSON is well formed"));
        profile(root(&bytes).expect("packed by this test"))
    }

    #[test]
    fn a_patient_is_read_like_a_source_record() {
        let found = read(
            r#"{"resourceType":"Patient","gender":"female","birthDate":"1980-03-04","multipleBirthInteger":2,
            "name":[{"use":"maiden","family":"Jones"},{"use":"official","family":"Smith","given":["Mary","Ann"],"suffix":["Jr"]}],
            "telecom":[{"system":"phone","value":"(502) 555-1234"},{"system":"email","value":"m@example.org"}],
            "identifier":[{"system":"http://hl7.org/fhir/sid/us-ssn","value":"912-34-5678"},{"system":"urn:mrn","value":"A-1"}],
            "address":[{"line":["9 Oak St","Apt 2"],"city":"Salem","postalCode":"47126-1234"}]}"#,
        );
        let expect = Profile::new(&SourceRecord {
            given: "Mary",
            middle: "Ann",
            family: "Smith",
            suffix: "Jr",
            other_names: vec![("", "Jones")],
            sex: "F",
            birth_date: "1980-03-04",
            birth_order: 2,
            ssn: "912345678",
            phones: vec!["5025551234"],
            emails: vec!["m@example.org"],
            addresses: vec![SourceAddress { line: "9 Oak Street Apt 2", city: "SALEM", zip: "47126" }],
            identifiers: vec![("urn:mrn", "a1")],
        });
        assert_eq!(found, expect);
    }

    #[test]
    fn an_empty_patient_is_an_empty_profile() {
        assert!(read(r#"{"resourceType":"Patient"}"#).is_empty());
        assert_eq!(read(r#"{"resourceType":"Patient","name":[{"text":"Smith, John"}]}"#).label(), "smith, john");
    }
}
