//! Exact decimals: what FHIR's `decimal` means, without rounding to binary.

use std::cmp::Ordering;
use std::fmt;

/// Most digits a value may have; more are refused on reading and rounded away in division.
const MAX_DIGITS: u32 = 36;

/// A decimal number: `units / 10^scale`. `1.0` and `1.00` are equal but keep their scale when shown.
#[derive(Clone, Copy)]
pub struct Decimal {
    units: i128,
    scale: u8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { units: 0, scale: 0 };
    /// One.
    pub const ONE: Decimal = Decimal { units: 1, scale: 0 };

    /// A number of `units / 10^scale`.
    pub fn new(units: i128, scale: u8) -> Option<Decimal> {
        (u32::from(scale) <= MAX_DIGITS && units.unsigned_abs() < pow10(MAX_DIGITS)?.unsigned_abs())
            .then_some(Decimal { units, scale })
    }

    /// Reads a JSON number literal (a plus sign is let through); nothing if it needs more than 36 digits.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match digits.as_bytes().first()? {
            b'-' => (true, digits.get(1..)?),
            b'+' => (false, digits.get(1..)?),
            _ => (false, digits),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() || (fraction.is_empty() && digits.contains('.')) {
            return None;
        }
        let mut units: i128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
            units = units.checked_mul(10)?.checked_add(digit)?;
        }
        let units = if negative { -units } else { units };
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if scale >= 0 {
            return Decimal::new(units, u8::try_from(scale).ok()?);
        }
        let shift = pow10(scale.unsigned_abs())?;
        Decimal::new(units.checked_mul(shift)?, 0)
    }

    /// The nearest decimal of a binary number, by its shortest text.
    pub fn from_f64(value: f64) -> Option<Decimal> {
        if value.is_finite() { Decimal::parse(&format!("{value}")) } else { None }
    }

    /// Rounded to binary.
    pub fn to_f64(self) -> f64 {
        // Through text, so that the result is the nearest binary number and not the quotient of two rounded ones.
        self.to_string().parse().unwrap_or(0.0)
    }

    /// Digits after the decimal point.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// All digits as one whole number.
    pub fn units(self) -> i128 {
        self.units
    }

    /// Whether this is zero.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    /// Whether this is below zero.
    pub fn is_negative(self) -> bool {
        self.units < 0
    }

    /// The value as a whole number, if it is one that fits.
    pub fn to_i64(self) -> Option<i64> {
        let whole = self.trimmed();
        (whole.scale == 0).then(|| i64::try_from(whole.units).ok()).flatten()
    }

    /// Without zeros at the end of the fraction.
    pub fn trimmed(self) -> Decimal {
        let mut out = self;
        while out.scale > 0 && out.units % 10 == 0 {
            out = Decimal { units: out.units / 10, scale: out.scale - 1 };
        }
        out
    }

    /// The sum.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = aligned(self, other)?;
        Decimal::new(a.checked_add(b)?, scale)
    }

    /// The difference.
    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        self.checked_add(-other)
    }

    /// The product.
    pub fn checked_mul(self, other: Decimal) -> Option<Decimal> {
        let exact = |a: Decimal, b: Decimal| Decimal::new(a.units.checked_mul(b.units)?, a.scale.checked_add(b.scale)?);
        exact(self, other).or_else(|| exact(self.trimmed(), other.trimmed()))
    }

    /// The quotient, exact where it ends within the digits kept, else rounded; nothing for division by zero.
    pub fn checked_div(self, other: Decimal) -> Option<Decimal> {
        if other.is_zero() {
            return None;
        }
        let (a, b) = (self.trimmed(), other.trimmed());
        let (mut quotient, mut rest) = (a.units / b.units, a.units % b.units);
        let mut scale = i32::from(a.scale) - i32::from(b.scale);
        // Long division, digit by digit, until it ends or 28 digits stand after the point.
        while rest != 0 && scale < 28 {
            let (Some(next), Some(grown)) = (rest.checked_mul(10), quotient.checked_mul(10)) else { break };
            if grown.unsigned_abs() >= pow10(MAX_DIGITS - 1)?.unsigned_abs() {
                break;
            }
            quotient = grown + next / b.units;
            rest = next % b.units;
            scale += 1;
        }
        if rest != 0 && rest.checked_mul(2)?.unsigned_abs() >= b.units.unsigned_abs() {
            quotient += if (rest < 0) == (b.units < 0) { 1 } else { -1 };
        }
        if scale < 0 {
            return Decimal::new(quotient.checked_mul(pow10(scale.unsigned_abs())?)?, 0);
        }
        Decimal::new(quotient, u8::try_from(scale).ok()?).map(Decimal::trimmed)
    }

    /// The whole part, towards zero.
    pub fn truncate(self) -> Decimal {
        Decimal { units: self.units / self.unit(), scale: 0 }
    }

    /// The greatest whole number not above.
    pub fn floor(self) -> Decimal {
        Decimal { units: self.units.div_euclid(self.unit()), scale: 0 }
    }

    /// The least whole number not below.
    pub fn ceiling(self) -> Decimal {
        -(-self).floor()
    }

    /// Rounded to that many digits after the point, halves away from zero.
    pub fn round(self, digits: u8) -> Decimal {
        if digits >= self.scale {
            return self;
        }
        let step = pow10(u32::from(self.scale - digits)).unwrap_or(1);
        let half = if self.units < 0 { -step / 2 } else { step / 2 };
        Decimal { units: (self.units + half) / step, scale: digits }
    }

    /// What is left after dividing by whole times.
    pub fn checked_rem(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = aligned(self, other)?;
        Decimal::new(a.checked_rem(b)?, scale)
    }

    /// Without its sign.
    pub fn abs(self) -> Decimal {
        Decimal { units: self.units.abs(), ..self }
    }

    fn unit(self) -> i128 {
        pow10(u32::from(self.scale)).unwrap_or(1)
    }
}

