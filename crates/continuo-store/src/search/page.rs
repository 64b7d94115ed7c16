//! Runs a search: picks what drives it, applies the scope, counts, cuts the page.

use super::bounds;
use super::count::count;
use super::criterion::Criterion;
use super::driver::{Driver, Named, Planned, plan, used};
use super::few;
use super::plan::Planner;
use super::query::{Query, Total};
use super::sort::{self, Cursor};
use super::ties;
use super::walk;
use crate::conn::{Param as Sql, Value};
use crate::error::{Error, Result};
use crate::index::clinical_date;
use crate::read::{CURRENT, Reader, Stored, stored};
use crate::scope::Scope;
use continuo_fhir::ResourceType;

/// A resource in an answer.
pub type Found = Stored;

/// One page of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What matched, in order.
    pub matches: Vec<Found>,
    /// What `_include` and `_revinclude` added.
    pub included: Vec<Found>,
    /// All matches in scope, when counted.
    pub total: Option<i64>,
    /// Cursor of the next page (`_cursor`), if there is one.
    pub next: Option<String>,
}

/// Matches counted for a total that nobody asked for; of 4 million Observations a count took seconds.
const MANY: i64 = 50_000;
/// The same where resources are counted by others that point to them: each is found many times, and told apart.
const MANY_POINTED_TO: i64 = 10_000;

impl Reader<'_> {
    /// Runs a search under a scope.
    pub fn search(&mut self, scope: &Scope, query: &Query) -> Result<Page> {
        self.searched(scope, query).map_err(|error| bounds::or_too_much(error, query))
    }

    fn searched(&mut self, scope: &Scope, query: &Query) -> Result<Page> {
        let cursor = query.after.as_deref().map(Cursor::decode).transpose()?;
        let mut planner = Planner::new(self.conn, scope)?;
        planner.has_counts = self.has_counts;
        let planned = plan(&mut planner, query)?;
        bounds::fits(query, planner.params.len())?;
        let counted = cursor.as_ref().and_then(|c| c.total);
        let total = match (query.total, counted) {
            (Total::None, _) if query.count > 0 => None,
            (_, Some(total)) => Some(total),
            // Pages after the first do not count again what was too many to count.
            (Total::Quick, None) if query.count > 0 && cursor.is_some() => None,
            (Total::Quick, None) if query.count > 0 => {
                let by_others = planned.driver.taken.as_ref().is_some_and(|taken| taken.name.starts_with("_has:"));
                let many = if by_others { MANY_POINTED_TO } else { MANY };
                let most = format!(" limit {}", many + 1);
                Some(count(&mut planner, query.type_, &planned, &most)?).filter(|found| *found <= many)
            }
            _ => Some(count(&mut planner, query.type_, &planned, "")?),
        };
        let mut page = Page { total, ..Page::default() };
        if query.count > 0 && !ties::rows(&mut planner, query, &planned, cursor.as_ref(), &mut page)? {
            match walk::plan(&mut planner, query, &planned, cursor.as_ref())? {
                walk::Way::Walk(way) => {
                    if !walk::rows(&mut planner, query, &way, cursor.as_ref(), &mut page)? {
                        gather(&mut planner, query, &planned, cursor.as_ref(), &mut page)?;
                    }
                }
                walk::Way::Names(way) => {
                    if !walk::by_name(&mut planner, query, &way, cursor.as_ref(), &mut page)? {
                        gather(&mut planner, query, &planned, cursor.as_ref(), &mut page)?;
                    }
                }
                walk::Way::Few => few::rows(&mut planner, query, &planned, cursor.as_ref(), &mut page)?,
                walk::Way::Gather => rows(&mut planner, query, &planned, cursor.as_ref(), &mut page)?,
            }
        }
        drop(planner);
        let includes = !query.includes.is_empty() || !query.revincludes.is_empty();
        if includes && !page.matches.is_empty() {
            page.included = self.included(scope, query, &page.matches)?;
        }
        Ok(page)
    }

    /// The ids of what matches a condition such as `identifier=system|value`; every parameter must be understood.
    pub fn matching_ids(
        &mut self,
        scope: &Scope,
        type_: ResourceType,
        condition: &str,
        most: i64,
    ) -> Result<Vec<String>> {
        let mut query = Query::parse(type_, condition)?;
        if let Some(name) = query.ignored.first() {
            return Err(super::query::wrong(name, "is not understood in a condition"));
        }
        if query.criteria.is_empty() {
            return Err(Error::Invalid("a condition needs a search parameter".to_owned()));
        }
        query.count = most;
        query.total = Total::None;
        Ok(self.search(scope, &query)?.matches.into_iter().map(|m| m.id).collect())
    }
}

