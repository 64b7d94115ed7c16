//! Whether a row is one at all: cells beside their columns, quotation marks closed, and nothing that stands already.

use std::collections::BTreeMap;

use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;
use sha2::{Digest, Sha256};

use super::sheet::RawRow;

/// Why the cells of a row are not those of its columns: one comma too many moves all that follows it by a column.
pub(super) fn against(row: &RawRow<'_>, columns: usize) -> Option<Issue> {
    let beyond = row.cells.iter().skip(columns).any(|cell| !cell.trim().is_empty());
    beyond.then(|| {
        let text = format!(
            "the row has {} cells and the header {columns}: a separator inside a cell wants quotation marks around it",
            row.cells.len()
        );
        Issue::error(IssueCode::Structure, "", text)
    })
}

/// Whether rows below were read as part of a cell of this one: a quotation mark that nothing closes, or a stray one much
/// further down. `is_row` says whether a line would be a row by itself, as no line of a note is.
pub(super) fn swallows(row: &RawRow<'_>, delimiter: u8, is_row: impl Fn(&csv::StringRecord) -> bool) -> bool {
    row.raw.lines().skip(1).any(|line| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line.trim().as_bytes());
        let first = reader.records().next();
        matches!(first, Some(Ok(cells)) if is_row(&cells))
    })
}

/// What is told of a row that swallows others.
pub(super) fn unclosed() -> Issue {
    Issue::error(IssueCode::Structure, "", "a quotation mark of this row is not closed where its cell ends")
}

/// Which rows of a table were taken: the thing a row makes, to its line and content.
#[derive(Default)]
pub(super) struct Taken {
    by_name: BTreeMap<String, (u64, [u8; 32])>,
}

/// A row beside those before it.
pub(super) enum Place {
    /// The first of its thing.
    New,
    /// Word for word what an earlier row made.
    Same,
    /// An earlier row said otherwise of the same thing.
    Against(Issue),
}

impl Taken {
    /// Looks whether an earlier row made the same thing, and remembers this one. Two rows of one number are often two
    /// plans or two telephones of one person, at times two persons: neither may silently replace the other.
    pub(super) fn place(&mut self, resources: &[Json], line: u64) -> Place {
        let Some(first) = resources.first() else { return Place::New };
        let part = |name: &str| first.get(name).and_then(Json::as_str).unwrap_or_default();
        let name = format!("{}/{}", part("resourceType"), part("id"));
        let mut hash = Sha256::new();
        for resource in resources {
            hash.update(resource.to_bytes());
        }
        let content: [u8; 32] = hash.finalize().into();
        match self.by_name.get(&name) {
            None => {
                self.by_name.insert(name, (line, content));
                Place::New
            }
            Some((_, before)) if *before == content => Place::Same,
            Some((before, _)) => {
                let text = format!(
                    "line {before} is about the same {} and says otherwise; that line was taken",
                    what(part("resourceType"))
                );
                Place::Against(Issue::error(IssueCode::Duplicate, "", text))
            }
        }
    }
}

fn what(type_name: &str) -> &'static str {
    match type_name {
        "Patient" => "record number",
        "EpisodeOfCare" => "person, program and start",
        _ => "visit",
    }
}
