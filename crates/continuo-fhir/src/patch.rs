//! Patches: JSON Patch (RFC 6902) and FHIRPath Patch (<https://hl7.org/fhir/R4/fhirpatch.html>).
//!
//! Both are all or nothing: an operation that fails leaves no trace of those before it. Whether the result is a valid
//! resource is for validation to say.

mod fhirpath;
mod json;
mod pointer;

pub use fhirpath::fhirpath_patch;
pub use json::json_patch;

/// Operations of one patch. Each may walk the whole document.
const MOST_OPERATIONS: usize = 1_000;

/// Why a patch was not applied.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("operation {operation}: {message}")]
pub struct Error {
    /// Which operation failed, from 0.
    pub operation: usize,
    /// Whether a `test` did not hold; all else is a fault of the patch.
    pub is_failed_test: bool,
    /// What went wrong.
    pub message: String,
}

fn fault(message: impl Into<String>) -> Error {
    Error { operation: 0, is_failed_test: false, message: message.into() }
}
