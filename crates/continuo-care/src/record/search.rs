//! Searching, within the actor's scope and audited without the values that were searched for.

use std::collections::BTreeSet;

use continuo_fhir::reference::Reference;
use continuo_fhir::search::{Value, extract_param, param};
use continuo_fhir::{Json, ResourceType, Zone, pack, root};
use continuo_store::{Page, Query, Rid, Slice, Stored, clinical_date};

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
    let mut people = people(page.matches.iter().chain(&page.included));
    people.extend(named(ctx, &query.people())?);
    audit_each(ctx, "search", &people, type_.as_str())?;
    Ok(page)
}

/// Whose these are.
pub(super) fn people<'s>(all: impl Iterator<Item = &'s Stored>) -> BTreeSet<Rid> {
    all.map(|stored| stored.patient).filter(|patient| patient.0 != 0).collect()
}

/// The people whom a search names: an empty answer about somebody is an answer about them.
fn named(ctx: &Ctx, ids: &BTreeSet<String>) -> Result<BTreeSet<Rid>, RecordError> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let type_ = ResourceType::of("Patient");
    let found = ctx.store().read(|reader| {
        ids.iter().map(|id| reader.rid(ctx.org, type_, id)).collect::<Result<Vec<_>, continuo_store::Error>>()
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// One audit row for each person; one that names nobody where there is none.
pub(super) fn audit_each(ctx: &Ctx, action: &str, people: &BTreeSet<Rid>, subject: &str) -> Result<(), RecordError> {
    if people.is_empty() {
        return audit(ctx, action, Rid(0), subject);
    }
    people.iter().try_for_each(|person| audit(ctx, action, *person, subject))
}

/// What of a person's record is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EverythingRange {
    /// Only these types; empty for all.
    pub types: BTreeSet<ResourceType>,
    /// Written at or after this moment, in microseconds.
    pub since: i64,
    /// Care on or after this moment; what carries no date of care comes in any case.
    pub start: i64,
    /// Care before this moment.
    pub end: i64,
}

impl EverythingRange {
    fn takes(&self, stored: &Stored, zone: &Zone) -> bool {
        stored.bytes.is_some()
            && (self.types.is_empty() || self.types.contains(&stored.type_))
            && stored.updated >= self.since
            && (self.start == i64::MIN && self.end == i64::MAX || self.cares(stored, zone))
    }

    /// Whether a date of care, if there is one, lies in the range.
    fn cares(&self, stored: &Stored, zone: &Zone) -> bool {
        let date = clinical_date(stored.type_.as_str()).and_then(|code| param(stored.type_, code));
        let (Some(date), Some(bytes)) = (date, stored.bytes.as_deref()) else { return true };
        let packed = Json::parse(bytes).map(|json| pack(&json)).unwrap_or_default();
        let Ok(node) = root(&packed) else { return true };
        let (mut dated, mut inside) = (false, false);
        extract_param(node, date, zone, &mut |value| {
            if let Value::Date { low, high } = value {
                dated = true;
                inside |= low.micros() < self.end && high.micros() > self.start;
            }
        });
        !dated || inside
    }
}

/// Everything of one person that the actor may see: the Patient first, then what stands in their compartment and what
/// it refers to (Patient-everything, R4).
pub fn everything(ctx: &Ctx, patient: &str, range: &EverythingRange) -> Result<Vec<Stored>, RecordError> {
    ctx.require(crate::access::Permission::RecordRead)?;
    let type_ = ResourceType::of("Patient");
    let found = ctx.store().read(|reader| {
        let own = reader.get(&ctx.scope, type_, patient)?;
        let person = reader.person_of(ctx.org, own.rid)?;
        let members = reader.members(ctx.org, person)?;
        let mut all = reader.compartment(&ctx.scope, &members)?;
        let rid = own.rid;
        all.retain(|stored| stored.rid != rid && range.takes(stored, &ctx.zone));
        if range.types.is_empty() || range.types.contains(&type_) {
            all.insert(0, own);
        }
        let mut known: BTreeSet<String> = all.iter().map(|stored| format!("{}/{}", stored.type_, stored.id)).collect();
        for (type_, id) in referred(&all) {
            let wanted = range.types.is_empty() || range.types.contains(&type_);
            if wanted && known.insert(format!("{type_}/{id}")) {
                // Other people's records are referred to at times; only what belongs to nobody comes along.
                let stored = reader.find(&ctx.scope, type_, &id)?;
                all.extend(stored.filter(|stored| stored.patient == Rid(0) && stored.bytes.is_some()));
            }
        }
        Ok((rid, all))
    })?;
    let (rid, found) = found;
    audit(ctx, "everything", rid, &format!("Patient/{patient}"))?;
    Ok(readable(ctx, found))
}

/// A page of everything of all people in reach, by narrow key, with what it refers to that belongs to nobody
/// (Patient-everything on the type, R4).
#[derive(Debug, Default)]
pub struct OfAll {
    /// What belongs to people.
    pub own: Vec<Stored>,
    /// What those refer to.
    pub beside: Vec<Stored>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// See [`OfAll`]; the page begins after this key.
pub fn everything_of_all(ctx: &Ctx, range: &EverythingRange, after: i64, most: usize) -> Result<OfAll, RecordError> {
    ctx.require(crate::access::Permission::RecordRead)?;
    let slice = Slice {
        types: range.types.iter().copied().collect(),
        since: range.since,
        after: Rid(after),
        most: most as i64 + 1,
    };
    let page = ctx.store().read(|reader| {
        let mut own = reader.of_patients(&ctx.scope, &slice)?;
        let more = own.len() > most;
        own.truncate(most);
        let next = own.last().filter(|_| more).map(|last| last.rid.0);
        own.retain(|stored| range.takes(stored, &ctx.zone));
        let mut beside: Vec<Stored> = Vec::new();
        for (type_, id) in referred(&own) {
            if range.types.is_empty() || range.types.contains(&type_) {
                let stored = reader.find(&ctx.scope, type_, &id)?;
                beside.extend(stored.filter(|stored| stored.patient == Rid(0) && stored.bytes.is_some()));
            }
        }
        Ok(OfAll { own, beside, next })
    })?;
    audit_each(ctx, "everything", &people(page.own.iter()), "Patient")?;
    Ok(OfAll { own: readable(ctx, page.own), beside: readable(ctx, page.beside), ..page })
}

/// Those whose own type the actor may read: whoever may read care and not people gets no Patient along with it.
fn readable(ctx: &Ctx, mut all: Vec<Stored>) -> Vec<Stored> {
    all.retain(|stored| ctx.grant.allows(permission::to_read(stored.type_.as_str())));
    all
}

/// The resources here that these refer to.
fn referred(all: &[Stored]) -> BTreeSet<(ResourceType, String)> {
    let mut texts = BTreeSet::new();
    for bytes in all.iter().filter_map(|stored| stored.bytes.as_deref()) {
        if let Ok(json) = Json::parse(bytes) {
            references(&json, &mut texts);
        }
    }
    texts.iter().filter_map(|text| Reference::parse(text).local()).map(|(type_, id)| (type_, id.to_owned())).collect()
}

/// The Patients in reach that an export names, by their narrow keys; one that is not there or closed is refused.
pub fn named_patients(ctx: &Ctx, ids: &[String]) -> Result<Vec<Rid>, RecordError> {
    ctx.require(crate::access::Permission::Export)?;
    let patient = ResourceType::of("Patient");
    let mut out = ctx.store().read(|reader| {
        ids.iter().map(|id| reader.get(&ctx.scope, patient, id).map(|found| found.rid)).collect::<Result<Vec<_>, _>>()
    })?;
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// The Patients that a Group in scope names and the actor reaches, by their narrow keys: for an export of the group.
pub fn group_members(ctx: &Ctx, group: &str) -> Result<Vec<Rid>, RecordError> {
    ctx.require(crate::access::Permission::Export)?;
    ctx.require(permission::to_read("Group"))?;
    let patient = ResourceType::of("Patient");
    Ok(ctx.store().read(|reader| {
        let stored = reader.get(&ctx.scope, ResourceType::of("Group"), group)?;
        let json = stored.bytes.as_deref().and_then(|bytes| Json::parse(bytes).ok());
        let mut out = Vec::new();
        for member in json.as_ref().and_then(|json| json.get("member")).map(Json::items).unwrap_or_default() {
            let left = member.get("inactive").and_then(Json::as_bool) == Some(true);
            let entity = member.str_at("entity.reference").map(Reference::parse).filter(|_| !left);
            let Some((type_, id)) = entity.and_then(Reference::local) else { continue };
            if type_ == patient
                && let Some(found) = reader.find(&ctx.scope, patient, id)?.filter(|found| found.bytes.is_some())
            {
                out.push(found.rid);
            }
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    })?)
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
