//! Packed facts: what engines read of a person. One row per resource: a short header for finding it, and its packed tree.
//!
//! The store writes a row in the commit that writes the resource and hands a person's rows to an engine as bytes.
//! [`Row`] is one of them; [`PersonFacts`] is all of them, found by type, code and date without touching the trees.
//! Rows can be dropped and rebuilt at any time from the resources.

mod codes;
mod person;
mod row;

pub use codes::{CodeSet, Codes, MemoryCodes};
pub use person::{PersonFacts, Window};
pub use row::{Flags, Row, VERSION, build, build_packed};
