//! continuo-fhir: see README.md.
