//! continuo-web: see README.md.
