//! Who signs in and how: passwords, second factor, sessions and API tokens.
//!
//! Secrets never reach the store: it keeps Argon2id and SHA-256 hashes. What somebody may do once signed in is
//! decided by `access`.

mod password;
mod secret;
mod totp;

pub use password::{PasswordError, hash_password, verify_password};
pub use secret::{Entropy, Secret};
pub use totp::{TotpSecret, totp_matches};
