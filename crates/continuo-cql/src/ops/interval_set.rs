//! Interval algebra: union, intersect, except, collapse and expand.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::Fault;
use crate::value::interval::{point_type, predecessor, successor};
use crate::value::quantity::calendar_unit;
use crate::value::{Decimal, Interval, PointType, Precision, Quantity, Text, Value};

use super::arithmetic::{Binary, binary};
use super::compare::{less, less_or_equal, order, sort_order};
use super::interval::{Relation, relate};
use super::{Outcome, quantity, temporal};

fn wrap(interval: Interval<'_>) -> Value<'_> {
    Value::Interval(Rc::new(interval))
}

/// The interval of both, null when they neither overlap nor meet.
pub fn union<'a>(a: &Interval<'a>, b: &Interval<'a>) -> Outcome<'a> {
    let joined = super::or(relate(Relation::Overlaps, a, b, None), relate(Relation::Meets, a, b, None));
    if joined != Some(true) {
        return Ok(Value::Null);
    }
    let (low, low_closed) = if less_or_equal(&a.start(), &b.start(), None) == Some(true) {
        (&a.low, a.low_closed)
    } else {
        (&b.low, b.low_closed)
    };
    let (high, high_closed) = if less_or_equal(&b.end(), &a.end(), None) == Some(true) {
        (&a.high, a.high_closed)
    } else {
        (&b.high, b.high_closed)
    };
    Ok(wrap(Interval::new(low.clone(), high.clone(), low_closed, high_closed, a.point)))
}

/// The common part, null when there is none.
pub fn intersect<'a>(a: &Interval<'a>, b: &Interval<'a>) -> Outcome<'a> {
    let overlaps = relate(Relation::Overlaps, a, b, None);
    if overlaps == Some(false) {
        return Ok(Value::Null);
    }
    let low = pick(&a.start(), &b.start(), true, (&a.low, a.low_closed), (&b.low, b.low_closed));
    let high = pick(&a.end(), &b.end(), false, (&a.high, a.high_closed), (&b.high, b.high_closed));
    Ok(wrap(Interval::new(low.0, high.0, low.1, high.1, a.point)))
}

/// The later start or the earlier end; unknown when one bound is unknown.
fn pick<'a>(
    a: &Value<'a>,
    b: &Value<'a>,
    later: bool,
    wa: (&Value<'a>, bool),
    wb: (&Value<'a>, bool),
) -> (Value<'a>, bool) {
    if a.is_null() || b.is_null() {
        return (Value::Null, false);
    }
    let a_first = order(a, b, None) != Some(Ordering::Greater);
    let (value, closed) = if a_first == later { wb } else { wa };
    (value.clone(), closed)
}

/// The part of `a` not in `b`; null when that is no single interval.
pub fn except<'a>(a: &Interval<'a>, b: &Interval<'a>) -> Outcome<'a> {
    if relate(Relation::Overlaps, a, b, None) == Some(false) {
        return Ok(wrap(a.clone()));
    }
    let left = less(&a.start(), &b.start(), None);
    let right = less(&b.end(), &a.end(), None);
    Ok(match (left, right) {
        (Some(true), Some(false)) => {
            let high = predecessor(&b.start()).unwrap_or(Value::Null);
            wrap(Interval::new(a.low.clone(), high, a.low_closed, true, a.point))
        }
        (Some(false), Some(true)) => {
            let low = successor(&b.end()).unwrap_or(Value::Null);
            wrap(Interval::new(low, a.high.clone(), true, a.high_closed, a.point))
        }
        _ => Value::Null,
    })
}

/// Merges intervals that overlap or meet (or lie within `per` of each other).
pub fn collapse<'a>(list: &[Value<'a>], per: &Value<'a>) -> Outcome<'a> {
    let mut intervals: Vec<Rc<Interval<'a>>> = list
        .iter()
        .filter_map(super::compare::as_interval)
        .filter(|i| !(i.low.is_null() && i.high.is_null()))
        .collect();
    intervals.sort_by(|a, b| sort_order(&a.start(), &b.start()).then_with(|| sort_order(&a.end(), &b.end())));
    let mut result: Vec<Interval<'a>> = Vec::new();
    for next in intervals {
        if let Some(last) = result.last_mut()
            && joins(last, &next, per)?
        {
            if less_or_equal(&last.end(), &next.end(), None) == Some(true) {
                last.high = next.high.clone();
                last.high_closed = next.high_closed;
            }
            continue;
        }
        result.push((*next).clone());
    }
    Ok(Value::list(result.into_iter().map(wrap).collect()))
}

fn joins<'a>(a: &Interval<'a>, b: &Interval<'a>, per: &Value<'a>) -> Result<bool, Fault> {
    let touch = super::or(relate(Relation::Overlaps, a, b, None), relate(Relation::Meets, a, b, None));
    if touch == Some(true) {
        return Ok(true);
    }
    let Value::Quantity(step) = per else { return Ok(false) };
    let reach = match a.end() {
        Value::Null => return Ok(false),
        end @ (Value::Date(_) | Value::DateTime(_) | Value::Time(_)) => {
            let Some(unit) = calendar_unit(&step.unit) else { return Ok(false) };
            // At the grain of `per`, the next unit touches.
            let Some(next) = temporal::add_units(&end, step.value.truncate() as i64, unit) else { return Ok(true) };
            return Ok(less_or_equal(&b.start(), &next, Some(unit)) == Some(true));
        }
        end @ Value::Quantity(_) => binary(Binary::Add, &end, per)?,
        end => binary(Binary::Add, &end, &Value::Decimal(step.value))?,
    };
    Ok(less_or_equal(&b.start(), &reach, None) == Some(true))
}

