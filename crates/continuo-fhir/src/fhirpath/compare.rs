//! Equality, equivalence and order.

use super::value::{Item, Value};
use super::{Error, execution};
use crate::date::{DateTime, Zone};
use crate::decimal::Decimal;
use crate::quantity::Quantity;
use crate::text::fold;
use std::cmp::Ordering;

/// Deepest comparison of nested items; packed trees are no deeper.
const MAX_DEPTH: usize = 130;

/// `=` of two collections; nothing where the precision does not settle it.
pub(super) fn equal(left: &[Value<'_>], right: &[Value<'_>]) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    if left.len() != right.len() {
        return Some(false);
    }
    let mut all = Some(true);
    for (a, b) in left.iter().zip(right) {
        match equal_values(a, b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// `=` of two values.
pub(super) fn equal_values(a: &Value<'_>, b: &Value<'_>) -> Option<bool> {
    equal_within(a, b, MAX_DEPTH)
}

fn equal_within(a: &Value<'_>, b: &Value<'_>, depth: usize) -> Option<bool> {
    let (a, b) = (a.system(), b.system());
    match (&a, &b) {
        (Value::Item(a), Value::Item(b)) => Some(items_match(a, b, depth, true)),
        (Value::Quantity(..), _) | (_, Value::Quantity(..)) => {
            let (a, b) = (as_quantity(&a)?, as_quantity(&b)?);
            a.compare(&b).map(|o| o == Ordering::Equal)
        }
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_)) => {
            moments(as_moment(&a)?, as_moment(&b)?).map(|o| o == Ordering::Equal)
        }
        (Value::Time(a), Value::Time(b)) => a.compare(*b).map(|o| o == Ordering::Equal),
        _ => Some(match (as_decimal(&a), as_decimal(&b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        }),
    }
}

/// `~` of two collections: order, case, spacing and trailing precision do not matter.
pub(super) fn equivalent(left: &[Value<'_>], right: &[Value<'_>]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut rest: Vec<&Value<'_>> = right.iter().collect();
    left.iter().all(|a| match rest.iter().position(|b| equivalent_values(a, b, MAX_DEPTH)) {
        Some(place) => {
            rest.remove(place);
            true
        }
        None => false,
    })
}

fn equivalent_values(a: &Value<'_>, b: &Value<'_>, depth: usize) -> bool {
    let (a, b) = (a.system(), b.system());
    match (&a, &b) {
        (Value::Item(a), Value::Item(b)) => items_match(a, b, depth, false),
        (Value::Text(a), Value::Text(b)) => {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            fold(&words(a)) == fold(&words(b))
        }
        (Value::Quantity(..), _) | (_, Value::Quantity(..)) => match (as_quantity(&a), as_quantity(&b)) {
            (Some(a), Some(b)) => equivalent_quantities(&a, &b),
            _ => false,
        },
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_)) => {
            match (as_moment(&a), as_moment(&b)) {
                (Some(a), Some(b)) => moments(a, b) == Some(Ordering::Equal),
                _ => false,
            }
        }
        (Value::Time(a), Value::Time(b)) => a.compare(*b) == Some(Ordering::Equal),
        _ => match (as_decimal(&a), as_decimal(&b)) {
            (Some(x), Some(y)) => {
                let digits = x.trimmed().scale().min(y.trimmed().scale());
                x.round(digits) == y.round(digits)
            }
            _ => a == b,
        },
    }
}

fn equivalent_quantities(a: &Quantity<'_>, b: &Quantity<'_>) -> bool {
    // For equivalence a calendar year counts as UCUM's, as the specification says.
    let ucum = |unit: &str| match unit {
        "year" | "years" => "a".to_string(),
        "month" | "months" => "mo".to_string(),
        other => other.to_string(),
    };
    let (left, right) = (ucum(&a.unit), ucum(&b.unit));
    let converted = Quantity::new(b.value, right.as_str()).convert(&left).map(|q| q.value);
    converted.is_some_and(|value| {
        let digits = a.value.scale().min(b.value.scale());
        value.round(digits) == a.value.round(digits)
    })
}

