//! Recognizes what a record names only in words: "Hemoglobin A1c", typed by hand or coded in a system nobody here reads.
//!
//! Such a resource gets a coding of [`WORDS`] beside its own, in a copy that only the rules see. Whole words count, in
//! the coded element of the resource, never in notes; doubtful contexts ("family history of ...") count as nothing.

use std::collections::BTreeMap;

use continuo_cql::Terminology;
use continuo_fhir::{Json, Node};

use super::value_set::{ValueSet, WORDS};
use crate::followup::person::{Resource, walk};

/// Words beside which a diagnosis is not one.
const DOUBT: [&str; 13] = [
    "suspected",
    "possible",
    "family",
    "no",
    "denies",
    "negative",
    "screening",
    "risk",
    "without",
    "ruled",
    "gestational",
    "insipidus",
    "vaccine",
];

/// The phrases of all value sets by their first word.
#[derive(Debug, Default)]
pub struct Phrases(BTreeMap<String, Vec<(Vec<String>, String)>>);

impl Phrases {
    /// The phrases of some sets.
    pub fn new(sets: &[ValueSet]) -> Phrases {
        let mut phrases: BTreeMap<String, Vec<(Vec<String>, String)>> = BTreeMap::new();
        for line in sets.iter().flat_map(|set| &set.lines).filter(|line| line.system == WORDS) {
            let mut words = words_of(&line.code);
            if words.is_empty() {
                continue;
            }
            let list = phrases.entry(words.remove(0)).or_default();
            let phrase = (words, line.code.clone());
            if !list.contains(&phrase) {
                list.push(phrase);
            }
        }
        Phrases(phrases)
    }

    /// The phrases that a text holds.
    fn of(&self, text: &str, found: &mut Vec<String>) {
        let words = words_of(text);
        for (at, word) in words.iter().enumerate() {
            for (rest, phrase) in self.0.get(word).into_iter().flatten() {
                let holds = words.get(at + 1..at + 1 + rest.len()).is_some_and(|next| next == &rest[..]);
                if holds && !found.contains(phrase) {
                    found.push(phrase.clone());
                }
            }
        }
    }
}

/// Lower-case words without signs.
fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The element that says what a resource is about.
fn element(type_: &str) -> Option<&'static str> {
    Some(match type_ {
        "Observation" | "Procedure" | "DiagnosticReport" | "ServiceRequest" | "Condition" | "AllergyIntolerance" => {
            "code"
        }
        "MedicationRequest" | "MedicationStatement" => "medicationCodeableConcept",
        "Immunization" => "vaccineCode",
        "Encounter" => "type",
        "Appointment" => "serviceType",
        _ => return None,
    })
}

/// The resource with codings for its words; nothing when its codes are known or its words are not.
pub fn recognize(resource: &Resource<'_>, phrases: &Phrases, terms: &Terminology) -> Option<Json> {
    let element = element(resource.type_)?;
    let mut found = Vec::new();
    let mut known = false;
    let doubtful = resource.type_ == "Condition";
    for concept in walk(resource.node, element) {
        read(concept, doubtful, phrases, terms, &mut known, &mut found);
    }
    if let Some(shown) = resource.node.str_at("medicationReference.display") {
        phrases.of(shown, &mut found);
    }
    // What an Observation answers in words ("current smoker") is a fact of its own.
    let mut answered = Vec::new();
    let mut known_answer = false;
    if resource.type_ == "Observation" {
        for concept in walk(resource.node, "valueCodeableConcept") {
            read(concept, false, phrases, terms, &mut known_answer, &mut answered);
        }
    }
    if known {
        found.clear();
    }
    if known_answer {
        answered.clear();
    }
    if found.is_empty() && answered.is_empty() {
        return None;
    }
    let mut json = resource.node.to_json();
    add(&mut json, element, &found);
    add(&mut json, "valueCodeableConcept", &answered);
    Some(json)
}

fn read(
    concept: Node<'_>,
    doubtful: bool,
    phrases: &Phrases,
    terms: &Terminology,
    known: &mut bool,
    found: &mut Vec<String>,
) {
    let texts =
        concept.str("text").into_iter().chain(concept.list("coding").filter_map(|coding| coding.str("display")));
    for text in texts {
        if !doubtful || !words_of(text).iter().any(|word| DOUBT.contains(&word.as_str())) {
            phrases.of(text, found);
        }
    }
    *known |= concept.list("coding").any(|coding| {
        coding.str("system").zip(coding.str("code")).is_some_and(|(system, code)| terms.find(system, code).is_some())
    });
}

fn add(json: &mut Json, element: &str, phrases: &[String]) {
    if phrases.is_empty() {
        return;
    }
    let codings = phrases.iter().map(|phrase| crate::build::coding(WORDS, phrase));
    match json.get_mut(element) {
        Some(list @ Json::Array(_)) => list.push(crate::build::object([("coding", Json::array(codings))])),
        Some(concept) => codings.for_each(|coding| crate::build::append(concept, "coding", coding)),
        // A medicine named by its reference only.
        None => json.set(element, crate::build::object([("coding", Json::array(codings))])),
    }
}
