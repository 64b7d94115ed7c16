//! Oversight: what rules propose and people decide; who read and changed what.

pub mod audit;
pub mod rule;
pub mod rules;

mod audit_serve;
mod serve;

/// Routes of this area.
pub(super) fn routes() -> Vec<crate::route::Route> {
    [serve::ROUTES, audit_serve::ROUTES].concat()
}
