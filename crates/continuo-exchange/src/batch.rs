//! What a reader gives back: entries with their place, and what could not be taken.

use std::fmt;

use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;

/// Where something stood in an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path as given; members of an archive follow after `!`: `all.tar.xz!people/7.json`.
    pub path: String,
    /// Where in it.
    pub at: At,
}

/// Where in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The file as a whole.
    Whole,
    /// An entry of a bundle, from 0 as in FHIRPath.
    Entry(usize),
    /// A line, from 1 as editors show it.
    Line(u64),
}

impl Place {
    /// The file as a whole.
    pub fn whole(path: &str) -> Place {
        Place { path: path.to_owned(), at: At::Whole }
    }

    /// The same file, elsewhere.
    #[must_use]
    pub fn at(&self, at: At) -> Place {
        Place { path: self.path.clone(), at }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            At::Whole => f.write_str(&self.path),
            At::Entry(entry) => write!(f, "{}, entry {entry}", self.path),
            At::Line(line) => write!(f, "{}, line {line}", self.path),
        }
    }
}

/// What kind of input a batch comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A bundle to be taken as a whole or not at all.
    Transaction,
    /// A bundle whose entries stand alone: batch, collection, searchset, history, document, message.
    Bundle,
    /// One resource.
    Resource,
    /// Lines of NDJSON.
    Lines,
    /// Rows of a table.
    Table,
}

/// What a bundle asks to be done with an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `POST`, `PUT`, `DELETE` ...
    pub method: String,
    /// Relative address.
    pub url: String,
    /// Create only if nothing matches this search.
    pub if_none_exist: Option<String>,
    /// Update only this version.
    pub if_match: Option<String>,
}

/// One resource with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stood.
    pub place: Place,
    /// The bundle's name for it.
    pub full_url: Option<String>,
    /// What the bundle asks for.
    pub request: Option<Request>,
    /// The resource as received.
    pub resource: Json,
}

impl Entry {
    /// The resource's type as written.
    pub fn type_name(&self) -> &str {
        self.resource.get("resourceType").and_then(Json::as_str).unwrap_or_default()
    }

    /// The source's own id.
    pub fn source_id(&self) -> Option<&str> {
        self.resource.get("id").and_then(Json::as_str)
    }
}

/// Something that could not be taken, as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it stood.
    pub place: Place,
    /// The bytes as received; the first part only where the whole would be too large.
    pub bytes: Vec<u8>,
    /// Why.
    pub issues: Vec<Issue>,
    /// What else is needed to read the bytes again: the mapping of the table they stood in. Empty for other formats.
    pub mapping: String,
}

impl Kept {
    pub(crate) fn new(place: Place, bytes: Vec<u8>, code: IssueCode, text: impl Into<String>) -> Kept {
        let issue = Issue::error(code, "", text);
        Kept { place, bytes, issues: vec![issue], mapping: String::new() }
    }
}

/// Entries that came together; references among them are resolved together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The file or the part of it.
    pub place: Place,
    /// What kind of input.
    pub kind: Kind,
    /// What was read.
    pub entries: Vec<Entry>,
    /// What could not be.
    pub kept: Vec<Kept>,
}

impl Batch {
    pub(crate) fn new(place: Place, kind: Kind) -> Batch {
        Batch { place, kind, entries: Vec::new(), kept: Vec::new() }
    }

    pub(crate) fn of_kept(kept: Kept) -> Batch {
        Batch { place: kept.place.clone(), kind: Kind::Resource, entries: Vec::new(), kept: vec![kept] }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.kept.is_empty()
    }
}
