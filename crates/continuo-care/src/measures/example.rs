//! The example measure of our own (`knowledge/measures`): what a package looks like, for the demo and for tests.

use super::package::File;

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
