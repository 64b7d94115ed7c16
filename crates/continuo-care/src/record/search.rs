//! Searching, within the actor's scope and audited without the values that were searched for.

use std::collections::BTreeSet;

use continuo_fhir::reference::Reference;
use continuo_fhir::{Json, ResourceType};
use continuo_store::{Page, Query, Rid, Stored};

use super::error::RecordError;
use super::find;
use super::permission;
use super::read::audit;
use crate::ctx::Ctx;

/// Runs a search on one type. What is included beside the matches must be readable by its own type's permission.
pub fn search(ctx: &Ctx, query: &Query) -> Result<Page, RecordError> {
    let type_ = query.resource_type();
    ctx.require(permission::to_read(type_.as_str()))?;
    find::may_look(ctx, query)?;
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
        let person = reader.person_of(ctx.org, own.rid)?;
        let members = reader.members(ctx.org, person)?;
        let mut all = reader.compartment(&ctx.scope, &members)?;
        all.retain(|stored| stored.rid != own.rid);
        all.insert(0, own);
        let mut known: BTreeSet<String> = all.iter().map(|stored| format!("{}/{}", stored.type_, stored.id)).collect();
        let mut referred = BTreeSet::new();
        for bytes in all.iter().filter_map(|stored| stored.bytes.as_deref()) {
            if let Ok(json) = Json::parse(bytes) {
                references(&json, &mut referred);
            }
        }
        for text in referred {
            let Some((type_, id)) = Reference::parse(&text).local() else { continue };
            if known.insert(format!("{type_}/{id}")) {
                // Other people's records are referred to at times; only what belongs to nobody comes along.
                let stored = reader.find(&ctx.scope, type_, id)?;
                all.extend(stored.filter(|stored| stored.patient == Rid(0) && stored.bytes.is_some()));
            }
        }
        Ok(all)
    })?;
    let rid = found.first().map_or(Rid(0), |stored| stored.rid);
    audit(ctx, "everything", rid, &format!("Patient/{patient}"))?;
    Ok(found)
}

fn references(json: &Json, out: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| references(item, out)),
        Json::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Json::String(text) if key.as_str() == "reference" => {
                        out.insert(text.to_string());
                    }
                    other => references(other, out),
                }
            }
        }
        _ => {}
    }
}
