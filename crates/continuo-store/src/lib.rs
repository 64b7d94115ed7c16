//! continuo-store: see README.md.
