//! Ordered values: dates, numbers, quantities, and composites with them.

use super::Planner;
use crate::conn::Value;
use crate::error::Result;
use crate::index::{Flavor, clip};
use crate::scope::int_list;
use crate::search::criterion::Criterion;
use crate::search::number::literal;
use crate::search::query::{Pair, wrong};
use crate::search::value::{Prefix, Token, prefix, split, token, unescape};
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
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let condition = self.date_condition(value, "x.low", "x.high", pair)?;
        Ok(Criterion::In(vec![self.select("idx_date", number, &condition)]))
    }

    /// A date's condition over an interval `[low, high)` (R4 3.1.1.4.7, 3.1.1.5.9).
    pub(in crate::search) fn date_condition(
        &mut self,
        value: &str,
        low: &str,
        high: &str,
        pair: &Pair,
    ) -> Result<String> {
        let (prefix, text) = prefix(value);
        let date = DateTime::parse(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a date")))?;
        let (from, to) = (date.low(&self.zone).micros(), date.high(&self.zone).micros());
        Ok(match prefix {
            Prefix::Eq => format!("({low} >= {from} and {high} <= {to})"),
            Prefix::Ne => format!("({low} < {from} or {high} > {to})"),
            Prefix::Gt => format!("{high} > {to}"),
            Prefix::Lt => format!("{low} < {from}"),
            Prefix::Ge => format!("({low} >= {from} or {high} > {to})"),
            Prefix::Le => format!("({high} <= {to} or {low} < {from})"),
            Prefix::Sa => format!("{low} >= {to}"),
            Prefix::Eb => format!("{high} <= {from}"),
            Prefix::Ap => {
                // A tenth of the distance to now, at least a day.
                let pad = (self.scope.now.saturating_sub(from).abs() / 10).max(86_400_000_000);
                format!("({high} > {} and {low} < {})", from.saturating_sub(pad), to.saturating_add(pad))
            }
        })
    }

    pub(super) fn number(
        &mut self,
        type_: ResourceType,
        param: &'static Param,
        value: &str,
        pair: &Pair,
    ) -> Result<Criterion> {
        let number = self.param_number(type_, param, Flavor::Plain)?;
        let condition = self.number_condition(value, pair)?;
        let select = self.select("idx_number", number, &format!("x.unit = -1 and {condition}"));
        Ok(Criterion::In(vec![select]))
    }

    pub(super) fn number_condition(&mut self, value: &str, pair: &Pair) -> Result<String> {
        let (prefix, text) = prefix(value);
        let number = literal(text).ok_or_else(|| wrong(&pair.name, &format!("`{text}` is not a number")))?;
        let value = self.bind(Value::Real(number.value));
        Ok(match prefix {
            Prefix::Eq | Prefix::Ne | Prefix::Ap => {
                let tenth = number.value.abs() / 10.0;
                let near = prefix == Prefix::Ap;
                let low = self.bind(Value::Real(if near { number.value - tenth } else { number.low }));
                let high = self.bind(Value::Real(if near { number.value + tenth } else { number.high }));
                match prefix {
                    Prefix::Ne => format!("(x.low < {low} or x.high >= {high})"),
                    Prefix::Ap => format!("(x.high >= {low} and x.low <= {high})"),
                    _ => format!("(x.low >= {low} and x.high < {high})"),
                }
            }
            Prefix::Gt => format!("x.high > {value}"),
            Prefix::Lt => format!("x.low < {value}"),
            Prefix::Ge => format!("x.high >= {value}"),
            Prefix::Le => format!("x.low <= {value}"),
            Prefix::Sa => format!("x.low > {value}"),
            Prefix::Eb => format!("x.high < {value}"),
        })
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
        let condition = self.number_condition(&number, pair)?;
        let unit = match units {
            None => String::new(),
            Some(units) if units.is_empty() => return Ok(Criterion::Nothing),
            Some(units) => format!("x.unit in ({}) and ", int_list(&units)),
        };
        let select = self.select("idx_number", parameter, &format!("{unit}{condition}"));
        Ok(Criterion::In(vec![select]))
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
