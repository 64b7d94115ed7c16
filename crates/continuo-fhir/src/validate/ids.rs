//! Ids of elements: each once within its resource (R4 2.24.0.1); resources inside count for themselves.

use super::place::Place;
use super::prose::broken;
use super::walk::clip;
use crate::issue::Issue;
use crate::packed::{Kind, Node};
use std::collections::BTreeSet;

/// Checks a resource's elements.
pub(super) fn check(resource: Node<'_>, place: &Place<'_>, issues: &mut Vec<Issue>) {
    // Snapshot and differential name the same elements.
    if resource.resource_type() == Some("StructureDefinition") {
        return;
    }
    let mut seen = BTreeSet::new();
    let mut open: Vec<Node<'_>> = children(resource).collect();
    while let Some(node) = open.pop() {
        if let Some(id) = node.str("id")
            && !seen.insert(id)
        {
            broken(issues, place, format!("two elements have the id `{}`", clip(id)));
        }
        open.extend(children(node));
    }
}

/// The elements in an object that are objects and no resources.
fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.fields()
        .flat_map(|(_, value)| value.items())
        .filter(|child| child.kind() == Kind::Object && child.get("resourceType").is_none())
}
