//! Tables made by `cargo xtask fhir-tables` from the published R4 definitions; never edited by hand.

#[rustfmt::skip]
pub(crate) mod names;
#[rustfmt::skip]
pub(crate) mod types;
