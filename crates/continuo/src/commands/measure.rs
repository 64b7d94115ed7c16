//! `continuo measure`: quality measures over bundles, as result lines and reports.

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use continuo_cql::eval::{Limits, parse_period};
use continuo_cql::front::workspace::translate_all;
use continuo_cql::measure::{Options, Package, Source, Totals, Wanted, evaluate_text, load, merge_reports};
use continuo_cql::value::DateTime;
use continuo_cql::{DEEP, deep_stack};

use super::Outcome;
use crate::progress::Bar;
use crate::system::SystemClock;
use continuo_fhir::clock::Clock;

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
    /// Adds up the reports of partial runs.
    Merge {
        /// Reports that `--report` wrote.
        reports: Vec<PathBuf>,
        /// Where the sum goes (`-`: standard output).
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
struct RunArgs {
    /// A FHIR Measure, or a folder of them; may be repeated.
    #[arg(long)]
    measure: Vec<PathBuf>,
    /// Folder of ELM libraries (`*.elm.json`); by default `libraries` beside the measures.
    #[arg(long)]
    libraries: Option<PathBuf>,
    /// Folder of expanded value sets; by default `valuesets` beside the measures.
    #[arg(long)]
    valuesets: Option<PathBuf>,
    /// Folder of bundles, an NDJSON file of bundles, or `-` for standard input.
    #[arg(long)]
    patients: Option<PathBuf>,
    /// First and last day, as `2026-01-01/2026-12-31`.
    #[arg(long)]
    period: Option<String>,
    /// Offset of times without one.
    #[arg(long, default_value = "+00:00")]
    timezone: String,
    /// Where the result lines go (`-`: standard output).
    #[arg(long)]
    out: Option<PathBuf>,
    /// Also write a FHIR MeasureReport per measure, as a bundle.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Translate the libraries from their CQL instead of using published ELM.
    #[arg(long, value_parser = ["cql", "elm"], default_value = "elm")]
    from: String,
    /// Model info XML for `--from cql`; by default what stands in `modelinfo` beside the measures.
    #[arg(long)]
    model: Vec<PathBuf>,
    /// Name the resources each population looked at.
    #[arg(long)]
    evidence: bool,
    /// Refuse measures whose value sets are not all there, instead of reporting that and counting them as empty.
    #[arg(long)]
    strict: bool,
    /// Threads; by default one per processor.
    #[arg(long)]
    threads: Option<usize>,
}

pub(crate) fn run(args: &MeasureArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        Some(MeasureCommand::Merge { reports, out }) => merge(reports, out),
        None => measure(&args.run),
    }
}

fn merge(reports: &[PathBuf], out: &Path) -> anyhow::Result<Outcome> {
    let texts: Vec<String> = reports.iter().map(|path| read(path)).collect::<anyhow::Result<_>>()?;
    let merged = merge_reports(&texts).map_err(anyhow::Error::msg)?;
    writer(out)?.write_all(merged.as_bytes())?;
    Ok(Outcome::Done)
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
    let package = package(args)?;
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
    let run = Run { package: &package, span, now, wanted: Wanted { evidence: args.evidence }, threads };
    let mut out = writer(out)?;
    let (totals, aside) = run.all(patients, &mut out)?;
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

fn package(args: &RunArgs) -> anyhow::Result<Package> {
    let mut measures = Vec::new();
    for path in &args.measure {
        let found = if path.is_dir() {
            walk(path, &|name| name == "measure.json" || name.starts_with("Measure-"))
        } else {
            vec![path.clone()]
        };
        measures.extend(sources(&found)?);
    }
    let Some(first) = args.measure.first().filter(|_| !measures.is_empty()) else { bail!("no measure was given") };
    let beside = |given: &Option<PathBuf>, name: &str| {
        given.clone().or_else(|| first.ancestors().map(|dir| dir.join(name)).find(|dir| dir.is_dir()))
    };
    let libraries = match beside(&args.libraries, "libraries") {
        Some(dir) if args.from == "cql" => {
            let models = match (args.model.is_empty(), beside(&None, "modelinfo")) {
                (true, Some(dir)) => walk(&dir, &|name| name.ends_with(".xml") && !name.starts_with("system")),
                _ => args.model.clone(),
            };
            translated(&dir, &models)?
        }
        Some(dir) => sources(&walk(&dir, &|name| name.ends_with(".json")))?,
        None => bail!("no folder of libraries was given"),
    };
    let value_sets = match beside(&args.valuesets, "valuesets") {
        Some(dir) => sources(&walk(&dir, &|name| name.ends_with(".json")))?,
        None => Vec::new(),
    };
    Ok(load(&measures, &libraries, &value_sets, Options { strict: args.strict }))
}

/// Libraries translated from the CQL of a folder; faults are said, and what can be translated is used.
fn translated(dir: &Path, models: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let models = super::cql::models(models)?;
    let list = super::cql::sources(dir)?;
    let mut found = Vec::new();
    for result in deep_stack(|| translate_all(&list, &models)) {
        let source = &list[result.source];
        for problem in &result.translated.problems {
            eprintln!("{}:{}", source.name, problem.display(&source.text));
        }
        let mut text = String::new();
        result.translated.elm.write(&mut text);
        found.push(Source { name: source.name.replace(".cql", ".elm.json"), text });
    }
    Ok(found)
}

fn sources(paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            Ok(Source { name, text: read(path)? })
        })
        .collect()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn writer(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufWriter::new(std::io::stdout())));
    }
    let file = fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
}

