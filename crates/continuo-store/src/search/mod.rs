//! Search: a FHIR search request becomes one SQL statement that both databases understand.
//!
//! `query` reads the request, `plan` turns its criteria into conditions over the index tables, `page` runs them:
//! scope first, keyset pages that stay stable while others write, totals under the same predicate. `include` adds what
//! the matches refer to and what refers to them.

mod criterion;
mod filter;
mod hierarchy;
mod include;
mod near;
mod number;
mod page;
mod plan;
mod query;
mod sort;
mod understood;
mod value;
mod valueset;

pub use page::{Found, Page};
pub(crate) use query::decode;
pub use query::{Query, Total};
pub use understood::{is_understood, takes};
