//! continuo-care: see README.md.
