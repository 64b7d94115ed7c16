//! JSON Pointer (RFC 6901).

use super::{Error, fault};
use crate::json::Json;

/// The steps of a pointer.
pub(super) fn steps(text: &str) -> Result<Vec<String>, Error> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = text.strip_prefix('/') else { return Err(fault(format!("`{text}` is no JSON pointer"))) };
    Ok(rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

/// The value at some steps.
pub(super) fn find<'j>(document: &'j mut Json, steps: &[String]) -> Option<&'j mut Json> {
    steps.iter().try_fold(document, |value, step| match value {
        Json::Array(items) => items.get_mut(index(step)?),
        other => other.get_mut(step),
    })
}

/// An array index: digits without a leading zero.
pub(super) fn index(step: &str) -> Option<usize> {
    let plain = step == "0" || !step.starts_with('0');
    (plain && step.bytes().all(|b| b.is_ascii_digit())).then(|| step.parse().ok()).flatten()
}
