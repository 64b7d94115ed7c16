//! Equality (`=`, three-valued) and equivalence (`~`, never null).

use std::cmp::Ordering;
use std::rc::Rc;

use crate::value::{Code, Concept, Interval, Text, Tuple, Value};

use super::{and, compare, quantity};

/// `a = b`: null when either is null, or when it cannot be known.
pub fn equal(a: &Value<'_>, b: &Value<'_>) -> Option<bool> {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Str(a), Value::Str(b)) => Some(**a == **b),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Quantity(a), Value::Quantity(b)) => quantity::equal(a, b),
        (Value::Ratio(a), Value::Ratio(b)) => {
            and(quantity::equal(&a.numerator, &b.numerator), quantity::equal(&a.denominator, &b.denominator))
        }
        (Value::Code(a), Value::Code(b)) => Some(a == b),
        (Value::Concept(a), Value::Concept(b)) => {
            Some(a.codes.len() == b.codes.len() && a.codes.iter().zip(&b.codes).all(|(a, b)| a == b))
        }
        (Value::Vocabulary(a), Value::Vocabulary(b)) => Some(*a.id == *b.id && a.version == b.version),
        (Value::Interval(a), Value::Interval(b)) if !a.uncertain && !b.uncertain => interval_equal(a, b),
        (Value::List(a), Value::List(b)) => list_equal(a, b),
        (Value::Tuple(a), Value::Tuple(b)) => tuple_equal(a, b),
        (Value::Element(a), Value::Element(b)) => Some(a.same(*b)),
        _ => compare::order(a, b, None).map(|order| order == Ordering::Equal).or_else(|| unlike(a, b)),
    }
}

/// Values of plainly different kinds are not equal; imprecise ones are unknown.
fn unlike(a: &Value<'_>, b: &Value<'_>) -> Option<bool> {
    let uncertain = |v: &Value<'_>| matches!(v, Value::Interval(i) if i.uncertain);
    if uncertain(a) || uncertain(b) {
        return None;
    }
    let temporal = |v: &Value<'_>| matches!(v, Value::Date(_) | Value::DateTime(_) | Value::Time(_));
    if temporal(a) && temporal(b) { None } else { Some(false) }
}

fn interval_equal(a: &Interval<'_>, b: &Interval<'_>) -> Option<bool> {
    and(equal(&a.start(), &b.start()), equal(&a.end(), &b.end()))
}

fn list_equal(a: &[Value<'_>], b: &[Value<'_>]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    let mut result = Some(true);
    for (a, b) in a.iter().zip(b) {
        // Two nulls at one place are taken as the same, so that a list equals itself.
        let same = if a.is_null() && b.is_null() { Some(true) } else { equal(a, b) };
        result = and(result, same);
        if result == Some(false) {
            break;
        }
    }
    result
}

/// Elements are compared in order; the first that differs or cannot be known decides.
fn tuple_equal(a: &Tuple<'_>, b: &Tuple<'_>) -> Option<bool> {
    for (name, _) in a.fields.iter().chain(&b.fields) {
        let (left, right) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
        let both_null = left.is_null() && right.is_null();
        if !both_null && !equal(left, right)? {
            return Some(false);
        }
    }
    Some(true)
}

/// The same for sets: equal, or both null.
pub fn same(a: &Value<'_>, b: &Value<'_>) -> bool {
    (a.is_null() && b.is_null()) || equal(a, b) == Some(true)
}

/// `a ~ b`.
pub fn equivalent(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Str(a), Value::Str(b)) => text_equivalent(a, b),
        (Value::Decimal(x), Value::Decimal(y)) => {
            // Trailing zeros say nothing here: 1.000 is known to the unit.
            let places = x.natural_scale().min(y.natural_scale());
            x.round(places) == y.round(places)
        }
        (Value::Quantity(a), Value::Quantity(b)) => quantity::equivalent(a, b),
        (Value::Ratio(a), Value::Ratio(b)) => quantity::ratio_equivalent(a, b),
        (Value::Code(a), Value::Code(b)) => code_equivalent(a, b),
        (Value::Concept(a), Value::Concept(b)) => concept_equivalent(a, b),
        (Value::Concept(c), Value::Code(code)) | (Value::Code(code), Value::Concept(c)) => {
            c.codes.iter().any(|c| code_equivalent(c, code))
        }
        (Value::Interval(a), Value::Interval(b)) if !a.uncertain && !b.uncertain => {
            equivalent(&a.start(), &b.start()) && equivalent(&a.end(), &b.end())
        }
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equivalent(a, b)),
        (Value::Tuple(a), Value::Tuple(b)) => {
            let names = a.fields.iter().chain(&b.fields).map(|(name, _)| name);
            let value =
                |t: &Tuple<'_>, n: &Text<'_>, o: &dyn Fn(&Value<'_>) -> bool| o(t.get(n).unwrap_or(&Value::Null));
            names.into_iter().all(|name| value(a, name, &|x| value(b, name, &|y| equivalent(x, y))))
        }
        (Value::Vocabulary(a), Value::Vocabulary(b)) => *a.id == *b.id,
        (Value::Element(a), Value::Element(b)) => a.same(*b),
        _ => equal(a, b) == Some(true),
    }
}

fn text_equivalent(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let fold = |s: &str| {
        s.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).flat_map(char::to_lowercase).collect::<String>()
    };
    fold(a) == fold(b)
}

/// Codes are equivalent when code and system agree.
pub fn code_equivalent(a: &Code<'_>, b: &Code<'_>) -> bool {
    a.code == b.code && a.system == b.system
}

fn concept_equivalent(a: &Concept<'_>, b: &Concept<'_>) -> bool {
    a.codes.iter().any(|x| b.codes.iter().any(|y: &Rc<Code<'_>>| code_equivalent(x, y)))
}
