//! Reading and changing FHIR resources: access, conditions, versions, audit. The FHIR API, import and the pages all
//! come through here.
//!
//! Every read names its scope and is audited; every change is one commit with its audit row. Permissions are asked for
//! by type ([`permission`]); which rows are seen is the scope's business.

mod bundle;
mod change;
mod error;
mod find;
mod guard;
pub mod permission;
mod plan;
mod read;
mod search;
mod single;
mod transaction;

pub use bundle::{BundleKind, SentBundle};
pub use error::RecordError;
pub(crate) use read::audit;
pub use read::{History, HistoryRange, deleted, history, history_all, just_written, read, version};
pub use search::{EverythingRange, OfAll, everything, everything_of_all, group_members, named_patients, search};
pub use single::{Conditions, Written, create, delete, patch, update};
pub use transaction::{Done, execute, is_read_by_id};
