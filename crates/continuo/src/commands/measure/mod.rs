//! `continuo measure`: quality measures over bundles, as result lines and reports.

mod inputs;
mod merge;
pub(crate) mod package;
pub(crate) mod people;
mod sorted;

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use continuo_cql::eval::parse_period;
use continuo_cql::measure::Wanted;
use continuo_cql::value::DateTime;

use super::Outcome;
use crate::system::SystemClock;
use continuo_fhir::clock::Clock;
use package::PackageArgs;
use people::{Database, Run};

/// Runs quality measures over people.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct MeasureArgs {
    #[command(subcommand)]
    command: Option<MeasureCommand>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum MeasureCommand {
    /// Loads a measure package into a database.
    Load(super::measure_load::LoadArgs),
    /// Joins the results of partial runs: result lines one after the other, reports added up.
    Merge {
        /// What `--out` or `--report` of the partial runs wrote; all of one kind.
        reports: Vec<PathBuf>,
        /// Where the sum goes (`-`: standard output).
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    package: PackageArgs,
    /// Folder of bundles or of per-type NDJSON, an NDJSON file, a database (`sqlite:FILE`, `postgres://..`), or `-` for
    /// standard input, a line being a bundle of one person.
    #[arg(long)]
    patients: Option<PathBuf>,
    /// First and last day, as `2026-01-01/2026-12-31`.
    #[arg(long)]
    period: Option<String>,
    /// Offset of times without one.
    #[arg(long, default_value = "+00:00", allow_hyphen_values = true)]
    timezone: String,
    /// Where the result lines go (`-`: standard output).
    #[arg(long)]
    out: Option<PathBuf>,
    /// Also write a FHIR MeasureReport per measure, as a bundle.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Say why each population came out so, and what would close a gap.
    #[arg(long)]
    evidence: bool,
    /// Threads; by default one per processor.
    #[arg(long)]
    threads: Option<usize>,
}

pub(crate) fn run(args: &MeasureArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        Some(MeasureCommand::Load(args)) => super::measure_load::run(args),
        Some(MeasureCommand::Merge { reports, out }) => merge::merge(reports, out),
        None => measure(&args.run),
    }
}

fn measure(args: &RunArgs) -> anyhow::Result<Outcome> {
    let (Some(patients), Some(period), Some(out)) = (&args.patients, &args.period, &args.out) else {
        bail!("--measure, --patients, --period and --out are needed");
    };
    let offset = DateTime::parse(&format!("2000-01-01T00:00:00{}", args.timezone), 0)
        .with_context(|| format!("`{}` is no offset such as -05:00", args.timezone))?
        .offset;
    let span = parse_period(period, offset)
        .with_context(|| format!("`{period}` is no period such as 2026-01-01/2026-12-31"))?;
    if span.1.utc() < span.0.utc() {
        bail!("the period `{period}` ends before it starts");
    }
    let package = package::package(&args.package)?;
    for problem in package.problems.iter().chain(&package.plan.notes) {
        eprintln!("continuo measure: {problem}");
    }
    for (name, why) in &package.plan.refused {
        eprintln!("continuo measure: {name} is refused: {why}");
    }
    if package.plan.measures.is_empty() {
        bail!("no measure can run");
    }
    let now = DateTime::from_utc_millis(SystemClock.now().micros() / 1000, offset);
    let threads = args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    let database = Database::open(&patients.to_string_lossy())?;
    let wanted = Wanted { evidence: args.evidence, ..Wanted::default() };
    let supplements = args.report.is_some();
    let run = Run { package: &package, span, now, wanted, supplements, threads, database: database.as_ref() };
    let mut out = writer(out)?;
    let ran = run.all(&mut out, |take| inputs::feed(patients, database.as_ref(), take))?;
    let (totals, aside) = (&ran.totals, ran.aside);
    out.flush()?;
    if let Some(path) = &args.report {
        let (start, end) = period.split_once('/').unwrap_or_default();
        let mut text = String::new();
        totals.report(&package.plan, (start, end)).write(&mut text);
        writer(path)?.write_all(text.as_bytes())?;
    }
    eprintln!("continuo measure: {} results, {} of them with an error", totals.lines, totals.failed);
    let clean = aside == 0 && package.problems.is_empty() && package.plan.refused.is_empty();
    Ok(if clean { Outcome::Done } else { Outcome::KeptAside })
}

pub(crate) fn writer(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufWriter::new(std::io::stdout())));
    }
    let file = fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
}