fn items_match(a: &Item<'_>, b: &Item<'_>, depth: usize, is_strict: bool) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    if a.node == b.node && a.twin == b.twin {
        return true;
    }
    let (Some(a), Some(b)) = (a.node, b.node) else { return false };
    // Fields are compared by name: their order carries no meaning.
    let mine: Vec<_> = a.fields().collect();
    if mine.len() != b.fields().count() {
        return false;
    }
    let child = |node| Value::Item(Item { node: Some(node), twin: None, type_: None });
    mine.iter().all(|(name, value)| {
        let Some(other) = b.get(name) else { return false };
        let (left, right): (Vec<_>, Vec<_>) = (value.items().map(child).collect(), other.items().map(child).collect());
        if left.len() != right.len() {
            return false;
        }
        if is_strict {
            left.iter().zip(&right).all(|(a, b)| equal_within(a, b, depth) == Some(true))
        } else {
            left.iter().all(|a| right.iter().any(|b| equivalent_values(a, b, depth)))
        }
    })
}

/// Order of two values; nothing where precision or units do not settle it.
pub(super) fn order(a: &Value<'_>, b: &Value<'_>) -> Result<Option<Ordering>, Error> {
    let (a, b) = (a.system(), b.system());
    match (&a, &b) {
        (Value::Text(a), Value::Text(b)) => Ok(Some(a.cmp(b))),
        (Value::Time(a), Value::Time(b)) => Ok(a.compare(*b)),
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_)) => {
            Ok(as_moment(&a).zip(as_moment(&b)).and_then(|(a, b)| moments(a, b)))
        }
        // Dates in texts of unknown type compare as dates with dates.
        (Value::Text(text), Value::Date(_) | Value::DateTime(_)) => {
            let moment = DateTime::parse(text).map(Value::DateTime);
            moment.map_or_else(|| execution("text and a date have no order"), |a| order(&a, &b))
        }
        (Value::Date(_) | Value::DateTime(_), Value::Text(text)) => {
            let moment = DateTime::parse(text).map(Value::DateTime);
            moment.map_or_else(|| execution("a date and text have no order"), |b| order(&a, &b))
        }
        (Value::Quantity(..), Value::Quantity(..) | Value::Integer(_) | Value::Decimal(_))
        | (Value::Integer(_) | Value::Decimal(_), Value::Quantity(..)) => {
            Ok(as_quantity(&a).zip(as_quantity(&b)).and_then(|(a, b)| a.compare(&b)))
        }
        _ => match (as_decimal(&a), as_decimal(&b)) {
            (Some(a), Some(b)) => Ok(Some(a.cmp(&b))),
            _ => execution("values of these types have no order"),
        },
    }
}

/// Order of two moments; times of which only one says its zone have none.
pub(super) fn moments(a: DateTime, b: DateTime) -> Option<Ordering> {
    let both_timed = a.time().is_some() && b.time().is_some();
    if both_timed && a.offset().is_some() != b.offset().is_some() {
        return None;
    }
    a.compare(b, &Zone::utc())
}

pub(super) fn as_decimal(value: &Value<'_>) -> Option<Decimal> {
    match value {
        Value::Integer(value) => Some(Decimal::from(*value)),
        Value::Decimal(value) => Some(*value),
        _ => None,
    }
}

pub(super) fn as_quantity<'v>(value: &'v Value<'_>) -> Option<Quantity<'v>> {
    match value {
        Value::Quantity(value, unit) => Some(Quantity::new(*value, &**unit)),
        other => as_decimal(other).map(|value| Quantity::new(value, "1")),
    }
}

pub(super) fn as_moment(value: &Value<'_>) -> Option<DateTime> {
    match value {
        Value::Date(date) => Some((*date).into()),
        Value::DateTime(moment) => Some(*moment),
        _ => None,
    }
}
