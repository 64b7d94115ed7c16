//! UCUM units: parsing unit expressions, converting between units that measure the same.
//!
//! The table holds the units that clinical data use, by the definitions of the UCUM specification (ucum.org,
//! version 2.1, tables 1 to 9) and the SI. `{..}` annotations count as 1; calendar words (`year`) are not units here.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::value::Decimal;

/// Dimensions: length, time, mass, angle, temperature, charge, luminosity, amount-free arbitrary units are kept apart by name.
type Dims = [i8; 7];

const L: usize = 0;
const T: usize = 1;
const M: usize = 2;
const A: usize = 3;
const K: usize = 4;
const C: usize = 5;
const F: usize = 6;

/// A unit in base units: factor, dimensions, arbitrary unit, and zero point for temperatures.
#[derive(Clone, Debug, PartialEq)]
struct Unit {
    factor: f64,
    dims: Dims,
    arbitrary: Vec<(String, i8)>,
    zero: f64,
}

const fn dims(pairs: &[(usize, i8)]) -> Dims {
    let mut d = [0i8; 7];
    let mut i = 0;
    while i < pairs.len() {
        d[pairs[i].0] = pairs[i].1;
        i += 1;
    }
    d
}

const AVOGADRO: f64 = 6.0221367e23;
const PI: f64 = std::f64::consts::PI;

