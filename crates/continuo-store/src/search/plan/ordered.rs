//! Ordered values: dates, and composites with dates and numbers.

use super::Planner;
use crate::conn::Param as Sql;
use crate::error::Result;
use crate::index::{Flavor, clip};
use crate::scope::int_list;
use crate::search::criterion::{Criterion, ROW_BY_ROW, Select};
use crate::search::dates::{DateTest, DateTests, SHORT};
use crate::search::query::{Pair, wrong};
use crate::search::value::{Prefix, prefix, split, token, unescape};
use continuo_fhir::ResourceType;
use continuo_fhir::date::DateTime;
use continuo_fhir::search::{Param, ParamKind};
use continuo_fhir::text::fold;

impl Planner<'_> {
    pub(super) fn date(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let tests = DateTests(vec![vec![self.date_test(value, pair)?]]);
        self.dates(type_, param, &tests)
    }

    /// All criteria on one date parameter together: each looks in the range that all of them leave.
    pub(in crate::search) fn dates(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        tests: &DateTests,
    ) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let org = self.org;
        let range = tests.range();
        let condition = tests.sql("x.low", "x.high");
        let several = self.has_several(number)?;
        let of_one = format!("from idx_date_several s where s.org = ?{org} and s.param = {number}");
        let single = if several {
            format!(" and not exists (select 1 {of_one} and s.rid = x.rid{ROW_BY_ROW})")
        } else {
            String::new()
        };
        let mut selects =
            vec![self.select("idx_date", number, &format!("{}1 = 1{condition}{single}", range.sql("x.low")))];
        if let Some(end) = range.reaching.filter(|_| range.least > i64::MIN) {
            // Long ones that begin before: the plus keeps the databases from looking for them by their beginning.
            let long =
                format!("x.high > x.low + {SHORT} and x.high > {end} and +x.low < {}{condition}{single}", range.least);
            selects.push(self.select("idx_date", number, &long));
        }
        if several {
            // Of several dates each criterion may hold of another one.
            let each = tests.0.iter().fold(String::new(), |sql, list| {
                let test = DateTests(vec![list.clone()]).sql("s.low", "s.high");
                format!("{sql} and exists (select 1 {of_one} and s.rid = x.rid{test})")
            });
            selects
                .push(Select::new(format!("select x.rid from (select distinct s.rid {of_one}) x where 1 = 1{each}")));
        }
        Ok(Criterion::In(selects.into_iter().map(|select| Select { once: true, apart: true, ..select }).collect()))
    }

    /// What a date's value asks.
    pub(in crate::search) fn date_test(&self, value: &str, pair: &Pair) -> Result<DateTest> {
        let (prefix, text) = prefix(value);
        let date = DateTime::parse(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a date")))?;
        let (from, to) = (date.low(&self.zone).micros(), date.high(&self.zone).micros());
        if prefix == Prefix::Ap {
            // A tenth of the distance to now, at least a day.
            let pad = (self.scope.now.saturating_sub(from).abs() / 10).max(86_400_000_000);
            return Ok(DateTest { prefix, from: from.saturating_sub(pad), to: to.saturating_add(pad) });
        }
        Ok(DateTest { prefix, from, to })
    }

    /// A date's condition over an interval `[low, high)`.
    pub(in crate::search) fn date_condition(
        &mut self,
        value: &str,
        low: &str,
        high: &str,
        pair: &Pair,
    ) -> Result<String> {
        Ok(self.date_test(value, pair)?.sql(low, high))
    }

    /// Whether any resource has several dates of a parameter.
    pub(in crate::search) fn has_several(&mut self, param: i64) -> Result<bool> {
        if let Some(known) = self.several.get(&param) {
            return Ok(*known);
        }
        let sql = "select rid from idx_date_several where org = ?1 and param = ?2 limit 1";
        let found = self.conn.query_opt(sql, &[self.scope.org.param(), Sql::Int(param)], |row| row.int(0))?.is_some();
        self.several.insert(param, found);
        Ok(found)
    }

    pub(super) fn composite(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let unsupported = || wrong(&pair.name, "is not supported");
        let parts = split(value, '$');
        let ([first_kind, second_kind], [first, second]) = (param.components.as_slice(), parts.as_slice()) else {
            return Err(wrong(&pair.name, "needs two parts joined by $"));
        };
        let firsts: Vec<i64> = match first_kind {
            ParamKind::Token => self.codes_of(&token(first))?,
            ParamKind::Reference => self.targets(param, None, &unescape(first))?.iter().map(|r| r.0).collect(),
            _ => return Err(unsupported()),
        };
        let condition = match second_kind {
            ParamKind::Token => {
                let numbers = self.codes_of(&token(second))?;
                let marks: Vec<String> = numbers.iter().map(|n| self.text(&n.to_string())).collect();
                format!("x.value in ({})", if marks.is_empty() { "null".to_owned() } else { marks.join(", ") })
            }
            ParamKind::Quantity => {
                let (number, units) = self.quantity_parts(second)?;
                let condition = self.number_condition(&number, pair)?;
                match units {
                    None => condition,
                    Some(units) => {
                        let marks: Vec<String> = units.iter().map(|n| self.text(&n.to_string())).collect();
                        format!(
                            "x.value in ({}) and {condition}",
                            if marks.is_empty() { "null".to_owned() } else { marks.join(", ") }
                        )
                    }
                }
            }
            ParamKind::Number => self.number_condition(second, pair)?,
            ParamKind::Date => self.date_condition(second, "x.low", "x.high", pair)?,
            ParamKind::String => {
                let folded = clip(&fold(&unescape(second)));
                let (low, high) = (self.text(&folded), self.text(&format!("{folded}\u{10ffff}")));
                format!("x.value >= {low} and x.value < {high}")
            }
            ParamKind::Uri => format!("x.value = {}", self.text(&clip(&unescape(second)))),
            _ => return Err(unsupported()),
        };
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let select =
            self.select("idx_composite", number, &format!("x.first in ({}) and {condition}", int_list(&firsts)));
        Ok(Criterion::In(vec![select]))
    }
}
