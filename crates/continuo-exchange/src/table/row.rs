//! One row of a table on its own, as a person mends it: each cell beside its column's name, and what is wrong with it.

use continuo_fhir::issue::Issue;

use super::mapping::same;
use super::sheet::{RawRow, Sheet, decode};
use super::{FIELDS, Field, Row, TableKind, Tables, build, fields, mapping, shape};

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The column's name as the source writes it.
    pub column: String,
    /// What it holds.
    pub value: String,
    /// The field it is read as; none for columns that nothing is read from.
    pub field: Option<Field>,
    /// How its dates are written, where it holds one.
    pub format: &'static str,
}

/// A row with its cells and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneRow {
    /// In the order of the table.
    pub cells: Vec<Cell>,
    /// What is wrong; the place of an issue is the name of a field.
    pub issues: Vec<Issue>,
}

/// Reads a header line with exactly one row under it; nothing else is a row on its own.
pub fn one_row(bytes: &[u8], tables: &Tables) -> Option<OneRow> {
    let text = decode(bytes);
    let (header, rows) = split(&text)?;
    let [row] = rows.as_slice() else { return None };
    let fitting = tables.fitting(&header)?;
    let mut issues = Vec::new();
    match shape::against(row, header.len()) {
        Some(issue) => issues.push(issue),
        None => {
            let values = mapping::values(&fitting.places(&header), &row.cells);
            build::resources(&fitting, &Row { values: &values }, tables.today, &mut issues);
        }
    }
    let cells = header.iter().enumerate().map(|(at, column)| {
        let mapped = fitting.columns.iter().find(|(_, name, _)| same(name, column));
        let is_date =
            |field: &Field| field.meaning.contains("date") || ["start", "end", "deceased"].contains(&field.name);
        Cell {
            column: column.clone(),
            value: row.cells.get(at).unwrap_or_default().to_owned(),
            field: mapped.map(|(field, ..)| *field),
            format: mapped.filter(|(field, ..)| is_date(field)).map_or("", |(.., format)| format.word()),
        }
    });
    Some(OneRow { cells: cells.collect(), issues })
}

/// How many rows stand under the header; nothing for what is no table.
pub fn count_rows(bytes: &[u8]) -> Option<usize> {
    split(&decode(bytes)).map(|(_, rows)| rows.len())
}

/// A header and one row as CSV.
pub fn write_row<'c>(cells: impl Iterator<Item = (&'c str, &'c str)>) -> Vec<u8> {
    let (columns, values): (Vec<&str>, Vec<&str>) = cells.unzip();
    let mut lines = csv::Writer::from_writer(Vec::new());
    let _ = lines.write_record(columns).and_then(|()| lines.write_record(values));
    lines.into_inner().unwrap_or_default()
}

/// The start of a mapping file for a table that none fits: the kind of table whose fields the header names most of, its
/// needed fields, and the columns of the same name.
pub fn template(bytes: &[u8]) -> String {
    let text = decode(bytes);
    let header = split(&text).map(|(header, _)| header).unwrap_or_default();
    let column = |field: &Field| header.iter().find(|column| same(column, field.name));
    let kinds = [TableKind::People, TableKind::Caseloads, TableKind::Appointments];
    let known =
        |kind: &TableKind| FIELDS.iter().filter(|field| field.table == *kind && column(field).is_some()).count();
    // Of equals the first: a table of people is what comes first from a clinic.
    let kind = kinds.into_iter().rev().max_by_key(known).unwrap_or(TableKind::People);
    let mut text = format!("field,column,format\ntable,{},\n", kind.word());
    for field in fields::of(kind).filter(|field| field.required || column(field).is_some()) {
        text.push_str(&format!("{},{},\n", field.name, column(field).map_or("", String::as_str)));
    }
    text
}

fn split(text: &str) -> Option<(Vec<String>, Vec<RawRow<'_>>)> {
    let mut rows = Sheet::of(text).rows().filter(|row| !row.is_empty());
    let header = rows.next()?.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    Some((header, rows.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &[u8] = b"record_number,family,given,birth_date,Note\n7,\"Reyes, Diaz\",Ana,13/45/1960,x\n";

    #[test]
    fn a_row_says_which_cell_is_wrong() {
        let row = one_row(ROW, &Tables::new()).expect("one row");
        let cell = |name: &str| row.cells.iter().find(|cell| cell.column == name).expect("the column");
        assert_eq!(cell("family").value, "Reyes, Diaz");
        assert!(cell("Note").field.is_none());
        assert_eq!(row.issues.len(), 1);
        assert_eq!(row.issues[0].place, "birth_date");
    }

    #[test]
    fn a_row_written_again_is_the_same_row() {
        let row = one_row(ROW, &Tables::new()).expect("one row");
        let again = write_row(row.cells.iter().map(|cell| (cell.column.as_str(), cell.value.as_str())));
        assert_eq!(one_row(&again, &Tables::new()), Some(row));
    }

    #[test]
    fn a_table_that_nothing_fits_gets_the_start_of_a_mapping() {
        let start = template(b"MRN,Family,Given\n1,A,B\n");
        assert!(start.starts_with("field,column,format\ntable,people,\nrecord_number,,\nfamily,Family,\n"), "{start}");
    }
}
