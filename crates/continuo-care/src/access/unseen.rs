//! Work that rests on closed records and that nobody here may see: for the privacy officer, who sees to a consent or tells
//! a clinician who may open the record in a medical emergency (safety.md rule 20; 42 CFR 2.51 by the emergency's own path).
//!
//! The list says whose, how grave and since when. What it is about stays closed to this reader, too. Danger among it pages
//! whoever is on call ([`paged`]), with the same words: they open the record by emergency access or reach the person.

use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::Instant;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::{account, person, work};
use continuo_store::{Reader, Rid};

use super::emergency::on_record;
use super::grant::Grant;
use super::opened::words;
use super::permissions::Permission;
use super::scope::EVERYBODY;
use crate::ctx::Ctx;
use crate::followup::calendar::MINUTE;
use crate::followup::finding::Consequence;
use crate::oncall;
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
    /// Who opened it by emergency access since it waits, and until when.
    pub opened: Option<(String, Instant)>,
    /// Somebody is on call for it now.
    pub answered: bool,
}

/// The route that a piece of work goes by, with who answers it now.
fn answering<'a>(duties: &'a [oncall::Now], one: &work::Work) -> Option<&'a oncall::Now> {
    duties.iter().find(|duty| duty.route.kinds.contains(&one.task_kind))
}

/// What nobody may see, as grave as this or graver.
fn found(reader: &mut Reader<'_>, ctx: &Ctx, least_grave: Consequence) -> continuo_store::Result<Vec<work::Work>> {
    let mut closed = work::labeled(reader.conn(), ctx.org, least_grave.rank(), MOST)?;
    if closed.is_empty() {
        return Ok(closed);
    }
    let grants: Vec<Grant> = account::roles_in_use(reader.conn(), ctx.org)?
        .iter()
        .map(|roles| Grant::of_roles(roles.split_whitespace()))
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
    let all = ctx.read(|reader| found(reader, ctx, Consequence::Normal))?;
    let danger = all.iter().filter(|one| one.consequence == Consequence::Danger.rank()).count();
    Ok(Some((danger as u64, all.len() as u64)))
}

/// All of it, gravest first. Reading the list is audited.
pub fn list(ctx: &Ctx) -> Result<Vec<Unseen>, RecordError> {
    ctx.require(Permission::AuditRead)?;
    let all = ctx.read(|reader| {
        let all = found(reader, ctx, Consequence::Normal)?;
        let people: Vec<Rid> = all.iter().map(|one| one.patient).collect::<BTreeSet<_>>().into_iter().collect();
        let headers = person_header::of_patients(reader.conn(), &ctx.scope, &people)?;
        let duties = oncall::read(reader, ctx)?.now(ctx);
        let mut list = Vec::with_capacity(all.len());
        for one in all {
            list.push(Unseen {
                answered: answering(&duties, &one).is_some_and(|duty| !duty.duty.who.is_empty()),
                person: headers.iter().find(|header| header.patient == one.patient).cloned(),
                consequence: Consequence::from_rank(one.consequence),
                since: Instant::from_micros(one.opened),
                labels: words(one.labels),
                opened: on_record(reader, ctx, one.patient, one.labels, one.opened)?,
            });
        }
        Ok(list)
    })?;
    audit(ctx, "read work that nobody may see", Rid(0), "")?;
    Ok(all)
}

/// Danger in a record that nobody here may read, as it reaches whoever is on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged {
    /// Whose, as far as the reader may see who that is.
    pub person: Option<PersonHeader>,
    /// Since when.
    pub since: Instant,
    /// It comes because the reader is on call; else because nobody answered or nobody is.
    pub on_call: bool,
}

/// Danger that nobody here may read and that comes to the reader: to the first on call for its route at once, to the next
/// when its minutes passed, to every supervisor after twice that time or where nobody is on call. It says nothing of what
/// it is, and stops when somebody opened the record by emergency access.
pub fn paged(ctx: &Ctx) -> continuo_store::Result<Vec<Paged>> {
    if !ctx.grant.allows(Permission::BreakGlass) || !ctx.grant.allows(Permission::WorkAct) {
        return Ok(Vec::new());
    }
    let (me, now) = (ctx.actor.reference.as_str(), ctx.now());
    let is_supervisor = ctx.grant.allows(Permission::CriticalSnooze);
    ctx.read(|reader| {
        let on_call = oncall::read(reader, ctx)?;
        // To most people nothing can come: they need not wait until it is found.
        if !is_supervisor && !on_call.names(me) {
            return Ok(Vec::new());
        }
        let danger = found(reader, ctx, Consequence::Danger)?;
        if danger.is_empty() {
            return Ok(Vec::new());
        }
        let duties = on_call.now(ctx);
        let mut paged: Vec<Paged> = Vec::new();
        let mut seen = BTreeSet::new();
        for one in danger {
            let waited = now.micros() - one.opened;
            let duty = answering(&duties, &one);
            let limit = duty.map_or(0, |duty| duty.minutes * MINUTE);
            let (first, then) = duty.map_or(("", ""), |duty| (duty.duty.who.as_str(), duty.duty.then.as_str()));
            let on_call = first == me || (then == me && waited >= limit);
            let comes = on_call || (is_supervisor && (first.is_empty() || waited >= 2 * limit));
            if !comes || seen.contains(&one.patient) {
                continue;
            }
            // Somebody on the record for one danger of this person is not on it for another.
            if on_record(reader, ctx, one.patient, one.labels, one.opened)?.is_some() {
                continue;
            }
            seen.insert(one.patient);
            let header = person_header::of_patients(reader.conn(), &ctx.scope, &[one.patient])?;
            let since = Instant::from_micros(one.opened);
            paged.push(Paged { person: header.into_iter().next(), since, on_call });
        }
        Ok(paged)
    })
}
