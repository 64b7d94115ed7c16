//! Which source records are one person.
//!
//! Records in, findings out: this crate normalizes, finds candidates by keys, compares, weighs, and groups records into
//! people. It reads no files, no clock and no database, and it changes nothing: `continuo-care` keeps the keys as rows
//! and acts on the findings. Start reading at [`link`](link::link) for whole files and at [`decide`](decide::decide)
//! for one new record.

pub mod blocks;
pub mod cluster;
pub mod compare;
pub mod decide;
pub mod index;
pub mod keys;
pub mod link;
pub mod model;
pub mod normalize;
pub mod overlay;
pub mod patient;
pub mod profile;
pub mod reasons;
pub mod record;
pub mod veto;

/// What can fail here: only reading a saved model. Records never fail, they are read as far as they can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("saved model has version {0}, which this build does not read")]
    ModelVersion(u8),
    #[error("saved model is cut short or damaged")]
    ModelCut,
}
