//! `continuo text`: runs one engine of clinical language over a JSONL file, row by row.

mod rows;
mod training;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use continuo_fhir::json::Json;

use super::Outcome;

/// Clinical language: a line in, a line out.
#[derive(Debug, Args)]
pub(crate) struct TextArgs {
    /// note, orders, sections, assertion, sig, triage or summary; train-sections, train-note and train-triage make the models, check-triage holds out writing rounds
    kind: String,
    /// JSONL file; `-` is standard input
    #[arg(long = "in")]
    input: PathBuf,
    /// JSONL file; `-` is standard output
    #[arg(long = "out")]
    output: PathBuf,
}

pub(crate) fn run(args: &TextArgs) -> anyhow::Result<Outcome> {
    if let Some(train) = training::find(&args.kind) {
        let rows: Vec<Json> = open_input(&args.input)?
            .split(b'\n')
            .map_while(Result::ok)
            .filter_map(|line| Json::parse(&line).ok())
            .collect();
        let mut output = open_output(&args.output)?;
        output.write_all(&train(&rows))?;
        output.flush()?;
        return Ok(Outcome::Done);
    }
    let Some((_, engine)) = rows::KINDS.iter().find(|(name, _)| *name == args.kind) else {
        let known: Vec<&str> = rows::KINDS.iter().map(|(name, _)| *name).collect();
        bail!("`{}` is not an engine; there are: {}", args.kind, known.join(", "));
    };
    let mut output = open_output(&args.output)?;
    let mut kept_aside = 0_u64;
    for (number, line) in open_input(&args.input)?.split(b'\n').enumerate() {
        let line = line.with_context(|| format!("`{}`", args.input.display()))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match Json::parse(&line) {
            Ok(row) => {
                let mut out = engine(&row).to_bytes();
                out.push(b'\n');
                output.write_all(&out)?;
            }
            Err(error) => {
                kept_aside += 1;
                eprintln!("line {}: {error}", number + 1);
            }
        }
    }
    output.flush()?;
    if kept_aside > 0 {
        eprintln!("{kept_aside} lines were not JSON and were kept aside");
        return Ok(Outcome::KeptAside);
    }
    Ok(Outcome::Done)
}

fn open_input(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("input `{}`", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn open_output(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufWriter::new(std::io::stdout())));
    }
    let file = File::create(path).with_context(|| format!("output `{}`", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}
