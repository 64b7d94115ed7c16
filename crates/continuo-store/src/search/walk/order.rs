//! The order of an answer, where an index has it.

use super::super::criterion::ROW_BY_ROW;
use super::super::dates::{DateTests, SHORT};
use super::super::driver::date_tests;
use super::super::legs::{Leg, LegKey, Place, sort};
use super::super::plan::Planner;
use super::super::query::Query;
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::index::{Flavor, alias, is_plain_text};
use continuo_fhir::search::{self, Param, ParamKind};
use std::collections::BTreeMap;

/// What an answer is ordered by.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) enum Order {
    /// A date parameter and its number.
    Date { param: &'static Param, number: i64, descending: bool },
    /// A text parameter, names above all, and its number.
    Text { param: &'static Param, number: i64, descending: bool },
    /// When the version was written.
    Updated { descending: bool },
    /// The narrow key: no order was asked for.
    Rid,
}

/// Dates of resources that have several, gathered for a walk: more are not.
const MOST_SEVERAL: usize = 20_000;

impl Order {
    /// The order that is asked for; without one, the dates that are asked for, newest first. Nothing where no index has
    /// the order.
    pub(in crate::search) fn of(planner: &mut Planner<'_>, query: &Query) -> Result<Option<Self>> {
        match query.sort.as_slice() {
            [] => {
                // (When a version was written stands in its row: those come in the order of the rows.)
                for pair in query.criteria.iter().filter(|pair| pair.name != "_lastUpdated") {
                    if let Some(order) = Self::by_date(planner, query, &pair.name, true)? {
                        return Ok(Some(order));
                    }
                }
                Ok(Some(Self::Rid))
            }
            [key] if key.param == "_lastUpdated" => Ok(Some(Self::Updated { descending: key.descending })),
            [key] => match Self::by_date(planner, query, &key.param, key.descending)? {
                Some(order) => Ok(Some(order)),
                None => Self::by_text(planner, query, &key.param, key.descending),
            },
            _ => Ok(None),
        }
    }

    fn by_date(planner: &mut Planner<'_>, query: &Query, code: &str, descending: bool) -> Result<Option<Self>> {
        let param = search::param(query.type_, code).filter(|param| param.kind == ParamKind::Date);
        let Some(param) = param.filter(|param| alias(query.type_, param.code).is_none()) else { return Ok(None) };
        let number = planner.param_number(query.type_, param, Flavor::Plain)?;
        Ok(Some(Self::Date { param, number, descending }))
    }

    fn by_text(planner: &mut Planner<'_>, query: &Query, code: &str, descending: bool) -> Result<Option<Self>> {
        let param = search::param(query.type_, code).filter(|param| is_plain_text(param));
        let Some(param) = param.filter(|param| alias(query.type_, param.code).is_none()) else { return Ok(None) };
        let number = planner.param_number(query.type_, param, Flavor::Plain)?;
        Ok(Some(Self::Text { param, number, descending }))
    }

    pub(in crate::search) fn is_descending(self) -> bool {
        matches!(
            self,
            Self::Date { descending: true, .. }
                | Self::Text { descending: true, .. }
                | Self::Updated { descending: true }
        )
    }

    /// The parameter whose criteria the walk answers itself.
    pub(in crate::search) fn parameter(self) -> &'static str {
        match self {
            Self::Date { param, .. } => param.code,
            Self::Updated { .. } => "_lastUpdated",
            // A walk over texts looks for none of them.
            Self::Text { .. } | Self::Rid => "",
        }
    }

    /// The criteria on that parameter.
    pub(in crate::search) fn tests(self, planner: &Planner<'_>, query: &Query) -> Result<DateTests> {
        let mut all = Vec::new();
        for pair in query.criteria.iter().filter(|pair| pair.name == self.parameter()) {
            all.push(date_tests(planner, pair)?);
        }
        Ok(DateTests(all))
    }
}

/// The legs over one order.
pub(super) struct Legs<'p, 'a> {
    pub(super) planner: &'p mut Planner<'a>,
    pub(super) type_number: i64,
    /// Leaves out what the scope closes, as far as the index knows.
    pub(super) tests: &'p DateTests,
    pub(super) descending: bool,
}

impl Legs<'_, '_> {
    fn open(&mut self, rid: &str) -> String {
        // What the index does not know is found out when the resource is read.
        self.planner.open(self.type_number, rid).unwrap_or_default()
    }

    pub(super) fn of_type(&mut self) -> String {
        let open = self.open("r.rid");
        let (org, type_) = (self.planner.org, self.type_number);
        format!("where r.org = ?{org} and r.type = {type_} and r.body is not null{open}")
    }

    pub(super) fn by_rid(&mut self) -> Vec<Leg> {
        let stream = format!("from resource r {}", self.of_type());
        vec![Leg { streams: vec![stream], key: LegKey::Fixed(0), rid: "r.rid", until: None }]
    }

    pub(super) fn by_update(&mut self) -> Vec<Leg> {
        let tests = self.tests.sql("r.updated", "(r.updated + 1)");
        let range = before(&self.tests.range_of_moments().sql("r.updated"));
        let stream = format!("from resource r {}{range}{tests}", self.of_type());
        vec![Leg { streams: vec![stream], key: LegKey::Column("r.updated"), rid: "r.rid", until: None }]
    }

