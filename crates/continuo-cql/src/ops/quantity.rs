//! Comparing and converting quantities through UCUM.

use std::cmp::Ordering;

use crate::ucum;
use crate::value::quantity::ucum_code;
use crate::value::{Decimal, Quantity, Ratio, Text};

/// True when both units are written the same way or mean the same word.
fn same_unit(a: &str, b: &str) -> bool {
    a == b || ucum_code(a) == ucum_code(b)
}

/// The value of `quantity` in another unit.
pub fn convert(quantity: &Quantity<'_>, unit: &str) -> Option<Decimal> {
    if same_unit(&quantity.unit, unit) {
        return Some(quantity.value);
    }
    let (from, to) = (ucum_code(&quantity.unit), ucum_code(unit));
    match (from, to) {
        ("month", "year") => return quantity.value.div(Decimal::from_i64(12)),
        ("year", "month") => return quantity.value.mul(Decimal::from_i64(12)),
        _ => {}
    }
    ucum::convert(quantity.value, from, to)
}

/// Order of two quantities; `None` when the units do not compare.
pub fn order(a: &Quantity<'_>, b: &Quantity<'_>) -> Option<Ordering> {
    if same_unit(&a.unit, &b.unit) {
        return Some(a.value.cmp(&b.value));
    }
    // Toward the unit that gives the larger number, so that rounding to eight places loses nothing.
    match (convert(a, &b.unit), convert(b, &a.unit)) {
        (Some(x), Some(y)) if x.units().abs() < a.value.units().abs() => Some(a.value.cmp(&y)),
        (Some(x), _) => Some(x.cmp(&b.value)),
        (None, Some(y)) => Some(a.value.cmp(&y)),
        (None, None) => None,
    }
}

/// `=` of quantities.
pub fn equal(a: &Quantity<'_>, b: &Quantity<'_>) -> Option<bool> {
    order(a, b).map(|order| order == Ordering::Equal)
}

/// `~` of quantities: calendar and definite durations of a year and a month are equivalent.
pub fn equivalent<'a>(a: &Quantity<'a>, b: &Quantity<'a>) -> bool {
    let definite = |unit: &str| match ucum_code(unit) {
        "year" => "a".to_owned(),
        "month" => "mo".to_owned(),
        other => other.to_owned(),
    };
    let as_definite = |q: &Quantity<'_>| Quantity { value: q.value, unit: Text::owned(&definite(&q.unit)) };
    // Beside days and finer, a calendar year is 365 days and a month 30.
    let in_days = |q: &Quantity<'a>| -> Option<Quantity<'a>> {
        let days = match ucum_code(&q.unit) {
            "year" => 365,
            "month" => 30,
            _ => return Some(q.clone()),
        };
        Some(Quantity { value: q.value.mul(Decimal::from_i64(days))?, unit: Text::Borrowed("d") })
    };
    let same_days = || Some(equal(&in_days(a)?, &in_days(b)?) == Some(true));
    equal(&as_definite(a), &as_definite(b)) == Some(true) || same_days() == Some(true)
}

/// `~` of ratios: the same proportion.
pub fn ratio_equivalent(a: &Ratio<'_>, b: &Ratio<'_>) -> bool {
    let cross = |x: &Quantity<'_>, y: &Quantity<'_>| -> Option<Decimal> { x.value.mul(y.value) };
    let (Some(n), Some(d)) = (convert(&b.numerator, &a.numerator.unit), convert(&b.denominator, &a.denominator.unit))
    else {
        return false;
    };
    let right = Quantity { value: n, unit: a.numerator.unit.clone() };
    let below = Quantity { value: d, unit: a.denominator.unit.clone() };
    cross(&a.numerator, &below) == cross(&right, &a.denominator)
}
