//! `continuo identity link`: a file of records into people.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use continuo_identity::link::{Linked, Options, link};

use super::super::Outcome;
use super::records::{self, Records};

#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// CSV with the column `rec_id` and any of given, middle, family, suffix, sex, `birth_date`, ssn, phone, email,
    /// street, city, zip, `birth_order`; `-` is standard input.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Where pairs go: `rec_a`, `rec_b`, score in bits, decision (match, possible, implied, no), why a person is asked.
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Where clusters go: `rec_id`, `cluster_id` (the id of the cluster's first record).
    #[arg(long, value_name = "FILE")]
    clusters: Option<PathBuf>,
    /// Where a report of counts goes, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Weight in bits from which pairs are linked.
    #[arg(long, value_name = "BITS")]
    link_at: Option<f32>,
    /// Weight in bits from which a person is asked.
    #[arg(long, value_name = "BITS")]
    review_at: Option<f32>,
    /// Use the shipped weights instead of learning from these records.
    #[arg(long)]
    shipped_weights: bool,
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let records = records::read(&args.input)?;
    let mut options = Options { is_learning: !args.shipped_weights, threads: args.threads, ..Options::default() };
    options.rules.link = args.link_at.unwrap_or(options.rules.link);
    options.rules.review = args.review_at.unwrap_or(options.rules.review);
    let linked = link(&records.profiles, options);
    if let Some(path) = &args.pairs {
        write(path, |out| write_pairs(out, &records, &linked))?;
    }
    if let Some(path) = &args.clusters {
        write(path, |out| write_clusters(out, &records, &linked))?;
    }
    let report = report(&records, &linked);
    if let Some(path) = &args.json {
        write(path, |out| writeln!(out, "{report:#}"))?;
    }
    eprintln!(
        "{} records, {} people, {} questions for a person; {} rows kept aside",
        linked.report.records,
        linked.report.clusters,
        linked.report.questions,
        records.kept_aside.len()
    );
    for (kind, (blocks, records)) in &linked.report.blocks.left_out {
        eprintln!("not compared by {kind}: {blocks} values shared by too many records, {records} records in all");
    }
    for line in records.kept_aside.iter().take(10) {
        eprintln!("kept aside: {line}");
    }
    Ok(if records.kept_aside.is_empty() { Outcome::Done } else { Outcome::KeptAside })
}

fn write(path: &Path, body: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let to = || format!("cannot write {}", path.display());
    if path == Path::new("-") {
        return body(&mut BufWriter::new(std::io::stdout().lock())).with_context(to);
    }
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path).with_context(to)?);
    body(&mut out).and_then(|()| out.flush()).with_context(to)
}

fn write_pairs(out: &mut dyn Write, records: &Records, linked: &Linked) -> std::io::Result<()> {
    writeln!(out, "rec_a,rec_b,score,decision,doubt")?;
    for pair in &linked.pairs {
        let (a, b) = (Cell(&records.ids[pair.a as usize]), Cell(&records.ids[pair.b as usize]));
        writeln!(out, "{a},{b},{:.3},{},{}", pair.score, pair.outcome.label(), pair.outcome.doubt())?;
    }
    Ok(())
}

fn write_clusters(out: &mut dyn Write, records: &Records, linked: &Linked) -> std::io::Result<()> {
    writeln!(out, "rec_id,cluster_id")?;
    for (id, first) in records.ids.iter().zip(&linked.cluster_of) {
        writeln!(out, "{},{}", Cell(id), Cell(&records.ids[*first as usize]))?;
    }
    Ok(())
}

/// A CSV cell, quoted where it must be.
struct Cell<'a>(&'a str);

impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.contains([',', '"', '\n', '\r']) {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        } else {
            f.write_str(self.0)
        }
    }
}

/// Counts of the run; ids that stand more than once are counted, because their rows cannot be told apart afterwards.
fn report(records: &Records, linked: &Linked) -> serde_json::Value {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for id in &records.ids {
        *seen.entry(id).or_default() += 1;
    }
    let report = &linked.report;
    let left_out: serde_json::Map<String, serde_json::Value> = report
        .blocks
        .left_out
        .iter()
        .map(|(kind, (blocks, records))| {
            ((*kind).to_owned(), serde_json::json!({ "blocks": blocks, "records": records }))
        })
        .collect();
    serde_json::json!({
        "records": report.records,
        "empty_records": report.empty,
        "repeated_ids": seen.values().filter(|count| **count > 1).count(),
        "kept_aside": records.kept_aside,
        "fields_cut": records.cut,
        "blocks": report.blocks.blocks,
        "blocks_split": report.blocks.split,
        "blocks_left_out": left_out,
        "pairs_compared": report.compared,
        "people": report.clusters,
        "questions": report.questions,
    })
}
