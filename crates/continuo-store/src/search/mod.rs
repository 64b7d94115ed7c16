//! Search: a FHIR search request becomes one SQL statement that both databases understand.
//!
//! `query` reads the request, `plan` turns its criteria into conditions over the index tables, `driver` picks what the rows
//! are read from, `page` runs it: scope first, keyset pages that stay stable while others write. Few matches are gathered
//! and put in order (`page`, `few`); of many an index is read in the order of the answer until the page is full (`walk`,
//! `legs`; `ties` where several keys are asked for). `count` gives totals under the same predicate. `include` adds what the matches refer to and what refers to them.

mod bounds;
mod count;
mod criterion;
mod dates;
mod driver;
mod few;
mod filter;
mod hierarchy;
mod include;
mod legs;
mod near;
mod number;
mod page;
mod plan;
mod query;
mod sort;
mod ties;
mod understood;
mod value;
mod valueset;
mod walk;

pub use page::{Found, Page};
pub(crate) use query::decode;
pub use query::{Drive, Query, Total};
pub use understood::{is_understood, takes};
