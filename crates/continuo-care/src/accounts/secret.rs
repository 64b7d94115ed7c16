//! Random secrets (session cookies, API tokens, CSRF keys) and the hashes under which they are kept.

use continuo_fhir::letters::hex;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Where randomness for secrets comes from. The binary reads the system's; tests give fixed bytes.
pub trait Entropy: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, out: &mut [u8]);
}

/// A secret of 256 random bits, shown to its owner once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new secret with a prefix that says what it is for (`cst_` an API token), so that leaked ones are recognized.
    pub fn new(prefix: &str, entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        Self(format!("{prefix}{}", hex(&bytes)))
    }

    /// What its owner presents.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept: SHA-256 suffices, since the secret has 256 random bits.
    pub fn hash(presented: &str) -> String {
        hex(&Sha256::digest(presented.as_bytes()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The bytes of hexadecimal text, if it is.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

/// HMAC-SHA-256 of a text, in hexadecimal.
pub fn sign(key: &[u8], text: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length (RFC 2104)");
    mac.update(text);
    hex(&mac.finalize().into_bytes())
}

/// Compares in time that does not depend on where the difference is.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0_u8, |acc, (x, y)| acc | (x ^ y)) == 0
}

#[cfg(test)]
pub(crate) struct FixedEntropy(pub(crate) u8);

#[cfg(test)]
impl Entropy for FixedEntropy {
    fn fill(&self, out: &mut [u8]) {
        out.fill(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new("cst_", &FixedEntropy(7));
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert!(secret.expose().starts_with("cst_0707"));
        assert_eq!(Secret::hash(secret.expose()).len(), 64);
    }

    /// RFC 4231, test case 2.
    #[test]
    fn signatures_are_those_of_the_rfc() {
        assert_eq!(
            sign(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(from_hex("00ff"), Some(vec![0, 255]));
        assert_eq!(from_hex("0"), None);
    }

    #[test]
    fn comparison_is_exact() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
