//! Measures per CPU-second, from JSON and from packed facts, over a whole store, and for one person after a change.
//!
//! Takes a folder with `measures`, `libraries` and `valuesets`, each measure with its test patients. For the rate of one
//! measure its patients are copied, each copy with ids of its own and all dates moved by up to four weeks, so that nothing
//! can be remembered from one to the next; loading and compiling are left out, reading JSON is in.

mod copies;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::setup;
use continuo_cql::eval::{Limits, Session, parse_period};
use continuo_cql::measure::{Package, Totals, Wanted, evaluate_bundle, evaluate_packed, evaluate_text};
use continuo_cql::value::DateTime;
use continuo_cql::{DEEP, deep_stack};
use continuo_fhir::packed::pack_text;
use continuo_fhir::root;
use continuo_store::{FactRow, Rid};

use super::stats::{Figure, Times, cpu_seconds, peak_memory};
use crate::commands::demo;
use crate::commands::measure::package::{PackageArgs, package};
use crate::commands::measure::people::{Database, Run, record_of};
use crate::open;

#[derive(Debug, Args)]
pub(super) struct MeasureArgs {
    /// Folder with `measures`, `libraries` and `valuesets`.
    #[arg(long)]
    pack: PathBuf,
    /// Measures whose own rate is taken, by the start of their folder's name.
    #[arg(long, value_delimiter = ',', default_value = "CMS122,CMS130,CMS165")]
    rates: Vec<String>,
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic; 0 leaves the store out.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Seconds per rate.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Threads for the store.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// People that what is said of a whole population is meant for.
const POPULATION: f64 = 100_000.0;

pub(super) fn run(args: &MeasureArgs) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for name in &args.rates {
        deep_stack(|| rate(args, name, &mut figures))?;
    }
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let all = deep_stack(|| compiled(args, args.pack.join("measures")))?;
    let count = all.plan.measures.len();
    figures.push(Figure::new(
        format!("load and compile {count} measures"),
        started.elapsed().as_secs_f64(),
        "s",
        "1 (stretch 0.3)",
    ));
    figures.push(Figure::new(format!("load and compile {count} measures, CPU"), cpu_seconds() - cpu, "CPU-s", ""));
    if args.db.is_some() || args.patients > 0 {
        store(args, &all, &mut figures)?;
    }
    Ok(figures)
}

fn compiled(args: &MeasureArgs, measure: PathBuf) -> anyhow::Result<Package> {
    let package = package(&PackageArgs {
        measure: vec![measure],
        libraries: Some(args.pack.join("libraries")),
        valuesets: Some(args.pack.join("valuesets")),
        from: "elm".into(),
        model: Vec::new(),
        strict: false,
    })?;
    ensure!(package.problems.is_empty(), "{}", package.problems.join("; "));
    Ok(package)
}

fn now() -> anyhow::Result<DateTime> {
    DateTime::parse("2026-06-01T00:00:00.000", 0).context("a date")
}

fn span() -> anyhow::Result<(DateTime, DateTime)> {
    parse_period("2026-01-01/2026-12-31", 0).context("a period")
}

fn limits() -> Limits {
    Limits { depth: DEEP, ..Limits::default() }
}

/// CPU seconds of this thread, from the scheduler's count in nanoseconds; of the process where there is none.
fn thread_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse::<f64>().ok()).map_or_else(cpu_seconds, |nanos| nanos / 1e9)
}

/// The rates of one measure, over copies of its patients.
fn rate(args: &MeasureArgs, name: &str, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let folders = std::fs::read_dir(args.pack.join("measures")).context("the pack has no `measures`")?;
    let folder = folders
        .flatten()
        .map(|e| e.path())
        .find(|path| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name)));
    let folder = folder.with_context(|| format!("there is no measure `{name}`"))?;
    let package = compiled(args, folder.join("measure.json"))?;
    let session = package.plan.session(&package.terms, span()?, now()?, limits());
    let bundles = copies::of(&folder.join("tests"))?;
    let packed: Vec<Vec<u8>> = bundles.iter().map(|b| pack_text(b)).collect::<Result<_, _>>()?;
    let (mut out, mut totals) = (String::new(), Totals::new(&package.plan));
    same_without_remembering(&package, &session, &packed)?;
    let mut measured = |what: &str, reach: &'static str, one: &mut dyn FnMut(usize, &mut String)| {
        let (started, began, mut count) = (Instant::now(), thread_seconds(), 0);
        while started.elapsed().as_secs() < args.seconds {
            for at in 0..bundles.len() {
                out.clear();
                one(at, &mut out);
            }
            count += bundles.len();
        }
        let rate = count as f64 / (thread_seconds() - began).max(1e-9);
        figures.push(Figure::new(format!("{name} {what}"), rate, "per CPU-s", reach));
    };
    measured("from JSON", "20,000", &mut |at, out| {
        evaluate_text(&package.plan, &session, &bundles[at], "x", Wanted::default(), out, &mut totals);
    });
    measured("from packed facts", "50,000 (stretch 200,000)", &mut |at, out| {
        if let Ok(bundle) = root(&packed[at]) {
            evaluate_bundle(&package.plan, &session, bundle, "x", Wanted::default(), out, &mut totals);
        }
    });
    ensure!(totals.failed == 0, "{name}: {} results had an error", totals.failed);
    Ok(())
}

