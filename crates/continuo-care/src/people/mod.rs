//! People: finding them. Registering and entering by hand stand beside as they come.

pub mod caseload;
pub mod search;

pub use search::{Found, Hit, search};
