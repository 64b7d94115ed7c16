//! Search numbers: the interval that a literal's precision stands for (R4 3.1.1.5.8).

use continuo_fhir::ucum::Unit;

/// A number with the half-open interval `[low, high)` its digits imply: `100` is 99.5 to 100.5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Literal {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Literal {
    /// The same in another unit, if it measures the same.
    pub(super) fn converted(self, from: &Unit, to: &Unit) -> Option<Self> {
        let convert = |value: f64| from.convert_near(value, to);
        Some(Self { value: convert(self.value)?, low: convert(self.low)?, high: convert(self.high)? })
    }
}

pub(super) fn literal(text: &str) -> Option<Literal> {
    let allowed = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value: f64 = text.parse().ok().filter(|v: &f64| allowed && v.is_finite())?;
    let (digits, exponent) = match text.find(['e', 'E']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    // R4's own example reads `1e2` as 95 to 105: with an exponent the step is a tenth of the last digit.
    let last = if exponent == 0 { decimals } else { decimals + 1 };
    let half = 0.5 * 10f64.powi(exponent.saturating_sub(last));
    Some(Literal { value, low: value - half, high: value + half })
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn precision_follows_the_digits() {
        let interval = |text| literal(text).map(|l| (l.low, l.high));
        for (text, low, high) in [("100", 99.5, 100.5), ("5.40", 5.395, 5.405), ("1e2", 95.0, 105.0)] {
            let (found_low, found_high) = interval(text).unwrap();
            assert!((found_low - low).abs() < 1e-9 && (found_high - high).abs() < 1e-9, "{text}");
        }
        assert_eq!(interval("abc"), None);
        assert_eq!(interval("inf"), None);
    }
}
