//! Functions on numbers.

use super::compare::as_decimal;
use super::eval::{Values, single};
use super::value::Value;
use super::{Error, execution};
use crate::decimal::Decimal;

pub(super) fn call<'a>(name: &str, focus: &[Value<'a>], arguments: &[Values<'a>]) -> Result<Option<Values<'a>>, Error> {
    let arity = match name {
        "abs" | "ceiling" | "floor" | "truncate" | "sqrt" | "exp" | "ln" => 0..=0,
        "round" => 0..=1,
        "log" | "power" => 1..=1,
        "sum" | "min" | "max" | "avg" => 0..=0,
        _ => return Ok(None),
    };
    if !arity.contains(&arguments.len()) {
        return execution(format!("`{name}` takes another number of arguments"));
    }
    if matches!(name, "sum" | "min" | "max" | "avg") {
        return statistics(name, focus).map(Some);
    }
    let Some(value) = single(focus)?.map(Value::system) else { return Ok(Some(Vec::new())) };
    if let (Value::Quantity(number, unit), "abs" | "ceiling" | "floor" | "truncate" | "round") = (&value, name) {
        let inner = call(name, &[Value::Decimal(*number)], arguments)?.unwrap_or_default();
        let number = inner.first().and_then(as_decimal).unwrap_or(*number);
        return Ok(Some(vec![Value::Quantity(number, unit.clone())]));
    }
    let Some(number) = as_decimal(&value) else { return execution(format!("`{name}` works on numbers")) };
    let other = match arguments.first() {
        Some(values) => match single(values)?.map(Value::system) {
            Some(value) => match as_decimal(&value) {
                Some(number) => Some((value, number)),
                None => return execution(format!("`{name}` needs a number")),
            },
            None => return Ok(Some(Vec::new())),
        },
        None => None,
    };
    let integer = |d: Decimal| d.to_i64().map(Value::Integer);
    let real = |f: f64| Decimal::from_f64(f).map(|d| Value::Decimal(d.round(17).trimmed()));
    let result = match name {
        "abs" => match value {
            Value::Integer(n) => n.checked_abs().map(Value::Integer),
            _ => Some(Value::Decimal(number.abs())),
        },
        "ceiling" => integer(number.ceiling()),
        "floor" => integer(number.floor()),
        "truncate" => integer(number.truncate()),
        "round" => {
            let digits = other.map_or(Some(0), |(_, d)| d.to_i64());
            let Some(digits) = digits.and_then(|d| u8::try_from(d).ok()) else {
                return execution("`round` needs a number of digits from 0 up");
            };
            Some(Value::Decimal(number.round(digits)))
        }
        "sqrt" => {
            if number.is_negative() {
                None
            } else {
                real(number.to_f64().sqrt())
            }
        }
        "exp" => real(number.to_f64().exp()),
        "ln" => real(number.to_f64().ln()),
        "log" => real(number.to_f64().ln() / other.map_or(1.0, |(_, base)| base.to_f64()).ln()),
        _ => {
            let Some((exponent, power)) = other else { return Ok(Some(Vec::new())) };
            let result = number.to_f64().powf(power.to_f64());
            match (&value, exponent) {
                (Value::Integer(_), Value::Integer(_)) if result.fract() == 0.0 => {
                    Decimal::from_f64(result).and_then(Decimal::to_i64).map(Value::Integer)
                }
                _ => real(result),
            }
        }
    };
    Ok(Some(result.into_iter().collect()))
}

fn statistics<'a>(name: &str, focus: &[Value<'a>]) -> Result<Values<'a>, Error> {
    let mut numbers = Vec::new();
    for value in focus {
        match as_decimal(&value.system()) {
            Some(number) => numbers.push(number),
            None => return execution(format!("`{name}` works on numbers")),
        }
    }
    let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, n| sum.checked_add(*n));
    let result = match name {
        "sum" => sum.filter(|_| !numbers.is_empty()),
        "min" => numbers.iter().min().copied(),
        "max" => numbers.iter().max().copied(),
        _ => sum.and_then(|s| s.checked_div(Decimal::from(numbers.len() as i64))),
    };
    let is_whole = focus.iter().all(|v| matches!(v.system(), Value::Integer(_))) && name != "avg";
    Ok(result
        .and_then(|d| if is_whole { d.to_i64().map(Value::Integer) } else { Some(Value::Decimal(d)) })
        .into_iter()
        .collect())
}
