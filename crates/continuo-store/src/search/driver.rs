//! What the rows of a search are read from: the condition that leaves the fewest, or the covering index of a type.

use super::criterion::{Criterion, Select, union};
use super::dates::{DateTest, DateTests};
use super::plan::{Planner, listed_values};
use super::query::{Pair, Query};
use super::value::{split, token};
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::index::{alias, clinical_code, clinical_date};
use crate::scope::{Persons, bound_list};
use continuo_fhir::ResourceType;
use continuo_fhir::search::{self, ParamKind};

/// Rows looked at to compare criteria; more than this is "many".
pub(super) const MANY_ROWS: i64 = 10_000;

/// A condition and the parameter it came from.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) criterion: Criterion,
}

/// What the rows are read from.
#[derive(Default)]
pub(super) struct Driver {
    /// A select that gives `rid`, and `date` and `high` when it is a covering one.
    pub(super) select: Option<Select>,
    pub(super) has_date: bool,
    /// The condition that the select stands for, unless it is a covering one.
    pub(super) taken: Option<Named>,
    /// Rows the select has, at most [`MANY_ROWS`]; unknown of a covering one.
    pub(super) rows: Option<i64>,
    /// What a covering select answers.
    pub(super) covers: Option<Covers>,
}

/// What a covering select answers.
pub(super) struct Covers {
    pub(super) has_patients: bool,
    pub(super) codes: Option<Vec<i64>>,
    /// On the clinical date of the type.
    pub(super) dates: DateTests,
}

/// A planned search: what drives it and the other conditions.
pub(super) struct Planned {
    pub(super) driver: Driver,
    pub(super) rest: Vec<Named>,
}

pub(super) fn plan(planner: &mut Planner<'_>, query: &Query) -> Result<Planned> {
    let mut left: Vec<&Pair> = query.criteria.iter().collect();
    let covering = covering(planner, query.type_, &mut left)?;
    let mut rest = dated(planner, query.type_, &mut left)?;
    rest.extend(updated(planner, query.type_, &mut left)?);
    for pair in left {
        rest.push(Named { name: pair.name.clone(), criterion: planner.criterion(query.type_, pair, 1)? });
    }
    if query.of_patients {
        rest.push(Named {
            name: "(of patients)".to_owned(),
            criterion: Criterion::Row("{row}.patient <> 0".to_owned()),
        });
    }
    if covering.is_none()
        && let Some(select) = planner.of_reached(query.type_)?
    {
        rest.push(Named { name: "(of whoever is reached)".to_owned(), criterion: Criterion::In(vec![select]) });
    }
    let driver = match covering {
        Some((select, covers)) => {
            Driver { select: Some(select), has_date: true, covers: Some(covers), ..Driver::default() }
        }
        None => drive(planner, &mut rest, !query.sort.is_empty())?,
    };
    Ok(Planned { driver, rest })
}

/// The criteria on each date parameter, together; takes them off the list.
fn dated(planner: &mut Planner<'_>, type_: ResourceType, left: &mut Vec<&Pair>) -> Result<Vec<Named>> {
    let mut names: Vec<&'static str> = left.iter().filter_map(|pair| date_param(type_, &pair.name)).collect();
    names.sort_unstable();
    names.dedup();
    let mut out = Vec::new();
    for name in names {
        let Some(param) = search::param(type_, name) else { continue };
        let mut tests = DateTests::default();
        for pair in left.iter().filter(|pair| pair.name == name) {
            tests.0.push(date_tests(planner, pair)?);
        }
        left.retain(|pair| pair.name != name);
        out.push(Named { name: name.to_owned(), criterion: planner.dates(type_, param, &tests)? });
    }
    Ok(out)
}

/// The criteria on when a version was written, together: a select of the index that has the times, so that few new ones
/// are found without reading all of a type. Takes them off the list.
fn updated(planner: &mut Planner<'_>, type_: ResourceType, left: &mut Vec<&Pair>) -> Result<Option<Named>> {
    let mut tests = DateTests::default();
    for pair in left.iter().filter(|pair| pair.name == UPDATED) {
        tests.0.push(date_tests(planner, pair)?);
    }
    if tests.is_empty() {
        return Ok(None);
    }
    left.retain(|pair| pair.name != UPDATED);
    let type_number = planner.type_number(type_)?;
    let range = tests.range_of_moments().sql("x.updated");
    let select = Select::new(format!(
        "select x.rid from resource x{} where {range}x.org = ?{} and x.type = {type_number} and x.body is not null{}",
        planner.conn.dialect().by_index("resource_by_updated"),
        planner.org,
        tests.sql("x.updated", "(x.updated + 1)")
    ));
    let probe = format!("(1 = 1{})", tests.sql("{row}.updated", "({row}.updated + 1)"));
    let select = Select { once: true, apart: true, by_row: true, probe: Some(probe), ..select };
    Ok(Some(Named { name: UPDATED.to_owned(), criterion: Criterion::In(vec![select]) }))
}

const UPDATED: &str = "_lastUpdated";

/// A date parameter that has rows of its own, by its plain name.
fn date_param(type_: ResourceType, name: &str) -> Option<&'static str> {
    let param = search::param(type_, name).filter(|param| param.kind == ParamKind::Date)?;
    (name != UPDATED && alias(type_, param.code).is_none()).then_some(param.code)
}

