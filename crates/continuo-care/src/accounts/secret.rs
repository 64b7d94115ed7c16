//! Random secrets (session cookies, API tokens, CSRF keys) and the hashes under which they are kept.

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
    /// A new secret with a prefix that says what it is for (`cst_` an API token), so that leaked ones are recognised.
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

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
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

    #[test]
    fn comparison_is_exact() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
