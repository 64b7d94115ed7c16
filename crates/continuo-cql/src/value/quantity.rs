//! Quantities and ratios: a decimal with a UCUM unit or a calendar duration.

use std::fmt;

use super::{Decimal, Precision, Text};

/// A number with a unit; the unit `1` is none.
#[derive(Clone, Debug)]
pub struct Quantity<'a> {
    /// How many.
    pub value: Decimal,
    /// UCUM code or calendar word (`year`, `months`).
    pub unit: Text<'a>,
}

/// Numerator and denominator.
#[derive(Clone, Debug)]
pub struct Ratio<'a> {
    /// Above the line.
    pub numerator: Quantity<'a>,
    /// Below the line.
    pub denominator: Quantity<'a>,
}

/// The calendar precision a unit counts in, for date arithmetic: words of CQL, or definite UCUM units of a week and less.
///
/// UCUM `a` and `mo` are mean durations and no calendar units; CQL allows them in date arithmetic all the same.
pub fn calendar_unit(unit: &str) -> Option<Precision> {
    Some(match unit {
        "year" | "years" | "a" => Precision::Year,
        "month" | "months" | "mo" => Precision::Month,
        "week" | "weeks" | "wk" => Precision::Week,
        "day" | "days" | "d" => Precision::Day,
        "hour" | "hours" | "h" => Precision::Hour,
        "minute" | "minutes" | "min" => Precision::Minute,
        "second" | "seconds" | "s" => Precision::Second,
        "millisecond" | "milliseconds" | "ms" => Precision::Millisecond,
        _ => return None,
    })
}

/// The unit as UCUM, for conversion. A calendar year and month stay what they are: they are not `a` and `mo`.
pub fn ucum_code(unit: &str) -> &str {
    match unit {
        "" => "1",
        "week" | "weeks" => "wk",
        "day" | "days" => "d",
        "hour" | "hours" => "h",
        "minute" | "minutes" => "min",
        "second" | "seconds" => "s",
        "millisecond" | "milliseconds" => "ms",
        "years" => "year",
        "months" => "month",
        other => other,
    }
}

impl fmt::Display for Quantity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} '{}'", self.value, self.unit)
    }
}
