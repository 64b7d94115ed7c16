//! CQL Decimal: 28 digits before the point and 8 after, exact.
//!
//! The written scale is remembered (`1.50` has two places) because `Precision` and the
//! boundary functions ask for it; it takes no part in comparison.

use std::cmp::Ordering;
use std::fmt;

const ONE: i128 = 100_000_000;
/// Largest magnitude a literal may have, in units of 1e-8: ten to the 28th, less one unit.
const LIMIT: i128 = 999_999_999_999_999_999_999_999_999_999_999_999;
/// Largest magnitude computing may pass through, ten times as much: a step past the end may come back.
const ROOM: i128 = 9_999_999_999_999_999_999_999_999_999_999_999_999;
/// What `maximum Decimal` names: 28 digits in all.
const NAMED: i128 = 9_999_999_999_999_999_999_999_999_999;

/// A fixed-point number, kept as `units * 16 + scale` in two words (which keeps every value small).
#[derive(Clone, Copy)]
pub struct Decimal {
    high: i64,
    low: u64,
}

const fn packed(units: i128, scale: u8) -> Decimal {
    let raw = (units << 4) | scale as i128;
    Decimal { high: (raw >> 64) as i64, low: raw as u64 }
}

#[expect(clippy::should_implement_trait, reason = "these answer nothing where there is no result")]
impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = packed(0, 0);
    /// One.
    pub const ONE: Decimal = packed(ONE, 0);
    /// The smallest step, 0.00000001.
    pub const STEP: Decimal = packed(1, 8);
    /// The largest value.
    pub const MAX: Decimal = packed(NAMED, 8);
    /// The smallest value.
    pub const MIN: Decimal = packed(-NAMED, 8);

    /// From units of 1e-8, or nothing when out of range.
    pub fn from_units(units: i128) -> Option<Decimal> {
        (-ROOM..=ROOM).contains(&units).then(|| packed(units, natural_scale(units)))
    }

    fn with_scale(units: i128, scale: u8) -> Option<Decimal> {
        (-ROOM..=ROOM).contains(&units).then_some(packed(units, scale.min(8)))
    }

    /// The value in units of 1e-8.
    pub fn units(self) -> i128 {
        ((i128::from(self.high) << 64) | i128::from(self.low)) >> 4
    }

    /// Digits after the point as written.
    pub fn scale(self) -> u8 {
        (self.low & 15) as u8
    }

    /// A whole number.
    pub fn from_i64(value: i64) -> Decimal {
        packed(i128::from(value) * ONE, 0)
    }

    /// Reads a number literal. More than eight places are refused when `strict`, else rounded (data in FHIR may carry more).
    pub fn parse(text: &str, strict: bool) -> Option<Decimal> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.as_bytes().first()? {
            b'-' => (true, &mantissa[1..]),
            b'+' => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let mut value: i128 = 0;
        let mut places: Option<i32> = None;
        let mut seen = 0;
        for byte in digits.bytes() {
            match byte {
                b'0'..=b'9' => {
                    seen += 1;
                    if let Some(p) = places.as_mut() {
                        *p += 1;
                    }
                    if value < i128::MAX / 100 {
                        value = value * 10 + i128::from(byte - b'0');
                    } else if places.is_some() {
                        places = places.map(|p| p - 1);
                    } else {
                        return None;
                    }
                }
                b'.' if places.is_none() => places = Some(0),
                _ => return None,
            }
        }
        if seen == 0 || (strict && places == Some(0)) {
            return None;
        }
        let written = places.unwrap_or(0);
        let shift = 8 - written + exponent;
        let units = if shift >= 0 {
            value.checked_mul(10i128.checked_pow(u32::try_from(shift).ok()?)?)?
        } else {
            let divisor = 10i128.checked_pow(u32::try_from(-shift).ok()?).unwrap_or(i128::MAX);
            if strict && value % divisor != 0 {
                return None;
            }
            div_round(value, divisor)
        };
        if strict && written > 8 {
            return None;
        }
        if units > LIMIT {
            return None;
        }
        let scale = (written - exponent).clamp(0, 8) as u8;
        Decimal::with_scale(if negative { -units } else { units }, scale)
    }

    /// Sum, or nothing on overflow.
    pub fn add(self, other: Decimal) -> Option<Decimal> {
        Decimal::with_scale(self.units() + other.units(), self.scale().max(other.scale()))
    }

    /// Difference, or nothing on overflow.
    pub fn sub(self, other: Decimal) -> Option<Decimal> {
        Decimal::with_scale(self.units() - other.units(), self.scale().max(other.scale()))
    }

    /// Product rounded half away from zero to eight places.
    pub fn mul(self, other: Decimal) -> Option<Decimal> {
        Decimal::with_scale(mul_div(self.units(), other.units(), ONE)?, (self.scale() + other.scale()).min(8))
    }

    /// Quotient rounded half away from zero to eight places; nothing when dividing by zero or out of range.
    pub fn div(self, other: Decimal) -> Option<Decimal> {
        if other.units() == 0 {
            return None;
        }
        Decimal::from_units(mul_div(self.units(), ONE, other.units())?)
    }

    /// Whole part of the quotient.
    pub fn div_trunc(self, other: Decimal) -> Option<Decimal> {
        if other.units() == 0 {
            return None;
        }
        Decimal::from_units((self.units() / other.units()).checked_mul(ONE)?)
    }

    /// Remainder with the sign of the dividend.
    pub fn rem(self, other: Decimal) -> Option<Decimal> {
        if other.units() == 0 {
            return None;
        }
        Decimal::from_units(self.units() % other.units())
    }

    /// Minus the value.
    pub fn neg(self) -> Decimal {
        packed(-self.units(), self.scale())
    }

    /// Whole part, toward zero.
    pub fn truncate(self) -> i128 {
        self.units() / ONE
    }

    /// Largest whole number not above.
    pub fn floor(self) -> i128 {
        self.units().div_euclid(ONE)
    }

    /// Smallest whole number not below.
    pub fn ceiling(self) -> i128 {
        -(-self.units()).div_euclid(ONE)
    }

    /// Rounds to `places` digits; a half goes away from zero, as the language tests have it (-0.5 rounds to -1).
    pub fn round(self, places: u8) -> Decimal {
        let step = 10i128.pow(u32::from(8 - places.min(8)));
        let units = div_round(self.units(), step) * step;
        Decimal::with_scale(units, places).unwrap_or(self)
    }

    /// Cuts to `places` digits toward negative infinity.
    pub fn cut(self, places: u8) -> Decimal {
        let step = 10i128.pow(u32::from(8 - places.min(8)));
        Decimal::with_scale(self.units().div_euclid(step) * step, places).unwrap_or(self)
    }

    /// Digits after the point without trailing zeros.
    pub fn natural_scale(self) -> u8 {
        natural_scale(self.units())
    }

    /// As a float, for powers and logarithms.
    pub fn to_f64(self) -> f64 {
        self.units() as f64 / ONE as f64
    }

    /// From a float, rounded to eight places.
    pub fn from_f64(value: f64) -> Option<Decimal> {
        if !value.is_finite() || value.abs() > 1e20 {
            return None;
        }
        // Twelve places are more than a double of ordinary size holds, so the text is exact before rounding.
        Decimal::parse(&format!("{value:.12}"), false).and_then(|d| Decimal::from_units(d.units()))
    }

    /// True when there is no fraction.
    pub fn is_whole(self) -> bool {
        self.units() % ONE == 0
    }
}

