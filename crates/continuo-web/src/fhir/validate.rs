//! `$validate`, and the same check before every write: what is not R4 is refused with its place.

use continuo_care::Ctx;
use continuo_fhir::issue::{IssueCode, operation_outcome};
use continuo_fhir::json::Json;
use continuo_fhir::{Issue, ResourceType, pack, root, validate};

use super::body::{json, negotiate};
use super::outcome::FHIR_JSON;
use crate::app::App;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;

/// Validates the body, or the `resource` parameter of a Parameters body. Always 200 with an OperationOutcome
/// (R4, Resource-validate): the outcome says whether it is valid.
pub(super) fn any(_: &App, _: &Ctx, request: &Request) -> Result<Reply, Problem> {
    negotiate(request)?;
    let mut body = json(request)?;
    if body.resource_type() == Some("Parameters") && request.param("type") != "Parameters" {
        let parameter = body.get("parameter").map(Json::items).unwrap_or_default();
        let resource = parameter.iter().find(|p| p.str_at("name") == Some("resource")).and_then(|p| p.get("resource"));
        match resource.cloned() {
            Some(resource) => body = resource,
            None => return Err(Problem::bad_request("Parameters holds no `resource` to validate")),
        }
    }
    let mut issues = full(&body);
    if let Some(expected) = Some(request.param("type")).filter(|name| !name.is_empty()) {
        issues.extend(wrong_type(&body, expected));
    }
    Ok(Reply::with(200, FHIR_JSON, operation_outcome(&issues).to_bytes()))
}

/// Goes on only with a resource of this type that breaks no rule of R4.
pub(super) fn require(resource: &Json, type_: Option<ResourceType>) -> Result<(), Problem> {
    let mut issues: Vec<Issue> = structure(resource).into_iter().filter(Issue::is_error).collect();
    if let Some(type_) = type_ {
        issues.extend(wrong_type(resource, type_.as_str()));
    }
    refuse(issues)
}

fn wrong_type(resource: &Json, expected: &str) -> Option<Issue> {
    let own = resource.resource_type().unwrap_or("");
    (own != expected)
        .then(|| Issue::error(IssueCode::Value, "resourceType", format!("must be {expected}, as in the address")))
}

/// Refuses what has issues.
pub(super) fn refuse(issues: Vec<Issue>) -> Result<(), Problem> {
    if issues.is_empty() { Ok(()) } else { Err(Problem::of_issues(422, issues)) }
}

/// The check before a write: shape, cardinality, formats, required value sets.
fn structure(resource: &Json) -> Vec<Issue> {
    root(&pack(resource)).map(validate::structure).unwrap_or_default()
}

/// The whole check of `$validate`.
fn full(resource: &Json) -> Vec<Issue> {
    root(&pack(resource)).map(validate::full).unwrap_or_default()
}
