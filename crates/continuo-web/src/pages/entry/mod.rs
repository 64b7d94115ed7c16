//! Entering by hand: one form page for every kind, and the kinds' questions in tables.

pub mod form_page;
pub mod kinds;
pub mod registration;

mod serve;

pub(super) use serve::{Errors, ROUTES, errors_of, filled, general, owners, values};

pub(crate) use serve::typed_values;
