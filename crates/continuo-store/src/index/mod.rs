//! Search index rows: which tables there are, and what a resource puts into them.
//!
//! Narrow tables per kind of value, keyed (org, parameter, value, resource), and two covering tables for the question
//! asked most: this patient's resources with this code by date. Rows are gathered here and written in bulk.

mod clinical;
mod collect;
mod rows;

pub(crate) use clinical::{clinical_code, clinical_date};
pub(crate) use collect::IndexValue;
pub(crate) use collect::collect;
pub(crate) use rows::{IndexRows, param_name};
