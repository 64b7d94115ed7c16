//! Changing one resource: create, update, patch, delete, plain and conditional. Each is a transaction of one entry,
//! so that conditions, races and versions are handled in one place.

use continuo_fhir::ResourceType;
use continuo_fhir::json::Json;

use super::bundle::{Entry, Method, Sent};
use super::error::RecordError;
use super::transaction::{Done, all_or_nothing};
use crate::ctx::Ctx;

/// A resource that was written or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id.
    pub id: String,
    /// Its current version.
    pub version: i64,
    /// 201 created, 200 updated or found.
    pub status: u16,
}

/// Preconditions of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions<'a> {
    /// `If-Match`.
    pub if_match: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `If-None-Exist`: a conditional create.
    pub if_none_exist: Option<&'a str>,
}

/// Creates a resource, or finds the one its condition names.
pub fn create(
    ctx: &Ctx,
    type_: ResourceType,
    resource: Json,
    conditions: &Conditions<'_>,
) -> Result<Written, RecordError> {
    written(ctx, entry(Method::Post, type_.to_string(), Some(resource), conditions))
}

/// Updates or creates `Type/id`, or what `Type?query` names.
pub fn update(ctx: &Ctx, address: String, resource: Json, conditions: &Conditions<'_>) -> Result<Written, RecordError> {
    written(ctx, entry(Method::Put, address, Some(resource), conditions))
}

/// Changes part of `Type/id`, or of what `Type?query` names. Whether a patch can be applied says what stands there (a JSON
/// Patch has a `test`), so it needs the right to read as well.
pub fn patch(ctx: &Ctx, address: String, patch: Json, conditions: &Conditions<'_>) -> Result<Written, RecordError> {
    let type_ = address.split(['/', '?']).next().unwrap_or_default();
    ctx.require(super::permission::to_read(type_))?;
    written(ctx, entry(Method::Patch, address, Some(patch), conditions))
}

/// Deletes `Type/id`, or what `Type?query` names; nothing to delete is no error.
pub fn delete(ctx: &Ctx, address: String, conditions: &Conditions<'_>) -> Result<(), RecordError> {
    all_or_nothing(ctx, vec![entry(Method::Delete, address, None, conditions)]).map(|_| ()).map_err(plain)
}

fn entry(method: Method, url: String, resource: Option<Json>, conditions: &Conditions<'_>) -> Entry<'static> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Entry {
        index: 0,
        method,
        url,
        full_url: None,
        if_none_exist: owned(conditions.if_none_exist),
        if_match: owned(conditions.if_match),
        if_none_match: owned(conditions.if_none_match),
        resource: resource.map(Sent::Tree),
        faults: Vec::new(),
    }
}

fn written(ctx: &Ctx, entry: Entry<'_>) -> Result<Written, RecordError> {
    let address = entry.url.clone();
    match all_or_nothing(ctx, vec![entry]).map_err(plain)?.into_iter().next() {
        Some(Done::Resource { id, version, status, .. }) => Ok(Written { id, version, status }),
        // A patch whose condition matched nothing.
        _ => Err(RecordError::NotFound(address.split('?').next().unwrap_or("").to_owned())),
    }
}

/// Without the position in a Bundle that was none.
fn plain(error: RecordError) -> RecordError {
    match error {
        RecordError::Entry { error, .. } => *error,
        other => other,
    }
}
