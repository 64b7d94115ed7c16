//! Runs a search: picks what drives it, applies the scope, counts, cuts the page.

use super::criterion::{Criterion, Select, union};
use super::plan::Planner;
use super::query::{Pair, Query, Total};
use super::sort::{self, Cursor};
use super::value::{split, token};
use crate::conn::{Param as Sql, Value};
use crate::error::{Error, Result};
use crate::index::{clinical_code, clinical_date};
use crate::read::{CURRENT, Reader, Stored, stored};
use crate::scope::{Scope, bound_list};
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, ParamKind};

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

/// What the rows are read from.
struct Driver {
    /// A select that gives `rid`, and `date` when it is a covering one.
    select: Option<Select>,
    has_date: bool,
}

/// Matches counted for a total that nobody asked for; of 4 million Observations a count took seconds.
const MANY: i64 = 50_000;

/// Rows looked at to compare criteria; more than this is "many".
const SAMPLE: i64 = 2_000;

impl Reader<'_> {
    /// Runs a search under a scope.
    pub fn search(&mut self, scope: &Scope, query: &Query) -> Result<Page> {
        let cursor = query.after.as_deref().map(Cursor::decode).transpose()?;
        let mut planner = Planner::new(self.conn, scope)?;
        let (driver, rest) = plan(&mut planner, query)?;
        let counted = cursor.as_ref().and_then(|c| c.total);
        let total = match (query.total, counted) {
            (Total::None, _) if query.count > 0 => None,
            (_, Some(total)) => Some(total),
            // Pages after the first do not count again what was too many to count.
            (Total::Quick, None) if query.count > 0 && cursor.is_some() => None,
            (Total::Quick, None) if query.count > 0 => {
                let most = format!(" limit {}", MANY + 1);
                Some(count(&mut planner, query.type_, &driver, &rest, &most)?).filter(|found| *found <= MANY)
            }
            _ => Some(count(&mut planner, query.type_, &driver, &rest, "")?),
        };
        let mut page = Page { total, ..Page::default() };
        if query.count > 0 {
            rows(&mut planner, query, &driver, &rest, cursor.as_ref(), &mut page)?;
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

/// What drives the search, and the other conditions.
fn plan(planner: &mut Planner<'_>, query: &Query) -> Result<(Driver, Vec<Criterion>)> {
    let mut left: Vec<&Pair> = query.criteria.iter().collect();
    let covering = covering(planner, query.type_, &mut left)?;
    let mut rest = Vec::new();
    for pair in left {
        rest.push(planner.criterion(query.type_, pair, 1)?);
    }
    if query.of_patients {
        rest.push(Criterion::Row("{row}.patient <> 0".to_owned()));
    }
    if let Some(select) = covering {
        return Ok((Driver { select: Some(select), has_date: true }, rest));
    }
    let select = drive(planner, &mut rest)?;
    Ok((Driver { select, has_date: false }, rest))
}

/// Patient, code and date of a type with a covering index, as one select; takes what it answers off the list.
fn covering(planner: &mut Planner<'_>, type_: ResourceType, left: &mut Vec<&Pair>) -> Result<Option<Select>> {
    let Some(code_param) = clinical_code(type_.as_str()).filter(|_| type_.as_str() != "Appointment") else {
        return Ok(None);
    };
    let patients = match left.iter().position(|pair| is_patient(pair)) {
        None => None,
        Some(at) => {
            let pair = left.remove(at);
            Some(planner.patients(pair)?)
        }
    };
    let codes = match left.iter().position(|pair| pair.name == code_param) {
        Some(at) if search::param(type_, code_param).is_some_and(|p| p.kind == ParamKind::Token) => {
            let pair = left.remove(at);
            let mut numbers = Vec::new();
            for value in split(&pair.value, ',').into_iter().filter(|v| !v.is_empty()) {
                numbers.extend(planner.codes_of(&token(value))?);
            }
            Some(numbers)
        }
        _ => None,
    };
    let type_number = planner.type_number(type_)?;
    let mut sql = match (&patients, &codes) {
        (None, None) => return Ok(None),
        (Some(list), _) => format!(
            "from idx_clinical x where x.org = ?{} and x.type = {type_number} and x.patient in ({})",
            planner.org,
            bound_list(list, &mut planner.params)
        ),
        (None, Some(_)) => format!("from idx_code x where x.org = ?{} and x.type = {type_number}", planner.org),
    };
    let once = codes.as_ref().is_some_and(|list| list.len() == 1);
    if let Some(list) = &codes {
        // No code has a number below 0, so an empty list matches nothing.
        sql.push_str(&format!(" and x.code in ({})", bound_list(list, &mut planner.params)));
    }
    let date_param = clinical_date(type_.as_str());
    while let Some(at) =
        left.iter().position(|pair| Some(pair.name.as_str()) == date_param && !pair.value.contains(','))
    {
        let pair = left.remove(at);
        let condition = planner.date_condition(&pair.value, "x.date", "x.high", pair)?;
        // A row without a date holds the least number at both ends.
        sql.push_str(&format!(" and x.high > {} and {condition}", i64::MIN));
    }
    Ok(Some(Select { once, ..Select::new(sql) }))
}

/// A parameter that can only mean the patient of the covering index.
fn is_patient(pair: &Pair) -> bool {
    let values = || split(&pair.value, ',').into_iter();
    let local = values().all(|v| !v.contains(':'));
    match pair.name.as_str() {
        "patient" | "patient:Patient" | "subject:Patient" => local,
        "subject" => local && values().all(|v| v.starts_with("Patient/")),
        _ => false,
    }
}

/// Takes the condition that leaves the fewest rows off the list, to read from it.
fn drive(planner: &mut Planner<'_>, rest: &mut Vec<Criterion>) -> Result<Option<Select>> {
    let mut candidates: Vec<(usize, i64)> = Vec::new();
    let choices = rest.iter().filter(|c| matches!(c, Criterion::In(_))).count();
    for at in 0..rest.len() {
        let Some(Criterion::In(selects)) = rest.get(at) else { continue };
        let rows = if choices == 1 { 0 } else { sample(planner, &selects.clone())? };
        candidates.push((at, rows));
    }
    let Some((at, _)) = candidates.into_iter().min_by_key(|(_, rows)| *rows) else {
        return Ok(None);
    };
    let Criterion::In(selects) = rest.remove(at) else { return Ok(None) };
    let driver = match selects.as_slice() {
        [one] if one.once => one.clone(),
        [one] => Select { once: true, ..Select::new(one.sql.replacen("select x.rid", "select distinct x.rid", 1)) },
        several => Select { once: true, ..Select::new(union(several)) },
    };
    Ok(Some(driver))
}

fn sample(planner: &mut Planner<'_>, selects: &[Select]) -> Result<i64> {
    let mut rows = 0;
    for select in selects {
        let sql = format!("select count(*) from ({} limit {SAMPLE}) s", select.sql);
        rows += run_int(planner, &sql)?;
    }
    Ok(rows)
}

/// Runs a statement that uses some of the parameters bound so far.
fn run_int(planner: &mut Planner<'_>, sql: &str) -> Result<i64> {
    let (sql, params) = used(sql, &planner.params);
    let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
    planner.conn.query_int(&sql, &params)
}

/// Renumbers the parameters a statement really uses: PostgreSQL refuses those it cannot type.
pub(super) fn used(sql: &str, params: &[Value]) -> (String, Vec<Value>) {
    let mut out = String::with_capacity(sql.len());
    let mut kept: Vec<usize> = Vec::new();
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('?') {
        out.push_str(before);
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = after.get(..digits).and_then(|d| d.parse().ok()).unwrap_or(0);
        let place = kept.iter().position(|n| *n == number).unwrap_or_else(|| {
            kept.push(number);
            kept.len() - 1
        });
        out.push_str(&format!("?{}", place + 1));
        rest = after.get(digits..).unwrap_or("");
    }
    out.push_str(rest);
    let values = kept.iter().map(|n| params.get(n.wrapping_sub(1)).cloned().unwrap_or(Value::Null)).collect();
    (out, values)
}

fn and(rest: &[Criterion]) -> String {
    rest.iter().fold(String::new(), |sql, criterion| sql + " and " + &criterion.sql("r"))
}

/// How many match; `cut` ends the counting early.
fn count(
    planner: &mut Planner<'_>,
    type_: ResourceType,
    driver: &Driver,
    rest: &[Criterion],
    cut: &str,
) -> Result<i64> {
    let sql = match &driver.select {
        // The covering table answers alone: it carries patient and labels.
        Some(select) if driver.has_date && rest.is_empty() => {
            let what = if select.once { "x.rid" } else { "distinct x.rid" };
            let seen = planner.scope.predicate("x.", &mut planner.params);
            format!("select count(*) from (select {what} {}{seen}{cut}) counted", select.sql)
        }
        _ => {
            let from = from(planner, type_, driver, "")?;
            format!("select count(*) from (select 1 as n {}{}{cut}) counted", from.replace("{joins}", ""), and(rest))
        }
    };
    run_int(planner, &sql)
}

/// `from .. where ..` with the scope, ready for more conditions. `cut` ends the covering select early.
fn from(planner: &mut Planner<'_>, type_: ResourceType, driver: &Driver, cut: &str) -> Result<String> {
    let type_number = planner.type_number(type_)?;
    let seen = planner.scope.predicate("r.", &mut planner.params);
    let org = planner.org;
    let conditions = format!("r.org = ?{org} and r.type = {type_number} and r.body is not null{seen}");
    let Some(select) = &driver.select else {
        return Ok(format!("from resource r{{joins}} where {conditions}"));
    };
    let join = planner.conn.dialect().driving_join();
    let inner = match (driver.has_date, select.once) {
        (true, true) => format!("select x.rid, x.date {}{cut}", select.sql),
        (true, false) => format!("select x.rid, min(x.date) as date {} group by x.rid", select.sql),
        (false, _) => select.sql.clone(),
    };
    Ok(format!("from ({inner}) d {join} resource r on r.rid = d.rid{{joins}} where {conditions}"))
}

fn rows(
    planner: &mut Planner<'_>,
    query: &Query,
    driver: &Driver,
    rest: &[Criterion],
    cursor: Option<&Cursor>,
    page: &mut Page,
) -> Result<()> {
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
    let tail = format!("{after} order by {order}{rid} limit {limit}");
    // Where the covering table knows the order and the scope, the page is cut there, before any resource is looked up.
    let cut = match &driver.select {
        Some(select)
            if select.once && driver.has_date && rest.is_empty() && joins.is_empty() && !order.contains("r.") =>
        {
            let seen = planner.scope.predicate("x.", &mut planner.params);
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
    let more = found.len() as i64 > query.count;
    let mut last = None;
    for (stored, values) in found.into_iter().take(query.count as usize) {
        last = Some(Cursor { total: page.total, keys: values, rid: stored.rid.0 });
        page.matches.push(stored);
    }
    page.next = last.filter(|_| more).map(|cursor| cursor.encode());
    Ok(())
}

impl Planner<'_> {
    /// The narrow keys of the patients a parameter names, persons' members included.
    fn patients(&mut self, pair: &Pair) -> Result<Vec<i64>> {
        let mut out = Vec::new();
        for value in split(&pair.value, ',').into_iter().filter(|v| !v.is_empty()) {
            out.extend(self.patient_keys(value)?);
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_used_parameters_are_sent() {
        let params = [Value::Int(1), Value::Int(2), Value::Int(3)];
        let (sql, kept) = used("a ?3 b ?1 c ?3", &params);
        assert_eq!(sql, "a ?1 b ?2 c ?1");
        assert_eq!(kept, [Value::Int(3), Value::Int(1)]);
    }
}