fn natural_scale(units: i128) -> u8 {
    let mut rest = units;
    let mut scale = 8;
    while scale > 0 && rest % 10 == 0 {
        rest /= 10;
        scale -= 1;
    }
    scale
}

fn div_round(a: i128, b: i128) -> i128 {
    let q = a / b;
    let r = a % b;
    if r.unsigned_abs() * 2 >= b.unsigned_abs() { if (a < 0) == (b < 0) { q + 1 } else { q - 1 } } else { q }
}

/// `a * b / c` rounded, by long division where the product does not fit.
fn mul_div(a: i128, b: i128, c: i128) -> Option<i128> {
    if let Some(product) = a.checked_mul(b) {
        return Some(div_round(product, c));
    }
    let (q, r) = (a / c, a % c);
    let whole = q.checked_mul(b)?;
    match r.checked_mul(b) {
        Some(rest) => whole.checked_add(div_round(rest, c)),
        None => {
            let (q2, r2) = (b / c, b % c);
            let mixed = r.checked_mul(q2)?;
            whole.checked_add(mixed)?.checked_add(div_round((r / 2).checked_mul(r2 / 2)?, (c / 4).max(1)))
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.units() == other.units()
    }
}
impl Eq for Decimal {}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        self.units().cmp(&other.units())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.units();
        let whole = (units / ONE).abs();
        let fraction = (units % ONE).abs();
        let sign = if units < 0 { "-" } else { "" };
        let digits = format!("{fraction:08}");
        let keep = self.scale().max(natural_scale(units)).max(1);
        write!(f, "{sign}{whole}.{}", &digits[..usize::from(keep)])
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text, false).unwrap()
    }

    #[test]
    fn arithmetic_is_exact_to_eight_places() {
        assert_eq!(d("0.1").add(d("0.2")).unwrap(), d("0.3"));
        assert_eq!(d("10").div(d("3")).unwrap().to_string(), "3.33333333");
        assert_eq!(d("1.5").mul(d("-2")).unwrap(), d("-3"));
        assert!(d("1").div(d("0")).is_none());
    }

    #[test]
    fn a_half_rounds_away_from_zero() {
        assert_eq!(d("-0.5").round(0), d("-1"));
        assert_eq!(d("0.5").round(0), d("1"));
        assert_eq!(d("3.14159").round(3), d("3.142"));
    }

    #[test]
    fn the_written_scale_is_kept_but_not_compared() {
        assert_eq!(d("1.58700").scale(), 5);
        assert_eq!(d("1.50"), d("1.5"));
        assert_eq!(d("1").to_string(), "1.0");
    }

    #[test]
    fn too_many_digits_are_refused_when_strict() {
        assert!(Decimal::parse("0.000000001", true).is_none());
        assert!(Decimal::parse("10000000000000000000000000000.0", true).is_none());
        assert!(Decimal::parse("9999999999999999999999999999.99999999", true).is_some());
    }
}
