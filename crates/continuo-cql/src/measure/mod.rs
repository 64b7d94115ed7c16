//! Quality measures: a FHIR Measure compiled with its libraries, and one person's place in its populations.

pub mod composite;
pub mod definition;
pub mod evidence;
mod gather;
mod inline;
pub mod input;
pub mod load;
mod merge;
pub mod output;
pub mod plan;
mod populations;
pub mod report;
pub mod requirements;
mod score;
mod strata;

pub use definition::{Group, Measure, Population, Role, Scoring};
pub use input::{Wanted, evaluate_bundle, evaluate_packed, evaluate_record, evaluate_text};
pub use load::{Package, Source, library_requirements, load, load_with};
pub use merge::merge_reports;
pub use output::write_line;
pub use plan::{Options, Plan};
pub use populations::{GroupResult, Split, Stratum};
pub use report::{SUPPLEMENT, Totals, score_of};
