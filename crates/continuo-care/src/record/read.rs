//! Reading one resource, one of its versions, or its history. Each read is audited.

use continuo_fhir::ResourceType;
use continuo_store::{AuditEntry, ChangeSeq, HistorySlice, Rid, Stored};

use super::error::RecordError;
use super::{permission, search};
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

/// Which versions of a history are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryRange {
    /// Before this change number; 0 for the newest.
    pub before: i64,
    /// Written at or after this moment, in microseconds.
    pub since: i64,
    /// Current at some moment of this interval `[low, high)`.
    pub at: Option<(i64, i64)>,
}

impl HistoryRange {
    /// Every version there is.
    pub fn all() -> Self {
        Self { before: 0, since: i64::MIN, at: None }
    }
}

/// The versions of one resource in scope, newest first. One that never was, or is closed, is not here.
pub fn history(ctx: &Ctx, type_: ResourceType, id: &str, range: &HistoryRange) -> Result<History, RecordError> {
    ctx.require(permission::to_read(type_.as_str()))?;
    let mut versions = ctx.store().read(|reader| reader.history(&ctx.scope, type_, id, MOST_VERSIONS))?;
    if versions.is_empty() {
        return Err(RecordError::NotFound(format!("{type_}/{id}")));
    }
    let patient = versions.first().map_or(Rid(0), |v| v.patient);
    // Each version ends when the next one begins.
    let mut ended = i64::MAX;
    versions.retain(|version| {
        let current = range.at.is_none_or(|(low, high)| version.updated < high && ended > low);
        ended = version.updated;
        current && version.updated >= range.since
    });
    audit(ctx, "history", patient, &format!("{type_}/{id}"))?;
    Ok(versions)
}

/// The newest versions of a type, or of all types, in scope, and before which change number to go on.
pub fn history_all(
    ctx: &Ctx,
    type_: Option<ResourceType>,
    range: &HistoryRange,
    most: i64,
) -> Result<(History, Option<i64>), RecordError> {
    let needed = type_.map_or(crate::access::Permission::RecordRead, |type_| permission::to_read(type_.as_str()));
    ctx.require(needed)?;
    let wanted = HistorySlice { before: ChangeSeq(range.before), since: range.since, at: range.at, most: most + 1 };
    let mut versions = ctx.store().read(|reader| reader.history_of(&ctx.scope, type_, &wanted))?;
    let more = versions.len() as i64 > most;
    versions.truncate(usize::try_from(most).unwrap_or(0));
    let next = versions.last().filter(|_| more).map(|(seq, _)| seq.0);
    versions.retain(|(_, stored)| ctx.grant.allows(permission::to_read(stored.type_.as_str())));
    let people = search::people(versions.iter().map(|(_, stored)| stored));
    search::audit_each(ctx, "history", &people, type_.map_or("all", |type_| type_.as_str()))?;
    Ok((versions.into_iter().map(|(_, stored)| stored).collect(), next))
}

/// What was deleted since a moment and up to another and has not come back, for an export: newest first, in pages by
/// change number.
pub fn deleted(
    ctx: &Ctx,
    range: &HistoryRange,
    until: i64,
    most: i64,
) -> Result<(Vec<Stored>, Option<i64>), RecordError> {
    ctx.require(crate::access::Permission::Export)?;
    let wanted = HistorySlice { before: ChangeSeq(range.before), since: range.since, at: None, most };
    let found = ctx.store().read(|reader| {
        let versions = reader.history_of(&ctx.scope, None, &wanted)?;
        let next = versions.last().filter(|_| versions.len() as i64 == most).map(|(seq, _)| seq.0);
        let mut gone = Vec::new();
        for (_, stored) in versions {
            let is_last = stored.bytes.is_none()
                && stored.updated <= until
                && reader.find(&ctx.scope, stored.type_, &stored.id)?.is_some_and(|now| now.version == stored.version);
            if is_last && ctx.grant.allows(permission::to_read(stored.type_.as_str())) {
                gone.push(stored);
            }
        }
        Ok((gone, next))
    })?;
    audit(ctx, "export deleted", Rid(0), "all")?;
    Ok(found)
}

/// What the actor has just written, as stored. Its writer sees it even if a label closes it from now on.
///
/// What was there before (`made` is false) was found, or is more than what was sent: seeing it is reading, which needs
/// that right and is audited. Nothing for whom may only write.
pub fn just_written(
    ctx: &Ctx,
    type_: ResourceType,
    id: &str,
    version: i64,
    made: bool,
) -> Result<Option<Vec<u8>>, RecordError> {
    if !made && !ctx.grant.allows(permission::to_read(type_.as_str())) {
        return Ok(None);
    }
    let scope = continuo_store::Scope::all(ctx.org);
    let stored = ctx.store().read(|reader| reader.version(&scope, type_, id, version))?;
    if !made {
        audit(ctx, "read", stored.patient, &format!("{type_}/{id}"))?;
    }
    stored.bytes.ok_or_else(|| RecordError::Gone(format!("{type_}/{id}"))).map(Some)
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
