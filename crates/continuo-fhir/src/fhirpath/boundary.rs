//! `lowBoundary`, `highBoundary` and `precision`: the least and greatest value that an imprecise one may mean.

use super::value::Value;
use crate::date::{Date, DateTime, Precision, Time};
use crate::decimal::Decimal;

/// Most digits after the point that a boundary may be asked for.
const MAX_DIGITS: i64 = 28;

pub(super) fn boundary<'a>(value: &Value<'a>, precision: Option<i64>, is_high: bool) -> Option<Value<'a>> {
    match value {
        Value::Integer(n) => decimal(Decimal::from(*n), precision, is_high).map(Value::Decimal),
        Value::Decimal(d) => decimal(*d, precision, is_high).map(Value::Decimal),
        Value::Quantity(d, unit) => decimal(*d, precision, is_high).map(|d| Value::Quantity(d, unit.clone())),
        Value::Date(date) => {
            let digits = precision.unwrap_or(8);
            date_boundary(*date, digits, is_high).map(Value::Date)
        }
        Value::DateTime(moment) => date_time(*moment, precision.unwrap_or(17), is_high),
        Value::Time(time) => time_boundary(*time, precision.unwrap_or(9), is_high).map(Value::Time),
        _ => None,
    }
}

/// Half of the last digit away, cut to the digits wanted towards the boundary's own side.
fn decimal(value: Decimal, precision: Option<i64>, is_high: bool) -> Option<Decimal> {
    let digits = u8::try_from(precision.unwrap_or(8)).ok().filter(|d| i64::from(*d) <= MAX_DIGITS)?;
    let half = Decimal::new(5, value.scale() + 1)?;
    let edge = if is_high { value.checked_add(half)? } else { value.checked_sub(half)? };
    if edge.scale() <= digits {
        let padding = Decimal::new(0, digits)?;
        return edge.checked_add(padding);
    }
    // Fewer digits than the value has: the step below for a low boundary, the step above for a high one.
    let step = Decimal::new(1, digits)?;
    let scaled = value.checked_div(step)?;
    let whole = if is_high { scaled.ceiling() } else { scaled.floor() };
    let value_digits = value.trimmed().scale();
    let result = if value_digits > digits + 1 && scaled.truncate().is_zero() { scaled.truncate() } else { whole };
    let result = if value_digits <= digits {
        let edge_scaled = edge.checked_div(step)?;
        if is_high { edge_scaled.ceiling() } else { edge_scaled.floor() }
    } else {
        result
    };
    Decimal::new(result.units(), digits)
}

fn date_boundary(date: Date, digits: i64, is_high: bool) -> Option<Date> {
    let edge = if is_high { date.last_day() } else { date.first_day() };
    match digits {
        4 => Date::year_of(edge.year()),
        6 => Date::month_of(edge.year(), edge.month()?),
        8 => Some(edge),
        _ => None,
    }
}

fn date_time<'a>(moment: DateTime, digits: i64, is_high: bool) -> Option<Value<'a>> {
    if digits <= 8 {
        return date_boundary(moment.date(), digits, is_high).map(Value::Date);
    }
    let date = if is_high { moment.date().last_day() } else { moment.date().first_day() };
    let time = match moment.time() {
        Some(time) => time_boundary(time, 9, is_high)?,
        None if is_high => Time::new(23, 59, 59)?.with_micro(999_000, 3)?,
        None => Time::MIDNIGHT.with_micro(0, 3)?,
    };
    // Without an offset the moment may be anywhere on earth.
    let offset = moment.offset().or(Some(if is_high { -12 * 60 } else { 14 * 60 }));
    let time = match digits {
        10 => time.to_precision(Precision::Hour),
        12 => time.to_precision(Precision::Minute),
        14 => time.to_precision(Precision::Second),
        17 => time,
        _ => return None,
    };
    Some(Value::DateTime(DateTime::new(date, Some(time), offset)))
}

fn time_boundary(time: Time, digits: i64, is_high: bool) -> Option<Time> {
    let fill = |value: Option<u8>| value.unwrap_or(if is_high { 59 } else { 0 });
    let whole = Time::new(time.hour(), fill(time.minute()), fill(time.second()))?;
    let micro = match time.precision() {
        Precision::Fraction => time.micro(),
        _ if is_high => 999_000,
        _ => 0,
    };
    let full = whole.with_micro(micro, 3)?;
    Some(match digits {
        2 => full.to_precision(Precision::Hour),
        4 => full.to_precision(Precision::Minute),
        6 => full.to_precision(Precision::Second),
        9 => full,
        _ => return None,
    })
}

/// Digits that were said.
pub(super) fn precision(value: &Value<'_>) -> Option<i64> {
    let of_time = |p: Precision| match p {
        Precision::Hour => 2,
        Precision::Minute => 4,
        Precision::Second => 6,
        _ => 9,
    };
    let of_date = |date: Date| match date.precision() {
        Precision::Year => 4,
        Precision::Month => 6,
        _ => 8,
    };
    match value {
        Value::Integer(_) => Some(0),
        Value::Decimal(d) => Some(i64::from(d.scale())),
        Value::Date(date) => Some(of_date(*date)),
        Value::DateTime(moment) => Some(moment.time().map_or(of_date(moment.date()), |t| 8 + of_time(t.precision()))),
        Value::Time(time) => Some(of_time(time.precision())),
        _ => None,
    }
}
