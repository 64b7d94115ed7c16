//! Whether a search is walked or gathered: by how many rows each would look at.

use super::Walk;
use super::names::Names;
use super::order::{Legs, Order};
use crate::error::Result;
use crate::index::clinical_date;
use crate::search::criterion::Criterion;
use crate::search::dates::DateTests;
use crate::search::driver::{MANY_ROWS, Named, Planned, run_int};
use crate::search::plan::Planner;
use crate::search::query::{Drive, Query};
use crate::search::sort::Cursor;
use continuo_fhir::ResourceType;

/// Codes whose rows are merged; more are asked for row by row.
const MOST_CODES: usize = 16;

/// How a page is found.
pub(in crate::search) enum Way {
    /// All that matches is gathered and put in order by the database.
    Gather,
    /// All that matches is gathered and put in order here: the database would first order the values of all there are.
    Few,
    /// An index is read in order.
    Walk(Box<Walk>),
    /// The same in the order of a text.
    Names(Box<Names>),
}

/// Decides how a page is found.
pub(in crate::search) fn plan(
    planner: &mut Planner<'_>,
    query: &Query,
    planned: &Planned,
    cursor: Option<&Cursor>,
) -> Result<Way> {
    let is_sorted = !query.sort.is_empty();
    if query.drive == Drive::Gather {
        return Ok(Way::Gather);
    }
    if planned.driver.covers.as_ref().is_some_and(|covers| covers.has_patients) {
        return Ok(gathered(query, planned));
    }
    let Some(mut order) = Order::of(planner, query)? else { return Ok(gathered(query, planned)) };
    // A page in no order that was asked for goes on in the one that the pages before had.
    let has_begun = !is_sorted && cursor.is_some_and(|cursor| !cursor.keys.is_empty());
    if !is_sorted && cursor.is_some_and(|cursor| cursor.keys.is_empty()) {
        order = Order::Rid;
    }
    let tests = order.tests(planner, query)?;
    let mut route = Route { planner, query, planned, order, tests };
    let Some(source) = route.source() else { return Ok(gathered(query, planned)) };
    let must = has_begun || query.drive == Drive::Walk;
    if !must && !is_sorted && !route.is_worth_it_unsorted() {
        return Ok(Way::Gather);
    }
    let Some(conditions) = route.conditions(&source, has_begun)? else { return Ok(gathered(query, planned)) };
    if !must && is_sorted && !route.is_worth_it(&source)? {
        return Ok(gathered(query, planned));
    }
    Ok(match route.walk(&source, &conditions, has_begun)? {
        Some(way) => way,
        None => gathered(query, planned),
    })
}

/// How the matches are gathered.
pub(in crate::search) fn gathered(query: &Query, planned: &Planned) -> Way {
    let driver = &planned.driver;
    let carried = clinical_date(query.type_.as_str()).filter(|_| driver.has_date);
    // What the rows carry themselves the database puts in order at once.
    let is_at_hand = |code: &str| matches!(code, "_id" | "_lastUpdated") || Some(code) == carried;
    let is_foreign = query.sort.iter().any(|key| !is_at_hand(&key.param));
    if is_foreign && driver.select.is_some() { Way::Few } else { Way::Gather }
}

struct Route<'p, 'a> {
    planner: &'p mut Planner<'a>,
    query: &'p Query,
    planned: &'p Planned,
    order: Order,
    tests: DateTests,
}

/// Where the rows of a walk come from.
enum Source {
    /// The index of the order itself.
    Order,
    /// The covering rows of these codes.
    Codes(Vec<i64>),
}

/// What is asked of each row.
#[derive(Default)]
struct Conditions {
    /// Of its narrow key alone, on `d`.
    by_rid: Vec<String>,
    /// Of the resource's row `r`.
    by_row: Vec<String>,
}

impl Route<'_, '_> {
    fn type_(&self) -> ResourceType {
        self.query.type_
    }

    /// Nothing where a walk would not have the order.
    fn source(&self) -> Option<Source> {
        let Some(covers) = &self.planned.driver.covers else { return Some(Source::Order) };
        let is_clinical = clinical_date(self.type_().as_str()) == Some(self.order.parameter());
        match (&covers.codes, self.order) {
            // Nothing has such a code.
            (Some(codes), _) if codes.is_empty() => None,
            (Some(codes), Order::Date { .. }) if is_clinical && codes.len() <= MOST_CODES => {
                Some(Source::Codes(codes.clone()))
            }
            // The covering index cuts the page itself.
            (_, Order::Rid) => None,
            _ if is_clinical || covers.dates.is_empty() => Some(Source::Order),
            _ => None,
        }
    }

    /// The conditions that are asked row by row. Nothing where one cannot be.
    fn conditions(&mut self, source: &Source, has_begun: bool) -> Result<Option<Conditions>> {
        let own = self.order.parameter();
        let mut all: Vec<Criterion> = Vec::new();
        for Named { name, criterion } in self.planned.rest.iter().chain(&self.planned.driver.taken) {
            if name != own {
                all.push(criterion.clone());
            }
        }
        if let (Some(codes), Source::Order) = (self.codes(), source) {
            all.push(self.planner.of_codes(self.query.type_, &codes)?);
        }
        // Pages that began as a walk go on as one, whatever it costs.
        let mut conditions = Conditions::default();
        for criterion in &all {
            if let Some(sql) = criterion.cheap_by_rid() {
                conditions.by_rid.extend(Some(sql).filter(|sql| sql != "(1 = 1)"));
            } else if let Some(sql) = criterion.cheap("r").or_else(|| has_begun.then(|| criterion.sql("r"))) {
                conditions.by_row.push(sql);
            } else {
                return Ok(None);
            }
        }
        Ok(Some(conditions))
    }

