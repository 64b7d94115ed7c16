//! "Could not file": input kept as received, to be mended and tried again. The bytes as received always stay.

use continuo_fhir::Json;
pub use continuo_store::tables::input_kept::InputKept;
use continuo_store::tables::input_kept::{self, DISMISSED, FILED, WAITING};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::ingest::{Chunk, take};
use crate::problem::WorkError;

/// What waits, newest first, and how many in all.
pub fn waiting(ctx: &Ctx, most: i64) -> Result<(Vec<InputKept>, i64), WorkError> {
    ctx.require(Permission::Import)?;
    Ok(ctx.read(|r| {
        Ok((input_kept::in_state(r.conn(), ctx.org, WAITING, most)?, input_kept::waiting(r.conn(), ctx.org)?))
    })?)
}

/// One kept input.
pub fn get(ctx: &Ctx, id: &str) -> Result<InputKept, WorkError> {
    ctx.require(Permission::Import)?;
    let found = ctx.read(|r| input_kept::by_id(r.conn(), ctx.org, id))?;
    found.ok_or_else(|| WorkError::NotFound("this input".to_owned()))
}

/// Tries again, as received or as mended. What still cannot be taken stays, with the reason of this try.
pub fn retry(ctx: &Ctx, id: &str, mended: Option<&str>) -> Result<(), WorkError> {
    let kept = get(ctx, id)?;
    let bytes = mended.map_or(kept.bytes.as_slice(), str::as_bytes);
    let json = Json::parse(bytes).map_err(|error| WorkError::field("content", error.to_string()))?;
    let resources = match json.resource_type() {
        Some("Bundle") => json
            .get("entry")
            .map(Json::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| entry.get("resource").cloned())
            .collect(),
        _ => vec![json],
    };
    let prepare = ctx.prepare_context()?;
    let (_, refused) = take(ctx, &prepare, Chunk { source: kept.source.clone(), resources })?;
    match refused.first() {
        Some(first) => Err(WorkError::field("content", first.issue.text.clone())),
        None => settle(ctx, id, FILED),
    }
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
