//! continuo-exchange: see README.md.
