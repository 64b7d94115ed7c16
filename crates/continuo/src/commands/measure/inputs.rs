//! Where people come from: bundles in files and folders, lines, per-type exports, a database.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail};

use super::package::walk;
use super::people::{Batch, Database, Feed};
use super::sorted::Sorter;

/// Bundles of one round of a worker: as many, or as many bytes.
const PEOPLE: usize = 128;
const BYTES: usize = 4 << 20;

/// Feeds everybody behind `--patients` to `take`.
pub(crate) fn feed(patients: &Path, database: Option<&Database>, take: Feed<'_>) -> anyhow::Result<()> {
    if let Some(database) = database {
        return database.everybody(take);
    }
    let mut texts = Texts { take, batch: Vec::new(), bytes: 0 };
    if patients == Path::new("-") {
        lines(BufReader::new(std::io::stdin()), "-", &mut |input, bytes| texts.add(input, bytes))?;
        return texts.flush();
    }
    let files = if patients.is_dir() {
        walk(patients, &|name| {
            let name = name.to_ascii_lowercase();
            (name.ends_with(".json") && name != "expected.json")
                || name.ends_with(".ndjson")
                || name.ends_with(".jsonl")
        })
    } else {
        vec![patients.to_owned()]
    };
    let mut exports = Vec::new();
    for path in files {
        let input = path.display().to_string();
        if input.to_ascii_lowercase().ends_with(".json") {
            // A file that cannot be opened costs the person in it: nothing in it can be read.
            let bytes = fs::read(&path).unwrap_or_else(|error| {
                eprintln!("continuo measure: {input} cannot be read: {error}");
                Vec::new()
            });
            texts.add(input, bytes)?;
            continue;
        }
        let file = fs::File::open(&path).with_context(|| format!("{input} cannot be read"))?;
        if is_export(&path)? {
            exports.push(path);
        } else {
            lines(BufReader::new(file), &input, &mut |input, bytes| texts.add(input, bytes))?;
        }
    }
    texts.flush()?;
    if exports.is_empty() {
        return Ok(());
    }
    // Single resources, whatever their order: sorted by person on disk first.
    let mut sorter = Sorter::new()?;
    for path in &exports {
        let input = path.display().to_string();
        let file = fs::File::open(path).with_context(|| format!("{input} cannot be read"))?;
        lines(BufReader::new(file), &input, &mut |input, bytes| sorter.add(&input, &bytes))?;
    }
    sorter.finish(texts.take)
}

/// Bundles on their way to the workers.
struct Texts<'t> {
    take: Feed<'t>,
    batch: Vec<(String, Vec<u8>)>,
    bytes: usize,
}

impl Texts<'_> {
    fn add(&mut self, input: String, bytes: Vec<u8>) -> anyhow::Result<()> {
        self.bytes += bytes.len();
        self.batch.push((input, bytes));
        if self.batch.len() >= PEOPLE || self.bytes >= BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() { Ok(()) } else { (self.take)(Batch::Texts(batch)) }
    }
}

/// Whether a file of lines holds single resources rather than a bundle a line: its first line tells.
fn is_export(path: &Path) -> anyhow::Result<bool> {
    let file = fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut first = None;
    for line in BufReader::new(file).split(b'\n') {
        let line = line?;
        if !line.trim_ascii().is_empty() {
            first = Some(line);
            break;
        }
    }
    let Some(line) = first else { return Ok(false) };
    let Ok(packed) = continuo_fhir::packed::pack_text(&line) else { return Ok(false) };
    let kind = continuo_fhir::root(&packed).ok().and_then(continuo_fhir::packed::Node::resource_type);
    Ok(kind.is_some_and(|kind| kind != "Bundle"))
}

/// Longest line taken; a bundle of one person stays far below.
const LONGEST: usize = 256 << 20;

/// Non-empty lines with their place.
fn lines(
    mut reader: impl BufRead,
    name: &str,
    take: &mut dyn FnMut(String, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for number in 1u64.. {
        let mut line = Vec::new();
        if (&mut reader).take(LONGEST as u64).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() >= LONGEST {
            bail!("{name}:{number} is longer than {} MiB", LONGEST >> 20);
        }
        if !line.trim_ascii().is_empty() {
            take(format!("{name}:{number}"), line)?;
        }
    }
    Ok(())
}
