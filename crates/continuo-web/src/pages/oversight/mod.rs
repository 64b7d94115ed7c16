//! Oversight: what rules propose and people decide; who read and changed what; what models were asked.

pub mod audit;
pub mod models;
pub mod rule;
pub mod rules;

mod audit_serve;
mod models_serve;
mod serve;

/// Routes of this area.
pub(super) fn routes() -> Vec<crate::route::Route> {
    [serve::ROUTES, audit_serve::ROUTES, models_serve::ROUTES].concat()
}
