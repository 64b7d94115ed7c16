//! `toX()` and `convertsToX()`.

use super::eval::{Values, boolean, single};
use super::value::Value;
use super::{Error, execution};
use crate::date::{Date, DateTime, Time};
use crate::decimal::Decimal;
use crate::quantity::{Quantity, calendar_unit};
use crate::ucum;

pub(super) fn call<'a>(name: &str, focus: &[Value<'a>], arguments: &[Values<'a>]) -> Result<Option<Values<'a>>, Error> {
    let (asks, type_) = match name.strip_prefix("convertsTo") {
        Some(type_) => (true, type_),
        None => match name.strip_prefix("to") {
            Some(type_) => (false, type_),
            None => return Ok(None),
        },
    };
    let unit = match (arguments, type_) {
        ([], _) => None,
        ([unit], "Quantity") => super::functions::text_of(unit)?,
        _ => return Ok(None),
    };
    if !matches!(type_, "Boolean" | "Integer" | "Decimal" | "String" | "Date" | "DateTime" | "Time" | "Quantity") {
        return Ok(None);
    }
    if focus.len() > 1 {
        return execution(format!("`{name}` works on one item"));
    }
    let Some(value) = single(focus)? else { return Ok(Some(Vec::new())) };
    let mut converted = convert(&value.system(), type_);
    if let (Some(unit), Some(Value::Quantity(number, from))) = (&unit, &converted) {
        let quantity = Quantity::new(*number, from.clone());
        converted = quantity.convert(unit).map(|q| Value::Quantity(q.value, unit.clone().into()));
    }
    Ok(Some(if asks { boolean(Some(converted.is_some())) } else { converted.into_iter().collect() }))
}

fn convert<'a>(value: &Value<'a>, type_: &str) -> Option<Value<'a>> {
    match type_ {
        "Boolean" => to_boolean(value),
        "Integer" => to_integer(value),
        "Decimal" => to_decimal(value),
        "String" => to_text(value),
        "Date" => to_date(value),
        "DateTime" => to_date_time(value),
        "Time" => to_time(value),
        _ => to_quantity(value),
    }
}

fn to_boolean<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let truth = match value {
        Value::Boolean(value) => *value,
        Value::Integer(1) => true,
        Value::Integer(0) => false,
        Value::Decimal(d) if *d == Decimal::ONE => true,
        Value::Decimal(d) if d.is_zero() => false,
        Value::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => true,
            "false" | "f" | "no" | "n" | "0" | "0.0" => false,
            _ => return None,
        },
        _ => return None,
    };
    Some(Value::Boolean(truth))
}

fn to_integer<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let number = match value {
        Value::Integer(value) => *value,
        Value::Boolean(value) => i64::from(*value),
        Value::Text(text) => {
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i32>().ok().filter(|_| is_whole).map(i64::from)?
        }
        _ => return None,
    };
    Some(Value::Integer(number))
}

fn to_decimal<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let number = match value {
        Value::Decimal(value) => *value,
        Value::Integer(value) => Decimal::from(*value),
        Value::Boolean(value) => Decimal::from(i64::from(*value)),
        Value::Text(text) if !text.contains(['e', 'E']) => Decimal::parse(text)?,
        _ => return None,
    };
    Some(Value::Decimal(number))
}

fn to_text<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    text_form(value).map(|text| Value::Text(text.into()))
}

/// A value as text; nothing for parts of resources that are no primitives.
pub(super) fn text_form(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Text(text) => text.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Decimal(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::DateTime(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::Quantity(value, unit) if calendar_unit(unit).is_some() => {
            let plural = if *value == Decimal::ONE || unit.ends_with('s') { "" } else { "s" };
            format!("{value} {unit}{plural}")
        }
        Value::Quantity(value, unit) => format!("{value} '{unit}'"),
        Value::Item(_) | Value::Type(..) => return None,
    })
}

fn to_date<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    Some(Value::Date(match value {
        Value::Date(date) => *date,
        Value::DateTime(moment) => moment.date(),
        Value::Text(text) => DateTime::parse(text)?.date(),
        _ => return None,
    }))
}

fn to_date_time<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    Some(Value::DateTime(match value {
        Value::DateTime(moment) => *moment,
        Value::Date(date) => (*date).into(),
        Value::Text(text) => DateTime::parse(text).or_else(|| Date::parse(text).map(DateTime::from))?,
        _ => return None,
    }))
}

fn to_time<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Time(_) => Some(value.clone()),
        Value::Text(text) => Time::parse(text.strip_prefix('T').unwrap_or(text)).map(Value::Time),
        _ => None,
    }
}

fn to_quantity<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    match value {
        Value::Quantity(..) => Some(value.clone()),
        Value::Text(text) => {
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            let (number, unit) = text.split_at_checked(end)?;
            let number = Decimal::parse(number)?;
            let unit = unit.trim();
            let quoted = unit.strip_prefix('\'').and_then(|u| u.strip_suffix('\''));
            let unit = match quoted {
                Some(code) => ucum::Unit::parse(code).map(|_| code)?,
                None if unit.is_empty() => "1",
                None => calendar_unit(unit).map(|_| unit.trim_end_matches('s'))?,
            };
            Some(Value::Quantity(number, unit.to_string().into()))
        }
        other => match to_decimal(other)? {
            Value::Decimal(number) => Some(Value::Quantity(number, "1".into())),
            _ => None,
        },
    }
}
