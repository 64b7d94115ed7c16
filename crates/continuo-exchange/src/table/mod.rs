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
mod shape;
mod sheet;

use std::ops::ControlFlow;

use continuo_fhir::Date;
use continuo_fhir::issue::{Issue, IssueCode};
use continuo_fhir::json::Json;

use crate::batch::{At, Batch, Entry, Kept, Kind, Place};
use crate::read::Take;
use crate::unpack::Limits;
use sheet::{RawRow, Sheet, decode};

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
    let whole =
        |code: IssueCode, reason: String| Batch::of_kept(Kept::new(place.clone(), bytes.to_vec(), code, reason));
    let text = decode(bytes);
    let sheet = Sheet::of(&text);
    let mut rows = sheet.rows();
    let Some(first) = rows.by_ref().find(|row| !row.is_empty()) else {
        return take(whole(IssueCode::Structure, "the table has no header line".to_owned()));
    };
    let header: Vec<String> = first.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    let Some(mapping) = tables.fitting(&header) else {
        return take(whole(IssueCode::NotSupported, tables.against(&header)));
    };
    if let Some(column) = mapping.twice(&header) {
        let reason = format!("the table has the column `{column}` twice: give each its own name");
        return take(whole(IssueCode::Structure, reason));
    }
    let reading = Reading { tables, places: mapping.places(&header), columns: header.len(), mapping: &mapping };
    let written = mapping.write();
    let mut taken = shape::Taken::default();
    let mut batch = Batch::new(place.clone(), Kind::Table);
    while let Some(row) = rows.next() {
        if row.is_empty() {
            continue;
        }
        let at = place.at(At::Line(row.line));
        let mut read = reading.row(&row);
        let mut raw = row.raw;
        if raw.contains('\n') && shape::swallows(&row, sheet.delimiter, |cells| reading.is_row(cells)) {
            // Only its first line is lost to it; those below are read as what they are.
            raw = raw.lines().next().unwrap_or_default();
            read = Read { resources: Vec::new(), issues: vec![shape::unclosed()] };
            rows.again_below_first_line(&row);
        }
        if read.is_taken() {
            match taken.place(&read.resources, row.line) {
                shape::Place::New => {}
                shape::Place::Same => continue,
                shape::Place::Against(issue) => read.issues.push(issue),
            }
        }
        let is_taken = read.is_taken();
        if !read.issues.is_empty() {
            // A row of which a part was left out is taken and kept as well: nobody would look for what was left out.
            let bytes = format!("{}\n{raw}\n", first.raw).into_bytes();
            batch.kept.push(Kept { place: at.clone(), bytes, issues: read.issues, mapping: written.clone() });
        }
        if is_taken {
            batch.entries.extend(read.resources.into_iter().map(|resource| Entry {
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

/// How the rows of one table are read.
struct Reading<'r> {
    tables: &'r Tables,
    mapping: &'r Mapping,
    places: Vec<(Field, usize)>,
    columns: usize,
}

/// What a row says, and what is wrong with it.
struct Read {
    resources: Vec<Json>,
    issues: Vec<Issue>,
}

impl Read {
    fn is_taken(&self) -> bool {
        !self.resources.is_empty() && !self.issues.iter().any(Issue::is_error)
    }
}

impl Reading<'_> {
    fn row(&self, row: &RawRow<'_>) -> Read {
        match shape::against(row, self.columns) {
            Some(issue) => Read { resources: Vec::new(), issues: vec![issue] },
            None => self.cells(&row.cells),
        }
    }

    fn cells(&self, cells: &csv::StringRecord) -> Read {
        let values = mapping::values(&self.places, cells);
        let mut issues: Vec<Issue> = Vec::new();
        let resources = build::resources(self.mapping, &Row { values: &values }, self.tables.today, &mut issues);
        Read { resources, issues }
    }

    /// Whether a line would be a row of this table by itself.
    fn is_row(&self, cells: &csv::StringRecord) -> bool {
        cells.len() == self.columns && self.cells(cells).is_taken()
    }
}
