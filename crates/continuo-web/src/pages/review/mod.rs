//! Review: suggestions to decide, input that could not be filed.

pub mod could_not_file;
pub(in crate::pages) mod parts;
pub mod suggestions;

mod serve;

pub(super) use serve::{card, routes};
