//! Work that rests on closed records and that nobody here may see: for the privacy officer, who sees to a consent or tells
//! a clinician who may open the record in a medical emergency (safety.md rule 20; 42 CFR 2.51 by the emergency's own path).
//!
//! The list says whose, how grave and since when. What it is about stays closed to this reader, too.

use std::collections::BTreeMap;

use continuo_fhir::Instant;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::{account, person, work};
use continuo_store::{Reader, Rid};

use super::grant::Grant;
use super::opened::words;
use super::permissions::Permission;
use super::scope::EVERYBODY;
use crate::ctx::Ctx;
use crate::followup::finding::Consequence;
use crate::record::{RecordError, audit};

/// Rows of the list.
const MOST: i64 = 500;

/// One piece of work that waits unseen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Whose, as far as the reader may see who that is.
    pub person: Option<PersonHeader>,
    /// What waiting does.
    pub consequence: Consequence,
    /// Since when.
    pub since: Instant,
    /// What kind of record it rests on, in words.
    pub labels: Vec<String>,
}

fn found(reader: &mut Reader<'_>, ctx: &Ctx) -> continuo_store::Result<Vec<work::Work>> {
    let mut closed = work::labeled(reader.conn(), ctx.org, MOST)?;
    if closed.is_empty() {
        return Ok(closed);
    }
    let accounts = account::accounts_of(reader.conn(), ctx.org)?;
    let grants: Vec<Grant> = accounts
        .iter()
        .filter(|one| one.active)
        .map(|one| Grant::of_roles(one.roles.split_whitespace()))
        .filter(|grant| grant.allows(Permission::WorkAct))
        .collect();
    let mut open: BTreeMap<Rid, u64> = BTreeMap::new();
    for one in &closed {
        if let std::collections::btree_map::Entry::Vacant(free) = open.entry(one.patient) {
            free.insert(person::opened(reader.conn(), ctx.org, EVERYBODY, one.patient, ctx.now().micros())?);
        }
    }
    closed.retain(|one| {
        let labels = one.labels & !open.get(&one.patient).copied().unwrap_or(0);
        labels != 0 && !grants.iter().any(|grant| grant.sees(labels))
    });
    Ok(closed)
}

/// How much of it is danger now, and how much there is; nothing for those who do not review.
pub fn count(ctx: &Ctx) -> continuo_store::Result<Option<(u64, u64)>> {
    if !ctx.grant.allows(Permission::AuditRead) {
        return Ok(None);
    }
    let all = ctx.read(|reader| found(reader, ctx))?;
    let danger = all.iter().filter(|one| one.consequence == Consequence::Danger.rank()).count();
    Ok(Some((danger as u64, all.len() as u64)))
}

/// All of it, gravest first. Reading the list is audited.
pub fn list(ctx: &Ctx) -> Result<Vec<Unseen>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let all = ctx.read(|reader| {
        let all = found(reader, ctx)?;
        let people: Vec<Rid> =
            all.iter().map(|one| one.patient).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let headers = person_header::of_patients(reader.conn(), &ctx.scope, &people)?;
        Ok(all
            .into_iter()
            .map(|one| Unseen {
                person: headers.iter().find(|header| header.patient == one.patient).cloned(),
                consequence: Consequence::from_rank(one.consequence),
                since: Instant::from_micros(one.opened),
                labels: words(one.labels),
            })
            .collect::<Vec<_>>())
    })?;
    audit(ctx, "read work that nobody may see", Rid(0), "")?;
    Ok(all)
}
