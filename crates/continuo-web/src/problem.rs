//! The one error of the web: a status, a sentence for the person, a cause for the log.
//!
//! It becomes a page or an OperationOutcome by what was asked for. The cause never reaches a person.

use continuo_care::access::Denied;
use continuo_care::people::SearchError;
use continuo_care::problem::WorkError;
use continuo_fhir::Issue;

/// What went wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// FHIR issue type code (R4 IssueType): `not-found`, `invalid`, ...
    pub code: &'static str,
    /// A sentence for the person: what happened and what to do.
    pub sentence: String,
    /// For the log only; holds no personal data.
    pub cause: String,
    /// Where in the input, as a FHIRPath-like place, if known.
    pub place: Option<String>,
    /// Several faults at once, each with its place; empty when `sentence` says it all.
    pub issues: Vec<Issue>,
}

impl Problem {
    fn new(status: u16, code: &'static str, sentence: impl Into<String>) -> Self {
        Self { status, code, sentence: sentence.into(), cause: String::new(), place: None, issues: Vec::new() }
    }

    /// 400: the input could not be understood.
    pub fn bad_request(sentence: impl Into<String>) -> Self {
        Self::new(400, "invalid", sentence)
    }

    /// 401: nobody is signed in.
    pub fn sign_in() -> Self {
        Self::new(401, "login", "Please sign in.")
    }

    /// 403: not allowed.
    pub fn forbidden(sentence: impl Into<String>) -> Self {
        Self::new(403, "forbidden", sentence)
    }

    /// 404. The same sentence whether a thing is absent or closed to this person, so that its existence does not leak.
    pub fn not_found() -> Self {
        Self::new(404, "not-found", "This is not here, or you do not have access to it.")
    }

    /// 404 and its like with a status and code of the caller's choice.
    pub fn status(status: u16, code: &'static str, sentence: impl Into<String>) -> Self {
        Self::new(status, code, sentence)
    }

    /// Several faults of one input.
    pub fn of_issues(status: u16, issues: Vec<Issue>) -> Self {
        let sentence =
            issues.first().map_or_else(|| "The input cannot be taken.".to_owned(), |issue| issue.text.clone());
        Self { issues, ..Self::new(status, "invalid", sentence) }
    }

    /// 500: our fault.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self::new(500, "exception", "Something went wrong on our side. Nothing was changed. Please try again.")
            .because(cause)
    }

    /// With a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    /// With the place in the input.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::forbidden("Your role does not allow this.").because(denied.to_string())
    }
}

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        let sentence = error.to_string();
        match error {
            WorkError::Denied(denied) => denied.into(),
            WorkError::NotFound(_) => Self::not_found(),
            WorkError::Refused(_) | WorkError::Call(_) | WorkError::Field { .. } => {
                Self::bad_request(capital(&sentence))
            }
            WorkError::Not(_) => Self::status(409, "business-rule", capital(&sentence)),
            WorkError::Store(error) => error.into(),
        }
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Denied(denied) => denied.into(),
            SearchError::Store(error) => error.into(),
        }
    }
}

/// A sentence for a person: capital letter and full stop.
pub(crate) fn capital(text: &str) -> String {
    let stop = if text.ends_with(['.', '?']) { "" } else { "." };
    format!("{}{stop}", continuo_fhir::letters::capital(text))
}