const EXPAND_LIMIT: usize = 1_000_000;

/// Cuts intervals into pieces of `per`; an interval given alone yields points.
pub fn expand<'a>(source: &Value<'a>, per: &Value<'a>) -> Outcome<'a> {
    match source {
        Value::Null => Ok(Value::Null),
        Value::Interval(i) => Ok(match pieces(i, per)? {
            Some(pieces) => Value::list(pieces.into_iter().map(|(low, _)| low).collect()),
            None => Value::Null,
        }),
        Value::List(list) => {
            let collapsed = collapse(list, &Value::Null)?;
            let mut result = Vec::new();
            for item in collapsed.items() {
                let Value::Interval(i) = item else { continue };
                let Some(pieces) = pieces(i, per)? else { continue };
                result.extend(pieces.into_iter().map(|(low, high)| wrap(Interval::closed(low, high))));
            }
            Ok(Value::list(result))
        }
        other => Err(super::unsupported("expand", other)),
    }
}

type Pieces<'a> = Option<Vec<(Value<'a>, Value<'a>)>>;

fn pieces<'a>(interval: &Interval<'a>, per: &Value<'a>) -> Result<Pieces<'a>, Fault> {
    let (start, end) = (interval.start(), interval.end());
    if start.is_null() || end.is_null() || interval.low.is_null() || interval.high.is_null() {
        return Ok(None);
    }
    match point_type(&start) {
        PointType::Date | PointType::DateTime | PointType::Time => calendar_pieces(interval, &start, &end, per),
        _ => number_pieces(&start, &end, per),
    }
}

fn calendar_pieces<'a>(
    interval: &Interval<'a>,
    start: &Value<'a>,
    end: &Value<'a>,
    per: &Value<'a>,
) -> Result<Pieces<'a>, Fault> {
    let own = |v: &Value<'_>| match v {
        Value::Date(d) => d.precision,
        Value::DateTime(d) => d.precision,
        Value::Time(t) => t.precision,
        _ => Precision::Day,
    };
    let precision = own(start).min(own(end));
    let (count, unit) = match per {
        Value::Quantity(q) => match calendar_unit(&q.unit) {
            Some(unit) => (q.value.truncate() as i64, unit),
            None => return Err(Fault::Runtime(format!("`{}` is no unit of time to expand by", q.unit))),
        },
        _ => (1, precision),
    };
    let grain = if unit == Precision::Week { Precision::Day } else { unit };
    if count < 1 || grain > precision {
        return Ok(Some(Vec::new()));
    }
    let _ = interval;
    let cut = |v: &Value<'a>| trim(v, grain);
    let (mut at, last) = (cut(start), cut(end));
    let mut result = Vec::new();
    while less_or_equal(&at, &last, None) == Some(true) {
        let Some(next) = temporal::add_units(&at, count, unit) else { break };
        let Some(high) = predecessor(&next) else { break };
        if less(&last, &high, None) == Some(true) {
            break;
        }
        if result.len() >= EXPAND_LIMIT {
            return Err(Fault::Budget);
        }
        result.push((at, high));
        at = next;
    }
    Ok(Some(result))
}

