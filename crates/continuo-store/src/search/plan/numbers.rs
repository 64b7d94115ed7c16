//! Numbers and quantities.
//!
//! The index has them by unit and lowest value. A number that is asked for without a unit is looked for in each unit of the
//! parameter, and a value that must lie above another by its beginning; what reaches over it from below (a range, `>5`) has
//! an index of its own, `idx_number_wide`, in which nearly nothing stands.

use super::Planner;
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::index::Flavor;
use crate::scope::int_list;
use crate::search::criterion::{Criterion, ROW_BY_ROW, Select};
use crate::search::number::literal;
use crate::search::query::{Pair, wrong};
use crate::search::value::{Prefix, Token, prefix, split, unescape};
use continuo_fhir::ResourceType;
use continuo_fhir::search::Param;

/// Units of one parameter that are named one by one; with more, all its rows are read.
const MOST_UNITS: i64 = 64;

/// What a value asks of a row `x`.
pub(super) struct NumberTest {
    /// The condition.
    pub(super) condition: String,
    /// What holds of the lowest value of each that meets it, those of `reaching` left out; ` and ` after it.
    lowest: String,
    /// What holds of those that begin below that.
    reaching: Option<String>,
}

impl Planner<'_> {
    pub(super) fn number(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let test = self.number_test(value, pair)?;
        self.numbered(number, "x.unit = -1 and ", &test)
    }

    pub(super) fn quantity(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let parameter = self.param_number(type_, param, Flavor::Plain)?;
        let (number, units) = self.quantity_parts(value)?;
        let test = self.number_test(&number, pair)?;
        match units {
            None => self.numbered(parameter, "", &test),
            Some(units) if units.is_empty() => Ok(Criterion::Nothing),
            Some(units) => self.numbered(parameter, &format!("x.unit in ({}) and ", int_list(&units)), &test),
        }
    }

    /// `unit` is the condition on the unit, ` and ` after it.
    fn numbered(&mut self, number: i64, unit: &str, test: &NumberTest) -> Result<Criterion> {
        let org = self.org;
        let NumberTest { condition, lowest, reaching } = test;
        // By resource there is another index. (The plus keeps the databases from this one.)
        let probe = format!(
            "exists (select 1 from idx_number x where +x.org = ?{org} and x.param = {number} and x.rid = {{row}}.rid and {unit}{condition}{ROW_BY_ROW})"
        );
        let of_each = if unit.is_empty() { self.units(number)? } else { unit.to_owned() };
        let main = self.select("idx_number", number, &format!("{of_each}{lowest}{condition}"));
        let mut selects = vec![Select { probe: Some(probe), ..main }];
        if let Some(reaching) = reaching
            && self.has_wide(number)?
        {
            let wide =
                self.select("idx_number", number, &format!("{unit}x.high > x.low and {reaching} and {condition}"));
            // The first one's probe asks for these too.
            selects.push(Select { probe: Some("1 = 0".to_owned()), ..wide });
        }
        Ok(Criterion::In(selects))
    }

    /// The condition that names each unit of a parameter, ` and ` after it, so that the index is read by the values.
    fn units(&mut self, number: i64) -> Result<String> {
        let sql = format!(
            "with recursive u(unit) as (select min(x.unit) from idx_number x where x.org = ?1 and x.param = ?2 \
             union all select (select min(x.unit) from idx_number x where x.org = ?1 and x.param = ?2 and x.unit > u.unit) \
             from u where u.unit is not null) select unit from u where unit is not null limit {}",
            MOST_UNITS + 1
        );
        let units = self.conn.query(&sql, &[self.scope.org.param(), Sql::Int(number)], |row| row.int(0))?;
        // Nothing has such a value, or too much has.
        let are_few = (1..=MOST_UNITS as usize).contains(&units.len());
        Ok(if are_few { format!("x.unit in ({}) and ", int_list(&units)) } else { String::new() })
    }

    /// Whether a parameter has any value that is not a point.
    fn has_wide(&mut self, number: i64) -> Result<bool> {
        let sql = "select rid from idx_number where org = ?1 and param = ?2 and high > low limit 1";
        Ok(self.conn.query_opt(sql, &[self.scope.org.param(), Sql::Int(number)], |row| row.int(0))?.is_some())
    }

    pub(super) fn number_test(&mut self, value: &str, pair: &Pair) -> Result<NumberTest> {
        let (prefix, text) = prefix(value);
        let number = literal(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a number")))?;
        let value = self.bind(Value::Real(number.value));
        let (condition, lowest, reaching) = match prefix {
            Prefix::Eq | Prefix::Ne | Prefix::Ap => {
                let tenth = number.value.abs() / 10.0;
                let near = prefix == Prefix::Ap;
                let low = self.bind(Value::Real(if near { number.value - tenth } else { number.low }));
                let high = self.bind(Value::Real(if near { number.value + tenth } else { number.high }));
                match prefix {
                    Prefix::Ne => (format!("(x.low < {low} or x.high >= {high})"), String::new(), None),
                    Prefix::Ap => (
                        format!("(x.high >= {low} and x.low <= {high})"),
                        format!("x.low >= {low} and "),
                        Some(format!("x.high >= {low} and +x.low < {low}")),
                    ),
                    _ => (format!("(x.low >= {low} and x.high < {high})"), format!("x.low < {high} and "), None),
                }
            }
            Prefix::Gt => (
                format!("x.high > {value}"),
                format!("x.low > {value} and "),
                Some(format!("x.high > {value} and +x.low <= {value}")),
            ),
            Prefix::Ge => (
                format!("x.high >= {value}"),
                format!("x.low >= {value} and "),
                Some(format!("x.high >= {value} and +x.low < {value}")),
            ),
            Prefix::Lt => (format!("x.low < {value}"), String::new(), None),
            Prefix::Le => (format!("x.low <= {value}"), String::new(), None),
            Prefix::Sa => (format!("x.low > {value}"), String::new(), None),
            Prefix::Eb => (format!("x.high < {value}"), format!("x.low < {value} and "), None),
        };
        Ok(NumberTest { condition, lowest, reaching })
    }

    pub(super) fn number_condition(&mut self, value: &str, pair: &Pair) -> Result<String> {
        Ok(self.number_test(value, pair)?.condition)
    }

    /// `5.4|http://unitsofmeasure.org|mg`: the number, and the numbers of the unit if one is named.
    pub(super) fn quantity_parts(&mut self, value: &str) -> Result<(String, Option<Vec<i64>>)> {
        let parts = split(value, '|');
        let number = unescape(parts.first().copied().unwrap_or(""));
        let unit = match parts.as_slice() {
            [_, system, code] if !code.is_empty() => {
                let code = unescape(code);
                let unit = if system.is_empty() { Token::Code(code) } else { Token::Both(unescape(system), code) };
                Some(self.codes_of(&unit)?)
            }
            _ => None,
        };
        Ok((number, unit))
    }
}
