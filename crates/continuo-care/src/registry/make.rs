//! Making everybody's registry rows: once after an update that brought the table or changed the registries. From then on
//! every assessment keeps them. Until they are all made a registry is read from the records themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use continuo_fhir::{ResourceType, Zone};
use continuo_store::conn::Conn;
use continuo_store::tables::registry_row::{self, Brief, MEMBER, RegistryRow};
use continuo_store::tables::{assessed, person_header};
use continuo_store::{OrgId, Query, Reader, Result, Rid, Scope, WriteTx};

use super::{Kind, SHIPPED, rows};
use crate::accounts::Secret;
use crate::assess::{SHARE, person_of};
use crate::ctx::Ctx;
use crate::followup::person::Person;

/// What the rows were made by.
static DEFINITIONS: LazyLock<String> = LazyLock::new(|| Secret::hash(SHIPPED));
/// People taken at a time.
const PEOPLE: usize = 5_000;

/// Whether everybody's rows are made.
pub(super) fn is_made(conn: &mut Conn, org: OrgId) -> Result<bool> {
    Ok(registry_row::made(conn, org, &DEFINITIONS)?.is_none())
}

/// Brings the rows of an assessed person up to date, in the commit at hand.
pub(crate) fn settle(conn: &mut Conn, org: OrgId, person: &Person<'_>, rid: Rid, zone: &Zone) -> Result<()> {
    let before = registry_row::of_patient(conn, org, rid)?;
    registry_row::change(conn, org, &before, &rows::rows(person, rid, zone))
}

/// Where nobody was assessed yet there is nothing to make: every assessment to come keeps its rows.
pub(crate) fn start(ctx: &Ctx) -> Result<()> {
    let is_new = ctx.read(|r| {
        Ok(registry_row::made(r.conn(), ctx.org, &DEFINITIONS)?.is_some() && !assessed::anybody(r.conn(), ctx.org)?)
    })?;
    if is_new {
        ctx.write("make registries", |tx| {
            let org = tx.org();
            registry_row::note_made(tx.conn()?, org, &DEFINITIONS, None)
        })?;
    }
    Ok(())
}

/// Makes the rows of some more people; whether there may be more.
pub(crate) fn round(ctx: &Ctx) -> Result<bool> {
    let Some(after) = ctx.read(|r| registry_row::made(r.conn(), ctx.org, &DEFINITIONS))? else { return Ok(false) };
    let people = ctx.read(|r| assessed::everybody(r.conn(), ctx.org))?;
    let from = people.partition_point(|person| *person <= after);
    let left: Vec<Rid> = people.into_iter().skip(from).take(PEOPLE).collect();
    let (zone, is_last) = (ctx.zone.clone(), left.len() < PEOPLE);
    let mut at = 0;
    while at < left.len() {
        let some = left.get(at..).unwrap_or_default().to_vec();
        let zone = zone.clone();
        at += ctx.write("make registries", move |tx| make(tx, &some, &zone))?.value;
    }
    if is_last {
        ctx.write("make registries", |tx| {
            let org = tx.org();
            registry_row::note_made(tx.conn()?, org, &DEFINITIONS, None)
        })?;
    }
    Ok(!is_last)
}

/// Read and written in one commit, so that nothing changes between; says how many it did in its share of time.
fn make(tx: &mut WriteTx<'_>, people: &[Rid], zone: &Zone) -> Result<usize> {
    let org = tx.org();
    let mut done = 0;
    let mut last = None;
    for person in people {
        let mut reader = tx.reader()?;
        let members = reader.members(org, *person)?;
        let facts = reader.facts(&Scope::all(org), &members)?;
        settle(tx.conn()?, org, &person_of(&facts).0, *person, zone)?;
        done += 1;
        last = Some(*person);
        if tx.spent() >= SHARE {
            break;
        }
    }
    registry_row::note_made(tx.conn()?, org, &DEFINITIONS, last)?;
    Ok(done)
}

type People = (Vec<Brief>, BTreeMap<Rid, RegistryRow>);

/// The people of a registry and their last results, as far as the reader sees, from the records.
pub(super) fn from_records(r: &mut Reader<'_>, ctx: &Ctx, kind: &Kind) -> Result<People> {
    let people = with_condition(r, ctx, kind)?;
    let (mut found, mut last) = (Vec::new(), BTreeMap::new());
    for header in person_header::of_patients(r.conn(), &ctx.scope, &people)? {
        let rid = header.patient;
        let members = r.members(ctx.org, rid)?;
        let facts = r.facts(&ctx.scope, &members)?;
        let rows = rows::of_kind(&person_of(&facts).0, kind, rid, &ctx.zone);
        if rows.is_empty() {
            continue;
        }
        let newest = rows.into_iter().filter(|row| row.what != MEMBER).max_by_key(|row| row.at);
        last.extend(newest.map(|row| (rid, row)));
        found.push(Brief {
            patient: rid,
            family: header.family,
            given: header.given,
            deceased: header.deceased,
            owner: header.owner,
            tier: header.tier,
            language: header.language,
            last_contact: header.last_contact,
        });
    }
    Ok((found, last))
}

/// The people in scope who have a condition of the registry, over or not.
fn with_condition(r: &mut Reader<'_>, ctx: &Ctx, kind: &Kind) -> Result<Vec<Rid>> {
    const CONDITION: ResourceType = ResourceType::of("Condition");
    let text = format!("code={}&_count=1000&_total=none", kind.conditions.join(","));
    let mut people: BTreeSet<Rid> = BTreeSet::new();
    let mut query = Query::parse(CONDITION, &text)?;
    loop {
        let page = r.search(&ctx.scope, &query)?;
        for stored in page.matches.iter().filter(|stored| stored.patient.0 != 0) {
            people.insert(r.person_of(ctx.org, stored.patient)?);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(people.into_iter().collect()),
        }
    }
}
