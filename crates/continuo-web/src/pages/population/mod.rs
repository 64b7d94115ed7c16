//! Groups of people: registries.

pub mod registry;

mod serve;

pub(super) use serve::ROUTES;
