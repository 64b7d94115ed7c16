//! continuo-text: see README.md.
