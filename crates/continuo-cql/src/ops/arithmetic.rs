//! Arithmetic over numbers, quantities, dates and uncertain numbers.
//!
//! A result out of range is null, as is division by zero.

use std::rc::Rc;

use crate::Fault;
use crate::ucum;
use crate::value::{Decimal, Interval, Quantity, Text, Value};

use super::{Outcome, quantity, temporal, unsupported};

/// The four operations that take two numbers of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Binary {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `div`
    TruncatedDivide,
    /// `mod`
    Modulo,
    /// `^`
    Power,
}

/// Applies an operation; null in, null out.
pub fn binary<'a>(op: Binary, a: &Value<'a>, b: &Value<'a>) -> Outcome<'a> {
    if a.is_null() || b.is_null() {
        return Ok(Value::Null);
    }
    Ok(match (a, b) {
        (Value::Int(x), Value::Int(y)) if op == Binary::Power && *y < 0 => {
            let (x, y) = (Decimal::from_i64(i64::from(*x)), Decimal::from_i64(i64::from(*y)));
            power(x, y).map_or(Value::Null, Value::Decimal)
        }
        (Value::Int(x), Value::Int(y)) if op != Binary::Divide => integers(op, i64::from(*x), i64::from(*y), a, b)
            .and_then(|v| i32::try_from(v).ok())
            .map_or(Value::Null, Value::Int),
        (Value::Int(_) | Value::Long(_), Value::Int(_) | Value::Long(_)) if op != Binary::Divide => {
            match (a.as_i64(), b.as_i64()) {
                (Some(x), Some(y)) => integers(op, x, y, a, b).map_or(Value::Null, Value::Long),
                _ => Value::Null,
            }
        }
        (Value::Int(_) | Value::Long(_) | Value::Decimal(_), Value::Int(_) | Value::Long(_) | Value::Decimal(_)) => {
            match (a.as_decimal(), b.as_decimal()) {
                (Some(x), Some(y)) => decimals(op, x, y).map_or(Value::Null, Value::Decimal),
                _ => Value::Null,
            }
        }
        (Value::Date(_) | Value::DateTime(_) | Value::Time(_), Value::Quantity(q)) => match op {
            Binary::Add => temporal::add_quantity(a, q, 1)?,
            Binary::Subtract => temporal::add_quantity(a, q, -1)?,
            _ => return Err(unsupported("multiplication", a)),
        },
        (Value::Quantity(x), Value::Quantity(y)) => quantities(op, x, y),
        (Value::Quantity(x), _) if b.as_decimal().is_some() => scalar(op, x, b.as_decimal()),
        (_, Value::Quantity(y)) if a.as_decimal().is_some() => {
            let one = Quantity { value: a.as_decimal().unwrap_or(Decimal::ZERO), unit: Text::Borrowed("1") };
            quantities(op, &one, y)
        }
        (Value::Interval(_), _) | (_, Value::Interval(_)) => uncertain(op, a, b)?,
        (Value::Str(x), Value::Str(y)) if op == Binary::Add => Value::text(&format!("{x}{y}")),
        _ => return Err(unsupported("arithmetic", if a.as_decimal().is_some() { b } else { a })),
    })
}

fn integers(op: Binary, x: i64, y: i64, a: &Value<'_>, b: &Value<'_>) -> Option<i64> {
    match op {
        Binary::Add => x.checked_add(y),
        Binary::Subtract => x.checked_sub(y),
        Binary::Multiply => x.checked_mul(y),
        Binary::TruncatedDivide => x.checked_div(y),
        Binary::Modulo => x.checked_rem(y),
        Binary::Power => x.checked_pow(u32::try_from(y).ok()?),
        Binary::Divide => a.as_decimal()?.div(b.as_decimal()?).map(|d| d.truncate() as i64),
    }
}

fn decimals(op: Binary, x: Decimal, y: Decimal) -> Option<Decimal> {
    match op {
        Binary::Add => x.add(y),
        Binary::Subtract => x.sub(y),
        Binary::Multiply => x.mul(y),
        Binary::Divide => x.div(y),
        Binary::TruncatedDivide => x.div_trunc(y),
        Binary::Modulo => x.rem(y),
        Binary::Power => power(x, y),
    }
}

/// Powers: exact for whole exponents, else through floating point.
pub fn power(x: Decimal, y: Decimal) -> Option<Decimal> {
    if y.is_whole() && y.truncate().abs() <= 64 {
        // Ten to the minus eighth exactly: the power first, then one over it.
        let mut result = Decimal::ONE;
        for _ in 0..y.truncate().abs() {
            result = result.mul(x)?;
        }
        return if y < Decimal::ZERO { Decimal::ONE.div(result) } else { Some(result) };
    }
    Decimal::from_f64(x.to_f64().powf(y.to_f64()))
}

