//! Which resource a condition means: none, one or several.

use continuo_fhir::ResourceType;
use continuo_store::{Reader, Scope};

/// What a condition matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    One(String),
    Several,
}

/// The match of a condition such as `identifier=system|value`, within the caller's scope.
pub(super) fn one(
    reader: &mut Reader<'_>,
    scope: &Scope,
    type_: ResourceType,
    query: &str,
) -> Result<Found, continuo_store::Error> {
    let mut ids = reader.matching_ids(scope, type_, query, 2)?.into_iter();
    Ok(match (ids.next(), ids.next()) {
        (None, _) => Found::Nothing,
        (Some(id), None) => Found::One(id),
        (Some(_), Some(_)) => Found::Several,
    })
}
