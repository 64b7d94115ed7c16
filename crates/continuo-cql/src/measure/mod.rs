//! Quality measures: a FHIR Measure compiled with its libraries, and one person's place in its populations.

pub mod definition;
pub mod output;
pub mod plan;
mod populations;

pub use definition::{Group, Measure, Population, Role, Scoring};
pub use output::write_line;
pub use plan::{Options, Plan};
pub use populations::{GroupResult, Stratum};