fn scalar<'a>(op: Binary, x: &Quantity<'a>, y: Option<Decimal>) -> Value<'a> {
    let Some(y) = y else { return Value::Null };
    match op {
        Binary::Multiply | Binary::Divide => {
            decimals(op, x.value, y).map_or(Value::Null, |value| make(value, x.unit.clone()))
        }
        _ => quantities(op, x, &Quantity { value: y, unit: Text::Borrowed("1") }),
    }
}

fn make(value: Decimal, unit: Text<'_>) -> Value<'_> {
    Value::Quantity(Rc::new(Quantity { value, unit }))
}

fn quantities<'a>(op: Binary, x: &Quantity<'a>, y: &Quantity<'a>) -> Value<'a> {
    let result = match op {
        Binary::Multiply | Binary::Divide => {
            let unit = ucum::combine(&x.unit, &y.unit, op == Binary::Divide);
            decimals(op, x.value, y.value).map(|value| make(value, Text::owned(&unit)))
        }
        Binary::Power => None,
        _ => {
            let unit_free = |u: &str| u == "1" || u.is_empty();
            let unit = if unit_free(&x.unit) { y.unit.clone() } else { x.unit.clone() };
            quantity::convert(y, &x.unit).and_then(|value| decimals(op, x.value, value)).map(|value| make(value, unit))
        }
    };
    result.unwrap_or(Value::Null)
}

fn uncertain<'a>(op: Binary, a: &Value<'a>, b: &Value<'a>) -> Outcome<'a> {
    let bounds = |v: &Value<'a>| match v {
        Value::Interval(i) if i.uncertain => Some((i.low.clone(), i.high.clone())),
        Value::Interval(_) => None,
        other => Some((other.clone(), other.clone())),
    };
    let (Some((al, ah)), Some((bl, bh))) = (bounds(a), bounds(b)) else {
        return Err(unsupported("arithmetic", if bounds(a).is_none() { a } else { b }));
    };
    if !matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply) {
        return Err(Fault::Runtime("an uncertain number cannot be divided".into()));
    }
    let mut ends = Vec::with_capacity(4);
    for (x, y) in [(&al, &bl), (&al, &bh), (&ah, &bl), (&ah, &bh)] {
        ends.push(binary(op, x, y)?);
    }
    if ends.iter().any(Value::is_null) {
        return Ok(Value::Null);
    }
    ends.sort_by(super::compare::sort_order);
    let (Some(low), Some(high)) = (ends.first().cloned(), ends.last().cloned()) else { return Ok(Value::Null) };
    let mut interval = Interval::closed(low, high);
    interval.uncertain = true;
    Ok(Value::Interval(Rc::new(interval)))
}

/// The operations of one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Unary {
    /// Minus.
    Negate,
    /// Without sign.
    Abs,
    /// Up to a whole number.
    Ceiling,
    /// Down to a whole number.
    Floor,
    /// Toward zero.
    Truncate,
    /// Natural logarithm.
    Ln,
    /// e to the power.
    Exp,
}

/// Applies an operation to a number; null in, null out.
pub fn unary<'a>(op: Unary, a: &Value<'a>) -> Outcome<'a> {
    let whole = |n: i128| i32::try_from(n).map_or(Value::Null, Value::Int);
    Ok(match (op, a) {
        (_, Value::Null) => Value::Null,
        (Unary::Negate, Value::Int(i)) => i.checked_neg().map_or(Value::Null, Value::Int),
        (Unary::Negate, Value::Long(i)) => i.checked_neg().map_or(Value::Null, Value::Long),
        (Unary::Negate, Value::Decimal(d)) => Value::Decimal(d.neg()),
        (Unary::Negate, Value::Quantity(q)) => make(q.value.neg(), q.unit.clone()),
        (Unary::Abs, Value::Int(i)) => i.checked_abs().map_or(Value::Null, Value::Int),
        (Unary::Abs, Value::Long(i)) => i.checked_abs().map_or(Value::Null, Value::Long),
        (Unary::Abs, Value::Decimal(d)) => Value::Decimal(if *d < Decimal::ZERO { d.neg() } else { *d }),
        (Unary::Abs, Value::Quantity(q)) => {
            make(if q.value < Decimal::ZERO { q.value.neg() } else { q.value }, q.unit.clone())
        }
        (_, _) => {
            let Some(d) = a.as_decimal() else { return Err(unsupported("arithmetic", a)) };
            match op {
                Unary::Ceiling => whole(d.ceiling()),
                Unary::Floor => whole(d.floor()),
                Unary::Truncate => whole(d.truncate()),
                Unary::Ln if d < Decimal::ZERO => Value::Null,
                Unary::Ln if d == Decimal::ZERO => {
                    return Err(Fault::Runtime(format!("the logarithm of {d} is not defined")));
                }
                Unary::Ln => Decimal::from_f64(d.to_f64().ln()).map_or(Value::Null, Value::Decimal),
                Unary::Exp => match Decimal::from_f64(d.to_f64().exp()) {
                    Some(result) => Value::Decimal(result),
                    None => return Err(Fault::Runtime(format!("Exp({d}) is out of range"))),
                },
                Unary::Negate | Unary::Abs => return Err(unsupported("arithmetic", a)),
            }
        }
    })
}

