//! Who signs in and how: passwords, second factor, sessions and API tokens.
//!
//! Secrets never reach the store: it keeps Argon2id and SHA-256 hashes. What somebody may do once signed in is
//! decided by `access`.

pub(crate) mod answering;
mod attempt;
mod enroll;
pub(crate) mod first;
mod password;
pub mod provider;
mod secret;
mod session;
mod token;
mod totp;

pub use attempt::{Origin, is_known};
pub use enroll::{OwnSession, change_password, end_others, enroll, has_second_factor, new_key, own_sessions};
pub use password::{PasswordError, hash_password, verify_password};
pub use secret::{Entropy, Secret, from_hex, same, sign};
pub use session::{
    Credentials, IDLE, Keys, LONGEST, Locked, SignInError, SignedIn, Standing, lock, one_click, set_preferences,
    sign_in, sign_in_one_click, sign_out, standing, standing_unasked, unlock,
};
pub(crate) use token::write as write_token;
pub use token::{NewToken, PREFIX, ctx_of_token, new_token};
pub use totp::{TotpSecret, totp_matches};
