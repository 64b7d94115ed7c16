//! The record's store: SQLite and PostgreSQL behind one API. See README.md.
//!
//! Knows FHIR as trees and index values, never what a resource means to care work. Holds the only SQL of the product.

mod error;
mod ids;
mod url;

mod store;
pub use store::{Committed, EXIT_COMMIT_FAILED, StartCheck, Store, StoreOptions, WriteContext};

mod prepare;
pub use prepare::{PrepareContext, Prepared};

mod write;
pub use write::{Expect, Outcome, Put, PutOptions, WriteTx};

mod read;
pub use read::{Change, CommitRow, FactRow, HistorySlice, Missing, Op, PersonFactRows, Reader, Slice, Stored, Touched};

mod search;
pub use search::{Drive, Found, Page, Query, Total, is_understood, takes};

mod scope;
mod shared;
pub use scope::{Persons, Scope, alone};
pub use shared::is_shared;

mod alone;
pub mod audit;
pub mod conn;
mod counts;
pub mod outbox;
pub mod tables;

mod backup;
mod body;
mod codes;
mod copier;
mod index;
mod memo;
mod migrate;
mod open;
mod pool;
mod read_ahead;
mod start;
mod verify;
mod writer;

pub use backup::restore;
pub use codes::StoreCodes;
pub use error::{Error, Result};
pub use ids::{ChangeSeq, CommitId, Micros, OrgId, Rid};
pub use index::clinical_date;
pub use migrate::newest as newest_schema;
pub use read_ahead::ReadAhead;
pub use url::DbUrl;
pub use writer::AuditEntry;
