//! UCUM's atoms in use, each by its definition in other units, and its prefixes.

use super::{DIMENSIONS, Ratio, Scale, Unit, parse};
use crate::decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Prefixes and their powers of ten.
pub(super) const PREFIXES: [(&str, i32); 18] = [
    ("da", 1),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("P", 15),
    ("E", 18),
    ("Z", 21),
    ("Y", 24),
];

/// Base atoms, all metric: one dimension each.
const BASES: [&str; 8] = ["m", "g", "s", "C", "K", "rad", "cd", "mol"];

/// Arbitrary units: comparable with themselves alone. The second column says whether they take prefixes.
const ARBITRARY: [(&str, bool); DIMENSIONS - 8] =
    [("[iU]", true), ("[pH]", false), ("[arb'U]", false), ("[CFU]", false), ("[AU]", false), ("[CCID_50]", false)];

/// Atom, whether it takes prefixes, number, in which unit.
const DERIVED: &[(&str, bool, &str, &str)] = &[
    // numbers
    ("%", false, "1", "10*-2"),
    ("[ppth]", false, "1", "10*-3"),
    ("[ppm]", false, "1", "10*-6"),
    ("[ppb]", false, "1", "10*-9"),
    ("[pptr]", false, "1", "10*-12"),
    ("[HPF]", false, "1", "1"),
    ("[LPF]", false, "100", "1"),
    // substance and catalytic activity; an equivalent counts as a mole, as laboratories use it
    ("eq", true, "1", "mol"),
    ("osm", true, "1", "mol"),
    ("kat", true, "1", "mol/s"),
    ("U", true, "1", "umol/min"),
    ("[IU]", true, "1", "[iU]"),
    // time
    ("min", false, "60", "s"),
    ("h", false, "60", "min"),
    ("d", false, "24", "h"),
    ("wk", false, "7", "d"),
    ("a_j", false, "365.25", "d"),
    ("a", false, "1", "a_j"),
    ("mo_j", false, "30.4375", "d"),
    ("mo", false, "1", "mo_j"),
    // mechanics and electricity
    ("Hz", true, "1", "s-1"),
    ("N", true, "1", "kg.m/s2"),
    ("Pa", true, "1", "N/m2"),
    ("J", true, "1", "N.m"),
    ("W", true, "1", "J/s"),
    ("A", true, "1", "C/s"),
    ("V", true, "1", "J/C"),
    ("Ohm", true, "1", "V/A"),
    ("S", true, "1", "Ohm-1"),
    ("F", true, "1", "C/V"),
    ("Wb", true, "1", "V.s"),
    ("T", true, "1", "Wb/m2"),
    ("lm", true, "1", "cd"),
    ("lx", true, "1", "lm/m2"),
    ("Bq", true, "1", "s-1"),
    ("Ci", true, "37000000000", "Bq"),
    ("Gy", true, "1", "J/kg"),
    ("Sv", true, "1", "J/kg"),
    ("RAD", true, "100", "erg/g"),
    ("REM", true, "1", "RAD"),
    ("eV", true, "0.000000000000000000160217733", "J"),
    ("dyn", true, "1", "g.cm/s2"),
    ("erg", true, "1", "dyn.cm"),
    ("P", true, "1", "dyn.s/cm2"),
    ("bar", true, "100000", "Pa"),
    ("atm", false, "101325", "Pa"),
    ("m[Hg]", true, "133.3220", "kPa"),
    ("m[H2O]", true, "9.80665", "kPa"),
    ("[psi]", false, "1", "[lbf_av]/[sin_i]"),
    ("cal", true, "4.184", "J"),
    ("cal_th", true, "4.184", "J"),
    ("[Cal]", false, "1", "kcal"),
    ("[diop]", false, "1", "m-1"),
    ("gf", true, "1", "g.[g]"),
    ("[g]", true, "9.80665", "m/s2"),
    // volume, mass, length
    ("L", true, "1", "dm3"),
    ("l", true, "1", "dm3"),
    ("ar", true, "100", "m2"),
    ("t", true, "1000", "kg"),
    ("Ao", false, "0.1", "nm"),
    ("[in_i]", false, "2.54", "cm"),
    ("[ft_i]", false, "12", "[in_i]"),
    ("[yd_i]", false, "3", "[ft_i]"),
    ("[mi_i]", false, "5280", "[ft_i]"),
    ("[in_us]", false, "1", "[ft_us]/12"),
    ("[ft_us]", false, "1200", "m/3937"),
    ("[sin_i]", false, "1", "[in_i]2"),
    ("[sft_i]", false, "1", "[ft_i]2"),
    ("[cin_i]", false, "1", "[in_i]3"),
    ("[cft_i]", false, "1", "[ft_i]3"),
    ("[gr]", false, "64.79891", "mg"),
    ("[lb_av]", false, "7000", "[gr]"),
    ("[oz_av]", false, "1", "[lb_av]/16"),
    ("[dr_av]", false, "1", "[oz_av]/16"),
    ("[stone_av]", false, "14", "[lb_av]"),
    ("[ston_av]", false, "2000", "[lb_av]"),
    ("[lbf_av]", false, "1", "[lb_av].[g]"),
    ("[gal_us]", false, "231", "[in_i]3"),
    ("[qt_us]", false, "1", "[gal_us]/4"),
    ("[pt_us]", false, "1", "[qt_us]/2"),
    ("[foz_us]", false, "1", "[gil_us]/4"),
    ("[gil_us]", false, "1", "[pt_us]/4"),
    ("[cup_us]", false, "16", "[tbs_us]"),
    ("[tbs_us]", false, "1", "[foz_us]/2"),
    ("[tsp_us]", false, "1", "[tbs_us]/3"),
    ("[drp]", false, "1", "mL/20"),
    ("st", true, "1", "m3"),
];

/// Every atom by name, with whether it takes prefixes.
pub(super) static ATOMS: LazyLock<BTreeMap<&'static str, (Unit, bool)>> = LazyLock::new(|| {
    let mut atoms = BTreeMap::from([("10*", (ten(), false)), ("10^", (ten(), false))]);
    for (i, name) in BASES.iter().enumerate() {
        atoms.insert(*name, (Unit::base(i), true));
    }
    for (i, (name, metric)) in ARBITRARY.iter().enumerate() {
        atoms.insert(*name, (Unit::base(BASES.len() + i), *metric));
    }
    let kelvin = Unit::base(4);
    atoms.insert("Cel", (Unit { scale: Scale::Celsius, ..kelvin }, true));
    atoms.insert("[degF]", (Unit { scale: Scale::Fahrenheit, ..kelvin }, false));
    // Definitions refer to each other in any order: repeat until no more resolve.
    let mut left: Vec<_> = DERIVED.iter().collect();
    loop {
        let before = left.len();
        left.retain(|(name, metric, number, of)| {
            let unit = parse::unit_with(of, &atoms).and_then(|unit| scaled(unit, number));
            unit.map(|unit| atoms.insert(*name, (unit, *metric))).is_none()
        });
        if left.is_empty() || left.len() == before {
            return atoms;
        }
    }
});

fn ten() -> Unit {
    Unit { factor: Ratio { top: 10, bottom: 1 }, ..Unit::ONE }
}

fn scaled(unit: Unit, number: &str) -> Option<Unit> {
    let factor = Ratio::of(Decimal::parse(number)?)?;
    unit.times(Unit { factor, ..Unit::ONE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_resolves() {
        for (name, ..) in DERIVED {
            assert!(ATOMS.contains_key(name), "{name}");
        }
    }
}
