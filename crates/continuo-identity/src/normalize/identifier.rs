//! Identifiers and their checks.

use super::name::{hash32, hash64};

/// A social security number as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ssn {
    #[default]
    Missing,
    Full(u32),
    /// Only the last four digits were given.
    Tail(u16),
}

/// Reads full, masked and last-four forms. Numbers that were never given to one person are missing.
/// The 9xx area is kept: tax numbers (ITIN) stand there, and they are a person's own.
pub fn ssn(text: &str) -> Ssn {
    let kept: Vec<u8> =
        text.bytes().filter(u8::is_ascii_alphanumeric).take(12).map(|b| b.to_ascii_lowercase()).collect();
    let digits = kept.iter().filter(|b| b.is_ascii_digit()).fold(0u64, |all, b| all * 10 + u64::from(b - b'0'));
    let count = kept.iter().filter(|b| b.is_ascii_digit()).count();
    let is_masked = kept.len() == 9 && kept.iter().take(5).all(|b| matches!(b, b'x' | b'*'));
    match (kept.len(), count) {
        (9, 9) if is_issuable(digits as u32) => Ssn::Full(digits as u32),
        (4, 4) if digits != 0 => Ssn::Tail(digits as u16),
        (9, 4) if is_masked && digits != 0 => Ssn::Tail(digits as u16),
        _ => Ssn::Missing,
    }
}

fn is_issuable(number: u32) -> bool {
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    let first = number / 100_000_000;
    let is_repeated = number == first * 111_111_111;
    // 123-45-6789 is typed by clerks; 078-05-1120 and 219-09-9999 were printed in advertisements.
    let is_famous = matches!(number, 123_456_789 | 987_654_321 | 78_051_120 | 219_099_999);
    area != 0 && area != 666 && group != 0 && serial != 0 && !is_repeated && !is_famous
}

/// Any other identifier, by the hash of its system and of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identifier {
    pub system: u32,
    pub value: u64,
}

/// Case and punctuation do not count; an empty or all-zero value is none, and so is one whose check fails.
pub fn identifier(system: &str, value: &str) -> Option<Identifier> {
    let kept: String = value.chars().filter(|c| c.is_alphanumeric()).take(64).flat_map(char::to_uppercase).collect();
    if kept.is_empty() || kept.bytes().all(|b| b == b'0') {
        return None;
    }
    let is_wrong = match system.trim_end_matches('/') {
        "http://hl7.org/fhir/sid/us-npi" => !is_npi(&kept),
        "http://hl7.org/fhir/sid/us-mbi" => !is_mbi(&kept),
        _ => false,
    };
    (!is_wrong).then(|| Identifier { system: hash32(system.as_bytes()), value: hash64(kept.as_bytes()) })
}

/// National provider identifier: ten digits, Luhn over 80840 and the number.
fn is_npi(value: &str) -> bool {
    value.len() == 10 && is_luhn(&format!("80840{value}"))
}

/// The mod-10 check of payment cards, NPI and many member numbers.
pub fn is_luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        if !byte.is_ascii_digit() {
            return false;
        }
        let digit = u32::from(byte - b'0');
        sum += match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) => doubled / 10 + doubled % 10,
        };
    }
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// Medicare beneficiary identifier: eleven characters in the published pattern of digits and letters, which leaves
/// out S, L, O, I, B and Z.
fn is_mbi(value: &str) -> bool {
    const PATTERN: &[u8; 11] = b"CAXNAXNAANN";
    value.len() == PATTERN.len()
        && value.bytes().zip(PATTERN).all(|(byte, kind)| {
            let is_letter = byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
            match kind {
                b'C' => (b'1'..=b'9').contains(&byte),
                b'N' => byte.is_ascii_digit(),
                b'A' => is_letter,
                _ => is_letter || byte.is_ascii_digit(),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn social_security_numbers() {
        assert_eq!(ssn("912-34-5678"), Ssn::Full(912345678));
        assert_eq!(ssn("XXX-XX-5678"), Ssn::Tail(5678));
        assert_eq!(ssn("5678"), Ssn::Tail(5678));
        for text in ["", "999999999", "000-00-0000", "123456789", "666-12-3456", "912-00-3456", "91234567", "0000"] {
            assert_eq!(ssn(text), Ssn::Missing, "{text}");
        }
    }

    #[test]
    fn checks() {
        assert!(is_luhn("79927398713") && !is_luhn("79927398710") && !is_luhn("") && !is_luhn("7a"));
        assert!(is_npi("1234567893") && !is_npi("1234567890"));
        assert!(is_mbi("1EG4TE5MK73") && !is_mbi("1EG4TE5MK7S") && !is_mbi("0EG4TE5MK73"));
    }

    #[test]
    fn an_identifier_is_its_letters_and_digits() {
        assert_eq!(identifier("urn:x", "ab-12"), identifier("urn:x", "AB 12"));
        assert_ne!(identifier("urn:x", "1"), identifier("urn:y", "1"));
        assert_eq!(identifier("urn:x", "000"), None);
        assert_eq!(identifier("http://hl7.org/fhir/sid/us-npi", "1234567890"), None);
    }
}
