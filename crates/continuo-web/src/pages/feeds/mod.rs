//! Feeds: what sends records here, what of it is silent, and who looks into it (safety.md rule 17).

mod serve;
pub mod words;

pub(super) use serve::ROUTES;
