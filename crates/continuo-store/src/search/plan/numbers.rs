//! Numbers and quantities.
//!
//! The index has them by unit and lowest value. A number that is asked for without a unit is looked for in each unit of the
//! parameter, and a value that must lie above another by its beginning; what reaches over it from below (a range, `>5`) has
//! an index of its own, `idx_number_wide`, in which nearly nothing stands.

use super::{Planner, merge};
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::index::Flavor;
use crate::scope::int_list;
use crate::search::criterion::{Criterion, ROW_BY_ROW, Select};
use crate::search::number::{Literal, literal};
use crate::search::query::{Pair, wrong};
use crate::search::value::{Prefix, Token, prefix, split, unescape};
use continuo_fhir::ResourceType;
use continuo_fhir::search::Param;
use continuo_fhir::ucum::Unit;

/// The system of UCUM's units (<https://ucum.org>, R4 terminologies).
const UCUM: &str = "http://unitsofmeasure.org";

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
        let Some(units) = units else { return self.numbered(parameter, "", &test) };
        let mut any = Vec::new();
        if !units.is_empty() {
            any.push(self.numbered(parameter, &format!("x.unit in ({}) and ", int_list(&units)), &test)?);
        }
        for (unit, test) in self.in_other_units(parameter, value, &units, pair)? {
            any.push(self.numbered(parameter, &format!("x.unit = {unit} and "), &test)?);
        }
        Ok(merge(any))
    }

    /// What a quantity of a UCUM unit asks of values that were given in others which measure the same: `1 g` and `1000 mg`.
    fn in_other_units(
        &mut self,
        parameter: i64,
        value: &str,
        asked: &[i64],
        pair: &Pair,
    ) -> Result<Vec<(i64, NumberTest)>> {
        let parts: Vec<String> = split(value, '|').into_iter().map(unescape).collect();
        let [number, system, code] = parts.as_slice() else { return Ok(Vec::new()) };
        let Some(from) = Unit::parse(code).filter(|_| system == UCUM) else { return Ok(Vec::new()) };
        let (prefix, literal) = prefixed(number, pair)?;
        let mut out = Vec::new();
        for (unit, code) in self.ucum_units(parameter)? {
            let Some(to) = Unit::parse(&code).filter(|_| !asked.contains(&unit)) else { continue };
            if let Some(literal) = literal.converted(&from, &to) {
                out.push((unit, self.test_of(prefix, literal)));
            }
        }
        Ok(out)
    }

    /// The UCUM units that values of a parameter have, with their numbers. None where there are very many.
    fn ucum_units(&mut self, parameter: i64) -> Result<Vec<(i64, String)>> {
        let units = self.unit_numbers(parameter)?;
        if units.len() > MOST_UNITS as usize {
            return Ok(Vec::new());
        }
        let sql = format!("select id, code from code where id in ({}) and system = ?1 order by id", int_list(&units));
        self.conn.query(&sql, &[Sql::Text(UCUM)], |row| Ok((row.int(0)?, row.text(1)?)))
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
        let units = self.unit_numbers(number)?;
        // Nothing has such a value, or too much has.
        let are_few = (1..=MOST_UNITS as usize).contains(&units.len());
        Ok(if are_few { format!("x.unit in ({}) and ", int_list(&units)) } else { String::new() })
    }

    /// The units of a parameter's values, one more than [`MOST_UNITS`] at most.
    fn unit_numbers(&mut self, number: i64) -> Result<Vec<i64>> {
        let sql = format!(
            "with recursive u(unit) as (select min(x.unit) from idx_number x where x.org = ?1 and x.param = ?2 \
             union all select (select min(x.unit) from idx_number x where x.org = ?1 and x.param = ?2 and x.unit > u.unit) \
             from u where u.unit is not null) select unit from u where unit is not null limit {}",
            MOST_UNITS + 1
        );
        self.conn.query(&sql, &[self.scope.org.param(), Sql::Int(number)], |row| row.int(0))
    }

    /// Whether a parameter has any value that is not a point.
    fn has_wide(&mut self, number: i64) -> Result<bool> {
        let sql = "select rid from idx_number where org = ?1 and param = ?2 and high > low limit 1";
        Ok(self.conn.query_opt(sql, &[self.scope.org.param(), Sql::Int(number)], |row| row.int(0))?.is_some())
    }

    pub(super) fn number_test(&mut self, value: &str, pair: &Pair) -> Result<NumberTest> {
        let (prefix, number) = prefixed(value, pair)?;
        Ok(self.test_of(prefix, number))
    }

    fn test_of(&mut self, prefix: Prefix, number: Literal) -> NumberTest {
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
        NumberTest { condition, lowest, reaching }
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

fn prefixed(value: &str, pair: &Pair) -> Result<(Prefix, Literal)> {
    let (prefix, text) = prefix(value);
    let number = literal(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a number")))?;
    Ok((prefix, number))
}