/// Files below a folder in order of their path, links followed, to a depth that ends loops.
fn walk(dir: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    fn inside(dir: &Path, depth: usize, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                if depth < 32 {
                    inside(&path, depth + 1, wanted, found);
                }
            } else if path.file_name().is_some_and(|n| wanted(&n.to_string_lossy())) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    inside(dir, 0, wanted, &mut found);
    found
}

struct Run<'p> {
    package: &'p Package,
    span: (DateTime, DateTime),
    now: DateTime,
    wanted: Wanted,
    threads: usize,
}

/// Inputs taken per round; bounds memory whatever the population.
const ROUND: usize = 512;

impl Run<'_> {
    fn all(&self, patients: &Path, out: &mut dyn Write) -> anyhow::Result<(Totals, u64)> {
        let mut state = (Totals::new(&self.package.plan), 0u64);
        let mut bar = Bar::new("people", 0);
        let mut done = 0u64;
        let mut round: Vec<(String, Vec<u8>)> = Vec::with_capacity(ROUND);
        let mut take =
            |input: String, bytes: Vec<u8>, flush: bool, round: &mut Vec<(String, Vec<u8>)>| -> anyhow::Result<()> {
                if !bytes.is_empty() {
                    round.push((input, bytes));
                }
                if round.len() >= ROUND || (flush && !round.is_empty()) {
                    done += round.len() as u64;
                    self.round(round, out, &mut state)?;
                    round.clear();
                    bar.at(done);
                }
                Ok(())
            };
        if patients == Path::new("-") {
            lines(BufReader::new(std::io::stdin()), "-", &mut |input, bytes| take(input, bytes, false, &mut round))?;
        } else if patients.is_dir() {
            for path in walk(patients, &|name| {
                (name.ends_with(".json") && name != "expected.json") || name.ends_with(".ndjson")
            }) {
                let input = path.display().to_string();
                let file = fs::File::open(&path).with_context(|| format!("{input} cannot be read"))?;
                if input.ends_with(".ndjson") {
                    lines(BufReader::new(file), &input, &mut |input, bytes| take(input, bytes, false, &mut round))?;
                } else {
                    let mut bytes = Vec::new();
                    BufReader::new(file).read_to_end(&mut bytes)?;
                    take(input, bytes, false, &mut round)?;
                }
            }
        } else {
            let input = patients.display().to_string();
            let file = fs::File::open(patients).with_context(|| format!("{input} cannot be read"))?;
            if input.ends_with(".json") {
                let mut bytes = Vec::new();
                BufReader::new(file).read_to_end(&mut bytes)?;
                take(input, bytes, false, &mut round)?;
            } else {
                lines(BufReader::new(file), &input, &mut |input, bytes| take(input, bytes, false, &mut round))?;
            }
        }
        take(String::new(), Vec::new(), true, &mut round)?;
        Ok(state)
    }

    /// Evaluates a round of inputs on all threads; lines come out in the inputs' order.
    fn round(
        &self,
        inputs: &[(String, Vec<u8>)],
        out: &mut dyn Write,
        state: &mut (Totals, u64),
    ) -> anyhow::Result<()> {
        let share = inputs.len().div_ceil(self.threads);
        let results: Vec<(String, Totals, u64)> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                inputs.chunks(share).map(|chunk| scope.spawn(move || deep_stack(|| self.chunk(chunk)))).collect();
            threads.into_iter().map(|t| t.join().expect("evaluation does not panic")).collect()
        });
        for (text, totals, aside) in results {
            out.write_all(text.as_bytes())?;
            state.0.merge(&totals);
            state.1 += aside;
        }
        Ok(())
    }

    fn chunk(&self, inputs: &[(String, Vec<u8>)]) -> (String, Totals, u64) {
        let plan = &self.package.plan;
        let limits = Limits { depth: DEEP, ..Limits::default() };
        let session = plan.session(&self.package.terms, self.span, self.now, limits);
        let (mut text, mut totals, mut aside) = (String::new(), Totals::new(plan), 0);
        for (input, bytes) in inputs {
            aside += u64::from(!evaluate_text(plan, &session, bytes, input, self.wanted, &mut text, &mut totals));
        }
        (text, totals, aside)
    }
}

/// Non-empty lines with their place.
fn lines(
    mut reader: impl BufRead,
    name: &str,
    take: &mut dyn FnMut(String, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for number in 1u64.. {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if !line.trim_ascii().is_empty() {
            take(format!("{name}:{number}"), line)?;
        }
    }
    Ok(())
}
