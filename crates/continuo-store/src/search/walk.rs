//! Searches that are walked: an index is read in the order of the answer and left when the page is full, instead of
//! gathering all that matches to put it in order.
//!
//! A walk has legs. Of a date: intervals by their beginning; long ones that reach into the range from before it; what has
//! no date. What has several dates of one parameter is left out by the legs and merged in by its least or greatest. Every
//! row that is shown was read under the scope's predicate and the other conditions.

mod names;
mod order;
mod route;

pub(super) use names::rows as by_name;
pub(super) use route::{Way, gathered, plan};

use super::driver::used;
use super::legs::{Leg, Place, is_after, is_before};
use super::page::Page;
use super::plan::Planner;
use super::query::{CURSOR, Query, wrong};
use super::sort::Cursor;
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::read::{CURRENT, Stored, stored};
use crate::scope::bound_list;
use continuo_fhir::ResourceType;
use std::collections::{BTreeMap, BTreeSet};

/// Rows read at once, at most: when each is looked up, and when the index sieves them first.
const STEP: usize = 1_000;
const SIEVED_STEP: usize = 4_000;
/// What one page may cost before what matches is gathered instead: one for a row of the index, [`LOOK_UP`] for a resource.
const MOST_SPENT: usize = 100_000;
const LOOK_UP: usize = 5;

/// A search as a walk.
pub(super) struct Walk {
    pub(super) descending: bool,
    pub(super) legs: Vec<Leg>,
    /// Places that no leg has, in the order of the walk.
    pub(super) merged: Vec<Place>,
    /// Conditions on a row `d` of which the index knows all they ask: no resource is looked up for what they leave out.
    pub(super) sieve: String,
    /// Scope and other conditions on a resource's row `r`.
    pub(super) filter: String,
    /// Whether the cursor carries the key.
    pub(super) has_key: bool,
    /// Whether the same order can be had by gathering.
    pub(super) may_end: bool,
}

/// The next page of a walk. Says whether it was found: where the conditions leave nearly everything out, it is not.
pub(super) fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    walk: &Walk,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<bool> {
    let mut at = cursor.map(|cursor| place(walk, cursor)).transpose()?;
    let wanted = query.count as usize + 1;
    let mut found: Vec<(Stored, Vec<Value>)> = Vec::new();
    let mut step = wanted.min(STEP + 1);
    let mut spent = 0;
    for leg in &walk.legs {
        // What comes after the place lies in a later leg.
        if let (Some((key, _)), Some(until)) = (at, leg.until)
            && !is_within(key, until, walk.descending)
        {
            continue;
        }
        loop {
            let batch = leg.next(planner, at, walk.descending, step)?;
            let places = with_merged(walk, leg, at, batch.places, batch.more);
            let Some(last) = places.last().copied() else { break };
            spent += places.len();
            let places = sieved(planner, &walk.sieve, places)?;
            spent += LOOK_UP * places.len();
            let mut seen = fetch(planner, query.type_, &walk.filter, &rids_of(&places))?;
            for (key, rid) in &places {
                if let Some(stored) = seen.remove(rid) {
                    let keys = if walk.has_key { vec![Value::Int(*key)] } else { Vec::new() };
                    found.push((stored, keys));
                    if found.len() >= wanted {
                        page.cut(found, query.count);
                        return Ok(true);
                    }
                }
            }
            at = Some(last);
            if !batch.more {
                break;
            }
            if spent > MOST_SPENT && walk.may_end {
                return Ok(false);
            }
            step = (step * 4).min(if walk.sieve.is_empty() { STEP } else { SIEVED_STEP });
        }
    }
    page.cut(found, query.count);
    Ok(true)
}

fn place(walk: &Walk, cursor: &Cursor) -> Result<Place> {
    match (walk.has_key, cursor.keys.as_slice()) {
        (true, [Value::Int(key)]) => Ok((*key, cursor.rid)),
        (false, []) => Ok((0, cursor.rid)),
        _ => Err(wrong(CURSOR, "does not belong to this search")),
    }
}

/// A leg's rows with what stands between them of those that no leg has: up to its last row, or up to where the next leg
/// begins when it has no more.
fn with_merged(walk: &Walk, leg: &Leg, after: Option<Place>, mut places: Vec<Place>, more: bool) -> Vec<Place> {
    if walk.merged.is_empty() {
        return places;
    }
    let last = places.last().copied().filter(|_| more);
    let between = walk.merged.iter().copied().filter(|place| {
        after.is_none_or(|after| is_after(*place, after, walk.descending))
            && last.is_none_or(|last| is_after(last, *place, walk.descending))
            && (last.is_some() || leg.until.is_none_or(|until| is_within(place.0, until, walk.descending)))
    });
    places.extend(between);
    super::legs::sort(&mut places, walk.descending);
    places
}

/// Whether a key belongs to the leg that ends where another begins. A later leg of a falling order holds what is less.
fn is_within(key: i64, until: i64, descending: bool) -> bool {
    if descending { key >= until } else { is_before(key, until, false) }
}

/// Those of these places whose rows meet conditions that the index knows.
fn sieved<K>(planner: &mut Planner<'_>, sieve: &str, places: Vec<(K, i64)>) -> Result<Vec<(K, i64)>> {
    if sieve.is_empty() {
        return Ok(places);
    }
    let bound = planner.params.len();
    let rids: Vec<String> = places.iter().map(|(_, rid)| rid.to_string()).collect();
    let mark = planner.bind(Value::Text(format!("[{}]", rids.join(","))));
    let numbers = planner.conn.dialect().numbers_of(&mark);
    let sql = format!("with d (rid) as ({numbers}) select d.rid from d where 1 = 1{sieve}");
    let (sql, params) = used(&sql, &planner.params);
    planner.params.truncate(bound);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    let kept: BTreeSet<i64> = planner.conn.query(&sql, &params, |row| row.int(0))?.into_iter().collect();
    Ok(places.into_iter().filter(|(_, rid)| kept.contains(rid)).collect())
}

fn rids_of<K>(places: &[(K, i64)]) -> Vec<i64> {
    places.iter().map(|(_, rid)| *rid).collect()
}

/// Those of these resources that are in scope and meet the conditions, by narrow key.
pub(super) fn fetch(
    planner: &mut Planner<'_>,
    type_: ResourceType,
    filter: &str,
    rids: &[i64],
) -> Result<BTreeMap<i64, Stored>> {
    if rids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let type_number = planner.type_number(type_)?;
    let bound = planner.params.len();
    let list = bound_list(rids, &mut planner.params);
    // The plus keeps the databases from looking the rows up by anything but their narrow keys.
    let sql = format!(
        "select {CURRENT} from resource r where r.rid in ({list}) and +r.org = ?{} and +r.type = {type_number} \
         and r.body is not null{filter}",
        planner.org
    );
    let (sql, params) = used(&sql, &planner.params);
    planner.params.truncate(bound);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    let found = planner.conn.query(&sql, &params, |row| stored(row, type_))?;
    Ok(found.into_iter().map(|stored| (stored.rid.0, stored)).collect())
}
