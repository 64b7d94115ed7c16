//! Which resource a condition means: none, one or several.

use continuo_fhir::ResourceType;
use continuo_store::{Query, Reader, Scope};

use super::error::RecordError;
use super::permission;
use crate::ctx::Ctx;

/// What a condition matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    One(String),
    Several,
}

/// Goes on only if the actor may read everything that a condition looks at: a match is an answer.
pub(super) fn may_ask(ctx: &Ctx, type_: ResourceType, query: &str) -> Result<(), RecordError> {
    ctx.require(permission::to_read(type_.as_str()))?;
    may_look(ctx, &Query::parse(type_, query)?)
}

/// Goes on only if the actor may read the types that chains and `_has` look at.
pub(super) fn may_look(ctx: &Ctx, query: &Query) -> Result<(), RecordError> {
    for type_ in query.looks_at() {
        ctx.require(permission::to_read(type_.as_str()))?;
    }
    Ok(())
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
