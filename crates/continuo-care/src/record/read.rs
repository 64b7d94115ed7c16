//! Reading one resource, one of its versions, or its history. Each read is audited.

use continuo_fhir::ResourceType;
use continuo_store::{AuditEntry, Rid, Stored};

use super::error::RecordError;
use super::permission;
use crate::ctx::Ctx;

/// The current version.
pub fn read(ctx: &Ctx, type_: ResourceType, id: &str) -> Result<Stored, RecordError> {
    ctx.require(permission::to_read(type_.as_str()))?;
    let stored = ctx.store().read(|reader| reader.get(&ctx.scope, type_, id))?;
    audit(ctx, "read", stored.patient, &format!("{type_}/{id}"))?;
    Ok(stored)
}

/// One version, current or past.
pub fn version(ctx: &Ctx, type_: ResourceType, id: &str, version: i64) -> Result<Stored, RecordError> {
    ctx.require(permission::to_read(type_.as_str()))?;
    let stored = ctx.store().read(|reader| reader.version(&ctx.scope, type_, id, version))?;
    if stored.bytes.is_none() {
        return Err(RecordError::Gone(format!("{type_}/{id} version {version}")));
    }
    audit(ctx, "vread", stored.patient, &format!("{type_}/{id}/_history/{version}"))?;
    Ok(stored)
}

/// The versions of a resource, newest first; deletions have no bytes.
pub type History = Vec<Stored>;

/// At most this many versions are shown at once.
const MOST_VERSIONS: i64 = 1000;

/// The versions of one resource in scope.
pub fn history(ctx: &Ctx, type_: ResourceType, id: &str) -> Result<History, RecordError> {
    ctx.require(permission::to_read(type_.as_str()))?;
    let versions = ctx.store().read(|reader| reader.history(&ctx.scope, type_, id, MOST_VERSIONS))?;
    let patient = versions.first().map_or(Rid(0), |v| v.patient);
    audit(ctx, "history", patient, &format!("{type_}/{id}"))?;
    Ok(versions)
}

/// The newest versions of a type, or of all types, in scope.
pub fn history_all(ctx: &Ctx, type_: Option<ResourceType>, most: i64) -> Result<History, RecordError> {
    let needed = type_.map_or(crate::access::Permission::RecordRead, |type_| permission::to_read(type_.as_str()));
    ctx.require(needed)?;
    let newest = continuo_store::ChangeSeq(0);
    let versions = ctx.store().read(|reader| reader.history_of(&ctx.scope, type_, newest, 0, most))?;
    let versions = versions.into_iter().map(|(_, stored)| stored).collect();
    audit(ctx, "history", Rid(0), type_.map_or("all", |type_| type_.as_str()))?;
    Ok(versions)
}

/// What the actor has just written, as stored. Its writer sees it even if a label closes it from now on.
pub fn just_written(ctx: &Ctx, type_: ResourceType, id: &str, version: i64) -> Result<Vec<u8>, RecordError> {
    let scope = continuo_store::Scope::all(ctx.org);
    let stored = ctx.store().read(|reader| reader.version(&scope, type_, id, version))?;
    stored.bytes.ok_or_else(|| RecordError::Gone(format!("{type_}/{id}")))
}

/// Queues an audit row; durable within 100 ms, and after an audit commit that failed every read is refused.
pub(crate) fn audit(ctx: &Ctx, action: &str, patient: Rid, subject: &str) -> Result<(), RecordError> {
    ctx.store()
        .audit_read(AuditEntry {
            org: ctx.org,
            actor: ctx.actor.reference.clone(),
            action: action.to_owned(),
            patient,
            subject: subject.to_owned(),
            detail: String::new(),
        })
        .map_err(RecordError::from)
}
