//! Quantities: exact numbers with units, compared and added by what they measure.

use crate::date::Unit as CalendarUnit;
use crate::decimal::Decimal;
use crate::name::Name;
use crate::packed::Node;
use crate::ucum::Unit;
use std::borrow::Cow;
use std::cmp::Ordering;

/// UCUM's URI in FHIR.
pub const UCUM: &str = "http://unitsofmeasure.org";

/// A number with the code of its unit (UCUM); the empty code and `1` both mean a bare number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quantity<'a> {
    /// The number.
    pub value: Decimal,
    /// The unit: a UCUM code, or a calendar word such as `year`, which is not UCUM's `a`.
    pub unit: Cow<'a, str>,
}

impl<'a> Quantity<'a> {
    /// A number of a unit.
    pub fn new(value: Decimal, unit: impl Into<Cow<'a, str>>) -> Quantity<'a> {
        Quantity { value, unit: unit.into() }
    }

    /// Reads a Quantity element. The code counts where its system is UCUM; without a code, the words do.
    pub fn of(node: Node<'a>) -> Option<Quantity<'a>> {
        const VALUE: Name = Name::of("value");
        const CODE: Name = Name::of("code");
        const UNIT: Name = Name::of("unit");
        let value = Decimal::parse(node.get_name(VALUE)?.number_text()?)?;
        let code = node.get_name(CODE).or_else(|| node.get_name(UNIT)).and_then(Node::as_str);
        Some(Quantity::new(value, code.unwrap_or_default()))
    }

    /// Compares what both measure; nothing when they measure different things.
    pub fn compare(&self, other: &Quantity<'_>) -> Option<Ordering> {
        if self.unit == other.unit {
            return Some(self.value.cmp(&other.value));
        }
        let theirs = other.convert(&self.unit)?;
        Some(self.value.cmp(&theirs.value))
    }

    /// The same quantity in another unit. Calendar years and months do not convert to UCUM's mean ones.
    pub fn convert<'b>(&self, unit: &'b str) -> Option<Quantity<'b>> {
        if self.unit == unit {
            return Some(Quantity::new(self.value, unit));
        }
        let is_ambiguous = |u: &str| matches!(calendar_unit(u), Some(CalendarUnit::Year | CalendarUnit::Month));
        if is_ambiguous(&self.unit) || is_ambiguous(unit) {
            let (from, to) = (calendar_unit(&self.unit)?, calendar_unit(unit)?);
            let value = match (from, to) {
                (a, b) if a == b => self.value,
                (CalendarUnit::Year, CalendarUnit::Month) => self.value.checked_mul(Decimal::from(12))?,
                (CalendarUnit::Month, CalendarUnit::Year) => self.value.checked_div(Decimal::from(12))?,
                _ => return None,
            };
            return Some(Quantity::new(value, unit));
        }
        let (from, to) = (unit_of(&self.unit)?, unit_of(unit)?);
        Some(Quantity::new(from.convert(self.value, &to)?, unit))
    }

    /// The sum, in this quantity's unit.
    pub fn checked_add(&self, other: &Quantity<'_>) -> Option<Quantity<'a>> {
        let theirs = other.convert(&self.unit)?.value;
        Some(Quantity::new(self.value.checked_add(theirs)?, self.unit.clone()))
    }
}

/// The calendar unit of a word such as `year` or `days`, as FHIRPath and CQL write durations.
pub fn calendar_unit(word: &str) -> Option<CalendarUnit> {
    Some(match word {
        "year" | "years" => CalendarUnit::Year,
        "month" | "months" => CalendarUnit::Month,
        "week" | "weeks" => CalendarUnit::Week,
        "day" | "days" => CalendarUnit::Day,
        "hour" | "hours" => CalendarUnit::Hour,
        "minute" | "minutes" => CalendarUnit::Minute,
        "second" | "seconds" => CalendarUnit::Second,
        "millisecond" | "milliseconds" => CalendarUnit::Millisecond,
        _ => return None,
    })
}

/// The UCUM code of the same length as a calendar unit, where there is one: weeks and shorter.
pub fn ucum_of_calendar(unit: CalendarUnit) -> Option<&'static str> {
    Some(match unit {
        CalendarUnit::Week => "wk",
        CalendarUnit::Day => "d",
        CalendarUnit::Hour => "h",
        CalendarUnit::Minute => "min",
        CalendarUnit::Second => "s",
        CalendarUnit::Millisecond => "ms",
        CalendarUnit::Year | CalendarUnit::Month => return None,
    })
}

fn unit_of(code: &str) -> Option<Unit> {
    if code.is_empty() {
        return Unit::parse("1");
    }
    match calendar_unit(code) {
        Some(unit) => Unit::parse(ucum_of_calendar(unit)?),
        None => Unit::parse(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity<'a>(value: &str, unit: &'a str) -> Quantity<'a> {
        Quantity::new(Decimal::parse(value).unwrap(), unit)
    }

    #[test]
    fn comparison_converts_units() {
        let compare = |a: (&str, &str), b: (&str, &str)| quantity(a.0, a.1).compare(&quantity(b.0, b.1));
        assert_eq!(compare(("4", "g"), ("4000", "mg")), Some(Ordering::Equal));
        assert_eq!(compare(("7", "days"), ("1", "wk")), Some(Ordering::Equal));
        assert_eq!(compare(("1", "g/dL"), ("9", "g/L")), Some(Ordering::Greater));
        assert_eq!(compare(("1", "year"), ("1", "a")), None);
        assert_eq!(compare(("1", "year"), ("12", "months")), Some(Ordering::Equal));
        assert_eq!(compare(("1", "TAB"), ("2", "TAB")), Some(Ordering::Less));
        assert_eq!(compare(("1", "TAB"), ("2", "mg")), None);
        assert_eq!(compare(("1", ""), ("1", "1")), Some(Ordering::Equal));
    }

    #[test]
    fn sums_keep_the_first_unit() {
        let sum = quantity("1", "kg").checked_add(&quantity("500", "g")).unwrap();
        assert_eq!((sum.value.to_string(), &*sum.unit), ("1.5".to_string(), "kg"));
        assert!(quantity("1", "kg").checked_add(&quantity("1", "m")).is_none());
    }
}
