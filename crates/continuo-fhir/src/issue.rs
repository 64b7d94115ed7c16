//! Issues: what is wrong or worth knowing about an input, and where. Their outside form is the OperationOutcome.

use crate::json::Json;
use std::fmt;

/// How bad an issue is; the words are FHIR's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing could be done.
    Fatal,
    /// The input cannot be taken as it is.
    Error,
    /// Taken, but someone should look.
    Warning,
    /// Worth knowing.
    Information,
}

impl Severity {
    /// FHIR's code.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Fatal => "fatal",
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "information",
        }
    }
}

macro_rules! issue_codes {
    ($($variant:ident $code:literal $doc:literal,)*) => {
        /// FHIR's kinds of issue (code system issue-type).
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum IssueCode { $(#[doc = $doc] $variant,)* }

        impl IssueCode {
            /// FHIR's code.
            pub fn as_str(self) -> &'static str {
                match self { $(IssueCode::$variant => $code,)* }
            }
        }
    };
}

issue_codes! {
    Invalid "invalid" "Content does not obey the specification.",
    Structure "structure" "The content's shape is wrong.",
    Required "required" "A required element is missing.",
    Value "value" "An element's value is not allowed.",
    Invariant "invariant" "A rule of the specification fails.",
    Security "security" "Access control refused.",
    Login "login" "Sign-in is needed.",
    Forbidden "forbidden" "The user may not do this.",
    Suppressed "suppressed" "Something was left out on purpose.",
    Processing "processing" "Something went wrong while working on the input.",
    NotSupported "not-supported" "The feature is not there.",
    Duplicate "duplicate" "The record exists already.",
    MultipleMatches "multiple-matches" "Several records match where one was meant.",
    NotFound "not-found" "There is no such record.",
    Deleted "deleted" "The record was deleted.",
    TooLong "too-long" "The content is too large.",
    CodeInvalid "code-invalid" "A code or system is not understood.",
    BusinessRule "business-rule" "A rule of this place forbids it.",
    Conflict "conflict" "Someone else changed the record.",
    TooCostly "too-costly" "The request asks for too much.",
    Timeout "timeout" "It took too long.",
    Throttled "throttled" "Too many requests.",
    Exception "exception" "An unexpected fault.",
    Incomplete "incomplete" "Not everything could be read.",
    Informational "informational" "Nothing is wrong.",
}

/// One thing found, with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub code: IssueCode,
    /// The element, as a FHIRPath such as `Patient.name[0].given`; empty where no element is meant.
    pub place: String,
    /// A plain sentence that names the fault.
    pub text: String,
}

impl Issue {
    /// An error at a place.
    pub fn error(code: IssueCode, place: impl Into<String>, text: impl Into<String>) -> Issue {
        Issue { severity: Severity::Error, code, place: place.into(), text: text.into() }
    }

    /// A warning at a place.
    pub fn warning(code: IssueCode, place: impl Into<String>, text: impl Into<String>) -> Issue {
        Issue { severity: Severity::Warning, code, place: place.into(), text: text.into() }
    }

    /// A remark at a place.
    pub fn information(code: IssueCode, place: impl Into<String>, text: impl Into<String>) -> Issue {
        Issue { severity: Severity::Information, code, place: place.into(), text: text.into() }
    }

    /// Whether the input cannot be taken because of this.
    pub fn is_error(&self) -> bool {
        self.severity <= Severity::Error
    }

    fn to_json(&self) -> Json {
        let mut json = Json::object([
            ("severity", Json::from(self.severity.as_str())),
            ("code", Json::from(self.code.as_str())),
            ("diagnostics", Json::from(self.text.as_str())),
        ]);
        if !self.place.is_empty() {
            json.set("expression", Json::Array(vec![Json::from(self.place.as_str())]));
        }
        json
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.place.is_empty() { "" } else { ": " };
        write!(f, "{} {}{separator}{}", self.severity.as_str(), self.place, self.text)
    }
}

/// The OperationOutcome of some issues; with none it says that all is well, as the resource must hold one.
pub fn operation_outcome(issues: &[Issue]) -> Json {
    let mut items: Vec<Json> = issues.iter().map(Issue::to_json).collect();
    if items.is_empty() {
        items.push(Issue::information(IssueCode::Informational, "", "no issues found").to_json());
    }
    Json::object([("resourceType", Json::from("OperationOutcome")), ("issue", Json::Array(items))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_names_the_place() {
        let issue = Issue::error(IssueCode::Required, "Task.status", "status is missing");
        assert_eq!(
            operation_outcome(&[issue]).to_string(),
            r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required","diagnostics":"status is missing","expression":["Task.status"]}]}"#
        );
        assert_eq!(operation_outcome(&[]).get("issue").map(|i| i.items().len()), Some(1));
    }
}