/// The value at a coarser precision.
fn trim<'a>(value: &Value<'a>, precision: Precision) -> Value<'a> {
    use crate::value::{Date, DateTime, Time};
    match value {
        Value::Date(d) if precision < d.precision => {
            let local = d.to_datetime(0).floor(precision);
            Value::Date(Date { day: (local / crate::value::temporal::DAY_MS) as i32, precision })
        }
        Value::DateTime(d) if precision < d.precision => {
            Value::DateTime(DateTime { local: d.floor(precision), offset: d.offset, precision })
        }
        Value::Time(t) if precision < t.precision => {
            let unit = crate::value::temporal::unit_ms(precision) as i32;
            Value::Time(Time { ms: t.ms / unit * unit, precision })
        }
        other => other.clone(),
    }
}

fn number_pieces<'a>(start: &Value<'a>, end: &Value<'a>, per: &Value<'a>) -> Result<Pieces<'a>, Fault> {
    let (step, unit) = match per {
        Value::Quantity(q) => (q.value, q.unit.clone()),
        _ => match start {
            Value::Decimal(low) => {
                let scale = match end {
                    Value::Decimal(high) => low.scale().max(high.scale()),
                    _ => low.scale(),
                };
                let units = 10i128.pow(u32::from(8 - scale));
                (Decimal::from_units(units).unwrap_or(Decimal::ONE), Text::Borrowed("1"))
            }
            _ => (Decimal::ONE, Text::Borrowed("1")),
        },
    };
    if step <= Decimal::ZERO {
        return Ok(Some(Vec::new()));
    }
    let (low, high, rebuild): (Decimal, Decimal, Box<dyn Fn(Decimal) -> Value<'a>>) = match (start, end) {
        (Value::Quantity(a), Value::Quantity(b)) => {
            let in_unit = |q: &Quantity<'a>| if &*unit == "1" { Some(q.value) } else { quantity::convert(q, &unit) };
            let (Some(low), Some(high)) = (in_unit(a), in_unit(b)) else { return Ok(None) };
            let unit = if &*unit == "1" { a.unit.clone() } else { unit };
            (low, high, Box::new(move |value| Value::Quantity(Rc::new(Quantity { value, unit: unit.clone() }))))
        }
        (Value::Long(_), _) => match (start.as_decimal(), end.as_decimal()) {
            (Some(a), Some(b)) => (a, b, Box::new(|d| Value::Long(d.truncate() as i64))),
            _ => return Ok(None),
        },
        (Value::Int(_), _) if step.is_whole() => match (start.as_decimal(), end.as_decimal()) {
            (Some(a), Some(b)) => (a, b, Box::new(|d| Value::Int(d.truncate() as i32))),
            _ => return Ok(None),
        },
        _ => match (start.as_decimal(), end.as_decimal()) {
            // Whole bounds are known to the unit only, so a finer step reaches to the end of the last one.
            (Some(a), Some(b)) if matches!(start, Value::Int(_)) => {
                let top = b.add(Decimal::ONE).and_then(|d| d.sub(step)).unwrap_or(b);
                (a, top, Box::new(Value::Decimal))
            }
            (Some(a), Some(b)) => (a, b, Box::new(Value::Decimal)),
            _ => return Ok(None),
        },
    };
    let scale = step.scale();
    let (mut at, high) = (low.cut(scale), high.cut(scale));
    let grain = Decimal::from_units(10i128.pow(u32::from(8 - scale))).unwrap_or(Decimal::ONE);
    let mut result = Vec::new();
    while at <= high {
        let Some(next) = at.add(step) else { break };
        let Some(last) = next.sub(grain) else { break };
        if last > high {
            break;
        }
        if result.len() >= EXPAND_LIMIT {
            return Err(Fault::Budget);
        }
        result.push((rebuild(at), rebuild(last)));
        at = next;
    }
    Ok(Some(result))
}