/// Compares every copy's result with that of a program that remembers nothing.
fn same_without_remembering(package: &Package, session: &Session<'_>, packed: &[Vec<u8>]) -> anyhow::Result<()> {
    let plain = package.plan.forgetful();
    let slow = plain.session(&package.terms, span()?, now()?, limits());
    let (mut totals, mut again) = (Totals::new(&package.plan), Totals::new(&plain));
    for bytes in packed {
        let bundle = root(bytes)?;
        let (mut a, mut b) = (String::new(), String::new());
        evaluate_bundle(&package.plan, session, bundle, "x", Wanted::default(), &mut a, &mut totals);
        evaluate_bundle(&plain, &slow, bundle, "x", Wanted::default(), &mut b, &mut again);
        ensure!(a == b, "remembering changes a result: {a} without: {b}");
    }
    Ok(())
}

/// Starts the count of peak memory anew, so that making the clinic does not count. Where that cannot be asked for it does.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// All measures in one pass over the people of a store, and one person after a change.
fn store(args: &MeasureArgs, all: &Package, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let file = std::env::temp_dir().join(format!("continuo-bench-{}.db", std::process::id()));
    let url = args.db.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()));
    let care = open::care_for_a_pass(&url)?;
    demo::make_if_new(&care, 1, args.patients)?;
    let ctx = setup::machine(&care, setup::FIRST, "bench")?;
    let database = Database::of(ctx)?;
    let run = Run {
        package: all,
        span: span()?,
        now: now()?,
        supplements: false,
        wanted: Wanted::default(),
        threads: args.threads,
        database: Some(&database),
    };
    forget_peak();
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let ran = run.all(&mut std::io::sink(), |take| database.everybody(take))?;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let (people, count) = (ran.people as f64, all.plan.measures.len());
    let scale = POPULATION / people.max(1.0);
    figures.push(Figure::new("people of the store", people, "", ""));
    figures.push(Figure::new(format!("all {count} measures over them, {} threads", args.threads), seconds, "s", ""));
    figures.push(Figure::new("the same, CPU", cpu, "CPU-s", ""));
    figures.push(Figure::new("extrapolated to 100,000 people", seconds * scale, "s", "180 (stretch 60)"));
    figures.push(Figure::new("extrapolated, CPU on two cores", cpu * scale / 2.0, "s", "180 (stretch 60)"));
    figures.push(Figure::new("results with an error", ran.totals.failed as f64, "", "0"));
    figures.push(Figure::new("peak memory over the store, all measures loaded", peak_memory(), "MiB", "300"));
    let mut times = deep_stack(|| again(&database, all))?;
    figures.push(Figure::new(
        "one person again after a new resource, p50",
        times.percentile(0.5),
        "ms",
        "5 (stretch 1)",
    ));
    figures.push(Figure::new("one person again after a new resource, p99", times.percentile(0.99), "ms", ""));
    care.store.close();
    if args.db.is_none() {
        for suffix in ["", "-wal", "-shm"] {
            // A file that is not there need not be removed.
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
    }
    Ok(())
}

/// Writes a result for one person after the other and evaluates each anew: from the commit to all measures' results.
fn again(database: &Database, all: &Package) -> anyhow::Result<Times> {
    let session = all.plan.session(&all.terms, span()?, now()?, limits());
    let shared = record_of(database.shared().iter().map(FactRow::packed));
    let people = database.people()?;
    let mut times = Times::default();
    let (mut out, mut totals) = (String::new(), Totals::new(&all.plan));
    for person in people.iter().take(300) {
        let id = patient_id(&database.rows(&[*person])?);
        let Some(id) = id else { continue };
        super::reassess::write(database.ctx(), &id)?;
        let started = Instant::now();
        for (_, rows) in database.rows(&[*person])? {
            out.clear();
            let resources = rows.iter().map(FactRow::packed);
            evaluate_packed(&all.plan, &session, resources, &shared, "x", Wanted::default(), &mut out, &mut totals);
        }
        times.add(started.elapsed());
    }
    Ok(times)
}

fn patient_id(rows: &[(Rid, Vec<FactRow>)]) -> Option<String> {
    let nodes = rows.iter().flat_map(|(_, rows)| rows).filter_map(|row| root(row.packed()).ok());
    let patient = nodes.into_iter().find(|node| node.resource_type() == Some("Patient"))?;
    patient.str("id").map(str::to_owned)
}
