//! Everybody's packed record, some people at a time: what measures over a population read.
//!
//! A person is the union of the source patients linked to them. Who is out of scope has no rows and so is not counted.
//! That a population was read is one row of the audit; evaluating it writes nothing.

use continuo_store::tables::assessed;
use continuo_store::{PersonFactRows, Rid};

use crate::access::Permission;
use crate::ctx::Ctx;
use crate::record::{RecordError, audit};

/// Every person of the organization, by key. `purpose` is said in the audit.
pub fn people(ctx: &Ctx, purpose: &str) -> Result<Vec<Rid>, RecordError> {
    ctx.require(Permission::RecordRead)?;
    audit(ctx, "read population", Rid(0), purpose)?;
    Ok(ctx.read(|reader| assessed::everybody(reader.conn(), ctx.org))?)
}

/// The packed rows of these people, in the order asked for.
pub fn facts(ctx: &Ctx, people: &[Rid]) -> Result<Vec<(Rid, PersonFactRows)>, RecordError> {
    ctx.require(Permission::RecordRead)?;
    Ok(ctx.read(|reader| reader.facts_of_people(&ctx.scope, people))?)
}

/// What belongs to nobody: medications, locations, practitioners that records refer to.
pub fn shared(ctx: &Ctx) -> Result<PersonFactRows, RecordError> {
    ctx.require(Permission::RecordRead)?;
    Ok(ctx.read(|reader| reader.shared_facts(ctx.org))?)
}
