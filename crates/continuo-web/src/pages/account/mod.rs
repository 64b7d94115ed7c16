//! Signing in, the idle lock, and what was done today.

pub mod recent;
pub mod sign_in;
