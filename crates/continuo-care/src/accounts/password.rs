//! Passwords: Argon2id with the parameters OWASP's password storage cheat sheet lists first for it
//! (19 MiB, 2 passes, 1 lane), at least 12 characters, no composition rules (NIST SP 800-63B 5.1.1).

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use super::secret::Entropy;

/// The shortest password taken.
pub(crate) const MINIMUM_CHARACTERS: usize = 12;
/// The longest password taken; more would only cost the server work.
pub(crate) const MAXIMUM_BYTES: usize = 1024;

/// Why a password was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("the password needs at least {MINIMUM_CHARACTERS} characters")]
    TooShort,
    /// Too long.
    #[error("the password may have at most {MAXIMUM_BYTES} bytes")]
    TooLong,
    /// The hash function refused; says why.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// The hash to keep, in PHC string form.
pub fn hash_password(password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
    if password.chars().count() < MINIMUM_CHARACTERS {
        return Err(PasswordError::TooShort);
    }
    if password.len() > MAXIMUM_BYTES {
        return Err(PasswordError::TooLong);
    }
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(|e| PasswordError::Hash(e.to_string()))?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(|e| PasswordError::Hash(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password belongs to the hash. A hash that cannot be read matches nothing.
pub fn verify_password(password: &str, hash: &str) -> bool {
    if password.len() > MAXIMUM_BYTES {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &parsed).is_ok())
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| PasswordError::Hash(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::super::secret::FixedEntropy;
    use super::*;

    #[test]
    fn a_password_opens_only_its_own_hash() {
        let hash = hash_password("correct horse battery", &FixedEntropy(1)).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("correct horse battery", &hash));
        assert!(!verify_password("correct horse batteries", &hash));
        assert!(!verify_password("anything", "not a hash"));
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(hash_password("short", &FixedEntropy(1)), Err(PasswordError::TooShort));
        assert_eq!(hash_password(&"x".repeat(2000), &FixedEntropy(1)), Err(PasswordError::TooLong));
    }
}
