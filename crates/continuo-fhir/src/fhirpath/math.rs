//! Arithmetic on numbers, quantities, dates and text.

use super::compare::{as_decimal, as_quantity};
use super::eval::{Values, single};
use super::parse::Op;
use super::value::Value;
use super::{Error, execution};
use crate::date::Unit;
use crate::decimal::Decimal;
use crate::quantity::{Quantity, calendar_unit};
use crate::ucum;

pub(super) fn negate<'a>(values: &[Value<'a>]) -> Result<Values<'a>, Error> {
    let Some(value) = single(values)? else { return Ok(Vec::new()) };
    match value.system() {
        Value::Integer(value) => Ok(value.checked_neg().map(Value::Integer).into_iter().collect()),
        Value::Decimal(value) => Ok(vec![Value::Decimal(-value)]),
        Value::Quantity(value, unit) => Ok(vec![Value::Quantity(-value, unit)]),
        _ => execution("only numbers have a sign"),
    }
}

/// `&`: text with nothing in place of an empty side.
pub(super) fn concatenate<'a>(a: &[Value<'a>], b: &[Value<'a>]) -> Result<Values<'a>, Error> {
    let mut out = String::new();
    for side in [a, b] {
        match single(side)?.map(Value::system) {
            None => {}
            Some(Value::Text(text)) => out.push_str(&text),
            Some(_) => return execution("`&` joins text"),
        }
    }
    Ok(vec![Value::Text(out.into())])
}

pub(super) fn arithmetic<'a>(op: Op, a: &[Value<'a>], b: &[Value<'a>]) -> Result<Values<'a>, Error> {
    let (Some(a), Some(b)) = (single(a)?, single(b)?) else { return Ok(Vec::new()) };
    let (a, b) = (a.system(), b.system());
    let result = match (&a, &b) {
        (Value::Text(x), Value::Text(y)) if op == Op::Add => Some(Value::Text(format!("{x}{y}").into())),
        (Value::Integer(x), Value::Integer(y)) if op != Op::Divide => integers(op, *x, *y),
        (Value::Date(_) | Value::DateTime(_) | Value::Time(_), Value::Quantity(number, unit))
            if matches!(op, Op::Add | Op::Subtract) =>
        {
            let number = if op == Op::Subtract { -*number } else { *number };
            shift(&a, number, unit)?
        }
        (Value::Quantity(..), _) | (_, Value::Quantity(..)) => match (as_quantity(&a), as_quantity(&b)) {
            (Some(x), Some(y)) => quantities(op, &x, &y)?,
            _ => return execution("a quantity computes only with numbers and quantities"),
        },
        _ => match (as_decimal(&a), as_decimal(&b)) {
            (Some(x), Some(y)) => decimals(op, x, y),
            _ => return execution("these types do not compute with each other"),
        },
    };
    Ok(result.into_iter().collect())
}

fn integers<'a>(op: Op, a: i64, b: i64) -> Option<Value<'a>> {
    let value = match op {
        Op::Add => a.checked_add(b),
        Op::Subtract => a.checked_sub(b),
        Op::Multiply => a.checked_mul(b),
        Op::Div => a.checked_div(b),
        _ => a.checked_rem(b),
    }?;
    // FHIRPath's integers are 32 bits wide; a result beyond is empty.
    i32::try_from(value).ok().map(|_| Value::Integer(value))
}

fn decimals<'a>(op: Op, a: Decimal, b: Decimal) -> Option<Value<'a>> {
    match op {
        Op::Add => a.checked_add(b),
        Op::Subtract => a.checked_sub(b),
        Op::Multiply => a.checked_mul(b),
        Op::Divide => a.checked_div(b),
        Op::Div => return a.checked_div(b)?.truncate().to_i64().map(Value::Integer),
        _ => a.checked_rem(b),
    }
    .map(Value::Decimal)
}

fn quantities<'a>(op: Op, a: &Quantity<'_>, b: &Quantity<'_>) -> Result<Option<Value<'a>>, Error> {
    let signed = |q: &Quantity<'_>| Quantity { value: -q.value, unit: q.unit.to_string().into() };
    let sum = match op {
        Op::Add => a.checked_add(b),
        Op::Subtract => a.checked_add(&signed(b)),
        Op::Multiply => a.value.checked_mul(b.value).and_then(|v| product(v, &a.unit, &b.unit, '.')),
        Op::Divide => a.value.checked_div(b.value).and_then(|v| product(v, &a.unit, &b.unit, '/')),
        _ => return execution("quantities have no whole division"),
    };
    Ok(sum.map(|q| Value::Quantity(q.value, q.unit.into_owned().into())))
}

/// A product or quotient: same units cancel, else the units are written beside each other.
fn product(value: Decimal, a: &str, b: &str, operator: char) -> Option<Quantity<'static>> {
    let unit = match (a, b) {
        (a, "1" | "") => a.to_string(),
        (a, b) if a == b && operator == '/' => "1".to_string(),
        ("1" | "", b) if operator == '.' => b.to_string(),
        (a, b) if a == b => format!("{a}2"),
        (a, b) => format!("{a}{operator}{b}"),
    };
    ucum::Unit::parse(&unit).map(|_| Quantity::new(value, unit))
}

/// A date or time moved by a quantity: whole calendar units, or UCUM units of a fixed length.
fn shift<'a>(moment: &Value<'a>, number: Decimal, unit: &str) -> Result<Option<Value<'a>>, Error> {
    let calendar = match unit {
        "wk" => Some(Unit::Week),
        "d" => Some(Unit::Day),
        "h" => Some(Unit::Hour),
        "min" => Some(Unit::Minute),
        "s" => Some(Unit::Second),
        "ms" => Some(Unit::Millisecond),
        word => calendar_unit(word),
    };
    let Some(calendar) = calendar else { return execution(format!("`{unit}` is no calendar unit")) };
    let Some(amount) = number.truncate().to_i64() else { return Ok(None) };
    Ok(match moment {
        Value::Date(date) => date.plus(amount, calendar).map(Value::Date),
        Value::DateTime(moment) => moment.plus(amount, calendar).map(Value::DateTime),
        Value::Time(time) => Some(Value::Time(time.plus(amount, calendar))),
        _ => None,
    })
}
