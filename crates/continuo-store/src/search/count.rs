//! Counts what matches. What the index knows is counted there: it holds no row of what was deleted, and what carries a
//! label is known by a table of its own (`idx_label`), so that few resources need to be looked up.

use super::criterion::{Criterion, ROW_BY_ROW, Select};
use super::driver::{Driver, Named, Planned, run_int};
use super::page::{and, from};
use super::plan::Planner;
use crate::conn::Param;
use crate::counts;
use crate::error::Result;
use crate::scope::Persons;
use continuo_fhir::ResourceType;

impl Planner<'_> {
    /// ` and ..` that leaves out what the scope closes, of a type's resource by its narrow key. Nothing where the scope
    /// asks whose a resource is: only its own row says that.
    pub(in crate::search) fn open(&mut self, type_number: i64, rid: &str) -> Option<String> {
        if self.scope.persons != Persons::All {
            return None;
        }
        if self.scope.hidden_labels == 0 {
            return Some(String::new());
        }
        let seen = self.scope.predicate("l.", &mut self.params);
        Some(format!(
            " and not exists (select 1 from idx_label l where l.org = ?{} and l.type = {type_number} and l.rid = {rid} \
             and not (1 = 1{seen}){})",
            self.org, ROW_BY_ROW
        ))
    }
}

/// How many match; `cut` ends the counting early.
pub(super) fn count(planner: &mut Planner<'_>, type_: ResourceType, planned: &Planned, cut: &str) -> Result<i64> {
    let Planned { driver, rest } = planned;
    if let Some(select) = &driver.select
        && let Some(rows) = counted_rows(planner, type_, driver, select, rest)?
    {
        return run_int(planner, &format!("select count(*) from ({rows}{cut}) counted"));
    }
    if driver.select.is_none() && rest.is_empty() && planner.scope.persons == Persons::All {
        // A count that may end early is not made whole, but one that is known costs nothing.
        if cut.is_empty() || planner.has_counts {
            let type_number = planner.type_number(type_)?;
            return of_type(planner, type_number);
        }
    }
    let rows = match &driver.select {
        Some(_) => from(planner, type_, driver, "")?.replace("{joins}", ""),
        None => everything(planner, type_)?,
    };
    run_int(planner, &format!("select count(*) from (select 1 as n {rows}{}{cut}) counted", and(rest)))
}

/// The rows to count where the index answers alone.
fn counted_rows(
    planner: &mut Planner<'_>,
    type_: ResourceType,
    driver: &Driver,
    select: &Select,
    rest: &[Named],
) -> Result<Option<String>> {
    if !rest.iter().all(|named| named.criterion.is_by_rid()) {
        return Ok(None);
    }
    if driver.has_date {
        // The covering table carries patient and labels.
        let what = if select.once { "x.rid" } else { "distinct x.rid" };
        let seen = planner.scope.predicate_of(type_, "x.", &mut planner.params);
        let rows = format!("select {what} {}{seen}", select.sql);
        return Ok(Some(match rest {
            [] => rows,
            rest => format!("select 1 as n from ({rows}) d where 1 = 1{}", and_by(rest)),
        }));
    }
    let type_number = planner.type_number(type_)?;
    let Some(open) = planner.open(type_number, "d.rid") else { return Ok(None) };
    Ok(Some(format!("select 1 as n from ({}) d where 1 = 1{open}{}", select.sql, and_by(rest))))
}

/// How many there are of a type: all, less those that are closed.
fn of_type(planner: &mut Planner<'_>, type_number: i64) -> Result<i64> {
    let seen = planner.scope.predicate("l.", &mut planner.params);
    let org = planner.org;
    let sql = "select count(*) from resource where org = ?1 and type = ?2 and body is not null";
    let key = planner.scope.org;
    let all = if planner.has_counts {
        counts::of_type(planner.conn, key, type_number)?
    } else {
        planner.conn.query_int(sql, &[key.param(), Param::Int(type_number)])?
    };
    if seen.is_empty() {
        return Ok(all);
    }
    let closed = format!(
        "select count(*) from idx_label l where l.org = ?{org} and l.type = {type_number} and not (1 = 1{seen})"
    );
    Ok(all - run_int(planner, &closed)?)
}

/// All of a type, without a driver: what is closed is looked up by its label, not in each row.
fn everything(planner: &mut Planner<'_>, type_: ResourceType) -> Result<String> {
    let type_number = planner.type_number(type_)?;
    let seen = match planner.open(type_number, "r.rid") {
        Some(open) => open,
        None => planner.scope.predicate_of(type_, "r.", &mut planner.params),
    };
    let org = planner.org;
    Ok(format!("from resource r where r.org = ?{org} and r.type = {type_number} and r.body is not null{seen}"))
}

/// On the rows `d` of the index.
fn and_by(rest: &[Named]) -> String {
    rest.iter().fold(String::new(), |sql, named| sql + " and " + &Criterion::sql(&named.criterion, "d"))
}
