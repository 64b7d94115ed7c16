//! What can go wrong with a use case on the record, in the words of the FHIR API.

use continuo_fhir::Issue;
use continuo_fhir::issue::IssueCode;

use super::bundle::BundleError;
use crate::access::Denied;

/// Why a read or change of the record was not done.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The actor may not do this at all.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Not there, or closed to the actor: the two are not told apart.
    #[error("{0} is not here, or you do not have access to it")]
    NotFound(String),
    /// It was there and has been deleted.
    #[error("{0} was deleted")]
    Gone(String),
    /// The resource or the parameters cannot be taken.
    #[error("the input cannot be taken")]
    Invalid(Vec<Issue>),
    /// A condition names more than one resource (412).
    #[error("{0} matches more than one resource")]
    MultipleMatches(String),
    /// `If-Match` or `If-None-Match` does not hold (412).
    #[error("{0}")]
    Precondition(String),
    /// Somebody else changed it meanwhile (409).
    #[error("{0}")]
    Conflict(String),
    /// An entry of a Bundle failed; says which.
    #[error("entry {index}: {error}")]
    Entry {
        /// Position in the Bundle, from 0.
        index: usize,
        /// What went wrong.
        error: Box<RecordError>,
    },
    /// The store could not do it.
    #[error(transparent)]
    Store(continuo_store::Error),
}

impl RecordError {
    /// An input that breaks a rule, with its place.
    pub fn invalid(code: IssueCode, place: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Invalid(vec![Issue::error(code, place, text)])
    }
}

impl From<continuo_store::Error> for RecordError {
    fn from(error: continuo_store::Error) -> Self {
        use continuo_store::Error as Store;
        match error {
            Store::NotFound(what) => Self::NotFound(what),
            Store::Gone(what) => Self::Gone(what),
            Store::VersionConflict { .. } => Self::Precondition(error.to_string()),
            Store::Search { parameter, message } => Self::invalid(IssueCode::Invalid, parameter, message),
            Store::Faulty { place, message } => Self::invalid(IssueCode::Invalid, place, message),
            Store::Invalid(text) => Self::invalid(IssueCode::Invalid, "", text),
            other => Self::Store(other),
        }
    }
}

impl From<BundleError> for RecordError {
    fn from(error: BundleError) -> Self {
        Self::invalid(IssueCode::Invalid, error.place, error.text)
    }
}
