//! Oversight: what rules propose and people decide; who read and changed what.

pub mod audit;
pub mod rule;
pub mod rules;

mod serve;

pub(super) use serve::ROUTES;
