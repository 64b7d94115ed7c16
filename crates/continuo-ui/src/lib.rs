//! continuo-ui: see README.md.
