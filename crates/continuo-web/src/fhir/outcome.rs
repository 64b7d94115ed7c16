//! Problems as OperationOutcomes: every error of the API names what is wrong and where.

use continuo_care::record::RecordError;
use continuo_fhir::ResourceType;
use continuo_fhir::issue::{Issue, IssueCode, operation_outcome};
use continuo_fhir::json::Json;

use crate::problem::Problem;
use crate::reply::Reply;

/// The media type of everything the API sends.
pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// The answer for a problem.
pub(crate) fn reply(problem: &Problem) -> Reply {
    let reply = Reply::with(problem.status, FHIR_JSON, json(problem).to_bytes());
    if problem.status == 401 { reply.header("www-authenticate", "Bearer") } else { reply }
}

/// The OperationOutcome of a problem.
pub(crate) fn json(problem: &Problem) -> Json {
    if !problem.issues.is_empty() {
        return operation_outcome(&problem.issues);
    }
    let mut issue = Json::object([
        ("severity", Json::from("error")),
        ("code", Json::from(problem.code)),
        ("diagnostics", Json::from(problem.sentence.as_str())),
    ]);
    if let Some(place) = &problem.place {
        issue.set("expression", Json::array([Json::from(place.as_str())]));
    }
    Json::object([("resourceType", Json::from("OperationOutcome")), ("issue", Json::array([issue]))])
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        let sentence = error.to_string();
        match error {
            RecordError::Denied(denied) => denied.into(),
            RecordError::NotFound(_) => Problem::not_found(),
            RecordError::Gone(_) => Problem::status(410, "deleted", sentence),
            RecordError::Invalid(issues) => Problem::of_issues(invalid_status(&issues), issues),
            RecordError::MultipleMatches(_) => Problem::status(412, "multiple-matches", sentence),
            RecordError::Precondition(_) => Problem::status(412, "conflict", sentence),
            RecordError::Conflict(_) => Problem::status(409, "conflict", sentence),
            RecordError::Entry { index, error } => {
                let mut inner = Problem::from(*error);
                let entry = format!("Bundle.entry[{index}]");
                for issue in &mut inner.issues {
                    issue.place = in_entry(&entry, &issue.place);
                }
                inner.place = Some(entry);
                inner
            }
            RecordError::Store(error) => from_store(error),
        }
    }
}

/// The place of something in an entry's resource or request, as a path from the Bundle.
fn in_entry(entry: &str, place: &str) -> String {
    let (first, rest) = place.split_once('.').unwrap_or((place, ""));
    match first {
        "" => entry.to_owned(),
        "request" | "fullUrl" => format!("{entry}.{place}"),
        // A path from the resource names its type first.
        _ if ResourceType::find(first).is_some() && rest.is_empty() => format!("{entry}.resource"),
        _ if ResourceType::find(first).is_some() => format!("{entry}.resource.{rest}"),
        _ => format!("{entry}.resource.{place}"),
    }
}

impl From<continuo_care::StoreError> for Problem {
    fn from(error: continuo_care::StoreError) -> Self {
        RecordError::from(error).into()
    }
}

fn from_store(error: continuo_care::StoreError) -> Problem {
    use continuo_care::StoreError as Store;
    match error {
        Store::Refused(text) => Problem::status(409, "business-rule", text),
        Store::Full(_) => {
            Problem::status(507, "no-store", "There is no space left to store this. Nothing was changed.")
                .because(error.to_string())
        }
        Store::Closed(_) => {
            Problem::status(503, "transient", "The record is closed just now. Please try again in a minute.")
                .because(error.to_string())
        }
        other => Problem::internal(other.to_string()),
    }
}

/// 400 for what is no FHIR at all or asks wrongly, 422 for resources that break rules.
fn invalid_status(issues: &[Issue]) -> u16 {
    let rule =
        |issue: &Issue| matches!(issue.code, IssueCode::Invariant | IssueCode::BusinessRule | IssueCode::CodeInvalid);
    if issues.iter().any(|issue| issue.code == IssueCode::NotSupported) {
        404
    } else if !issues.is_empty() && issues.iter().all(rule) {
        422
    } else {
        400
    }
}
