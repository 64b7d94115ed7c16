//! Units of measure (UCUM): reading unit expressions, comparing and converting them exactly.
//!
//! The atoms are those in use in clinical records (<https://ucum.org/ucum>), not all of UCUM. Annotations in braces
//! count as 1. Amounts of substance are their own dimension here, so moles never turn into bare numbers; so are
//! arbitrary units such as `[IU]`. An expression with an unknown atom is no unit: it equals only itself.

mod atoms;
mod parse;

use crate::decimal::Decimal;

/// Dimensions: length, mass, time, charge, temperature, angle, light, substance, then arbitrary units one each.
const DIMENSIONS: usize = 14;

/// A unit: a factor to base units and the powers of those.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unit {
    factor: Ratio,
    powers: [i8; DIMENSIONS],
    scale: Scale,
}

/// Units that are not proportional to their base.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scale {
    Proportional,
    Celsius,
    Fahrenheit,
}

impl Unit {
    /// Reads a UCUM expression (case sensitive): `mg/dL`, `10*3/uL`, `mL/min/{1.73_m2}`.
    pub fn parse(text: &str) -> Option<Unit> {
        parse::unit(text)
    }

    /// Whether values in these units can be compared.
    pub fn is_comparable(&self, other: &Unit) -> bool {
        self.powers == other.powers
    }

    /// A value of this unit, in another; nothing when they measure different things.
    pub fn convert(&self, value: Decimal, to: &Unit) -> Option<Decimal> {
        if !self.is_comparable(to) {
            return None;
        }
        if self == to {
            return Some(value);
        }
        to.out_of_base(self.to_base(value)?)
    }

    /// The same of a number that is only so exact, for searches; rounded where a binary fraction is off in the last place.
    pub fn convert_near(&self, value: f64, to: &Unit) -> Option<f64> {
        if !self.is_comparable(to) {
            return None;
        }
        let ratio = |up: Ratio, value: f64| value * up.top as f64 / up.bottom as f64;
        let base = match self.scale {
            Scale::Proportional => ratio(self.factor, value),
            Scale::Celsius => value + 273.15,
            Scale::Fahrenheit => (value + 459.67) * 5.0 / 9.0,
        };
        let found = match to.scale {
            Scale::Proportional => ratio(to.factor.inverse()?, base),
            Scale::Celsius => base - 273.15,
            Scale::Fahrenheit => base * 9.0 / 5.0 - 459.67,
        };
        // Fifteen digits are what a decimal keeps through a binary fraction.
        format!("{found:.14e}").parse().ok().filter(|found: &f64| found.is_finite())
    }

    /// A number that units of the same dimensions share: the second half of an index key.
    pub fn dimension_key(&self) -> i64 {
        // FNV-1a over the powers; 63 bits, so that it fits a signed column.
        let hash = self.powers.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, p| {
            (h ^ u64::from(p.to_le_bytes()[0])).wrapping_mul(0x0000_0100_0000_01b3)
        });
        (hash >> 1) as i64
    }

    fn to_base(self, value: Decimal) -> Option<Decimal> {
        match self.scale {
            Scale::Proportional => self.factor.times(value),
            Scale::Celsius => value.checked_add(Decimal::new(27315, 2)?),
            Scale::Fahrenheit => {
                let shifted = value.checked_add(Decimal::new(45967, 2)?)?;
                shifted.checked_mul(Decimal::from(5))?.checked_div(Decimal::from(9))
            }
        }
    }

    fn out_of_base(self, value: Decimal) -> Option<Decimal> {
        match self.scale {
            Scale::Proportional => self.factor.inverse()?.times(value),
            Scale::Celsius => value.checked_sub(Decimal::new(27315, 2)?),
            Scale::Fahrenheit => {
                let kelvin = value.checked_mul(Decimal::from(9))?.checked_div(Decimal::from(5))?;
                kelvin.checked_sub(Decimal::new(45967, 2)?)
            }
        }
    }

    const ONE: Unit = Unit { factor: Ratio { top: 1, bottom: 1 }, powers: [0; DIMENSIONS], scale: Scale::Proportional };

    fn base(dimension: usize) -> Unit {
        let mut powers = [0; DIMENSIONS];
        if let Some(power) = powers.get_mut(dimension) {
            *power = 1;
        }
        Unit { powers, ..Unit::ONE }
    }

    fn times(self, other: Unit) -> Option<Unit> {
        // A temperature scale multiplied by anything is a difference of temperatures; that is proportional.
        let mut powers = self.powers;
        for (mine, theirs) in powers.iter_mut().zip(other.powers) {
            *mine = mine.checked_add(theirs)?;
        }
        Some(Unit { factor: self.factor.multiply(other.factor)?, powers, scale: Scale::Proportional })
    }

    fn power(self, exponent: i32) -> Option<Unit> {
        if exponent == 1 {
            return Some(self);
        }
        let base = if exponent < 0 { self.inverse()? } else { self };
        (0..exponent.unsigned_abs().min(64)).try_fold(Unit::ONE, |unit, _| unit.times(base))
    }

    fn inverse(self) -> Option<Unit> {
        let powers = self.powers.map(i8::saturating_neg);
        Some(Unit { factor: self.factor.inverse()?, powers, scale: Scale::Proportional })
    }
}

