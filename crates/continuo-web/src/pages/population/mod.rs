//! Groups of people: registries.

pub mod registry;
