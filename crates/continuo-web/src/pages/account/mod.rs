//! Signing in, the idle lock, and what was done today.

pub mod recent;

mod serve;

pub(super) use serve::ROUTES;
pub(crate) use serve::own_path;
pub mod sign_in;
