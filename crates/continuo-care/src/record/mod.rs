//! Reading and changing FHIR resources: access, conditions, versions, audit.

mod bundle;
mod error;
pub mod permission;
mod read;

pub use bundle::BundleKind;
pub use error::RecordError;
pub(crate) use read::audit;
pub use read::{History, history, read, version};
