//! Conversions between CQL's types. What cannot be converted is null.

use std::rc::Rc;

use crate::ucum;
use crate::value::{Code, Concept, Date, DateTime, Decimal, Quantity, Ratio, Text, Time, Value};

use super::quantity;
use crate::value::temporal::request_offset;

/// `ToString`.
pub fn to_string<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Str(_) => value.clone(),
        Value::Bool(b) => Value::text(if *b { "true" } else { "false" }),
        Value::Int(i) => Value::text(&i.to_string()),
        Value::Long(i) => Value::text(&i.to_string()),
        Value::Decimal(d) => Value::text(&d.to_string()),
        Value::Date(d) => Value::text(&d.to_string()),
        // The request's own offset goes without saying.
        Value::DateTime(d) => {
            let text = d.to_string();
            let zone = text.rfind(['Z', '+', '-']).filter(|at| *at > 10).unwrap_or(text.len());
            let text = if d.offset == request_offset() { &text[..zone] } else { &text };
            Value::text(text.trim_end_matches('T'))
        }
        Value::Time(t) => Value::text(&t.to_string()),
        Value::Quantity(q) => Value::text(&quantity_text(q)),
        Value::Ratio(r) => Value::text(&format!("{}:{}", quantity_text(&r.numerator), quantity_text(&r.denominator))),
        Value::Element(e) => e.text().map_or(Value::Null, |s| Value::Str(Text::Borrowed(s))),
        _ => Value::Null,
    }
}

fn quantity_text(q: &Quantity<'_>) -> String {
    let number =
        if q.value.is_whole() && q.value.scale() == 0 { q.value.truncate().to_string() } else { q.value.to_string() };
    format!("{number} '{}'", q.unit)
}

/// `ToBoolean`.
pub fn to_boolean<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Bool(_) => value.clone(),
        Value::Int(1) | Value::Long(1) => Value::Bool(true),
        Value::Int(0) | Value::Long(0) => Value::Bool(false),
        Value::Decimal(d) if *d == Decimal::ONE => Value::Bool(true),
        Value::Decimal(d) if *d == Decimal::ZERO => Value::Bool(false),
        Value::Str(s) => match s.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" => Value::Bool(true),
            "false" | "f" | "no" | "n" | "0" => Value::Bool(false),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

/// `ToInteger`.
pub fn to_integer<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Int(_) => value.clone(),
        Value::Long(l) => i32::try_from(*l).map_or(Value::Null, Value::Int),
        Value::Bool(b) => Value::Int(i32::from(*b)),
        Value::Str(s) => s.parse().map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

/// `ToLong`.
pub fn to_long<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Long(_) => value.clone(),
        Value::Int(i) => Value::Long(i64::from(*i)),
        Value::Bool(b) => Value::Long(i64::from(*b)),
        Value::Str(s) => s.parse().map_or(Value::Null, Value::Long),
        _ => Value::Null,
    }
}

/// `ToDecimal`.
pub fn to_decimal<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Str(s) => Decimal::parse(s, true).map_or(Value::Null, Value::Decimal),
        Value::Bool(b) => Value::Decimal(Decimal::from_i64(i64::from(*b))),
        // An imprecise duration stays one when compared with decimals.
        Value::Interval(i) if i.uncertain => value.clone(),
        other => other.as_decimal().map_or(Value::Null, Value::Decimal),
    }
}

/// `ToDate`.
pub fn to_date<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Date(_) => value.clone(),
        Value::DateTime(d) => Value::Date(d.date()),
        Value::Str(s) => Date::parse(s.split('T').next().unwrap_or_default()).map_or(Value::Null, Value::Date),
        _ => Value::Null,
    }
}

/// `ToDateTime`; a date becomes a date-time at the same precision.
pub fn to_datetime<'a>(value: &Value<'a>, offset: i16) -> Value<'a> {
    match value {
        Value::DateTime(_) => value.clone(),
        Value::Date(d) => Value::DateTime(d.to_datetime(offset)),
        Value::Str(s) => DateTime::parse(s, offset).map_or(Value::Null, Value::DateTime),
        _ => Value::Null,
    }
}