    /// `several` says whether any resource has several dates of it.
    pub(super) fn by_date(&mut self, param: i64, several: bool) -> Vec<Leg> {
        let org = self.planner.org;
        let open = self.open("x.rid");
        let single = if several { not_several(org, param) } else { String::new() };
        let head = format!("from idx_date x where x.org = ?{org} and x.param = {param}");
        let tests = self.tests.sql("x.low", "x.high");
        let range = self.tests.range();
        let mut main = format!("{head}{}{tests}{open}{single}", before(&range.sql("x.low")));
        let ends = self.tests.is_empty();
        if ends && self.descending {
            // One without a beginning stands among those without a date.
            main.push_str(&format!(" and x.low > {}", self.planner.bind(Value::Int(i64::MIN))));
        }
        let date =
            |stream: String, key, until| Leg { streams: vec![stream], key: LegKey::Column(key), rid: "x.rid", until };
        let mut legs = vec![date(main, "x.low", None)];
        if let Some(end) = range.reaching.filter(|_| range.least > i64::MIN) {
            let least = range.least;
            let long = format!(
                "{head} and x.high > x.low + {SHORT} and x.high > {end} and +x.low < {least}{tests}{open}{single}"
            );
            // They begin before all others. The plus keeps the databases from looking for them by their beginning.
            if self.descending {
                legs = legs.into_iter().map(|leg| Leg { until: Some(least), ..leg }).collect();
                legs.push(date(long, "+x.low", None));
            } else {
                legs.insert(0, date(long, "+x.low", Some(least)));
            }
        }
        if ends {
            legs.push(self.undated(param));
        }
        legs
    }

    fn undated(&mut self, param: i64) -> Leg {
        let org = self.planner.org;
        let begun = if self.descending {
            format!(" and x.low > {}", self.planner.bind(Value::Int(i64::MIN)))
        } else {
            String::new()
        };
        let dated = format!("select x.rid from idx_date x where x.org = ?{org} and x.param = {param}{begun}");
        let without = self.planner.conn.dialect().none_of("r.rid", &dated);
        let stream = format!("from resource r {} and {without}", self.of_type());
        Leg { streams: vec![stream], key: LegKey::Fixed(last(self.descending)), rid: "r.rid", until: None }
    }

    /// The covering rows of some codes, by the clinical date; they carry the scope.
    pub(super) fn by_code(&mut self, codes: &[i64], param: i64, several: bool) -> Vec<Leg> {
        let org = self.planner.org;
        let seen = self.planner.scope.predicate_of_any("x.", &mut self.planner.params);
        let single = if several { not_several(org, param) } else { String::new() };
        let none = self.planner.bind(Value::Int(i64::MIN));
        let tests = self.tests.sql("x.date", "x.high");
        let streams = |planner: &mut Planner<'_>, more: &str| -> Vec<String> {
            codes
                .iter()
                .map(|code| {
                    let code = planner.bind(Value::Int(*code));
                    format!(
                        "from idx_code x where x.org = ?{org} and x.type = {} and x.code = {code}{tests}{seen}{single}{more}",
                        self.type_number
                    )
                })
                .collect()
        };
        let dated = |streams| Leg { streams, key: LegKey::Column("x.date"), rid: "x.rid", until: None };
        if self.tests.is_empty() && self.descending {
            // An undated row holds the least number: it comes last by itself.
            return vec![dated(streams(self.planner, ""))];
        }
        let mut legs = vec![dated(streams(self.planner, &format!(" and x.high > {none}")))];
        if self.tests.is_empty() {
            let streams = streams(self.planner, &format!(" and x.date = {none} and x.high = {none}"));
            legs.push(Leg { streams, key: LegKey::Fixed(last(false)), rid: "x.rid", until: None });
        }
        legs
    }

    /// The places of resources that have several dates and meet the criteria; `only` is a condition on their rows `r`.
    /// Nothing if there are too many to gather.
    pub(super) fn several(&mut self, param: i64, only: &str) -> Result<Option<Vec<Place>>> {
        let org = self.planner.org;
        let bound = self.planner.params.len();
        let limit = self.planner.bind(Value::Int(MOST_SEVERAL as i64 + 1));
        let sql = format!(
            "select s.rid, s.low, s.high from idx_date_several s join resource r on r.rid = s.rid \
             where s.org = ?{org} and s.param = {param}{only} order by s.rid limit {limit}"
        );
        let (sql, params) = super::super::driver::used(&sql, &self.planner.params);
        self.planner.params.truncate(bound);
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        let rows = self.planner.conn.query(&sql, &params, |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?;
        if rows.len() > MOST_SEVERAL {
            return Ok(None);
        }
        let mut dates: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        for (rid, low, high) in rows {
            dates.entry(rid).or_default().push((low, high));
        }
        let mut places: Vec<Place> = dates
            .iter()
            .filter(|(_, dates)| self.tests.hold(dates))
            .filter_map(|(rid, dates)| Some((key_of(dates, self.descending)?, *rid)))
            // Those without a beginning are found among the undated.
            .filter(|(key, _)| !(self.descending && self.tests.is_empty() && *key == i64::MIN))
            .collect();
        sort(&mut places, self.descending);
        Ok(Some(places))
    }
}

/// The key of a resource with these dates.
fn key_of(dates: &[(i64, i64)], descending: bool) -> Option<i64> {
    let lows = dates.iter().map(|(low, _)| *low);
    if descending { lows.max() } else { lows.min() }
}

/// The key of what has no date.
fn last(descending: bool) -> i64 {
    if descending { i64::MIN } else { i64::MAX }
}

/// `and` before a condition that ends with one.
fn before(range: &str) -> String {
    if range.is_empty() { String::new() } else { format!(" and {}", range.trim_end_matches(" and ")) }
}

fn not_several(org: usize, param: i64) -> String {
    format!(
        " and not exists (select 1 from idx_date_several s where s.org = ?{org} and s.param = {param} and s.rid = x.rid{ROW_BY_ROW})"
    )
}
