//! Matches in an order of what stands in other tables: they are gathered, their values are looked up, and they are put in
//! order here. The database would first put together the values of all resources there are.

use super::driver::{Planned, used};
use super::page::{Page, and, from};
use super::plan::Planner;
use super::query::{CURSOR, Query, SortKey, wrong};
use super::sort::{self, Cursor, ValueOf, value_of};
use super::walk::fetch;
use crate::conn::{Param as Sql, Value};
use crate::error::{Error, Result};
use continuo_fhir::facts::Row;
use continuo_fhir::search::{self, Param, ParamKind};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// A match with the values it is ordered by.
pub(super) struct Match {
    pub(super) rid: i64,
    pub(super) keys: Vec<Value>,
}

/// What is put in order.
pub(super) enum Of<'a> {
    /// All that matches.
    All(&'a Planned),
    /// These matches.
    These(&'a [i64]),
}

/// Where a key's value comes from.
enum Key {
    Id,
    Updated,
    /// Dates are read from the facts: the index of dates has no way from a resource to its own.
    Date(&'static Param),
    Index(ValueOf, BTreeMap<i64, Value>),
}

pub(super) fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    planned: &Planned,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<()> {
    let mut found = in_order(planner, query, &Of::All(planned), cursor)?;
    found.truncate(query.count as usize + 1);
    let rids: Vec<i64> = found.iter().map(|one| one.rid).collect();
    // Scope and conditions hold: they were gathered under them on this snapshot.
    let mut stored = fetch(planner, query.type_, "", &rids)?;
    page.cut(found.into_iter().filter_map(|one| Some((stored.remove(&one.rid)?, one.keys))).collect(), query.count);
    Ok(())
}

/// The matches after a place, in order.
pub(super) fn in_order(
    planner: &mut Planner<'_>,
    query: &Query,
    of: &Of<'_>,
    cursor: Option<&Cursor>,
) -> Result<Vec<Match>> {
    let mut keys = Vec::new();
    for sort in &query.sort {
        keys.push(match sort.param.as_str() {
            "_id" => Key::Id,
            "_lastUpdated" => Key::Updated,
            _ => {
                let of = value_of(planner, query.type_, sort)?;
                if of.param.kind == ParamKind::Date { Key::Date(of.param) } else { Key::Index(of, BTreeMap::new()) }
            }
        });
    }
    if cursor.is_some_and(|cursor| cursor.keys.len() != keys.len()) {
        return Err(wrong(CURSOR, "does not belong to this search"));
    }
    let mut found = gathered(planner, query, of, &keys)?;
    let rids: Vec<i64> = found.iter().map(|one| one.0.rid).collect();
    for key in &mut keys {
        if let Key::Index(of, values) = key {
            *values = looked_up(planner, of, &rids)?;
        }
    }
    for (one, patient) in &mut found {
        for (at, key) in keys.iter().enumerate() {
            if let (Key::Index(of, values), Some(slot)) = (key, one.keys.get_mut(at)) {
                let own = (of.is_patient && *patient != 0).then_some(Value::Int(*patient));
                *slot = values.get(&one.rid).cloned().or(own).unwrap_or_else(|| of.last.clone());
            }
        }
    }
    let mut found: Vec<Match> = found.into_iter().map(|(one, _)| one).collect();
    if let Some(cursor) = cursor {
        let at = Match { rid: cursor.rid, keys: cursor.keys.clone() };
        found.retain(|one| order(one, &at, &query.sort) == Ordering::Greater);
    }
    found.sort_unstable_by(|a, b| order(a, b, &query.sort));
    Ok(found)
}

/// The matches with what their own rows and facts say, and whose they are.
fn gathered(planner: &mut Planner<'_>, query: &Query, of: &Of<'_>, keys: &[Key]) -> Result<Vec<(Match, i64)>> {
    let has_dates = keys.iter().any(|key| matches!(key, Key::Date(_)));
    let (join, packed) = if has_dates { (" join facts f on f.rid = r.rid", ", f.packed") } else { ("", "") };
    let bound = planner.params.len();
    let from = match of {
        Of::All(planned) => {
            let from = from(planner, query.type_, &planned.driver, "")?.replace("{joins}", join);
            format!("{from}{}", and(&planned.rest))
        }
        Of::These(rids) => format!("from resource r{join} where r.rid in ({})", planner.list(rids)),
    };
    let sql = format!("select r.rid, r.id, r.updated, r.patient{packed} {from}");
    let zone = planner.zone.clone();
    let (sql, params) = used(&sql, &planner.params);
    planner.params.truncate(bound);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    planner.conn.query(&sql, &params, |row| {
        let rid = row.int(0)?;
        let facts = if has_dates { row.blob(4)? } else { Vec::new() };
        let node = Row::read(&facts).and_then(Row::resource);
        let mut values = Vec::with_capacity(keys.len());
        for (key, sort) in keys.iter().zip(&query.sort) {
            values.push(match key {
                Key::Id => Value::Text(row.text(1)?),
                Key::Updated => Value::Int(row.int(2)?),
                Key::Index(of, _) => of.last.clone(),
                Key::Date(param) => {
                    let node =
                        node.ok_or_else(|| Error::Damaged(format!("the facts of resource {rid} cannot be read")))?;
                    let mut lows = Vec::new();
                    search::extract_param(node, param, &zone, &mut |value| {
                        if let search::Value::Date { low, .. } = value {
                            lows.push(low.micros());
                        }
                    });
                    let lows = lows.into_iter();
                    Value::Int(if sort.descending {
                        lows.max().unwrap_or(i64::MIN)
                    } else {
                        lows.min().unwrap_or(i64::MAX)
                    })
                }
            });
        }
        Ok((Match { rid, keys: values }, row.int(3)?))
    })
}

/// The values of one key of these resources.
fn looked_up(planner: &mut Planner<'_>, of: &ValueOf, rids: &[i64]) -> Result<BTreeMap<i64, Value>> {
    let bound = planner.params.len();
    let list = planner.list(rids);
    let ValueOf { from, value, condition, pick, .. } = of;
    let sql = format!(
        "select x.rid, {pick}({value}) as v from {from} where x.org = ?{} and {condition} and x.rid in ({list}) group by x.rid",
        planner.org
    );
    let (sql, params) = used(&sql, &planner.params);
    planner.params.truncate(bound);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    let found = planner.conn.query(&sql, &params, |row| Ok((row.int(0)?, sort::kept(row.value(1)?)?)))?;
    Ok(found.into_iter().collect())
}

/// As `order by` would: each key its way, what is alike by the narrow key as the last one goes.
fn order(a: &Match, b: &Match, sort: &[SortKey]) -> Ordering {
    let way = |ordering: Ordering, descending: bool| if descending { ordering.reverse() } else { ordering };
    for ((one, other), key) in a.keys.iter().zip(&b.keys).zip(sort) {
        let ordering = way(compare(one, other), key.descending);
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    way(a.rid.cmp(&b.rid), sort.last().is_some_and(|key| key.descending))
}

/// Whether one value of a key stands before another.
pub(super) fn is_before(one: &Value, other: &Value, descending: bool) -> bool {
    compare(one, other) == if descending { Ordering::Greater } else { Ordering::Less }
}

/// Values of one kind, as both databases compare them: texts byte by byte.
fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        _ => number(one).total_cmp(&number(other)),
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Int(n) => *n as f64,
        Value::Real(n) => *n,
        _ => 0.0,
    }
}