/// `ToTime`.
pub fn to_time<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Time(_) => value.clone(),
        Value::DateTime(d) => d.time().map_or(Value::Null, Value::Time),
        Value::Str(s) => {
            let clock = s.trim_start_matches('T');
            // A zone may follow; it must be one.
            let zone = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
            let (clock, zone) = clock.split_at(zone);
            let fits = zone.is_empty() || DateTime::parse(&format!("2000-01-01T00:00{zone}"), 0).is_some();
            Time::parse(clock).filter(|_| fits).map_or(Value::Null, Value::Time)
        }
        _ => Value::Null,
    }
}

/// `ToQuantity`.
pub fn to_quantity<'a>(value: &Value<'a>) -> Value<'a> {
    let make = |value, unit| Value::Quantity(Rc::new(Quantity { value, unit }));
    match value {
        Value::Quantity(_) => value.clone(),
        Value::Int(_) | Value::Long(_) | Value::Decimal(_) => {
            value.as_decimal().map_or(Value::Null, |d| make(d, Text::Borrowed("1")))
        }
        Value::Ratio(r) => super::arithmetic::binary(
            super::arithmetic::Binary::Divide,
            &Value::Quantity(Rc::new(r.numerator.clone())),
            &Value::Quantity(Rc::new(r.denominator.clone())),
        )
        .unwrap_or(Value::Null),
        Value::Str(s) => parse_quantity(s).map_or(Value::Null, |q| Value::Quantity(Rc::new(q))),
        _ => Value::Null,
    }
}

fn parse_quantity<'a>(text: &str) -> Option<Quantity<'a>> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let value = Decimal::parse(number, true)?;
    let unit = unit.trim();
    let unit = match unit.strip_prefix('\'') {
        Some(rest) => rest.strip_suffix('\'')?,
        None => unit,
    };
    let unit = if unit.is_empty() { "1" } else { unit };
    let known = crate::value::quantity::calendar_unit(unit).is_some() || ucum::is_unit(unit);
    known.then(|| Quantity { value, unit: Text::owned(unit) })
}

/// `ToRatio`.
pub fn to_ratio<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Ratio(_) => value.clone(),
        Value::Str(s) => {
            let Some((above, below)) = s.split_once(':') else { return Value::Null };
            match (parse_quantity(above), parse_quantity(below)) {
                (Some(numerator), Some(denominator)) => Value::Ratio(Rc::new(Ratio { numerator, denominator })),
                _ => Value::Null,
            }
        }
        _ => Value::Null,
    }
}

/// `ToConcept`, of a code or of a list of codes.
pub fn to_concept<'a>(value: &Value<'a>) -> Value<'a> {
    match value {
        Value::Concept(_) => value.clone(),
        Value::Code(code) => {
            Value::Concept(Rc::new(Concept { codes: vec![code.clone()], display: code.display.clone() }))
        }
        Value::List(items) => {
            let codes: Vec<Rc<Code<'a>>> = items
                .iter()
                .filter_map(|item| match item {
                    Value::Code(code) => Some(code.clone()),
                    _ => None,
                })
                .collect();
            Value::Concept(Rc::new(Concept { codes, display: None }))
        }
        _ => Value::Null,
    }
}

/// `ConvertQuantity`: null when the units do not compare.
pub fn convert_quantity<'a>(value: &Value<'a>, unit: &Value<'a>) -> Value<'a> {
    let (Value::Quantity(q), Some(unit)) = (value, unit.as_str()) else { return Value::Null };
    match quantity::convert(q, unit) {
        Some(value) => Value::Quantity(Rc::new(Quantity { value, unit: Text::owned(unit) })),
        None => Value::Null,
    }
}

/// `CanConvertQuantity`.
pub fn can_convert_quantity<'a>(value: &Value<'a>, unit: &Value<'a>) -> Value<'a> {
    let (Value::Quantity(q), Some(unit)) = (value, unit.as_str()) else { return Value::Null };
    Value::Bool(quantity::convert(q, unit).is_some())
}
