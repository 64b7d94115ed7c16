//! Intervals: two bounds, each closed or open, each maybe unknown.

use std::rc::Rc;

use super::temporal::DAY_MS;
use super::{Date, DateTime, Decimal, Precision, Quantity, Text, Time, Value};

/// What the points of an interval are; needed where both bounds are null.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum PointType {
    /// Not known.
    Any,
    /// Integer.
    Int,
    /// Long.
    Long,
    /// Decimal.
    Decimal,
    /// Quantity.
    Quantity,
    /// Date.
    Date,
    /// DateTime.
    DateTime,
    /// Time.
    Time,
}

/// A range of points. `uncertain` marks a value known only to lie in the range (an imprecise duration).
#[derive(Clone)]
pub struct Interval<'a> {
    /// Low bound as written.
    pub low: Value<'a>,
    /// High bound as written.
    pub high: Value<'a>,
    /// Low bound belongs to it.
    pub low_closed: bool,
    /// High bound belongs to it.
    pub high_closed: bool,
    /// Point type, from the bounds or the declared type.
    pub point: PointType,
    /// A single unknown value within the range, not a range.
    pub uncertain: bool,
}

/// The point type of a value.
pub fn point_type(value: &Value<'_>) -> PointType {
    match value {
        Value::Int(_) => PointType::Int,
        Value::Long(_) => PointType::Long,
        Value::Decimal(_) => PointType::Decimal,
        Value::Quantity(_) => PointType::Quantity,
        Value::Date(_) => PointType::Date,
        Value::DateTime(_) => PointType::DateTime,
        Value::Time(_) => PointType::Time,
        _ => PointType::Any,
    }
}

impl<'a> Interval<'a> {
    /// An interval whose point type comes from its bounds, else from `declared`.
    pub fn new(
        low: Value<'a>,
        high: Value<'a>,
        low_closed: bool,
        high_closed: bool,
        declared: PointType,
    ) -> Interval<'a> {
        let point = match (point_type(&low), point_type(&high)) {
            (PointType::Any, PointType::Any) => declared,
            (PointType::Any, p) | (p, _) => p,
        };
        Interval { low, high, low_closed, high_closed, point, uncertain: false }
    }

    /// A closed interval.
    pub fn closed(low: Value<'a>, high: Value<'a>) -> Interval<'a> {
        Interval::new(low, high, true, true, PointType::Any)
    }

    /// The unknown whole number between two.
    pub fn uncertain(low: i64, high: i64) -> Value<'a> {
        let make = |n: i64| i32::try_from(n).map_or(Value::Long(n), Value::Int);
        if low == high {
            return make(low);
        }
        let mut interval = Interval::closed(make(low), make(high));
        interval.uncertain = true;
        Value::Interval(Rc::new(interval))
    }

    /// First point: the closed bound, the one after an open bound, the type's minimum for a closed null; null when unknown.
    pub fn start(&self) -> Value<'a> {
        self.start_as(self.point)
    }

    /// The first point of an interval of a type.
    pub fn start_as(&self, point: PointType) -> Value<'a> {
        match (&self.low, self.low_closed) {
            (Value::Null, true) => minimum(point, &self.high),
            (Value::Null, false) => Value::Null,
            (low, true) => low.clone(),
            (low, false) => successor(low).unwrap_or(Value::Null),
        }
    }

    /// Last point, as [`Interval::start`].
    pub fn end(&self) -> Value<'a> {
        self.end_as(self.point)
    }

    /// The last point of an interval of a type.
    pub fn end_as(&self, point: PointType) -> Value<'a> {
        match (&self.high, self.high_closed) {
            (Value::Null, true) => maximum(point, &self.low),
            (Value::Null, false) => Value::Null,
            (high, true) => high.clone(),
            (high, false) => predecessor(high).unwrap_or(Value::Null),
        }
    }
}

const YEAR_1: i32 = -719_162;
const YEAR_9999_END: i32 = 2_932_896;

/// The smallest value of a type; `like` gives the unit of a quantity.
pub fn minimum<'a>(point: PointType, like: &Value<'a>) -> Value<'a> {
    match point {
        PointType::Any => Value::Null,
        PointType::Int => Value::Int(i32::MIN),
        PointType::Long => Value::Long(i64::MIN),
        PointType::Decimal => Value::Decimal(Decimal::MIN),
        PointType::Quantity => Value::Quantity(Rc::new(Quantity { value: Decimal::MIN, unit: unit_of(like) })),
        PointType::Date => Value::Date(Date { day: YEAR_1, precision: Precision::Day }),
        PointType::DateTime => Value::DateTime(DateTime {
            local: i64::from(YEAR_1) * DAY_MS,
            offset: 0,
            precision: Precision::Millisecond,
        }),
        PointType::Time => Value::Time(Time { ms: 0, precision: Precision::Millisecond }),
    }
}

/// The largest value of a type.
pub fn maximum<'a>(point: PointType, like: &Value<'a>) -> Value<'a> {
    match point {
        PointType::Any => Value::Null,
        PointType::Int => Value::Int(i32::MAX),
        PointType::Long => Value::Long(i64::MAX),
        PointType::Decimal => Value::Decimal(Decimal::MAX),
        PointType::Quantity => Value::Quantity(Rc::new(Quantity { value: Decimal::MAX, unit: unit_of(like) })),
        PointType::Date => Value::Date(Date { day: YEAR_9999_END, precision: Precision::Day }),
        PointType::DateTime => Value::DateTime(DateTime {
            local: (i64::from(YEAR_9999_END) + 1) * DAY_MS - 1,
            offset: 0,
            precision: Precision::Millisecond,
        }),
        PointType::Time => Value::Time(Time { ms: DAY_MS as i32 - 1, precision: Precision::Millisecond }),
    }
}

fn unit_of<'a>(like: &Value<'a>) -> Text<'a> {
    match like {
        Value::Quantity(q) => q.unit.clone(),
        _ => Text::Borrowed("1"),
    }
}

/// The next value of the type, or nothing past its end.
pub fn successor<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    step(value, 1)
}

/// The value before, or nothing past its beginning.
pub fn predecessor<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    step(value, -1)
}

fn step<'a>(value: &Value<'a>, by: i32) -> Option<Value<'a>> {
    let decimal_step = |d: Decimal| Decimal::from_units(d.units() + i128::from(by));
    Some(match value {
        Value::Int(i) => Value::Int(i.checked_add(by)?),
        Value::Long(l) => Value::Long(l.checked_add(i64::from(by))?),
        Value::Decimal(d) => Value::Decimal(decimal_step(*d)?),
        Value::Quantity(q) => {
            Value::Quantity(Rc::new(Quantity { value: decimal_step(q.value)?, unit: q.unit.clone() }))
        }
        Value::Date(_) | Value::DateTime(_) | Value::Time(_) => {
            let precision = match value {
                Value::Date(d) => d.precision,
                Value::DateTime(d) => d.precision,
                Value::Time(t) => t.precision,
                _ => return None,
            };
            crate::ops::temporal::add_units(value, i64::from(by), precision)?
        }
        Value::Interval(i) if i.uncertain => {
            let mut moved = (**i).clone();
            moved.low = step(&i.low, by)?;
            moved.high = step(&i.high, by)?;
            Value::Interval(Rc::new(moved))
        }
        _ => return None,
    })
}
