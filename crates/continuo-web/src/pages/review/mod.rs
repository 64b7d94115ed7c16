//! Review: suggestions to decide, input that could not be filed, documents to file.

pub mod could_not_file;
pub mod inbox;
pub mod suggestions;

mod serve;

pub(super) use serve::{card, routes};
