//! Per-type exports sorted by person: resources in any order go to disk as sorted runs, which are then read side by side.
//!
//! Memory is one run's worth whatever the export's size; the files lie in the folder for temporary files and go with the
//! run. What belongs to nobody (medications, locations, practitioners) is kept apart and given to everybody.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use continuo_cql::entries::owner;
use continuo_fhir::packed::pack_text;
use continuo_fhir::root;

use super::people::{Batch, Feed, Person};

/// Bytes sorted in memory at a time.
const RUN: usize = 48 << 20;
/// Runs read side by side; more are joined into one first, since each is an open file.
const WIDE: usize = 64;
/// People of one round of a worker, and their bytes.
const PEOPLE: usize = 128;
const BYTES: usize = 4 << 20;

/// Sorts resources by person.
pub(crate) struct Sorter {
    folder: PathBuf,
    runs: Vec<PathBuf>,
    made: usize,
    rows: Vec<(Box<str>, Vec<u8>)>,
    bytes: usize,
    shared: Vec<Vec<u8>>,
    /// Lines that could not be read; each is said.
    pub(crate) unread: u64,
}

impl Sorter {
    pub(crate) fn new() -> anyhow::Result<Sorter> {
        let folder = std::env::temp_dir().join(format!("continuo-sort-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let (runs, rows, shared) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Sorter { folder, runs, made: 0, rows, bytes: 0, shared, unread: 0 })
    }

    /// Takes one resource's text. What cannot be read is said and left out.
    pub(crate) fn add(&mut self, input: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let packed = match pack_text(bytes) {
            Ok(packed) => packed,
            Err(error) => {
                self.unread += 1;
                eprintln!("continuo measure: {input} cannot be read: {error}");
                return Ok(());
            }
        };
        let Ok(node) = root(&packed) else { return Ok(()) };
        match owner(node) {
            Some(person) => {
                self.bytes += packed.len() + person.len() + 64;
                self.rows.push((person.into(), packed));
                if self.bytes >= RUN { self.spill() } else { Ok(()) }
            }
            None => {
                self.shared.push(packed);
                Ok(())
            }
        }
    }

    fn spill(&mut self) -> anyhow::Result<()> {
        let mut rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let mut run = self.new_run()?;
        for (person, packed) in &rows {
            write_row(&mut run, person, packed)?;
        }
        run.flush()?;
        if self.runs.len() >= WIDE {
            let joined = std::mem::take(&mut self.runs);
            let mut run = self.new_run()?;
            merged(&joined, &mut |person, packed| write_row(&mut run, person, packed))?;
            run.flush()?;
            for path in joined {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn new_run(&mut self) -> anyhow::Result<BufWriter<File>> {
        let path = self.folder.join(format!("run-{}", self.made));
        self.made += 1;
        let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        self.runs.push(path);
        Ok(BufWriter::new(file))
    }

    /// Feeds the people one after the other.
    pub(crate) fn finish(mut self, take: Feed<'_>) -> anyhow::Result<()> {
        if !self.rows.is_empty() {
            self.spill()?;
        }
        let shared = Arc::new(std::mem::take(&mut self.shared));
        let (mut batch, mut bytes): (Vec<Person>, usize) = (Vec::new(), 0);
        let mut current: Option<Person> = None;
        merged(&self.runs, &mut |person, packed| {
            let reference = format!("Patient/{person}");
            if current.as_ref().is_none_or(|current| current.input != reference) {
                if let Some(done) = current.replace(Person::new(reference)) {
                    bytes += done.len();
                    batch.push(done);
                }
                if batch.len() >= PEOPLE || bytes >= BYTES {
                    bytes = 0;
                    take(Batch::Packed(std::mem::take(&mut batch), Arc::clone(&shared)))?;
                }
            }
            if let Some(current) = &mut current {
                current.push(packed);
            }
            Ok(())
        })?;
        batch.extend(current);
        if batch.is_empty() { Ok(()) } else { take(Batch::Packed(batch, shared)) }
    }
}

impl Drop for Sorter {
    fn drop(&mut self) {
        // A folder that stays behind is the system's to clear.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn write_row(out: &mut impl Write, person: &str, packed: &[u8]) -> anyhow::Result<()> {
    for part in [person.as_bytes(), packed] {
        out.write_all(&u32::try_from(part.len())?.to_le_bytes())?;
        out.write_all(part)?;
    }
    Ok(())
}

/// A run being read.
struct Reading {
    file: BufReader<File>,
    row: (Box<str>, Vec<u8>),
}

impl Reading {
    fn next(&mut self) -> anyhow::Result<bool> {
        let Some(person) = self.part()? else { return Ok(false) };
        let packed = self.part()?.context("a sorted run ends early")?;
        self.row = (String::from_utf8(person)?.into(), packed);
        Ok(true)
    }

    fn part(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let mut length = [0; 4];
        match self.file.read_exact(&mut length) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
        self.file.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// Rows of all runs in order of person, and within a person in the order in which they came.
fn merged(runs: &[PathBuf], take: &mut dyn FnMut(&str, &[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut readings = Vec::new();
    let mut heap = BinaryHeap::new();
    for (at, path) in runs.iter().enumerate() {
        let file = BufReader::new(File::open(path)?);
        let mut reading = Reading { file, row: (Box::from(""), Vec::new()) };
        if reading.next()? {
            heap.push(Reverse((reading.row.0.clone(), at)));
        }
        readings.push(reading);
    }
    while let Some(Reverse((person, at))) = heap.pop() {
        let reading = &mut readings[at];
        take(&person, &reading.row.1)?;
        if reading.next()? {
            heap.push(Reverse((reading.row.0.clone(), at)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_in_any_order_come_out_person_by_person() {
        let mut sorter = Sorter::new().unwrap();
        sorter.folder = tempfile::tempdir().unwrap().keep();
        for text in [
            r#"{"resourceType":"Observation","id":"o1","subject":{"reference":"Patient/b"}}"#,
            r#"{"resourceType":"Patient","id":"b"}"#,
            r#"{"resourceType":"Medication","id":"m"}"#,
            r#"{"resourceType":"Coverage","id":"c","beneficiary":{"reference":"http://x/Patient/a/_history/2"}}"#,
            r#"{"resourceType":"Patient","id":"a"}"#,
            r#"{"resourceType":"Account","id":"acc","subject":[{"reference":"Patient/a"}]}"#,
            "{broken",
        ] {
            sorter.add("x:1", text.as_bytes()).unwrap();
            // Every resource a run of its own, so that merging is what is tested.
            if !sorter.rows.is_empty() {
                sorter.spill().unwrap();
            }
        }
        assert_eq!((sorter.unread, sorter.runs.len()), (1, 5));
        let mut seen = Vec::new();
        sorter
            .finish(&mut |batch| {
                if let Batch::Packed(people, shared) = batch {
                    assert_eq!(shared.len(), 1);
                    seen.extend(people.iter().map(|p| p.input.clone()));
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, ["Patient/a", "Patient/b"]);
    }
}
