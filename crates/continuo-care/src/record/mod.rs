//! Reading and changing FHIR resources: access, conditions, versions, audit.

mod bundle;
mod error;
pub mod permission;
mod read;

pub use bundle::BundleKind;
pub use error::RecordError;
pub use read::{History, history, read, version};
