//! "Could not file": input kept as received, to be mended and tried again. The bytes as received always stay.

use continuo_fhir::{Json, ResourceType, pack, root, validate};
pub use continuo_store::tables::input_kept::InputKept;
use continuo_store::tables::input_kept::{self, DISMISSED, FILED, WAITING};
use continuo_store::{Rid, Scope};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::ingest::{Chunk, take};
use crate::problem::WorkError;
use crate::record::{RecordError, audit, permission};

/// What waits, newest first, and how many in all.
pub fn waiting(ctx: &Ctx, most: i64) -> Result<(Vec<InputKept>, i64), WorkError> {
    ctx.require(Permission::Import)?;
    let found = ctx.read(|r| {
        Ok((input_kept::in_state(r.conn(), ctx.org, WAITING, most)?, input_kept::waiting(r.conn(), ctx.org)?))
    })?;
    looked(ctx, "waiting")?;
    Ok(found)
}

/// How many wait; counting looks at nobody's words.
pub fn count(ctx: &Ctx) -> Result<i64, WorkError> {
    ctx.require(Permission::Import)?;
    Ok(ctx.read(|r| input_kept::waiting(r.conn(), ctx.org))?)
}

/// One kept input.
pub fn get(ctx: &Ctx, id: &str) -> Result<InputKept, WorkError> {
    ctx.require(Permission::Import)?;
    let found = ctx.read(|r| input_kept::by_id(r.conn(), ctx.org, id))?;
    let found = found.ok_or_else(|| WorkError::NotFound("this input".to_owned()))?;
    looked(ctx, id)?;
    Ok(found)
}

/// Inputs hold what sources said of people, so looking at them is audited like looking at a record.
fn looked(ctx: &Ctx, what: &str) -> Result<(), WorkError> {
    audit(ctx, "read kept input", Rid(0), what).map_err(|error| match error {
        RecordError::Store(error) => error.into(),
        other => WorkError::Not(other.to_string()),
    })
}

/// Tries again, as received or as mended. What still cannot be taken stays, with the reason of this try.
pub fn retry(ctx: &Ctx, id: &str, mended: Option<&str>) -> Result<(), WorkError> {
    let kept = get(ctx, id)?;
    let bytes = mended.map_or(kept.bytes.as_slice(), str::as_bytes);
    if kept.format == "hl7v2" {
        return match crate::import::retry(ctx, id, bytes)? {
            crate::import::Retried::Filed(_) => Ok(()),
            crate::import::Retried::StillWrong(why) => Err(WorkError::field("content", why.join("; "))),
        };
    }
    let json = Json::parse(bytes).map_err(|error| WorkError::field("content", error.to_string()))?;
    let resources: Vec<Json> = match json.resource_type() {
        Some("Bundle") => json
            .get("entry")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| entry.get("resource").cloned())
            .collect(),
        _ => vec![json],
    };
    for resource in &resources {
        may_file(ctx, resource)?;
    }
    let prepare = ctx.prepare_context()?;
    let (_, refused) = take(ctx, &prepare, Chunk { source: kept.source.clone(), resources })?;
    match refused.first() {
        Some(first) => Err(WorkError::field("content", first.issue.text.clone())),
        None => settle(ctx, id, FILED),
    }
}

/// What a person mends is checked like any other change of the record: by type, by shape, and never over a resource
/// that is closed to them.
fn may_file(ctx: &Ctx, resource: &Json) -> Result<(), WorkError> {
    let name = resource.resource_type().unwrap_or("");
    let Some(type_) = ResourceType::find(name) else {
        let shown: String = name.chars().take(64).collect();
        return Err(WorkError::field("content", format!("`{shown}` is not a resource type of FHIR R4")));
    };
    ctx.require(permission::to_write(type_.as_str()))?;
    let packed = pack(resource);
    let node = root(&packed).map_err(|error| WorkError::field("content", error.to_string()))?;
    if let Some(issue) = validate::structure(node).into_iter().find(continuo_fhir::Issue::is_error) {
        return Err(WorkError::field("content", format!("{}: {}", issue.place, issue.text)));
    }
    let Some(id) = resource.str_at("id") else { return Ok(()) };
    let closed = ctx
        .read(|r| Ok(r.find(&Scope::all(ctx.org), type_, id)?.is_some() && r.find(&ctx.scope, type_, id)?.is_none()))?;
    if closed { Err(WorkError::NotFound(format!("{type_}/{id}"))) } else { Ok(()) }
}

/// Puts an input aside for good, by name.
pub fn dismiss(ctx: &Ctx, id: &str) -> Result<(), WorkError> {
    get(ctx, id)?;
    settle(ctx, id, DISMISSED)
}

fn settle(ctx: &Ctx, id: &str, state: i64) -> Result<(), WorkError> {
    let (org, id, by) = (ctx.org, id.to_owned(), ctx.actor.reference.clone());
    ctx.write("settle kept input", move |tx| {
        tx.commit_id();
        let now = tx.now();
        input_kept::settle(tx.conn()?, org, &id, state, &by, now)
    })?;
    Ok(())
}
