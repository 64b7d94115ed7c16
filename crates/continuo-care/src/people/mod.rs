//! People: finding them, those somebody points for, who is calling. Registering stands beside as it comes.

pub mod alike;
pub mod caseload;
pub mod search;

pub use caseload::{CaseRow, caseload};
pub use continuo_store::tables::person_header::PersonHeader;
pub use search::{Found, Hit, SearchError, anybody, by_any_rid, by_phone, by_rid, opened_last, search};
