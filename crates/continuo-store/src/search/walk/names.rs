//! A walk in the order of a text: an index has all names in order, each of a resource's by itself.
//!
//! A resource stands by its least value, or its greatest where the order falls. Which one that is its own facts say: the
//! index has no way from a resource to its values, and the few rows of a page are read anyway.

use super::super::plan::Planner;
use super::super::query::{CURSOR, Query, wrong};
use super::super::sort::{Cursor, last_text};
use super::{LOOK_UP, MOST_SPENT, SIEVED_STEP, STEP, fetch, rids_of, sieved};
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::index::plain_texts;
use crate::read::Stored;
use crate::scope::bound_list;
use crate::search::driver::used;
use crate::search::page::Page;
use continuo_fhir::facts::Row;
use continuo_fhir::search::Param;
use std::collections::BTreeMap;

/// A search as a walk over texts.
pub(in crate::search) struct Names {
    pub(super) param: &'static Param,
    pub(super) number: i64,
    pub(super) descending: bool,
    /// What the index knows of the scope, on a row `x`.
    pub(super) open: String,
    /// `where ..` on the rows `r` of the type.
    pub(super) of_type: String,
    /// See [`super::Walk`].
    pub(super) sieve: String,
    pub(super) filter: String,
    pub(super) may_end: bool,
}

/// A place in the order: the text, and the narrow key among those alike. Both go the same way.
type Place = (String, i64);

/// The next page of a walk over texts. Says whether it was found, as [`super::rows`] does.
pub(in crate::search) fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    names: &Names,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<bool> {
    let mut at = cursor.map(place).transpose()?;
    let last = names.last();
    let wanted = query.count as usize + 1;
    let mut found: Vec<(Stored, Vec<Value>)> = Vec::new();
    let (mut step, mut spent) = (wanted.min(STEP + 1), 0);
    // First what has a text, then what has none.
    let mut is_named = at.as_ref().is_none_or(|(text, _)| *text != last);
    loop {
        let places = names.next(planner, at.as_ref(), is_named, step)?;
        let more = places.len() >= step;
        if let Some(end) = places.last() {
            at = Some(end.clone());
        }
        spent += places.len();
        let places = sieved(planner, &names.sieve, places)?;
        let places = if is_named { names.own(planner, places)? } else { places };
        spent += LOOK_UP * places.len();
        let mut seen = fetch(planner, query.type_, &names.filter, &rids_of(&places))?;
        for (text, rid) in places {
            if let Some(stored) = seen.remove(&rid) {
                found.push((stored, vec![Value::Text(text)]));
                if found.len() >= wanted {
                    page.cut(found, query.count);
                    return Ok(true);
                }
            }
        }
        if !more {
            if !is_named {
                break;
            }
            (is_named, at) = (false, None);
        }
        if spent > MOST_SPENT && names.may_end {
            return Ok(false);
        }
        step = (step * 4).min(if names.sieve.is_empty() { STEP } else { SIEVED_STEP });
    }
    page.cut(found, query.count);
    Ok(true)
}

fn place(cursor: &Cursor) -> Result<Place> {
    match cursor.keys.as_slice() {
        [Value::Text(text)] => Ok((text.clone(), cursor.rid)),
        _ => Err(wrong(CURSOR, "does not belong to this search")),
    }
}

impl Names {
    /// The text of what has none.
    fn last(&self) -> String {
        if let Value::Text(text) = last_text(self.descending) { text } else { String::new() }
    }

    /// The next rows after a place, at most so many: of what has a text, or of what has none.
    fn next(
        &self,
        planner: &mut Planner<'_>,
        after: Option<&Place>,
        is_named: bool,
        most: usize,
    ) -> Result<Vec<Place>> {
        let (way, beyond, from) = if self.descending { (" desc", "<", "<=") } else { ("", ">", ">=") };
        let before = if self.descending { ">" } else { "<" };
        let bound = planner.params.len();
        let (org, number, open, last) = (planner.org, self.number, &self.open, self.last());
        let end = planner.bind(Value::Text(last.clone()));
        let named = format!("from idx_text x where x.org = ?{org} and x.param = {number} and x.value {before} {end}");
        let narrow = after.map(|(_, rid)| planner.bind(Value::Int(*rid)));
        let sql = if is_named {
            let text = after.map(|(text, _)| planner.bind(Value::Text(text.clone())));
            let after = match (text, narrow) {
                (Some(text), Some(rid)) => {
                    format!(" and x.value {from} {text} and (x.value {beyond} {text} or x.rid {beyond} {rid})")
                }
                _ => String::new(),
            };
            format!("select x.rid, x.value {named}{open}{after} order by x.value{way}, x.rid{way}")
        } else {
            let without = planner.conn.dialect().none_of("r.rid", &format!("select x.rid {named}"));
            let after = narrow.map_or(String::new(), |rid| format!(" and r.rid {beyond} {rid}"));
            format!("select r.rid from resource r {} and {without}{after} order by r.rid{way}", self.of_type)
        };
        let limit = planner.bind(Value::Int(most as i64));
        let (sql, params) = used(&format!("{sql} limit {limit}"), &planner.params);
        planner.params.truncate(bound);
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        planner.conn.query(&sql, &params, |row| Ok((if is_named { row.text(1)? } else { last.clone() }, row.int(0)?)))
    }

    /// Those of these places where a resource stands by the value that counts.
    fn own(&self, planner: &mut Planner<'_>, places: Vec<Place>) -> Result<Vec<Place>> {
        if places.is_empty() {
            return Ok(places);
        }
        let bound = planner.params.len();
        let list = bound_list(&rids_of(&places), &mut planner.params);
        let sql = format!("select f.rid, f.packed from facts f where f.rid in ({list})");
        let (sql, params) = used(&sql, &planner.params);
        planner.params.truncate(bound);
        let (zone, param) = (planner.zone.clone(), self.param);
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        let texts = planner.conn.query(&sql, &params, |row| {
            let facts = row.blob(1)?;
            let node = Row::read(&facts).and_then(Row::resource);
            Ok((row.int(0)?, node.map(|node| plain_texts(node, param, &zone)).unwrap_or_default()))
        })?;
        let texts: BTreeMap<i64, Vec<Box<str>>> = texts.into_iter().collect();
        let is_before = |other: &str, text: &str| if self.descending { other > text } else { other < text };
        let counts =
            |(text, rid): &Place| texts.get(rid).is_none_or(|all| !all.iter().any(|other| is_before(other, text)));
        Ok(places.into_iter().filter(counts).collect())
    }
}