/// What the values of a date parameter ask.
pub(super) fn date_tests(planner: &Planner<'_>, pair: &Pair) -> Result<Vec<DateTest>> {
    listed_values(pair)?
        .into_iter()
        .filter(|value| !value.is_empty())
        .map(|value| planner.date_test(value, pair))
        .collect()
}

/// Patient, code and date of a type with a covering index, as one select; takes what it answers off the list.
fn covering(planner: &mut Planner<'_>, type_: ResourceType, left: &mut Vec<&Pair>) -> Result<Option<(Select, Covers)>> {
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
            numbers.sort_unstable();
            numbers.dedup();
            Some(planner.codes_in_use(type_, code_param, &numbers)?)
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
    let mut dates = DateTests::default();
    let date_param = clinical_date(type_.as_str());
    // The index holds the first date of each: where one has several, the index of dates is asked.
    let by_date = match date_param.and_then(|code| search::param(type_, code)) {
        Some(param) => {
            let number = planner.param_number(type_, param, crate::index::Flavor::Plain)?;
            !planner.has_several(number)?
        }
        None => false,
    };
    while let Some(at) =
        left.iter().position(|pair| by_date && Some(pair.name.as_str()) == date_param && !pair.value.contains(','))
    {
        let pair = left.remove(at);
        let test = planner.date_test(&pair.value, pair)?;
        // A row without a date holds the least number at both ends.
        sql.push_str(&format!(" and x.high > {} and {}", i64::MIN, test.sql("x.date", "x.high")));
        dates.0.push(vec![test]);
    }
    let covers = Covers { has_patients: patients.is_some(), codes, dates };
    Ok(Some((Select { once, ..Select::new(sql) }, covers)))
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
fn drive(planner: &mut Planner<'_>, rest: &mut Vec<Named>, is_sorted: bool) -> Result<Driver> {
    let mut candidates: Vec<(usize, i64)> = Vec::new();
    let choices = rest.iter().filter(|named| matches!(named.criterion, Criterion::In(_))).count();
    for at in 0..rest.len() {
        let Some(Criterion::In(selects)) = rest.get(at).map(|named| &named.criterion) else { continue };
        // The one condition there is, with rows in the order that is asked for: however many, the page is cut there.
        let is_plain = choices == 1 && !is_sorted && matches!(selects.as_slice(), [one] if one.is_in_order());
        let rows = if is_plain { MANY_ROWS } else { sample(planner, &selects.clone())? };
        candidates.push((at, rows));
    }
    let Some((at, rows)) = candidates.into_iter().min_by_key(|(_, rows)| *rows) else {
        return Ok(Driver::default());
    };
    let taken = rest.remove(at);
    let Criterion::In(selects) = &taken.criterion else { return Ok(Driver::default()) };
    let select = match selects.as_slice() {
        [one] if one.once => one.clone(),
        [one] => Select { once: true, ..Select::new(one.sql.replacen("select x.rid", "select distinct x.rid", 1)) },
        several => Select { once: true, ..Select::new(union(several)) },
    };
    Ok(Driver { select: Some(select), taken: Some(taken), rows: Some(rows), ..Driver::default() })
}

/// How many rows these selects have, counted to [`MANY_ROWS`].
pub(super) fn sample(planner: &mut Planner<'_>, selects: &[Select]) -> Result<i64> {
    let mut rows = 0;
    for select in selects {
        if rows >= MANY_ROWS {
            break;
        }
        let sql = format!("select count(*) from ({} limit {}) s", select.sql, MANY_ROWS - rows);
        rows += run_int(planner, &sql)?;
    }
    Ok(rows)
}

/// Runs a statement that uses some of the parameters bound so far.
pub(super) fn run_int(planner: &mut Planner<'_>, sql: &str) -> Result<i64> {
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

impl Planner<'_> {
    /// What belongs to the people a scope reaches or to nobody, for a scope that does not reach everybody: the predicate
    /// stands in the query too, but says nothing of where to look. (The plus keeps the databases from looking by type.)
    fn of_reached(&mut self, type_: ResourceType) -> Result<Option<Select>> {
        let org = self.org;
        let patients = match &self.scope.persons {
            Persons::All => return Ok(None),
            Persons::Only(list) => {
                let list: Vec<i64> = list.iter().map(|rid| rid.0).chain([0]).collect();
                bound_list(&list, &mut self.params)
            }
            Persons::Audiences(list) => {
                let audiences = bound_list(list, &mut self.params);
                format!(
                    "select 0 union select a.patient from reach a where a.org = ?{org} and a.audience in ({audiences}) \
                     union select m.patient from reach a \
                     join person_member n on n.org = a.org and n.patient = a.patient and n.until is null \
                     join person_member m on m.org = n.org and m.person = n.person and m.until is null \
                     where a.org = ?{org} and a.audience in ({audiences})"
                )
            }
        };
        let type_number = self.type_number(type_)?;
        let select = Select::new(format!(
            "select x.rid from resource x where x.org = ?{org} and x.patient in ({patients}) \
             and +x.type = {type_number} and x.body is not null"
        ));
        // Asked of one row it is what the scope's own predicate asks.
        Ok(Some(Select { once: true, by_row: true, probe: Some("1 = 1".to_owned()), ..select }))
    }

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
