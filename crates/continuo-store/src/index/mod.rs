//! Search index rows: which tables there are, and what a resource puts into them.
//!
//! Narrow tables per kind of value, keyed (org, parameter, value, resource), and two covering tables for the question
//! asked most: this patient's resources with this code by date. Rows are gathered here and written in bulk.

mod alias;
mod clinical;
mod collect;
mod rows;
mod words;

pub(crate) use alias::{Alias, alias};
pub use clinical::clinical_date;
pub(crate) use clinical::{NO_CODE, clinical_code, is_patient_param};
pub(crate) use collect::{
    Flavor, IndexValue, Indexed, Second, clip, collect, is_identifying, is_plain_text, of_type, plain_texts,
};
pub(crate) use rows::{IndexRows, param_name};
pub(crate) use words::words_of;
