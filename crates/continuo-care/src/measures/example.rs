//! The example measure of our own (`knowledge/measures`): what a package looks like, for the demo and for tests.

use super::load::load;
use super::package::File;
use super::settings::{self, Change};
use crate::ctx::Ctx;
use crate::problem::WorkError;

/// Its files.
pub fn files() -> Vec<File> {
    let file = |name: &str, text: &str| File { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    vec![
        file("measure.json", include_str!("../../../../knowledge/measures/measure.json")),
        file("valuesets.json", include_str!("../../../../knowledge/measures/valuesets.json")),
        file(
            "DiabetesHbA1cTested-1.0.0.cql",
            include_str!("../../../../knowledge/measures/DiabetesHbA1cTested-1.0.0.cql"),
        ),
    ]
}

/// The id under which the measure is kept.
pub const ID: &str = "DiabetesHbA1cTested-1.0.0";

/// Loads it and computes it over the running year, without suggestions: how the demo starts.
pub fn switch_on(ctx: &Ctx) -> Result<(), WorkError> {
    load(ctx, &files())?;
    let year = settings::this_year(ctx, ctx.now());
    let (first, last) = year.split_once('/').unwrap_or_default();
    let change = Change {
        active: true,
        first: first.to_owned(),
        last: last.to_owned(),
        reason: "to show how measures look".to_owned(),
        ..Change::default()
    };
    settings::set(ctx, ID, &change)?;
    Ok(())
}
