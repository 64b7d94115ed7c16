//! Time-based one-time codes for the second factor (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits), as every
//! authenticator app makes them. A code is taken one step early or late, and never twice: the caller keeps the
//! step that was used last.

use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::secret::Entropy;

const STEP_SECONDS: u64 = 30;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The shared secret of an authenticator app: 160 bits, as RFC 4226 recommends.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    /// A new secret.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = vec![0_u8; 20];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The secret from the bytes the store keeps.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The secret as typed into an app: letters and digits of base 32, spaces and case do not matter; 80 bits at least.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut buffer, mut bits) = (0_u32, 0_u32);
        let mut bytes = Vec::new();
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            let value = BASE32.iter().position(|letter| char::from(*letter) == c.to_ascii_uppercase())?;
            buffer = (buffer << 5) | u32::try_from(value).ok()?;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(((buffer >> bits) & 0xff) as u8);
            }
        }
        (10..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as people type it into an app (RFC 4648 base 32, no padding).
    pub fn base32(&self) -> String {
        let mut out = String::new();
        let (mut buffer, mut bits) = (0_u32, 0_u32);
        for byte in &self.0 {
            buffer = (buffer << 8) | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                out.push(char::from(BASE32[((buffer >> bits) & 31) as usize]));
            }
        }
        if bits > 0 {
            out.push(char::from(BASE32[((buffer << (5 - bits)) & 31) as usize]));
        }
        out
    }
}

/// The time step that `code` belongs to, if it is one of those around `unix_seconds` and later than `last_used`.
pub fn totp_matches(secret: &TotpSecret, code: &str, unix_seconds: u64, last_used: u64) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if code.len() != 6 {
        return None;
    }
    let now = unix_seconds / STEP_SECONDS;
    (now.saturating_sub(1)..=now + 1)
        .filter(|step| *step > last_used)
        .find(|step| super::secret::same(code_at(secret, *step).as_bytes(), code.as_bytes()))
}

fn code_at(secret: &TotpSecret, step: u64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length (RFC 2104)");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    // Dynamic truncation, RFC 4226 section 5.3: the hash has 20 bytes, so offset + 3 is at most 18.
    let offset = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[offset] & 0x7f, hash[offset + 1], hash[offset + 2], hash[offset + 3]]);
    format!("{:06}", number % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1, last six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(totp_matches(&secret, code, seconds, 0), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_taken_once() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890");
        let step = totp_matches(&secret, "287082", 59, 0).unwrap();
        assert_eq!(totp_matches(&secret, "287082", 59, step), None);
    }

    #[test]
    fn a_typed_key_comes_back() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890");
        let typed = secret.base32().to_lowercase();
        let spaced = format!("{} {}", &typed[..8], &typed[8..]);
        assert!(TotpSecret::parse(&spaced).is_some_and(|read| read == secret));
        assert!(
            TotpSecret::parse("").is_none()
                && TotpSecret::parse("MZXW6YTBOI").is_none()
                && TotpSecret::parse("0189").is_none()
        );
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        assert_eq!(TotpSecret::from_bytes(b"foobar").base32(), "MZXW6YTBOI");
    }
}
