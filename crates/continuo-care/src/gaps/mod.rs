//! Own care-gap rules: one person's packed facts in, what is due with its evidence out. Pure.
//!
//! A rule is two files in `knowledge/care-gaps` (CQL logic, Markdown page with its tests) and no Rust; what it may say
//! stands in [`spec`] (data) and [`answer`] (result). [`engine`] compiles all rules once, [`look`] runs them over a
//! person. What becomes of an answer (suggestion, row of the care-gaps page) is `crate::assess`.

pub mod answer;
pub mod engine;
pub mod look;
pub mod recognize;
pub mod report;
pub mod spec;
pub mod value_set;

use std::sync::LazyLock;

pub use answer::{Answer, State};
pub use look::{Setting, look};
use spec::GapSpec;

/// What the build found in `knowledge/`.
mod files {
    include!(concat!(env!("OUT_DIR"), "/care_gaps.rs"));
}

/// The data of every shipped rule, gravest first.
pub static SPECS: LazyLock<Vec<GapSpec>> = LazyLock::new(|| {
    let mut specs: Vec<GapSpec> = files::RULES
        .iter()
        .map(|(id, logic, page)| GapSpec::parse(id, logic, page).expect("shipped rule files parse: a test reads each"))
        .collect();
    specs.sort_by(|a, b| {
        (a.rule.consequence, a.rule.rank, a.rule.id).cmp(&(b.rule.consequence, b.rule.rank, b.rule.id))
    });
    specs
});

/// The data of a rule.
pub fn spec(rule: &str) -> Option<&'static GapSpec> {
    SPECS.iter().find(|spec| spec.rule.id == rule)
}

/// The page of every rule as it lies in `knowledge/`, for the test that reads them.
pub fn pages() -> &'static [(&'static str, &'static str, &'static str)] {
    files::RULES
}
