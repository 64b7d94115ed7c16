//! Searching, within the actor's scope and audited without the values that were searched for.

use continuo_fhir::ResourceType;
use continuo_store::{Page, Query, Rid, Stored};

use super::error::RecordError;
use super::permission;
use super::read::audit;
use crate::ctx::Ctx;

/// Runs a search on one type. What is included beside the matches must be readable by its own type's permission.
pub fn search(ctx: &Ctx, query: &Query) -> Result<Page, RecordError> {
    let type_ = query.resource_type();
    ctx.require(permission::to_read(type_.as_str()))?;
    let mut page = ctx.store().read(|reader| reader.search(&ctx.scope, query))?;
    page.included.retain(|stored| ctx.grant.allows(permission::to_read(stored.type_.as_str())));
    audit(ctx, "search", one_patient(&page.matches), type_.as_str())?;
    Ok(page)
}

/// The one patient all matches belong to; nobody if there are several, so that no audit row names a crowd.
fn one_patient(matches: &[Stored]) -> Rid {
    let first = matches.first().map_or(Rid(0), |stored| stored.patient);
    if matches.iter().all(|stored| stored.patient == first) { first } else { Rid(0) }
}

/// Everything of one person that the actor may see: the Patient first, then what stands in their compartment and what
/// it refers to (Patient-everything, R4).
pub fn everything(ctx: &Ctx, patient: &str) -> Result<Vec<Stored>, RecordError> {
    ctx.require(crate::access::Permission::RecordRead)?;
    let type_ = ResourceType::of("Patient");
    let found = ctx.store().read(|reader| {
        let own = reader.get(&ctx.scope, type_, patient)?;
        let mut all = reader.compartment(&ctx.scope, own.rid)?;
        all.retain(|stored| stored.rid != own.rid);
        all.insert(0, own);
        Ok(all)
    })?;
    let rid = found.first().map_or(Rid(0), |stored| stored.rid);
    audit(ctx, "everything", rid, &format!("Patient/{patient}"))?;
    Ok(found)
}