pub(super) fn and(rest: &[Named]) -> String {
    rest.iter().fold(String::new(), |sql, named| sql + " and " + &Criterion::sql(&named.criterion, "r"))
}

/// `from .. where ..` with the scope, ready for more conditions. `cut` ends the covering select early.
pub(super) fn from(planner: &mut Planner<'_>, type_: ResourceType, driver: &Driver, cut: &str) -> Result<String> {
    let type_number = planner.type_number(type_)?;
    let seen = planner.scope.predicate_of(type_, "r.", &mut planner.params);
    let org = planner.org;
    let conditions = format!("r.org = ?{org} and r.type = {type_number} and r.body is not null{seen}");
    let Some(select) = &driver.select else {
        return Ok(format!("from resource r{{joins}} where {conditions}"));
    };
    let join = planner.conn.dialect().driving_join();
    let inner = match (driver.has_date, select.once) {
        (true, true) => format!("select x.rid, x.date, x.high {}{cut}", select.sql),
        (true, false) => {
            format!("select x.rid, min(x.date) as date, min(x.high) as high {} group by x.rid", select.sql)
        }
        (false, _) if select.is_in_order() => select.sql.clone(),
        (false, _) => planner.conn.dialect().gathered(&select.sql),
    };
    Ok(format!("from ({inner}) d {join} resource r on r.rid = d.rid{{joins}} where {conditions}"))
}

/// The page of a walk that was given up.
fn gather(
    planner: &mut Planner<'_>,
    query: &Query,
    planned: &Planned,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<()> {
    match walk::gathered(query, planned) {
        walk::Way::Few => few::rows(planner, query, planned, cursor, page),
        _ => rows(planner, query, planned, cursor, page),
    }
}

/// Gathers what matches and orders it in the database.
fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    planned: &Planned,
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<()> {
    let Planned { driver, rest } = planned;
    let rid = if driver.select.is_some() { "d.rid" } else { "r.rid" };
    let date = clinical_date(query.type_.as_str()).filter(|_| driver.has_date);
    let mut keys = Vec::new();
    for (n, key) in query.sort.iter().enumerate() {
        keys.push(sort::key(planner, query.type_, key, n, date)?);
    }
    let after = match cursor {
        Some(cursor) => sort::after(planner, &keys, rid, cursor)?,
        None => String::new(),
    };
    let mut joins = String::new();
    let mut columns = String::new();
    let mut order = String::new();
    for key in &keys {
        joins.push_str(&key.join);
        columns.push_str(&format!(", {}", key.expression));
        order.push_str(&format!("{}{}, ", key.expression, if key.descending { " desc" } else { "" }));
    }
    let limit = planner.bind(Value::Int(query.count + 1));
    let way = if sort::is_backward(&keys) { " desc" } else { "" };
    let tail = format!("{after} order by {order}{rid}{way} limit {limit}");
    // Where the covering table knows the order and the scope, the page is cut there, before any resource is looked up.
    let cut = match &driver.select {
        Some(select)
            if select.once && driver.has_date && rest.is_empty() && joins.is_empty() && !order.contains("r.") =>
        {
            let seen = planner.scope.predicate_of(query.type_, "x.", &mut planner.params);
            format!("{seen}{}", tail.replace("d.", "x."))
        }
        _ => String::new(),
    };
    let from = from(planner, query.type_, driver, &cut)?.replace("{joins}", &joins);
    let sql = format!("select {CURRENT}{columns} {from}{}{tail}", and(rest));
    let (sql, params) = used(&sql, &planner.params);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    let found = planner.conn.query(&sql, &params, |row| {
        let values: Result<Vec<Value>> = (0..keys.len()).map(|n| sort::kept(row.value(7 + n)?)).collect();
        Ok((stored(row, query.type_)?, values?))
    })?;
    page.cut(found, query.count);
    Ok(())
}

impl Page {
    /// Takes so many of what was found, one more than that if there is more, with the values of their sort keys.
    pub(super) fn cut(&mut self, found: Vec<(Stored, Vec<Value>)>, count: i64) {
        let more = found.len() as i64 > count;
        let mut last = None;
        for (stored, keys) in found.into_iter().take(count as usize) {
            last = Some(Cursor { total: self.total, keys, rid: stored.rid.0 });
            self.matches.push(stored);
        }
        self.next = last.filter(|_| more).map(|cursor| cursor.encode());
    }
}
