//! Units as laboratories write them: one quantity has many names, and a limit must know its own under each.
//!
//! UCUM converts what is written in UCUM; before it come the customary names that UCUM does not know ("K/uL"), after it the
//! two quantities that need the substance: moles of glucose or calcium against their mass, and the two scales of HbA1c.

use continuo_fhir::Decimal;
use continuo_fhir::ucum::Unit;

/// What bears one charge: a milliequivalent of it is a millimole.
const SINGLY_CHARGED: &[&str] = &["2823-3", "6298-4", "77142-8", "2951-2", "2947-0", "2028-9", "20565-8"];
/// Milligrams in a deciliter for each millimole in a liter: a tenth of the molar mass, glucose C6H12O6 180.16 g/mol.
const GLUCOSE: (&[&str], f64) = (&["2345-7", "2339-0", "1558-6", "41653-7", "15074-8", "14743-9"], 18.016);
/// The same of calcium, 40.08 g/mol.
const CALCIUM: (&[&str], f64) = (&["17861-6", "49765-1"], 4.008);
/// HbA1c, which is reported in percent (NGSP) and in mmol/mol (IFCC).
const HBA1C: &[&str] = &["4548-4", "17856-6", "4549-2"];

/// A value of a test in another unit; nothing where the units do not measure the same or are no units.
pub(super) fn convert(loinc: &str, value: f64, unit: &str, to: &str) -> Option<f64> {
    let (unit, to) = (unit.trim(), to.trim());
    let (from, into) = (customary(unit), customary(to));
    // "INR", "ratio", "1" and nothing at all: a ratio has no unit.
    if into == "inr" {
        return matches!(from.as_str(), "" | "1" | "inr" | "ratio").then_some(value);
    }
    if from.is_empty() {
        return None;
    }
    // "mL/min/1.73 m2" is the limit's "mL/min" as every laboratory reports it.
    if from == into || from.starts_with(&format!("{into}/")) {
        return Some(value);
    }
    if from == "meq/l" && into == "mmol/l" && SINGLY_CHARGED.contains(&loinc) {
        return Some(value);
    }
    for (codes, mass) in [GLUCOSE, CALCIUM] {
        if codes.contains(&loinc) && from == "mmol/l" && into == "mg/dl" {
            return Some(value * mass);
        }
    }
    if HBA1C.contains(&loinc) && from == "mmol/mol" && into == "%" {
        // The master equation of NGSP and IFCC (ngsp.org, "IFCC Standardization of HbA1c").
        return Some(0.091_48 * value + 2.152);
    }
    let of = |text: &str| Unit::parse(text);
    let (from, into) = (of(unit).or_else(|| of(&from))?, of(to).or_else(|| of(&into))?);
    from.convert(Decimal::from_f64(value)?, &into).map(Decimal::to_f64)
}

/// A unit's text without what tells nothing: case, spaces, braces, the ways to write micro, cubic millimeters, thousands.
fn customary(unit: &str) -> String {
    let plain: String = unit
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '{' | '}' | '[' | ']'))
        .map(|c| if matches!(c, '\u{b5}' | '\u{3bc}') { 'u' } else { c.to_ascii_lowercase() })
        .collect();
    let Some((count, volume)) = plain.split_once('/') else { return plain };
    let count = count.trim_start_matches(['x', '*']).replace(['^', '(', 'e'], "*").replace(')', "");
    let volume = match volume {
        "mcl" | "mm3" | "mm^3" | "mm*3" | "cmm" | "cumm" => "ul",
        other => other,
    };
    match (count.as_str(), volume) {
        ("k" | "th" | "thou" | "thousand" | "10*3" | "1000", "ul") | ("10*9" | "g*9", "l") => "10*3/ul".to_owned(),
        (_, volume) => match plain.split_once('/') {
            Some((count, _)) => format!("{count}/{volume}"),
            None => plain,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(loinc: &str, value: f64, unit: &str, to: &str, wanted: f64) {
        let got = convert(loinc, value, unit, to).unwrap_or_else(|| panic!("{unit} in {to}"));
        assert!((got - wanted).abs() < 0.01, "{value} {unit} is {got} {to}, not {wanted}");
    }

    #[test]
    fn thousands_of_cells_have_many_names() {
        let names = [
            "10*3/uL",
            "K/uL",
            "k/ul",
            "K/mcL",
            "10^3/uL",
            "x10E3/uL",
            "x10(3)/mcL",
            "X10^3/\u{b5}L",
            "thou/uL",
            "Thousand/uL",
            "10*9/L",
            "10^9/L",
            "x10E9/L",
            "K/mm3",
            "10*3/mm3",
            "K/cumm",
            "10*3/\u{3bc}L",
        ];
        for unit in names {
            is("777-3", 12.0, unit, "10*3/uL", 12.0);
        }
        // Single cells are a thousand times as many.
        is("777-3", 12_000.0, "/uL", "10*3/uL", 12.0);
        assert_eq!(convert("777-3", 12.0, "g/L", "10*3/uL"), None);
        assert_eq!(convert("777-3", 12.0, "K", "10*3/uL"), None, "kelvins");
        assert_eq!(convert("777-3", 12.0, "", "10*3/uL"), None);
    }

    #[test]
    fn one_quantity_is_compared_in_whatever_unit_it_came() {
        is("2345-7", 30.0, "mmol/L", "mg/dL", 540.48);
        is("17861-6", 1.65, "mmol/L", "mg/dL", 6.61);
        is("718-7", 66.0, "g/L", "g/dL", 6.6);
        is("2823-3", 6.9, "mEq/L", "mmol/L", 6.9);
        is("4548-4", 75.0, "mmol/mol", "%", 9.01);
        is("33914-3", 15.0, "mL/min/{1.73_m2}", "mL/min", 15.0);
        is("33914-3", 15.0, "mL/min/1.73m2", "mL/min", 15.0);
        is("59408-5", 85.0, "%", "%", 85.0);
        // Calcium bears two charges, and moles of potassium are not its mass.
        assert_eq!(convert("17861-6", 4.0, "mEq/L", "mg/dL"), None);
        assert_eq!(convert("2823-3", 4.0, "mg/dL", "mmol/L"), None);
        assert_eq!(convert("2345-7", 4.0, "bananas", "mg/dL"), None);
    }

    #[test]
    fn a_ratio_has_no_unit() {
        for unit in ["", "1", "{INR}", "INR", "ratio", "{ratio}"] {
            is("6301-6", 9.4, unit, "{INR}", 9.4);
        }
        assert_eq!(convert("6301-6", 9.4, "s", "{INR}"), None, "seconds are a prothrombin time");
    }
}
