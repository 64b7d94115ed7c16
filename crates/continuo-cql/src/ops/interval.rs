//! Interval relations, three-valued, on start and end points at a precision.

use std::cmp::Ordering;

use crate::Fault;
use crate::value::{Interval, PointType, Precision, Value};

use super::compare::{less, less_or_equal, order};
use super::{Outcome, and, or};

type Known = Option<bool>;

/// Relations of two intervals (or a point taken as one).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Relation {
    /// Ends before the other starts.
    Before,
    /// Starts after the other ends.
    After,
    /// Has a point in common.
    Overlaps,
    /// Overlaps and starts before.
    OverlapsBefore,
    /// Overlaps and ends after.
    OverlapsAfter,
    /// Touches without a gap or an overlap.
    Meets,
    /// Ends where the other starts.
    MeetsBefore,
    /// Starts where the other ends.
    MeetsAfter,
    /// Starts with the other and ends within it.
    Starts,
    /// Ends with the other and starts within it.
    Ends,
    /// Contains the other whole.
    Includes,
    /// Contains the other whole and more.
    ProperIncludes,
    /// Same start and end.
    SameAs,
    /// Starts at or after the end of the other.
    SameOrAfter,
    /// Ends at or before the start of the other.
    SameOrBefore,
}

/// Decides a relation at a precision.
pub fn relate(relation: Relation, a: &Interval<'_>, b: &Interval<'_>, at: Option<Precision>) -> Known {
    // In an inclusion an interval without type takes the other's, so that its closed null bounds mean something.
    let takes = matches!(relation, Relation::Includes | Relation::ProperIncludes);
    let typed = |mine: &Interval<'_>, other: PointType| {
        if takes && mine.point == PointType::Any { other } else { mine.point }
    };
    let (a_start, a_end) = (a.start_as(typed(a, b.point)), a.end_as(typed(a, b.point)));
    let (b_start, b_end) = (b.start_as(typed(b, a.point)), b.end_as(typed(b, a.point)));
    let equal = |x: &Value<'_>, y: &Value<'_>| order(x, y, at).map(|o| o == Ordering::Equal);
    match relation {
        Relation::Before => less(&a_end, &b_start, at),
        Relation::After => less(&b_end, &a_start, at),
        Relation::SameOrBefore => less_or_equal(&a_end, &b_start, at),
        Relation::SameOrAfter => less_or_equal(&b_end, &a_start, at),
        Relation::SameAs => and(equal(&a_start, &b_start), equal(&a_end, &b_end)),
        Relation::Overlaps => and(less_or_equal(&a_start, &b_end, at), less_or_equal(&b_start, &a_end, at)),
        Relation::OverlapsBefore => and(
            less(&a_start, &b_start, at),
            and(less_or_equal(&b_start, &a_end, at), less_or_equal(&a_start, &b_end, at)),
        ),
        Relation::OverlapsAfter => {
            and(less(&b_end, &a_end, at), and(less_or_equal(&a_start, &b_end, at), less_or_equal(&b_start, &a_end, at)))
        }
        Relation::Includes => and(less_or_equal(&a_start, &b_start, at), less_or_equal(&b_end, &a_end, at)),
        Relation::ProperIncludes => {
            let within = and(less_or_equal(&a_start, &b_start, at), less_or_equal(&b_end, &a_end, at));
            and(within, or(less(&a_start, &b_start, at), less(&b_end, &a_end, at)))
        }
        Relation::Meets => or(relate(Relation::MeetsBefore, a, b, at), relate(Relation::MeetsAfter, a, b, at)),
        // What lies wholly on the other side does not meet on this one, whatever its unknown bound.
        Relation::MeetsBefore if less(&b_end, &a_start, at) == Some(true) => Some(false),
        Relation::MeetsAfter if less(&a_end, &b_start, at) == Some(true) => Some(false),
        Relation::MeetsBefore => meets(&a_end, &b_start, at),
        Relation::MeetsAfter => meets(&b_end, &a_start, at),
        Relation::Starts => and(equal(&a_start, &b_start), less_or_equal(&a_end, &b_end, at)),
        Relation::Ends => and(equal(&a_end, &b_end), less_or_equal(&b_start, &a_start, at)),
    }
}

/// `second` follows `first` directly.
fn meets(first: &Value<'_>, second: &Value<'_>, at: Option<Precision>) -> Known {
    if first.is_null() || second.is_null() {
        return None;
    }
    let next = match (first, at) {
        (Value::DateTime(_) | Value::Date(_) | Value::Time(_), Some(unit)) => {
            super::temporal::add_units(first, 1, unit)
        }
        _ => crate::value::interval::successor(first),
    };
    match next {
        Some(next) => order(&next, second, at).map(|o| o == Ordering::Equal),
        None => Some(false),
    }
}

/// Whether a point lies in an interval.
pub fn contains(interval: &Interval<'_>, point: &Value<'_>, at: Option<Precision>) -> Known {
    if point.is_null() {
        return None;
    }
    if interval.low.is_null() && interval.high.is_null() && interval.point == PointType::Any {
        return Some(false);
    }
    // Open bounds compare strictly at the precision asked for; a closed null bound is the end of the world.
    let low = match (&interval.low, interval.low_closed) {
        (Value::Null, closed) => closed.then_some(true),
        (low, true) => less_or_equal(low, point, at),
        (low, false) => less(low, point, at),
    };
    if low == Some(false) {
        return low;
    }
    let high = match (&interval.high, interval.high_closed) {
        (Value::Null, closed) => closed.then_some(true),
        (high, true) => less_or_equal(point, high, at),
        (high, false) => less(point, high, at),
    };
    and(low, high)
}

/// Whether a point lies inside an interval, not on its first or last point.
pub fn properly_contains(interval: &Interval<'_>, point: &Value<'_>, at: Option<Precision>) -> Known {
    let (start, end) = (interval.start(), interval.end());
    and(less(&start, point, at), less(point, &end, at))
}

/// `width of`: the distance from first to last point.
pub fn width<'a>(interval: &Interval<'a>) -> Outcome<'a> {
    let (start, end) = (interval.start(), interval.end());
    match (&start, &end) {
        (Value::Date(_) | Value::DateTime(_) | Value::Time(_), _)
        | (_, Value::Date(_) | Value::DateTime(_) | Value::Time(_)) => {
            Err(Fault::Runtime("width is not defined for intervals of dates and times".into()))
        }
        _ => super::arithmetic::binary(super::arithmetic::Binary::Subtract, &end, &start),
    }
}

/// `Size`: the number of points, as the width plus one step.
pub fn size<'a>(interval: &Interval<'a>) -> Outcome<'a> {
    use crate::value::Decimal;
    let width = width(interval)?;
    Ok(match &width {
        Value::Null => Value::Null,
        Value::Int(i) => i.checked_add(1).map_or(Value::Null, Value::Int),
        Value::Long(i) => i.checked_add(1).map_or(Value::Null, Value::Long),
        Value::Decimal(d) => d.add(Decimal::STEP).map_or(Value::Null, Value::Decimal),
        Value::Quantity(q) => match q.value.add(Decimal::STEP) {
            Some(value) => Value::Quantity(std::rc::Rc::new(crate::value::Quantity { value, unit: q.unit.clone() })),
            None => Value::Null,
        },
        other => return Err(super::unsupported("Size", other)),
    })
}
