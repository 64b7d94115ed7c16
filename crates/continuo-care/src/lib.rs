//! continuo-care: see README.md.

pub mod shapes;
