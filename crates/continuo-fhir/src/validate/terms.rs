//! Rules about codes: R4's own code systems, what a code system says of its properties.
//!
//! Code systems of others (LOINC, SNOMED CT, HL7's terminology) change after a release and are not judged here.

use super::error;
use super::place::Place;
use super::prose::broken;
use super::walk::clip;
use crate::issue::{Issue, IssueCode};
use crate::packed::{Kind, Node};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// URI to codes, sorted: made by `cargo xtask fhir-tables` from R4's `valuesets.json`.
static SYSTEMS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("../generated/systems.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut words = line.split('\t');
            Some((words.next()?, words.collect()))
        })
        .collect()
});

/// A code in one of R4's own code systems must be one of its codes.
pub(super) fn coding(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let (Some(system), Some(code)) = (node.str("system"), node.str("code")) else { return };
    // A version names another edition than R4's.
    if node.get("version").is_some() {
        return;
    }
    if let Some(codes) = SYSTEMS.get(system)
        && codes.binary_search(&code).is_err()
    {
        error(issues, IssueCode::CodeInvalid, place, format!("`{}` is no code of {system}", clip(code)));
    }
}

/// Properties of a code system: defined once, and each value of the type that was stated.
pub(super) fn properties(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let mut uris = BTreeSet::new();
    for (i, property) in node.list("property").enumerate() {
        let at = place.step("property");
        if let (Some(code), Some(kind)) = (property.str("code"), property.str("type"))
            && types.insert(code, kind).is_some()
        {
            broken(issues, &at.item(i), format!("the property `{}` is defined twice", clip(code)));
        }
        if let Some(uri) = property.str("uri")
            && !uris.insert(uri)
        {
            broken(issues, &at.item(i), format!("the property's URI `{}` stands twice", clip(uri)));
        }
    }
    if types.is_empty() {
        return;
    }
    let mut open: Vec<Node<'_>> = node.list("concept").collect();
    while let Some(concept) = open.pop() {
        for property in concept.list("property") {
            let Some(stated) = property.str("code").and_then(|code| types.get(code)) else { continue };
            let value = property.fields().find_map(|(name, _)| name.strip_prefix("value"));
            if let Some(found) = value.filter(|found| !found.eq_ignore_ascii_case(stated)) {
                let code = concept.str("code").unwrap_or("?");
                let text = format!("a property of `{}` has a {found}, where {} is stated", clip(code), clip(stated));
                broken(issues, &place.step("concept"), text);
            }
        }
        open.extend(concept.list("concept"));
    }
}

/// A filter on a property that is true or false asks for one of the two.
pub(super) fn filter(node: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    let truth = matches!(node.str("property"), Some("inactive" | "notSelectable"));
    let is_equal = node.str("op") == Some("=");
    if truth
        && is_equal
        && node.get("value").is_some_and(|v| v.kind() == Kind::String)
        && !matches!(node.str("value"), Some("true" | "false"))
    {
        broken(issues, &place.step("value"), "must be true or false");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_systems_of_the_release_are_there() {
        assert!(SYSTEMS.len() > 200, "{}", SYSTEMS.len());
        assert!(
            SYSTEMS.get("http://hl7.org/fhir/observation-status").is_some_and(|c| c.binary_search(&"final").is_ok())
        );
    }
}