/// Code, factor to base units (m, s, g, rad, K, C, cd), dimensions, whether SI prefixes apply.
const ATOMS: &[(&str, f64, Dims, bool)] = &[
    ("m", 1.0, dims(&[(L, 1)]), true),
    ("s", 1.0, dims(&[(T, 1)]), true),
    ("g", 1.0, dims(&[(M, 1)]), true),
    ("rad", 1.0, dims(&[(A, 1)]), true),
    ("K", 1.0, dims(&[(K, 1)]), true),
    ("C", 1.0, dims(&[(C, 1)]), true),
    ("cd", 1.0, dims(&[(F, 1)]), true),
    ("10*", 10.0, dims(&[]), false),
    ("10^", 10.0, dims(&[]), false),
    ("[pi]", PI, dims(&[]), false),
    ("%", 0.01, dims(&[]), false),
    ("[ppth]", 1e-3, dims(&[]), false),
    ("[ppm]", 1e-6, dims(&[]), false),
    ("[ppb]", 1e-9, dims(&[]), false),
    ("mol", AVOGADRO, dims(&[]), true),
    ("eq", AVOGADRO, dims(&[]), true),
    ("osm", AVOGADRO, dims(&[]), true),
    ("sr", 1.0, dims(&[(A, 2)]), true),
    ("Hz", 1.0, dims(&[(T, -1)]), true),
    ("N", 1e3, dims(&[(L, 1), (M, 1), (T, -2)]), true),
    ("Pa", 1e3, dims(&[(L, -1), (M, 1), (T, -2)]), true),
    ("J", 1e3, dims(&[(L, 2), (M, 1), (T, -2)]), true),
    ("W", 1e3, dims(&[(L, 2), (M, 1), (T, -3)]), true),
    ("A", 1.0, dims(&[(C, 1), (T, -1)]), true),
    ("V", 1e3, dims(&[(L, 2), (M, 1), (T, -2), (C, -1)]), true),
    ("F", 1e-3, dims(&[(L, -2), (M, -1), (T, 2), (C, 2)]), true),
    ("Ohm", 1e3, dims(&[(L, 2), (M, 1), (T, -1), (C, -2)]), true),
    ("S", 1e-3, dims(&[(L, -2), (M, -1), (T, 1), (C, 2)]), true),
    ("lm", 1.0, dims(&[(F, 1), (A, 2)]), true),
    ("lx", 1.0, dims(&[(F, 1), (A, 2), (L, -2)]), true),
    ("Bq", 1.0, dims(&[(T, -1)]), true),
    ("Gy", 1.0, dims(&[(L, 2), (T, -2)]), true),
    ("Sv", 1.0, dims(&[(L, 2), (T, -2)]), true),
    ("deg", 2.0 * PI / 360.0, dims(&[(A, 1)]), false),
    ("l", 1e-3, dims(&[(L, 3)]), true),
    ("L", 1e-3, dims(&[(L, 3)]), true),
    ("ar", 100.0, dims(&[(L, 2)]), true),
    ("min", 60.0, dims(&[(T, 1)]), false),
    ("h", 3600.0, dims(&[(T, 1)]), false),
    ("d", 86400.0, dims(&[(T, 1)]), false),
    ("wk", 604800.0, dims(&[(T, 1)]), false),
    ("mo", 2629800.0, dims(&[(T, 1)]), false),
    ("a", 31557600.0, dims(&[(T, 1)]), false),
    ("t", 1e6, dims(&[(M, 1)]), true),
    ("u", 1.6605402e-24, dims(&[(M, 1)]), true),
    ("bar", 1e8, dims(&[(L, -1), (M, 1), (T, -2)]), true),
    ("atm", 101325e3, dims(&[(L, -1), (M, 1), (T, -2)]), false),
    ("m[Hg]", 133.3220e6, dims(&[(L, -1), (M, 1), (T, -2)]), true),
    ("m[H2O]", 9.80665e6, dims(&[(L, -1), (M, 1), (T, -2)]), true),
    ("cal", 4184.0, dims(&[(L, 2), (M, 1), (T, -2)]), true),
    ("[Cal]", 4184e3, dims(&[(L, 2), (M, 1), (T, -2)]), false),
    ("kat", AVOGADRO, dims(&[(T, -1)]), true),
    ("U", 1e-6 * AVOGADRO / 60.0, dims(&[(T, -1)]), true),
    ("[in_i]", 0.0254, dims(&[(L, 1)]), false),
    ("[ft_i]", 0.3048, dims(&[(L, 1)]), false),
    ("[yd_i]", 0.9144, dims(&[(L, 1)]), false),
    ("[mi_i]", 1609.344, dims(&[(L, 1)]), false),
    ("[lb_av]", 453.59237, dims(&[(M, 1)]), false),
    ("[oz_av]", 28.349523125, dims(&[(M, 1)]), false),
    ("[stone_av]", 6350.29318, dims(&[(M, 1)]), false),
    ("[gr]", 0.06479891, dims(&[(M, 1)]), false),
    ("[gal_us]", 3.785411784e-3, dims(&[(L, 3)]), false),
    ("[qt_us]", 9.46352946e-4, dims(&[(L, 3)]), false),
    ("[pt_us]", 4.73176473e-4, dims(&[(L, 3)]), false),
    ("[cup_us]", 2.365882365e-4, dims(&[(L, 3)]), false),
    ("[foz_us]", 2.95735295625e-5, dims(&[(L, 3)]), false),
    ("[tbs_us]", 1.478676478125e-5, dims(&[(L, 3)]), false),
    ("[tsp_us]", 4.92892159375e-6, dims(&[(L, 3)]), false),
    ("[drp]", 5e-8, dims(&[(L, 3)]), false),
    ("[psi]", 6894757.293168, dims(&[(L, -1), (M, 1), (T, -2)]), false),
    ("Cel", 1.0, dims(&[(K, 1)]), true),
    ("[degF]", 5.0 / 9.0, dims(&[(K, 1)]), false),
];

