//! Date and time arithmetic: adding calendar units, durations, differences, parts.

use crate::Fault;
use crate::value::quantity::calendar_unit;
use crate::value::temporal::{self, DAY_MS, civil_from_days, days_from_civil, month_days, unit_ms};
use crate::value::{Date, DateTime, Decimal, Interval, Precision, Quantity, Time, Value};

use super::{Outcome, unsupported};

/// Adds whole units; nothing when the result leaves the calendar (or the day, for a time).
pub fn add_units<'a>(value: &Value<'a>, count: i64, unit: Precision) -> Option<Value<'a>> {
    Some(match value {
        Value::Date(d) => {
            let local = add_local(i64::from(d.day) * DAY_MS, d.precision, count, unit)?;
            Value::Date(Date { day: local.div_euclid(DAY_MS) as i32, precision: d.precision })
        }
        Value::DateTime(d) => {
            let local = add_local(d.local, d.precision, count, unit)?;
            Value::DateTime(DateTime { local, ..*d })
        }
        Value::Time(t) => {
            let ms = i64::from(t.ms)
                + coarsen(count, unit, t.precision)
                    .checked_mul(unit_ms(t.precision.min(unit_for(unit, t.precision))))?;
            if !(0..DAY_MS).contains(&ms) {
                return None;
            }
            Value::Time(Time { ms: ms as i32, precision: t.precision })
        }
        _ => return None,
    })
}

/// The unit actually added: the asked one, or the value's own where that is coarser.
fn unit_for(unit: Precision, precision: Precision) -> Precision {
    if unit > precision { precision } else { unit }
}

/// Whole units at the value's precision: finer units are turned into it and cut, as the specification says (30 days a month, 365 a year).
fn coarsen(count: i64, unit: Precision, precision: Precision) -> i64 {
    if unit <= precision || (unit == Precision::Day && precision == Precision::Week) {
        return count;
    }
    if unit == Precision::Week && precision >= Precision::Day {
        return count;
    }
    let ms = count.saturating_mul(unit_ms(unit));
    match precision {
        Precision::Year if unit == Precision::Month => count / 12,
        Precision::Year => ms / (365 * DAY_MS),
        Precision::Month => ms / (30 * DAY_MS),
        other => ms / unit_ms(other),
    }
}

fn add_local(local: i64, precision: Precision, count: i64, unit: Precision) -> Option<i64> {
    let count = coarsen(count, unit, precision);
    let unit = unit_for(unit, precision);
    let result = match unit {
        Precision::Year | Precision::Month => {
            let months = if unit == Precision::Year { count.checked_mul(12)? } else { count };
            let (y, m, d) = civil_from_days(local.div_euclid(DAY_MS) as i32);
            let total = (i64::from(y) * 12 + i64::from(m) - 1).checked_add(months)?;
            let (y, m) = (total.div_euclid(12), (total.rem_euclid(12) + 1) as u32);
            if !(1..=9999).contains(&y) {
                return None;
            }
            let y = y as i32;
            i64::from(days_from_civil(y, m, d.min(month_days(y, m)))) * DAY_MS + local.rem_euclid(DAY_MS)
        }
        fixed => local.checked_add(count.checked_mul(unit_ms(fixed))?)?,
    };
    let (first, last) =
        (i64::from(days_from_civil(1, 1, 1)) * DAY_MS, i64::from(days_from_civil(9999, 12, 31)) * DAY_MS);
    (first..last + DAY_MS).contains(&result).then_some(result)
}

/// Adds a time quantity (or takes it away).
pub fn add_quantity<'a>(value: &Value<'a>, quantity: &Quantity<'a>, sign: i64) -> Outcome<'a> {
    let Some(unit) = calendar_unit(&quantity.unit) else {
        return Err(Fault::Runtime(format!("`{}` is no unit of time to add to a date", quantity.unit)));
    };
    // Decimals of a unit are cut, except that fractions of a second count in milliseconds.
    let (count, unit) = if unit == Precision::Second && !quantity.value.is_whole() {
        let ms = quantity.value.mul(Decimal::from_i64(1000)).map_or(0, Decimal::truncate);
        (ms as i64, Precision::Millisecond)
    } else {
        (i64::try_from(quantity.value.truncate()).unwrap_or(i64::MAX), unit)
    };
    if let Value::Time(t) = value {
        // A time of day turns over at midnight.
        if unit < Precision::Hour {
            return Err(Fault::Runtime(format!("`{}` cannot be added to a time", quantity.unit)));
        }
        let step = coarsen(count, unit, t.precision).wrapping_mul(unit_ms(unit_for(unit, t.precision)));
        let ms = (i64::from(t.ms) + sign * step).rem_euclid(DAY_MS);
        return Ok(Value::Time(Time { ms: ms as i32, precision: t.precision }));
    }
    add_units(value, sign.saturating_mul(count), unit)
        .ok_or_else(|| Fault::Runtime(format!("{value} with {quantity} leaves the calendar (years 1 to 9999)")))
}