/// A value in base units and the key of its dimensions: how quantities are indexed. Nothing for unknown units.
pub fn to_base(value: f64, code: &str) -> Option<(f64, i64)> {
    let unit = Unit::parse(code)?;
    let base = match unit.scale {
        Scale::Proportional => value * (unit.factor.top as f64 / unit.factor.bottom as f64),
        Scale::Celsius => value + 273.15,
        Scale::Fahrenheit => (value + 459.67) * 5.0 / 9.0,
    };
    Some((base, unit.dimension_key()))
}

/// An exact positive fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Ratio {
    top: i128,
    bottom: i128,
}

impl Ratio {
    fn new(top: i128, bottom: i128) -> Option<Ratio> {
        if top <= 0 || bottom <= 0 {
            return None;
        }
        let (mut a, mut b) = (top, bottom);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(Ratio { top: top / a, bottom: bottom / a })
    }

    fn of(value: Decimal) -> Option<Ratio> {
        Ratio::new(value.units(), 10_i128.checked_pow(u32::from(value.scale()))?)
    }

    fn multiply(self, other: Ratio) -> Option<Ratio> {
        // Reduced crosswise first, so that the products stay small.
        let left = Ratio::new(self.top, other.bottom)?;
        let right = Ratio::new(other.top, self.bottom)?;
        Ratio::new(left.top.checked_mul(right.top)?, left.bottom.checked_mul(right.bottom)?)
    }

    fn inverse(self) -> Option<Ratio> {
        Ratio::new(self.bottom, self.top)
    }

    fn times(self, value: Decimal) -> Option<Decimal> {
        let top = Decimal::new(self.top, 0)?;
        let bottom = Decimal::new(self.bottom, 0)?;
        value.checked_mul(top)?.checked_div(bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(value: &str, from: &str, to: &str) -> Option<String> {
        let value = Decimal::parse(value).unwrap();
        let unit = |code: &str| Unit::parse(code).unwrap_or_else(|| panic!("no unit {code}"));
        Some(unit(from).convert(value, &unit(to))?.trimmed().round(6).to_string())
    }

    #[test]
    fn conversion_is_exact() {
        for (value, from, to, expected) in [
            ("120", "mm[Hg]", "kPa", "15.99864"),
            ("5.4", "mg/dL", "g/L", "0.054"),
            ("1", "[lb_av]", "kg", "0.453592"),
            ("70", "[in_i]", "m", "1.778"),
            ("37", "Cel", "[degF]", "98.6"),
            ("98.6", "[degF]", "Cel", "37"),
            ("1", "wk", "d", "7"),
            ("250", "10*3/uL", "10*9/L", "250"),
            ("1", "L/min", "mL/s", "16.666667"),
            ("90", "mL/min/{1.73_m2}", "mL/min", "90"),
            ("7", "%", "1", "0.07"),
            ("140", "meq/L", "mmol/L", "140"),
            ("1", "U/L", "umol/min/L", "1"),
            ("1", "a", "d", "365.25"),
            ("3", "{score}", "1", "3"),
            ("1", "ml", "cm3", "1"),
            ("2", "kg/m2", "g/cm2", "0.2"),
        ] {
            assert_eq!(convert(value, from, to).as_deref(), Some(expected), "{value} {from} -> {to}");
        }
    }

    #[test]
    fn different_things_do_not_convert() {
        for (from, to) in [("mg/dL", "mmol/L"), ("[IU]", "mg"), ("mol", "1"), ("kg", "m"), ("[IU]/L", "U/L")] {
            assert_eq!(convert("1", from, to), None, "{from} {to}");
        }
        for unknown in ["TAB", "drop", "month", "mmHg", "mg/", "", "(mg", "m--2", "{open", "[in_i", "10*99999999999"] {
            assert!(Unit::parse(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn index_values_meet_across_units() {
        let (a, key_a) = to_base(5.4, "mg").unwrap();
        let (b, key_b) = to_base(0.0054, "g").unwrap();
        assert!((a - b).abs() < 1e-12 && key_a == key_b);
        assert_ne!(key_a, to_base(1.0, "m").unwrap().1);
    }
}
