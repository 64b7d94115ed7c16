//! Few matches in an order of dates: they are gathered with their dates and ordered here. The database would put all
//! dates of the type together first.

use super::driver::{Planned, used};
use super::legs::{Place, is_after, sort};
use super::page::{Page, and, from};
use super::plan::Planner;
use super::query::{CURSOR, Query, wrong};
use super::sort::Cursor;
use super::walk::{Order, fetch, last};
use crate::conn::{Param as Sql, Value};
use crate::error::{Error, Result};
use continuo_fhir::facts::Row;
use continuo_fhir::search;

pub(super) fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    planned: &Planned,
    order: &Order,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<()> {
    let Order::Date { param, descending, .. } = *order else {
        return Err(Error::Invalid("only dates are ordered here".to_owned()));
    };
    let after = match cursor.map(|cursor| (cursor.keys.as_slice(), cursor.rid)) {
        None => None,
        Some(([Value::Int(key)], rid)) => Some((*key, rid)),
        Some(_) => return Err(wrong(CURSOR, "does not belong to this search")),
    };
    let from = from(planner, query.type_, &planned.driver, "")?.replace("{joins}", " join facts f on f.rid = r.rid");
    let sql = format!("select r.rid, f.packed {from}{}", and(&planned.rest));
    let zone = planner.zone.clone();
    let (sql, params) = used(&sql, &planner.params);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    let mut places: Vec<Place> = Vec::new();
    planner.conn.for_each(&sql, &params, |row| {
        let rid = row.int(0)?;
        let packed = row.blob(1)?;
        let node = Row::read(&packed).and_then(Row::resource);
        let node = node.ok_or_else(|| Error::Damaged(format!("the facts of resource {rid} cannot be read")))?;
        let mut key = None;
        search::extract_param(node, param, &zone, &mut |value| {
            if let search::Value::Date { low, .. } = value {
                let low = low.micros();
                key = Some(key.map_or(low, |known: i64| if descending { known.max(low) } else { known.min(low) }));
            }
        });
        places.push((key.unwrap_or(last(descending)), rid));
        Ok(())
    })?;
    places.retain(|place| after.is_none_or(|after| is_after(*place, after, descending)));
    sort(&mut places, descending);
    places.truncate(query.count as usize + 1);
    // Their conditions hold: they were read under them on this snapshot.
    let mut found = fetch(planner, query.type_, "", &places)?;
    let found = places.iter().filter_map(|(key, rid)| Some((found.remove(rid)?, vec![Value::Int(*key)]))).collect();
    page.cut(found, query.count);
    Ok(())
}
