//! Validation: what R4 itself says a resource must look like.
//!
//! [`structure`] checks shape, cardinality, primitive formats, required value sets and references; it is cheap enough for
//! every write. [`full`] adds the specification's rules (FHIRPath) and the rules of bundles, of R4's
//! own extensions and vital signs. Other profiles, terminology beyond the required sets, and whether a reference's target exists are not checked here.

mod extensions;
mod ids;
mod linked;
mod place;
mod primitive;
mod prose;
mod rules;
mod terms;
mod vitals;
mod walk;
mod xhtml;

use crate::issue::{Issue, IssueCode};
use crate::packed::{Kind, Node};
use place::Place;

/// Issues beyond this are not collected: a resource that broken needs no longer list.
pub const MAX_ISSUES: usize = 100;

/// Checks a resource's shape; no issue means it can be taken.
pub fn structure(resource: Node<'_>) -> Vec<Issue> {
    let mut issues = Vec::new();
    if resource.kind() != Kind::Object {
        issues.push(Issue::error(IssueCode::Structure, "", "a resource must be a JSON object"));
        return issues;
    }
    walk::resource(resource, None, &mut issues);
    issues
}

/// As [`structure`], and checks the specification's rules: its expressions, and those in words that concern a record.
pub fn full(resource: Node<'_>) -> Vec<Issue> {
    let mut issues = structure(resource);
    rules::check(resource, &mut issues);
    issues
}

/// Adds an issue unless there are too many already.
fn report(issues: &mut Vec<Issue>, issue: Issue) {
    if issues.len() < MAX_ISSUES {
        issues.push(issue);
    }
}

fn error(issues: &mut Vec<Issue>, code: IssueCode, place: &Place<'_>, text: impl Into<String>) {
    report(issues, Issue::error(code, place.to_string(), text));
}

/// Whether a narrative holds only safe formatting and something to show: FHIRPath's `htmlChecks()`.
pub(crate) fn is_safe_narrative(text: &str) -> bool {
    xhtml::check_text(text) == Ok(true)
}
