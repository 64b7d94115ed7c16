//! continuo-identity: see README.md.
