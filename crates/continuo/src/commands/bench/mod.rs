//! `continuo bench`: the promises on speed, measured. Each prints a table and can write a JSON report.
//!
//! Everything runs as in production: signed in, audited, synchronous FULL. Server and load share this machine, so the
//! figures are lower than a server's alone; the report says what ran.

mod commit;
mod http;
mod identity;
mod ingest;
mod load;
mod measure;
mod morning;
mod page;
mod pages;
mod read;
mod reassess;
mod scribe;
mod search;
mod server;
mod shift;
mod stats;

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::{Outcome, print_line};
use stats::Figure;

/// Measures one promise.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    command: BenchCommand,
    /// Also write the figures as JSON.
    #[arg(long, global = true)]
    json: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    /// Transaction Bundles over HTTP, and small transactions of many clients.
    Ingest(ingest::IngestArgs),
    /// Reading one resource, searching, the capability statement, counting.
    Read(read::ReadArgs),
    /// Searches over everybody, each page a page of many matches.
    Search(search::SearchArgs),
    /// The worklist and the chart under many users.
    Page(page::PageArgs),
    /// Every page that reads much, one user.
    Pages(pages::PagesArgs),
    /// How long the lists are after the demo, and where danger stands on them.
    Morning(morning::MorningArgs),
    /// Many coordinators, each doing one thing every few seconds.
    Shift(shift::ShiftArgs),
    /// A change in one record until it shows on the list; assessing everybody.
    Reassess(reassess::ReassessArgs),
    /// Quality measures: patient-measures per CPU-second, a whole store, one person after a change.
    Measure(measure::MeasureArgs),
    /// A new record until it is linked or queued; one record against many.
    Identity(identity::IdentityArgs),
    /// A visit's transcript to proposals: the engine alone and the whole way of the product.
    Scribe(scribe::ScribeArgs),
    /// Durable commits, one writer and many, beside this disk's own rate.
    Commit(commit::CommitArgs),
}

pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<Outcome> {
    let (name, figures) = match &args.command {
        BenchCommand::Ingest(args) => ("ingest", ingest::run(args)?),
        BenchCommand::Read(args) => ("read", read::run(args)?),
        BenchCommand::Search(args) => ("search", search::run(args)?),
        BenchCommand::Page(args) => ("page", page::run(args)?),
        BenchCommand::Pages(args) => ("pages", pages::run(args)?),
        BenchCommand::Morning(args) => ("morning", morning::run(args)?),
        BenchCommand::Shift(args) => ("shift", shift::run(args)?),
        BenchCommand::Reassess(args) => ("reassess", reassess::run(args)?),
        BenchCommand::Measure(args) => ("measure", measure::run(args)?),
        BenchCommand::Identity(args) => ("identity", identity::run(args)?),
        BenchCommand::Scribe(args) => ("scribe", scribe::run(args)?),
        BenchCommand::Commit(args) => ("commit", commit::run(args)?),
    };
    report(name, &figures, args.json.as_ref())?;
    Ok(Outcome::Done)
}

fn report(name: &str, figures: &[Figure], json: Option<&PathBuf>) -> anyhow::Result<()> {
    print_line(&format!("continuo bench {name}: {}", stats::machine()))?;
    print_line(stats::table(figures).trim_end())?;
    if let Some(path) = json {
        std::fs::write(path, stats::json(name, figures)).with_context(|| format!("report `{}`", path.display()))?;
    }
    Ok(())
}