const PREFIXES: &[(&str, f64)] = &[
    ("da", 1e1),
    ("Y", 1e24),
    ("Z", 1e21),
    ("E", 1e18),
    ("P", 1e15),
    ("T", 1e12),
    ("G", 1e9),
    ("M", 1e6),
    ("k", 1e3),
    ("h", 1e2),
    ("d", 1e-1),
    ("c", 1e-2),
    ("m", 1e-3),
    ("u", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
    ("f", 1e-15),
    ("a", 1e-18),
];

const ONE: Unit = Unit { factor: 1.0, dims: [0; 7], arbitrary: Vec::new(), zero: 0.0 };

fn atom(code: &str) -> Option<Unit> {
    let plain = |factor, dims| Unit { factor, dims, arbitrary: Vec::new(), zero: 0.0 };
    if let Some((_, factor, dims, _)) = ATOMS.iter().find(|(name, ..)| *name == code) {
        let zero = match code {
            "Cel" => 273.15,
            "[degF]" => 459.67 * 5.0 / 9.0,
            _ => 0.0,
        };
        return Some(Unit { zero, ..plain(*factor, *dims) });
    }
    for (prefix, scale) in PREFIXES {
        if let Some(rest) = code.strip_prefix(prefix)
            && let Some((_, factor, dims, _)) = ATOMS.iter().find(|(name, _, _, metric)| *metric && *name == rest)
        {
            return Some(plain(factor * scale, *dims));
        }
    }
    // Units in brackets that only compare with themselves: international units, colony forming units and their like.
    let (scale, name) = match code.find('[') {
        Some(0) => (1.0, code),
        Some(at) => (PREFIXES.iter().find(|(p, _)| *p == &code[..at])?.1, &code[at..]),
        None => return None,
    };
    if !code.ends_with(']') || name[1..].contains('[') {
        return None;
    }
    let name = name.to_ascii_lowercase();
    Some(Unit { arbitrary: vec![(name, 1)], ..plain(scale, [0; 7]) })
}

impl Unit {
    fn times(mut self, other: &Unit, sign: i8) -> Unit {
        self.factor *= other.factor.powi(i32::from(sign));
        for (mine, theirs) in self.dims.iter_mut().zip(other.dims) {
            *mine += theirs * sign;
        }
        for (name, power) in &other.arbitrary {
            match self.arbitrary.iter_mut().find(|(n, _)| n == name) {
                Some((_, p)) => *p += power * sign,
                None => self.arbitrary.push((name.clone(), power * sign)),
            }
        }
        self.arbitrary.retain(|(_, p)| *p != 0);
        self.arbitrary.sort();
        self.zero = 0.0;
        self
    }
}

/// Parses a unit expression: terms joined by `.` and `/`, exponents, parentheses, annotations.
fn parse(text: &str) -> Option<Unit> {
    let mut rest = text;
    let unit = expression(&mut rest, 0)?;
    rest.is_empty().then_some(unit)
}

fn expression(rest: &mut &str, depth: usize) -> Option<Unit> {
    if depth > 8 {
        return None;
    }
    let mut sign = 1i8;
    let mut result: Option<Unit> = None;
    if let Some(after) = rest.strip_prefix('/') {
        *rest = after;
        sign = -1;
        result = Some(ONE);
    }
    loop {
        let term = component(rest, depth)?;
        result = Some(match result {
            None if sign == 1 => term,
            other => other.unwrap_or(ONE).times(&term, sign),
        });
        match rest.as_bytes().first() {
            Some(b'.') => sign = 1,
            Some(b'/') => sign = -1,
            _ => return result,
        }
        *rest = &rest[1..];
    }
}

fn component(rest: &mut &str, depth: usize) -> Option<Unit> {
    if let Some(after) = rest.strip_prefix('(') {
        *rest = after;
        let inner = expression(rest, depth + 1)?;
        *rest = rest.strip_prefix(')')?;
        return Some(inner);
    }
    let mut square = 0;
    let mut end = rest.len();
    for (at, c) in rest.char_indices() {
        match c {
            '[' => square += 1,
            ']' => square -= 1,
            '{' | '.' | '/' | ')' | '(' if square == 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let (symbol, mut after) = rest.split_at(end);
    let annotated = after.starts_with('{');
    if annotated {
        let close = after.find('}')?;
        after = &after[close + 1..];
    }
    *rest = after;
    if symbol.is_empty() {
        return annotated.then_some(ONE);
    }
    symbol_unit(symbol)
}

fn symbol_unit(symbol: &str) -> Option<Unit> {
    if symbol.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Unit { factor: symbol.parse().ok()?, ..ONE });
    }
    if let Some(unit) = atom(symbol) {
        return Some(unit);
    }
    let cut = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
    let (name, exponent) = match cut.strip_suffix(['-', '+']) {
        Some(shorter) if symbol.len() > cut.len() => (shorter, &symbol[shorter.len()..]),
        _ => (cut, &symbol[cut.len()..]),
    };
    let exponent: i8 = exponent.parse().ok()?;
    let base = atom(name)?;
    let mut result = ONE;
    for _ in 0..exponent.unsigned_abs().min(64) {
        result = result.times(&base, exponent.signum());
    }
    Some(result)
}

thread_local! {
    /// Units seen, parsed once per thread.
    static SEEN: RefCell<HashMap<String, Option<Unit>>> = RefCell::new(HashMap::new());
}

const SEEN_LIMIT: usize = 4096;

fn unit(text: &str) -> Option<Unit> {
    SEEN.with_borrow_mut(|seen| {
        if let Some(known) = seen.get(text) {
            return known.clone();
        }
        let parsed = parse(text);
        if seen.len() < SEEN_LIMIT {
            seen.insert(text.to_owned(), parsed.clone());
        }
        parsed
    })
}

/// Whether the text is a unit.
pub fn is_unit(text: &str) -> bool {
    unit(text).is_some()
}

/// A value in another unit of the same dimension.
pub fn convert(value: Decimal, from: &str, to: &str) -> Option<Decimal> {
    let (from, to) = (unit(from)?, unit(to)?);
    if from.dims != to.dims || from.arbitrary != to.arbitrary {
        return None;
    }
    let (from_zero, to_zero) = (from.zero, to.zero);
    if from_zero != 0.0 || to_zero != 0.0 {
        let base = value.to_f64() * from.factor + from_zero;
        return Decimal::from_f64(round_significant((base - to_zero) / to.factor));
    }
    let ratio = from.factor / to.factor;
    // Most factors are whole in one direction: then the result is exact.
    for (exact, divide) in [(ratio, false), (1.0 / ratio, true)] {
        let near = exact.round();
        if (1.0..1e15).contains(&near) && (exact - near).abs() <= near * 1e-12 {
            let factor = Decimal::from_i64(near as i64);
            return if divide { value.div(factor) } else { value.mul(factor) };
        }
    }
    Decimal::from_f64(round_significant(value.to_f64() * ratio))
}

/// Twelve significant digits: beyond them a double's product is noise.
fn round_significant(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

/// The unit of a product or quotient.
pub fn combine(a: &str, b: &str, divide: bool) -> String {
    let (a, b) = (crate::value::quantity::ucum_code(a), crate::value::quantity::ucum_code(b));
    let one = |u: &str| u == "1";
    match (a, b) {
        (a, b) if one(b) => a.to_owned(),
        (a, b) if divide && a == b => "1".to_owned(),
        (a, b) if one(a) => {
            if divide {
                format!("/{b}")
            } else {
                b.to_owned()
            }
        }
        (a, b) if !divide && a == b && a.chars().all(char::is_alphabetic) => format!("{a}2"),
        (a, b) => {
            let wrapped = if b.contains(['/', '.']) { format!("({b})") } else { b.to_owned() };
            // `cm2` over `cm` is `cm`.
            if divide && a.strip_suffix('2') == Some(b) {
                return b.to_owned();
            }
            format!("{a}{}{wrapped}", if divide { '/' } else { '.' })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, from: &str, to: &str, expect: Option<&str>) {
        let got = convert(Decimal::parse(value, false).unwrap(), from, to);
        assert_eq!(got, expect.map(|e| Decimal::parse(e, false).unwrap()), "{value} {from} -> {to}");
    }

    #[test]
    fn units_of_one_dimension_convert() {
        check("1", "g", "mg", Some("1000"));
        check("5.4", "mg/dL", "g/L", Some("0.054"));
        check("37", "Cel", "[degF]", Some("98.6"));
        check("1", "wk", "h", Some("168"));
        check("120", "mm[Hg]", "kPa", Some("15.99864"));
        check("2", "[lb_av]", "g", Some("907.18474"));
        check("1", "10*3/uL", "/nL", Some("1"));
    }

    #[test]
    fn annotations_count_as_one() {
        check("3", "{tablet}", "1", Some("3"));
        check("3", "mg/{day}", "mg", Some("3"));
    }

    #[test]
    fn different_dimensions_do_not() {
        check("1", "g", "m", None);
        check("1", "[iU]", "mg", None);
        check("1", "year", "a", None);
    }
}
