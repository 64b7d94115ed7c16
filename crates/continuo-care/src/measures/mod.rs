//! Quality measures in the product: packages that an administrator loads, everybody's results kept up to date, reports.
//!
//! Measure, Library and ValueSet are resources of the record; what is compiled from them is a cache ([`compiled`]). A
//! person's facts go to the engine packed, as the store keeps them. Read in this order: what a package is
//! ([`package`], [`load`]), what is compiled, one person ([`evaluate`], [`standing`]), everybody ([`round`]), what
//! people see of it ([`figures`], [`report`], [`care_gaps`], [`suggest`]), and trying CQL out ([`editor`]).

pub mod care_gaps;
pub mod closing;
pub mod compiled;
pub mod editor;
pub mod evaluate;
pub mod example;
pub mod facts;
pub mod figures;
mod limit;
pub mod load;
pub mod package;
pub mod people;
pub mod report;
pub mod requirements;
pub mod round;
pub mod settings;
pub mod standing;
pub mod suggest;
pub mod svs;
mod tally;
pub mod text;

pub use continuo_cql::measure::{GroupResult, Role, Scoring, Stratum};
pub use continuo_store::tables::measure_result::{By, MeasureResult, Part};
pub use continuo_store::tables::measure_run::MeasureRate;
pub use continuo_store::tables::measure_setting::MeasureSetting;
