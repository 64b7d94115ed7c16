//! Use cases and workflow: the only crate that changes state.
//!
//! Read in this order: who may do what (`access`), who signs in (`accounts`).

pub mod access;
pub mod accounts;
pub mod build;
pub mod calls;
pub mod followup;
pub mod population;
pub mod shapes;
pub mod tasks;