/// The range of local milliseconds a point can be.
///
/// A Date is known in full by its day. A reading of the clock counts from its start when it is as fine as the unit;
/// a DateTime without one can be any moment of its day.
fn range(value: &Value<'_>, offset: Option<i16>, unit: Precision) -> Option<(i64, i64)> {
    let read = |precision: Precision| precision >= Precision::Hour && precision >= unit;
    Some(match value {
        Value::Date(d) => {
            let low = i64::from(d.day) * DAY_MS;
            if d.precision == Precision::Day { (low, low) } else { (low, i64::from(d.last_day()) * DAY_MS) }
        }
        Value::DateTime(d) => {
            let d = offset.map_or(*d, |offset| d.at_offset(offset));
            if read(d.precision) { (d.local, d.local) } else { (d.local, d.last()) }
        }
        Value::Time(t) if read(t.precision) => (i64::from(t.ms), i64::from(t.ms)),
        Value::Time(t) => (i64::from(t.ms), i64::from(t.last())),
        _ => return None,
    })
}

fn whole_units(from: i64, to: i64, unit: Precision) -> i64 {
    match unit {
        Precision::Year | Precision::Month => {
            let (y1, m1, d1) = civil_from_days(from.div_euclid(DAY_MS) as i32);
            let (y2, m2, d2) = civil_from_days(to.div_euclid(DAY_MS) as i32);
            let mut months = (i64::from(y2) - i64::from(y1)) * 12 + i64::from(m2) - i64::from(m1);
            let (t1, t2) = (from.rem_euclid(DAY_MS), to.rem_euclid(DAY_MS));
            // The day of the month is kept within the target month: from 29 February a year ends on 28 February.
            let (a, b) = ((d1.min(month_days(y2, m2)), t1), (d2, t2));
            let (c, d) = ((d2.min(month_days(y1, m1)), t2), (d1, t1));
            if months > 0 && b < a {
                months -= 1;
            } else if months < 0 && c > d {
                months += 1;
            }
            if unit == Precision::Year { months / 12 } else { months }
        }
        fixed => (to - from) / unit_ms(fixed),
    }
}

fn boundaries(from: i64, to: i64, unit: Precision) -> i64 {
    match unit {
        Precision::Year | Precision::Month => {
            let (y1, m1, _) = civil_from_days(from.div_euclid(DAY_MS) as i32);
            let (y2, m2, _) = civil_from_days(to.div_euclid(DAY_MS) as i32);
            if unit == Precision::Year {
                i64::from(y2 - y1)
            } else {
                i64::from(y2 - y1) * 12 + i64::from(m2) - i64::from(m1)
            }
        }
        Precision::Week => {
            // Weeks turn on Sunday; day 3 of the epoch was one.
            let week = |ms: i64| (ms.div_euclid(DAY_MS) + 4).div_euclid(7);
            week(to) - week(from)
        }
        fixed => to.div_euclid(unit_ms(fixed)) - from.div_euclid(unit_ms(fixed)),
    }
}

fn between<'a>(a: &Value<'a>, b: &Value<'a>, unit: Precision, count: fn(i64, i64, Precision) -> i64) -> Outcome<'a> {
    if a.is_null() || b.is_null() {
        return Ok(Value::Null);
    }
    let offset = match (a, b) {
        (Value::DateTime(a), Value::DateTime(b)) if a.offset != b.offset => Some(temporal::request_offset()),
        _ => None,
    };
    let (Some(from), Some(to)) = (range(a, offset, unit), range(b, offset, unit)) else {
        return Err(unsupported("a duration", if range(a, None, unit).is_none() { a } else { b }));
    };
    Ok(Interval::uncertain(count(from.1, to.0, unit), count(from.0, to.1, unit)))
}

