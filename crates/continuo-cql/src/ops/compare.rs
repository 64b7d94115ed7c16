//! Ordering: `<`, `<=`, `>`, `>=`, `before`, `after` and sorting.

use std::cmp::Ordering;

use crate::value::{Interval, Precision, Value};

use super::{quantity, temporal};

/// The order of two points at a precision; `None` when not known or not comparable.
pub fn order(a: &Value<'_>, b: &Value<'_>, at: Option<Precision>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::DateTime(_) | Value::Date(_) | Value::Time(_), _) => temporal::order(a, b, at),
        (Value::Str(a), Value::Str(b)) => Some((**a).cmp(&**b)),
        (Value::Quantity(a), Value::Quantity(b)) => quantity::order(a, b),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Interval(i), _) if i.uncertain => uncertain_order(a, b),
        (_, Value::Interval(i)) if i.uncertain => uncertain_order(a, b),
        (Value::Int(_) | Value::Long(_) | Value::Decimal(_), _) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => Some(a.as_decimal()?.cmp(&b.as_decimal()?)),
        },
        _ => None,
    }
}

fn bounds<'v, 'a>(value: &'v Value<'a>) -> (&'v Value<'a>, &'v Value<'a>) {
    match value {
        Value::Interval(i) if i.uncertain => (&i.low, &i.high),
        other => (other, other),
    }
}

fn uncertain_order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    let ((al, ah), (bl, bh)) = (bounds(a), bounds(b));
    if order(ah, bl, None)? == Ordering::Less {
        return Some(Ordering::Less);
    }
    if order(al, bh, None)? == Ordering::Greater {
        return Some(Ordering::Greater);
    }
    let point = order(al, ah, None)? == Ordering::Equal && order(bl, bh, None)? == Ordering::Equal;
    point.then_some(Ordering::Equal)
}

/// `a < b`.
pub fn less(a: &Value<'_>, b: &Value<'_>, at: Option<Precision>) -> Option<bool> {
    if let Some(known) = order(a, b, at) {
        return Some(known == Ordering::Less);
    }
    // An uncertain range that starts where the other ends is certainly not less.
    let ((al, _), (_, bh)) = uncertain_pair(a, b)?;
    (order(al, bh, at)? != Ordering::Less).then_some(false)
}

/// `a <= b`.
pub fn less_or_equal(a: &Value<'_>, b: &Value<'_>, at: Option<Precision>) -> Option<bool> {
    if let Some(known) = order(a, b, at) {
        return Some(known != Ordering::Greater);
    }
    let ((_, ah), (bl, _)) = uncertain_pair(a, b)?;
    (order(ah, bl, at)? != Ordering::Greater).then_some(true)
}

type Pair<'v, 'a> = (&'v Value<'a>, &'v Value<'a>);

fn uncertain_pair<'v, 'a>(a: &'v Value<'a>, b: &'v Value<'a>) -> Option<(Pair<'v, 'a>, Pair<'v, 'a>)> {
    let is = |v: &Value<'_>| matches!(v, Value::Interval(i) if i.uncertain);
    (is(a) || is(b)).then(|| (bounds(a), bounds(b)))
}

/// A total order for sorting: nulls first, unknown pairs equal.
pub fn sort_order(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => match (a, b) {
            (Value::Interval(x), Value::Interval(y)) => {
                sort_order(&x.start(), &y.start()).then_with(|| sort_order(&x.end(), &y.end()))
            }
            _ => order(a, b, None).unwrap_or_else(|| loose_order(a, b)),
        },
    }
}

/// Where precision leaves the order open, the lowest moment decides, so that sorting is stable and repeatable.
fn loose_order(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::DateTime(a), Value::DateTime(b)) => a.utc().cmp(&b.utc()).then(a.precision.cmp(&b.precision)),
        (Value::Date(a), Value::Date(b)) => a.day.cmp(&b.day).then(a.precision.cmp(&b.precision)),
        (Value::Time(a), Value::Time(b)) => a.ms.cmp(&b.ms).then(a.precision.cmp(&b.precision)),
        _ => Ordering::Equal,
    }
}

/// The interval a point stands for, itself when it is one.
pub fn as_interval<'a>(value: &Value<'a>) -> Option<std::rc::Rc<Interval<'a>>> {
    match value {
        Value::Interval(i) => Some(i.clone()),
        Value::Null | Value::List(_) => None,
        point => Some(std::rc::Rc::new(Interval::closed(point.clone(), point.clone()))),
    }
}