    fn codes(&self) -> Option<Vec<i64>> {
        self.planned.driver.covers.as_ref().and_then(|covers| covers.codes.clone())
    }

    /// Without an order that was asked for: few rows are gathered, and many that come in the order of their keys are read
    /// so.
    fn is_worth_it_unsorted(&self) -> bool {
        let driver = &self.planned.driver;
        match (&driver.select, self.order) {
            (None, _) => false,
            (Some(select), Order::Rid) => driver.rows.is_some_and(|rows| rows >= MANY_ROWS) && !select.is_in_order(),
            (Some(_), _) => driver.rows.is_some_and(|rows| rows >= MANY_ROWS),
        }
    }

    /// Whether the walk looks at fewer rows than there are to gather. With `m` rows to gather of `n` in the order, a page
    /// of `k` is full after about `k * n / m`: that is less than `m` where `n` is less than `m * m / k`.
    fn is_worth_it(&mut self, source: &Source) -> Result<bool> {
        let driver = &self.planned.driver;
        let own = driver.taken.as_ref().is_some_and(|taken| taken.name == self.order.parameter());
        if matches!(source, Source::Codes(_)) || own {
            return Ok(true);
        }
        let rows = match (&driver.select, driver.rows) {
            (None, _) => return Ok(true),
            (Some(_), Some(rows)) => rows,
            (Some(select), None) => {
                let what = format!("select 1 as n {} limit {MANY_ROWS}", select.sql);
                run_int(self.planner, &format!("select count(*) from ({what}) s"))?
            }
        };
        if rows >= MANY_ROWS {
            return Ok(true);
        }
        let most = rows * rows / self.query.count.max(1);
        if most < rows {
            return Ok(false);
        }
        Ok(self.in_order(most + 1)? <= most)
    }

    /// How many rows the order has, counted so far.
    fn in_order(&mut self, most: i64) -> Result<i64> {
        let org = self.planner.org;
        let rows = match self.order {
            Order::Date { number, .. } => {
                let range = self.tests.range().sql("x.low");
                format!("from idx_date x where {range}x.org = ?{org} and x.param = {number}")
            }
            Order::Text { number, .. } => format!("from idx_text x where x.org = ?{org} and x.param = {number}"),
            Order::Updated { .. } | Order::Rid => {
                let type_ = self.planner.type_number(self.query.type_)?;
                format!("from resource r where r.org = ?{org} and r.type = {type_} and r.body is not null")
            }
        };
        run_int(self.planner, &format!("select count(*) from (select 1 as n {rows} limit {most}) s"))
    }

    fn walk(&mut self, source: &Source, conditions: &Conditions, has_begun: bool) -> Result<Option<Way>> {
        let type_number = self.planner.type_number(self.query.type_)?;
        let descending = self.order.is_descending();
        let seen = self.planner.scope.predicate_of(self.query.type_, "r.", &mut self.planner.params);
        let joined = |sql: String, list: &[String]| list.iter().fold(sql, |sql, condition| sql + " and " + condition);
        let filter = joined(seen, &conditions.by_row);
        let sieve = joined(String::new(), &conditions.by_rid);
        // Pages in an order of their own cannot go on in another.
        let may_end = !has_begun && self.planned.driver.select.is_some() && self.query.drive == Drive::Best;
        if let Order::Text { param, number, descending } = self.order {
            let open = self.planner.open(type_number, "x.rid").unwrap_or_default();
            let of_type = Legs { planner: self.planner, type_number, tests: &self.tests, descending }.of_type();
            let names = Names { param, number, descending, open, of_type, sieve, filter, may_end };
            return Ok(Some(Way::Names(Box::new(names))));
        }
        let several = match self.order {
            Order::Date { number, .. } => self.planner.has_several(number)?,
            _ => false,
        };
        let only = match (source, several) {
            (Source::Codes(codes), true) => {
                let of_codes = self.planner.of_codes(self.query.type_, codes)?;
                of_codes.cheap("r").map(|sql| format!(" and {sql}")).unwrap_or_default()
            }
            _ => String::new(),
        };
        let mut of = Legs { planner: self.planner, type_number, tests: &self.tests, descending };
        let legs = match (self.order, source) {
            (Order::Date { number, .. }, Source::Codes(codes)) => of.by_code(codes, number, several),
            (Order::Date { number, .. }, Source::Order) => of.by_date(number, several),
            (Order::Updated { .. }, _) => of.by_update(),
            (Order::Rid | Order::Text { .. }, _) => of.by_rid(),
        };
        let merged = match self.order {
            Order::Date { number, .. } if several => match of.several(number, &only)? {
                Some(places) => places,
                None => return Ok(None),
            },
            _ => Vec::new(),
        };
        let has_key = !matches!(self.order, Order::Rid);
        Ok(Some(Way::Walk(Box::new(Walk { descending, legs, merged, sieve, filter, has_key, may_end }))))
    }
}