fn pow10(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// Both at the larger scale.
fn aligned(a: Decimal, b: Decimal) -> Option<(i128, i128, u8)> {
    let scale = a.scale.max(b.scale);
    let lift = |d: Decimal| d.units.checked_mul(pow10(u32::from(scale - d.scale))?);
    Some((lift(a)?, lift(b)?, scale))
}

impl std::ops::Neg for Decimal {
    type Output = Decimal;
    fn neg(self) -> Decimal {
        Decimal { units: -self.units, ..self }
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        Decimal { units: i128::from(value), scale: 0 }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        match aligned(*self, *other) {
            Some((a, b, _)) => a.cmp(&b),
            // Too far apart in size to be aligned: whole parts differ.
            None => self.to_f64().total_cmp(&other.to_f64()),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let trimmed = self.trimmed();
        trimmed.units.hash(state);
        trimmed.scale.hash(state);
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = self.units.unsigned_abs().to_string();
        let scale = usize::from(self.scale);
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at_checked(padded.len() - scale).unwrap_or(("0", &padded));
        write!(f, "{sign}{whole}.{fraction}")
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn literals_keep_their_scale() {
        for text in ["0", "1.00", "-0.5", "123456789012345678901234567890.12", "0.000001"] {
            assert_eq!(d(text).to_string(), text);
        }
        assert_eq!(d("1e2").to_string(), "100");
        assert_eq!(d("1.5E-3").to_string(), "0.0015");
        assert_eq!(d("1.0"), d("1.00"));
        for bad in ["", "-", "1.", ".5", "1e", "abc", "1e99999", "1e40"] {
            assert!(Decimal::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(d("0.1").checked_add(d("0.2")), Some(d("0.3")));
        assert_eq!(d("1").checked_div(d("8")), Some(d("0.125")));
        assert_eq!(d("2").checked_div(d("3")).unwrap().round(4).to_string(), "0.6667");
        assert_eq!(d("-2").checked_div(d("3")).unwrap().round(2).to_string(), "-0.67");
        assert_eq!(d("1").checked_div(d("0")), None);
        assert_eq!(d("7.5").checked_rem(d("2")), Some(d("1.5")));
        assert_eq!(d("-1.5").floor(), d("-2"));
        assert_eq!(d("-1.5").ceiling(), d("-1"));
        assert_eq!(d("2.5").round(0), d("3"));
        assert_eq!(d("1000").checked_div(d("0.001")), Some(d("1000000")));
        assert_eq!(d("0.1").to_f64(), 0.1);
        assert!(d("2") > d("1.99"));
    }
}
