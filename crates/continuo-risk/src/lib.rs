//! continuo-risk: see README.md.
