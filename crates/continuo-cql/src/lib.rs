//! continuo-cql: see README.md.
