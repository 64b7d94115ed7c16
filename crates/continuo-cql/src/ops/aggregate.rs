//! Aggregates over lists. Nulls are left out; an empty list is null except for counts and truths.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::value::{Decimal, Quantity, Text, Value};

use super::arithmetic::{Binary, binary, power};
use super::compare::{order, sort_order};
use super::equal::equal;
use super::{Outcome, quantity, unsupported};

/// The aggregates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Aggregate {
    /// How many not null.
    Count,
    /// Sum.
    Sum,
    /// Product.
    Product,
    /// Least.
    Min,
    /// Greatest.
    Max,
    /// Mean.
    Avg,
    /// Middle.
    Median,
    /// Most frequent.
    Mode,
    /// Sample variance.
    Variance,
    /// Population variance.
    PopulationVariance,
    /// Sample deviation.
    StdDev,
    /// Population deviation.
    PopulationStdDev,
    /// Geometric mean.
    GeometricMean,
    /// All not false.
    AllTrue,
    /// Any true.
    AnyTrue,
}

/// Applies an aggregate.
pub fn aggregate<'a>(kind: Aggregate, source: &Value<'a>) -> Outcome<'a> {
    let items: Vec<&Value<'a>> = source.items().iter().filter(|v| !v.is_null()).collect();
    Ok(match kind {
        Aggregate::Count => Value::Int(items.len() as i32),
        Aggregate::AllTrue => Value::Bool(items.iter().all(|v| v.as_bool() != Some(false))),
        Aggregate::AnyTrue => Value::Bool(items.iter().any(|v| v.as_bool() == Some(true))),
        _ if items.is_empty() => Value::Null,
        Aggregate::Sum => fold(Binary::Add, &items)?,
        Aggregate::Product => fold(Binary::Multiply, &items)?,
        Aggregate::Min => extreme(&items, Ordering::Less),
        Aggregate::Max => extreme(&items, Ordering::Greater),
        Aggregate::Mode => mode(&items),
        _ => statistics(kind, &items)?,
    })
}

fn fold<'a>(op: Binary, items: &[&Value<'a>]) -> Outcome<'a> {
    let Some((first, rest)) = items.split_first() else { return Ok(Value::Null) };
    let mut total = (*first).clone();
    for item in rest {
        total = binary(op, &total, item)?;
    }
    Ok(total)
}

fn extreme<'a>(items: &[&Value<'a>], wanted: Ordering) -> Value<'a> {
    let mut best: Option<&Value<'a>> = None;
    for item in items {
        if best.is_none_or(|b| order(item, b, None) == Some(wanted)) {
            best = Some(item);
        }
    }
    best.cloned().unwrap_or(Value::Null)
}

fn mode<'a>(items: &[&Value<'a>]) -> Value<'a> {
    let mut sorted = items.to_vec();
    sorted.sort_by(|a, b| sort_order(a, b));
    let mut best: Option<(&Value<'a>, usize)> = None;
    let mut at = 0;
    while let Some(&item) = sorted.get(at) {
        let run = sorted[at..].iter().take_while(|other| equal(other, item) == Some(true)).count().max(1);
        if best.is_none_or(|(_, count)| run > count) {
            best = Some((item, run));
        }
        at += run;
    }
    best.map_or(Value::Null, |(v, _)| v.clone())
}

/// Numbers of the items in one unit.
fn numbers<'a>(items: &[&Value<'a>]) -> Option<(Vec<Decimal>, Option<Text<'a>>)> {
    let unit = items.iter().find_map(|v| match v {
        Value::Quantity(q) => Some(q.unit.clone()),
        _ => None,
    });
    let values = items
        .iter()
        .map(|v| match (v, &unit) {
            (Value::Quantity(q), Some(unit)) => quantity::convert(q, unit),
            (v, _) => v.as_decimal(),
        })
        .collect::<Option<Vec<_>>>()?;
    Some((values, unit))
}

fn statistics<'a>(kind: Aggregate, items: &[&Value<'a>]) -> Outcome<'a> {
    let Some((mut values, unit)) = numbers(items) else {
        return match items.iter().find(|v| v.as_decimal().is_none() && !matches!(v, Value::Quantity(_))) {
            Some(other) => Err(unsupported("this aggregate", other)),
            None => Ok(Value::Null),
        };
    };
    let result = compute(kind, &mut values);
    Ok(match (result, unit) {
        (None, _) => Value::Null,
        (Some(value), Some(unit)) => Value::Quantity(Rc::new(Quantity { value, unit })),
        (Some(value), None) => Value::Decimal(value),
    })
}

fn compute(kind: Aggregate, values: &mut [Decimal]) -> Option<Decimal> {
    let count = Decimal::from_i64(values.len() as i64);
    let mean =
        |values: &[Decimal]| values.iter().try_fold(Decimal::ZERO, |sum, v| sum.add(*v)).and_then(|sum| sum.div(count));
    match kind {
        Aggregate::Avg => mean(values),
        Aggregate::Median => {
            values.sort();
            let middle = values.len() / 2;
            if values.len() % 2 == 1 {
                values.get(middle).copied()
            } else {
                values.get(middle - 1)?.add(*values.get(middle)?)?.div(Decimal::from_i64(2))
            }
        }
        Aggregate::GeometricMean => {
            let product: f64 = values.iter().map(|v| v.to_f64().ln()).sum();
            Decimal::from_f64((product / values.len() as f64).exp())
        }
        _ => {
            let mean = mean(values)?;
            let sample = matches!(kind, Aggregate::Variance | Aggregate::StdDev);
            let over = if sample { Decimal::from_i64(values.len() as i64 - 1) } else { count };
            let squares = values.iter().try_fold(Decimal::ZERO, |sum, v| {
                let distance = v.sub(mean)?;
                sum.add(distance.mul(distance)?)
            })?;
            let variance = squares.div(over)?;
            match kind {
                Aggregate::StdDev | Aggregate::PopulationStdDev => power(variance, Decimal::parse("0.5", false)?),
                _ => Some(variance),
            }
        }
    }
}
