//! Reads person records from CSV: one row a record, columns by name, any of them may be missing.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use anyhow::{Context, Result, bail};
use continuo_identity::profile::{Profile, cut_fields};
use continuo_identity::record::{SourceAddress, SourceRecord};

/// The columns read; `rec_id` must be there.
const COLUMNS: [&str; 14] = [
    "rec_id",
    "given",
    "middle",
    "family",
    "suffix",
    "sex",
    "birth_date",
    "ssn",
    "phone",
    "email",
    "street",
    "city",
    "zip",
    "birth_order",
];

/// Records and what was wrong with some.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub ids: Vec<Box<str>>,
    pub profiles: Vec<Profile>,
    /// Rows left out, with the line they end on.
    pub kept_aside: Vec<String>,
    /// Fields longer than is looked at, by name.
    pub cut: BTreeMap<&'static str, usize>,
}

/// Reads a file; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Records> {
    if path == Path::new("-") {
        return read_from(std::io::stdin());
    }
    let file = std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    read_from(file).with_context(|| format!("cannot read {}", path.display()))
}

/// Parses on one thread and normalizes on another.
fn read_from(input: impl Read + Send) -> Result<Records> {
    const CHUNK: usize = 4096;
    let mut reader = csv::ReaderBuilder::new().flexible(true).buffer_capacity(1 << 18).from_reader(input);
    let header = reader.byte_headers().context("no header row")?.clone();
    let place = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name.as_bytes()));
    let places = COLUMNS.map(place);
    if places[0].is_none() {
        bail!("the header has no column `rec_id`");
    }
    let (send, receive) = sync_channel::<Vec<Result<csv::ByteRecord, csv::Error>>>(8);
    let mut records = Records::default();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut rows = reader.into_byte_records();
            loop {
                let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
                if chunk.is_empty() || send.send(chunk).is_err() {
                    return;
                }
            }
        });
        for row in receive.into_iter().flatten() {
            match row {
                Ok(row) => add(&mut records, &row, &places),
                Err(error) => records.kept_aside.push(error.to_string()),
            }
        }
    });
    Ok(records)
}

fn add(records: &mut Records, row: &csv::ByteRecord, places: &[Option<usize>; COLUMNS.len()]) {
    let cells = places.map(|place| String::from_utf8_lossy(place.and_then(|at| row.get(at)).unwrap_or_default()));
    let cell = |at: usize| cells.get(at).map_or("", AsRef::as_ref);
    if cell(0).is_empty() {
        let line = row.position().map_or(0, csv::Position::line);
        records.kept_aside.push(format!("line {line}: no rec_id"));
        return;
    }
    let record = SourceRecord {
        given: cell(1),
        middle: cell(2),
        family: cell(3),
        suffix: cell(4),
        sex: cell(5),
        birth_date: cell(6),
        birth_order: cell(13).parse().unwrap_or(0),
        ssn: cell(7),
        phones: vec![cell(8)],
        emails: vec![cell(9)],
        addresses: vec![SourceAddress { line: cell(10), city: cell(11), zip: cell(12) }],
        ..SourceRecord::default()
    };
    for field in cut_fields(&record) {
        *records.cut.entry(field).or_default() += 1;
    }
    records.ids.push(cell(0).into());
    records.profiles.push(Profile::new(&record));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_cannot_be_read_are_kept_aside_and_named() {
        let text = b"rec_id,given,family\n1,Ann,Li\n,Bob,Ho\n3\n4,\xff\xfe,Ho,extra\n";
        let records = read_from(&text[..]).expect("the header is whole");
        assert_eq!(records.ids.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["1", "3", "4"]);
        assert_eq!(records.kept_aside, ["line 3: no rec_id"]);
    }

    #[test]
    fn a_file_without_ids_is_refused() {
        assert!(read_from(&b"given,family\nAnn,Li\n"[..]).is_err());
        assert!(read_from(&b""[..]).is_err());
    }

    #[test]
    fn a_flood_is_cut_and_counted() {
        let text = format!("rec_id,given\n1,{}\n", "x".repeat(10_000));
        let records = read_from(text.as_bytes()).expect("the header is whole");
        assert_eq!(records.cut.get("given"), Some(&1));
    }
}
