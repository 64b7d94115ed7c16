//! Signing in, the idle lock, and what was done today.

pub mod factor;
pub mod recent;

mod actions;
mod kept;
mod own;
mod serve;

/// Routes of this area.
pub(super) fn routes() -> Vec<crate::route::Route> {
    [serve::ROUTES, actions::ROUTES, factor::ROUTES, own::ROUTES].concat()
}
pub use kept::Kept;
pub(crate) use kept::{UNLOCKED, lock_over, provider_link};
pub(crate) use serve::own_path;
pub mod sign_in;
