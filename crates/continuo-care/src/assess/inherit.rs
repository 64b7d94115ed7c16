//! What is made from a closed record is closed as it is: an appointment for a private referral, a task about it, a call
//! made for that task, the reply to a private message.
//!
//! One place for everything made here: [`crate::assess::put`] and the entry forms come through it. What another system
//! writes keeps the labels that it gives.

use continuo_fhir::{Json, ResourceType};
use continuo_store::{OrgId, Reader, Result, Scope};

use super::label;
use crate::tasks::change::{SAFETY_CONTACT, code_of};

/// Where a resource names what it is made from or about. Whose it is, who does it and who hears of it make nothing private.
const FROM: [&str; 17] = [
    "basedOn",
    "focus",
    "about",
    "reasonReference",
    "partOf",
    "inResponseTo",
    "encounter",
    "derivedFrom",
    "context.related",
    "context.encounter",
    "relatesTo.target",
    "diagnosis.condition",
    "addresses",
    "supportingInfo",
    "supportingInformation",
    "output.valueReference",
    "input.valueReference",
];
/// People and places: they are who, not what.
const WHO: [&str; 9] = [
    "Patient",
    "Person",
    "RelatedPerson",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "CareTeam",
    "Location",
    "HealthcareService",
];
/// More are not followed: no form names as many.
const MOST: usize = 64;

/// Puts the labels of what a resource is made from on it. Those it has stay.
pub(crate) fn inherit(reader: &mut Reader<'_>, org: OrgId, resource: &mut Json) -> Result<()> {
    let scope = Scope::all(org);
    for from in sources(resource) {
        let Some((type_, id)) = from.split_once('/') else { continue };
        let Some(type_) = ResourceType::find(type_) else { continue };
        let Some(stored) = reader.find(&scope, type_, id)?.filter(|stored| stored.labels != 0) else { continue };
        let source = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok());
        let codings = source.as_ref().and_then(|json| json.at("meta.security")).map(Json::items).unwrap_or_default();
        label::close(resource, stored.labels, codings);
    }
    Ok(())
}

/// The references to what a resource is made from, each once.
pub(crate) fn sources(resource: &Json) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // The contact after words of self-harm says no word of them and reaches whoever can make it (safety.md rule 8): how far
    // it is closed is decided where it is made.
    if resource.resource_type() == Some("Task") && code_of(resource) == SAFETY_CONTACT {
        return found;
    }
    for path in FROM {
        let steps: Vec<&str> = path.split('.').collect();
        walk(resource, &steps, &mut found);
    }
    found.truncate(MOST);
    found
}

fn walk(node: &Json, steps: &[&str], found: &mut Vec<String>) {
    let nodes = match node {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    for node in nodes {
        match steps.split_first() {
            Some((step, rest)) => {
                if let Some(next) = node.get(step) {
                    walk(next, rest, found);
                }
            }
            None => {
                let Some(reference) = node.str_at("reference") else { continue };
                let is_what = reference.split_once('/').is_some_and(|(type_, _)| !WHO.contains(&type_));
                if is_what && !found.iter().any(|one| one == reference) {
                    found.push(reference.to_owned());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_as_the_reason_counts_and_who_is_named_does_not() {
        let of = |text: &str| sources(&Json::parse(text.as_bytes()).unwrap());
        let call = r#"{"resourceType":"Communication","subject":{"reference":"Patient/p"},"about":[{"reference":"Task/t"},{"reference":"Patient/p"}],"basedOn":[{"reference":"Task/t"}]}"#;
        assert_eq!(of(call), ["Task/t"]);
        let task = r#"{"resourceType":"Task","focus":{"reference":"ServiceRequest/r"},"owner":{"reference":"Practitioner/n"},"output":[{"valueReference":{"reference":"DocumentReference/d"}}]}"#;
        assert_eq!(of(task), ["ServiceRequest/r", "DocumentReference/d"]);
        let paper = r#"{"resourceType":"DocumentReference","context":{"related":[{"reference":"ServiceRequest/r"}]}}"#;
        assert_eq!(of(paper), ["ServiceRequest/r"]);
    }
}
