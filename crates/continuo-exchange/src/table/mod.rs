//! Tables of small clinics that have no FHIR feed: people, caseloads, appointments as CSV.
//!
//! A mapping file says which column is which; without one the columns carry our own field names. The mapping is itself a
//! CSV, because those who write it work in a spreadsheet:
//!
//! ```csv
//! field,column,format
//! table,people,
//! record_number,MRN,
//! family,Last name,
//! given,First name,
//! birth_date,DOB,MM/DD/YYYY
//! ```

mod build;
mod fields;
mod mapping;
mod plausible;
mod row;

use std::ops::ControlFlow;

use continuo_fhir::Date;
use continuo_fhir::issue::{Issue, IssueCode};

use crate::batch::{At, Batch, Entry, Kept, Kind, Place};
use crate::read::Take;
use crate::unpack::Limits;

pub use fields::{FIELDS, Field, TableKind};
pub use mapping::{DateFormat, Mapping};
pub use row::{Cell, OneRow, count_rows, one_row, template, write_row};

/// The mappings at hand for the tables of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    mappings: Vec<Mapping>,
    /// The day of the import at the site; without it no day is held against today.
    today: Option<Date>,
}

impl Tables {
    /// No mapping: columns carry our own field names.
    pub fn new() -> Tables {
        Tables::default()
    }

    /// Read on this day: what cannot be on it is kept aside, as an entry form would ask about it.
    #[must_use]
    pub fn on(mut self, today: Date) -> Tables {
        self.today = Some(today);
        self
    }

    /// Adds the mapping read from a mapping file.
    pub fn add(&mut self, mapping: Mapping) {
        self.mappings.push(mapping);
    }

    /// The mapping all of whose columns a header has; the one with most columns if there are several.
    fn fitting(&self, header: &[String]) -> Option<Mapping> {
        let fits = self.mappings.iter().filter(|mapping| mapping.fits(header));
        fits.max_by_key(|mapping| mapping.columns.len()).cloned().or_else(|| Mapping::by_field_names(header))
    }
}

impl Tables {
    /// Why no mapping fits a header: the columns that the nearest one names and the table lacks.
    fn against(&self, header: &[String]) -> String {
        let columns = header.join(", ");
        let lacking = self.mappings.iter().map(|mapping| (mapping.lacking(header), mapping.columns.len()));
        // Most of its columns are there: it is meant for this table.
        let nearest = lacking.filter(|(lacks, all)| lacks.len() * 2 < *all).min_by_key(|(lacks, _)| lacks.len());
        match nearest {
            Some((lacks, _)) => format!(
                "the mapping names {} `{}`, which this table does not have (it has {columns}): take {} out of the mapping or add {} to the table",
                if lacks.len() == 1 { "the column" } else { "the columns" },
                lacks.join("`, `"),
                if lacks.len() == 1 { "it" } else { "them" },
                if lacks.len() == 1 { "it" } else { "them" },
            ),
            None => format!(
                "no mapping fits the columns {columns}; write a mapping file (field,column,format) and give it with the table"
            ),
        }
    }
}

/// The number of a line, counted as the rows go by. The reader's own numbers are one behind where lines end as Windows
/// writes them.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Lines<'t> {
        Lines { text, at: 0, line: 1 }
    }

    /// The line on which what is written from this byte on begins. Bytes come in order.
    fn of(&mut self, byte: u64) -> u64 {
        let to = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let rest = self.text.as_bytes().get(to..).unwrap_or_default();
        let to = to + rest.iter().take_while(|byte| [b'\r', b'\n'].contains(byte)).count();
        let passed = self.text.get(self.at..to).unwrap_or_default();
        self.line += passed.matches('\n').count() as u64;
        self.at = to.max(self.at);
        self.line
    }
}

/// A row by field.
pub(crate) struct Row<'r> {
    values: &'r [(Field, String)],
}

impl Row<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(field, _)| field.name == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }
}

pub(crate) fn read(
    place: &Place,
    bytes: &[u8],
    tables: &Tables,
    limits: &Limits,
    take: &mut Take<'_>,
) -> ControlFlow<()> {
    let text = decode(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let first = records.next();
    let header_ends = records.reader().position().byte();
    let header: Vec<String> = match first {
        Some(Ok(record)) => record.iter().map(|cell| cell.trim().to_owned()).collect(),
        _ => {
            let kept = Kept::new(place.clone(), bytes.to_vec(), IssueCode::Structure, "the table has no header line");
            return take(Batch::of_kept(kept));
        }
    };
    let Some(mapping) = tables.fitting(&header) else {
        let reason = tables.against(&header);
        return take(Batch::of_kept(Kept::new(place.clone(), bytes.to_vec(), IssueCode::NotSupported, reason)));
    };
    let mut batch = Batch::new(place.clone(), Kind::Table);
    let written = mapping.write();
    let header_line = as_received(&text, 0, header_ends);
    let mut lines = Lines::new(&text);
    while let Some(record) = records.next() {
        let ends = records.reader().position().byte();
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |at| lines.of(at.byte()));
                batch.kept.push(Kept::new(
                    place.at(At::Line(line)),
                    Vec::new(),
                    IssueCode::Structure,
                    format!("cannot be read: {error}"),
                ));
                continue;
            }
        };
        let at = place.at(At::Line(record.position().map_or(0, |at| lines.of(at.byte()))));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let values = mapping.values(&header, &record);
        let mut issues: Vec<Issue> = Vec::new();
        let resources = build::resources(&mapping, &Row { values: &values }, tables.today, &mut issues);
        let is_taken = !resources.is_empty() && !issues.iter().any(Issue::is_error);
        if !issues.is_empty() {
            // A row of which a part was left out is taken and kept as well: nobody would look for what was left out.
            let row = as_received(&text, record.position().map_or(0, csv::Position::byte), ends);
            let bytes = format!("{header_line}\n{row}\n").into_bytes();
            batch.kept.push(Kept { place: at.clone(), bytes, issues, mapping: written.clone() });
        }
        if is_taken {
            batch.entries.extend(resources.into_iter().map(|resource| Entry {
                place: at.clone(),
                full_url: None,
                request: None,
                resource,
            }));
        }
        if batch.entries.len() + batch.kept.len() >= limits.batch {
            take(std::mem::replace(&mut batch, Batch::new(place.clone(), Kind::Table)))?;
        }
    }
    if batch.is_empty() { ControlFlow::Continue(()) } else { take(batch) }
}

/// A line of a table as it came, without its line ends.
fn as_received(text: &str, from: u64, to: u64) -> &str {
    let at = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX);
    text.get(at(from)..at(to).min(text.len())).unwrap_or_default().trim_matches(['\r', '\n'])
}

/// UTF-8, or Windows' western code page where it is not: spreadsheets still write it.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80 => '\u{20ac}',
        0x85 => '\u{2026}',
        0x91 | 0x92 => '\'',
        0x93 => '\u{201c}',
        0x94 => '\u{201d}',
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        other => char::from(other),
    }
}

/// The separator that the first line uses most.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|mark| line.bytes().filter(|byte| byte == mark).count())
        .unwrap_or(b',')
}
