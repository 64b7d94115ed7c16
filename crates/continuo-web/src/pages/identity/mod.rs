//! Who is one person: the queue "Same person?", a person's sources, and unlinking.

pub mod question;
pub mod sources;
pub mod unlink;

mod serve;

pub(crate) use serve::alike_hits;
pub(super) use serve::routes;