/// Whole calendar periods from `a` to `b`, an uncertain value when one is imprecise.
pub fn duration<'a>(a: &Value<'a>, b: &Value<'a>, unit: Precision) -> Outcome<'a> {
    between(a, b, unit, whole_units)
}

/// Calendar boundaries crossed from `a` to `b`.
pub fn difference<'a>(a: &Value<'a>, b: &Value<'a>, unit: Precision) -> Outcome<'a> {
    between(a, b, unit, boundaries)
}

/// One component of a date or time, null when not known.
pub fn component<'a>(value: &Value<'a>, part: Precision) -> Outcome<'a> {
    let (local, precision) = match value {
        Value::Null => return Ok(Value::Null),
        Value::Date(d) => (i64::from(d.day) * DAY_MS, d.precision),
        Value::DateTime(d) => (d.local, d.precision),
        Value::Time(t) => {
            if part < Precision::Hour {
                return Ok(Value::Null);
            }
            (i64::from(t.ms), t.precision)
        }
        other => return Err(unsupported("a date component", other)),
    };
    if precision < part {
        return Ok(Value::Null);
    }
    let (y, m, d) = civil_from_days(local.div_euclid(DAY_MS) as i32);
    let ms = local.rem_euclid(DAY_MS);
    Ok(Value::Int(match part {
        Precision::Year => y,
        Precision::Month => m as i32,
        Precision::Day => d as i32,
        Precision::Week => return Err(Fault::Runtime("a date has no week component".into())),
        Precision::Hour => (ms / 3_600_000) as i32,
        Precision::Minute => (ms / 60_000 % 60) as i32,
        Precision::Second => (ms / 1000 % 60) as i32,
        Precision::Millisecond => (ms % 1000) as i32,
    }))
}

/// The date of a date-time.
pub fn date_from<'a>(value: &Value<'a>) -> Outcome<'a> {
    Ok(match value {
        Value::DateTime(d) => Value::Date(d.date()),
        Value::Null | Value::Date(_) => value.clone(),
        other => return Err(unsupported("date from", other)),
    })
}

/// The time of a date-time.
pub fn time_from<'a>(value: &Value<'a>) -> Outcome<'a> {
    Ok(match value {
        Value::DateTime(d) => d.time().map_or(Value::Null, Value::Time),
        Value::Null | Value::Time(_) => value.clone(),
        other => return Err(unsupported("time from", other)),
    })
}

/// Hours east of UTC.
pub fn offset_from<'a>(value: &Value<'a>) -> Outcome<'a> {
    Ok(match value {
        Value::DateTime(d) => {
            Decimal::from_i64(i64::from(d.offset)).div(Decimal::from_i64(60)).map_or(Value::Null, Value::Decimal)
        }
        Value::Null => Value::Null,
        other => return Err(unsupported("timezoneoffset from", other)),
    })
}

/// Age in whole units at a date. A birth date stands for the day; a date-time `at` is compared by date for years to days.
pub fn age_at<'a>(birth: &Value<'a>, at: &Value<'a>, unit: Precision) -> Outcome<'a> {
    match (birth, at) {
        (Value::Date(_), Value::DateTime(d)) if unit <= Precision::Day => duration(birth, &Value::Date(d.date()), unit),
        (Value::DateTime(d), Value::Date(_)) => duration(&Value::Date(d.date()), at, unit),
        _ => duration(birth, at, unit),
    }
}

/// Whether two points are the same at a precision; `None` when not known.
pub fn order(a: &Value<'_>, b: &Value<'_>, at: Option<Precision>) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::DateTime(a), Value::DateTime(b)) => temporal::compare_datetime(*a, *b, at),
        (Value::Date(a), Value::Date(b)) => {
            let at = at.map(|p| p.min(Precision::Day));
            temporal::compare_local(i64::from(a.day) * DAY_MS, a.precision, i64::from(b.day) * DAY_MS, b.precision, at)
        }
        (Value::Time(a), Value::Time(b)) => {
            temporal::compare_local(i64::from(a.ms), a.precision, i64::from(b.ms), b.precision, at)
        }
        (Value::Date(a), Value::DateTime(b)) => temporal::compare_datetime(a.to_datetime(b.offset), *b, at),
        (Value::DateTime(a), Value::Date(b)) => temporal::compare_datetime(*a, b.to_datetime(a.offset), at),
        _ => None,
    }
}