/// `Log(x, base)`.
pub fn log<'a>(x: &Value<'a>, base: &Value<'a>) -> Outcome<'a> {
    let (Some(x), Some(base)) = (x.as_decimal(), base.as_decimal()) else { return Ok(Value::Null) };
    if x <= Decimal::ZERO || base <= Decimal::ZERO {
        return Ok(Value::Null);
    }
    Ok(Decimal::from_f64(x.to_f64().ln() / base.to_f64().ln()).map_or(Value::Null, Value::Decimal))
}

/// `Round(x, places)`.
pub fn round<'a>(x: &Value<'a>, places: &Value<'a>) -> Outcome<'a> {
    let Some(x) = x.as_decimal() else { return Ok(Value::Null) };
    let places = places.as_i64().unwrap_or(0).clamp(0, 8);
    Ok(Value::Decimal(x.round(places as u8)))
}

/// `LowBoundary` and `HighBoundary`: the least and greatest value that an imprecise one can be.
pub fn boundary<'a>(value: &Value<'a>, precision: &Value<'a>, high: bool) -> Outcome<'a> {
    use crate::value::temporal::{civil_from_days, unit_ms};
    use crate::value::{Date, DateTime, Precision, Time};
    let asked = precision.as_i64();
    Ok(match value {
        Value::Null => Value::Null,
        Value::Decimal(d) => {
            let places = asked.unwrap_or(8);
            if !(0..=8).contains(&places) {
                return Ok(Value::Null);
            }
            let places = places as u8;
            let step = 10i128.pow(u32::from(8 - d.scale()));
            let units = if high { d.units() + step - 1 } else { d.units() };
            Decimal::from_units(units).map_or(Value::Null, |d| Value::Decimal(d.cut(places)))
        }
        Value::Date(d) => {
            let to = match asked.unwrap_or(8) {
                4 => Precision::Year,
                6 => Precision::Month,
                8 => Precision::Day,
                _ => return Ok(Value::Null),
            };
            let day = if high { d.last_day() } else { d.day };
            let (y, m, dd) = civil_from_days(day);
            let month = (to >= Precision::Month).then_some(m);
            Date::new(y, month, (to >= Precision::Day).then_some(dd)).map_or(Value::Null, Value::Date)
        }
        Value::DateTime(d) => {
            let to = match asked.unwrap_or(17) {
                4 => Precision::Year,
                6 => Precision::Month,
                8 => Precision::Day,
                10 => Precision::Hour,
                12 => Precision::Minute,
                14 => Precision::Second,
                17 => Precision::Millisecond,
                _ => return Ok(Value::Null),
            };
            let local = if high { d.last() } else { d.local };
            let moved = DateTime { local, offset: d.offset, precision: to };
            Value::DateTime(DateTime { local: moved.floor(to), ..moved })
        }
        Value::Time(t) => {
            let to = match asked.unwrap_or(9) {
                2 => Precision::Hour,
                4 => Precision::Minute,
                6 => Precision::Second,
                9 => Precision::Millisecond,
                _ => return Ok(Value::Null),
            };
            let ms = if high { t.last() } else { t.ms };
            let unit = unit_ms(to) as i32;
            Value::Time(Time { ms: ms / unit * unit, precision: to })
        }
        other => return Err(unsupported("a boundary", other)),
    })
}

/// `Precision(x)`: digits known.
pub fn precision<'a>(value: &Value<'a>) -> Outcome<'a> {
    use crate::value::Precision as P;
    let digits = |p: P| match p {
        P::Year => 4,
        P::Month => 6,
        P::Week | P::Day => 8,
        P::Hour => 10,
        P::Minute => 12,
        P::Second => 14,
        P::Millisecond => 17,
    };
    Ok(match value {
        Value::Null => Value::Null,
        Value::Decimal(d) => Value::Int(i32::from(d.scale())),
        Value::Int(_) | Value::Long(_) => Value::Int(0),
        Value::Date(d) => Value::Int(digits(d.precision)),
        Value::DateTime(d) => Value::Int(digits(d.precision)),
        Value::Time(t) => Value::Int(digits(t.precision) - 8),
        other => return Err(unsupported("Precision", other)),
    })
}
