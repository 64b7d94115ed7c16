//! Who is one person, measured: a new record until it is linked or queued while others write, and one new record
//! against a large key table through the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use clap::Args;
use continuo_care::identity::{known, matching, worker};
use continuo_care::ingest::{self, Chunk};
use continuo_care::{Care, Ctx, setup};
use continuo_fhir::{Json, ResourceType};
use continuo_store::tables::identity;
use continuo_store::{Prepared, PutOptions, Query, StartCheck};

use super::server::Server;
use super::stats::{Figure, Times, peak_memory};
use crate::open;

#[derive(Debug, Args)]
pub(super) struct IdentityArgs {
    /// People as CSV (`rec_id`, given, middle, family, suffix, sex, `birth_date`, ssn, phone, email, street, city,
    /// state, zip). Without it: a made-up clinic behind the whole server.
    #[arg(long)]
    records: Option<PathBuf>,
    /// At most so many records of the file.
    #[arg(long, default_value_t = usize::MAX)]
    most: usize,
    /// Where the records are kept: a file that is made by the first run and used again by the next.
    #[arg(long)]
    db: Option<String>,
    /// Records that arrive one at a time after the others.
    #[arg(long, default_value_t = 300)]
    new: usize,
    /// People of the made-up clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Resources a second that others write meanwhile.
    #[arg(long, default_value_t = 100)]
    others: u32,
    /// New people who arrive as fast as they can be written, each in a transaction of two resources.
    #[arg(long, default_value_t = 0)]
    arrive: u64,
}

pub(super) fn run(args: &IdentityArgs) -> anyhow::Result<Vec<Figure>> {
    match &args.records {
        Some(path) => large(args, path),
        None => clinic(args),
    }
}

/// The whole server on a made-up clinic: its own thread links while others write.
fn clinic(args: &IdentityArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let ctx = setup::machine(&server.care, setup::FIRST, "bench")?;
    let new = again(&ctx, args.new)?;
    let mut figures = compare_each(&ctx, &new)?;
    figures.extend(until_placed(&ctx, new, args.others)?);
    if args.arrive > 0 {
        figures.extend(arriving(&ctx, args.arrive)?);
    }
    figures.push(Figure::new("people of the clinic", f64::from(args.patients), "", ""));
    Ok(figures)
}

/// Many records, their keys filed; nobody is assessed, the comparing thread runs as in the server.
fn large(args: &IdentityArgs, path: &Path) -> anyhow::Result<Vec<Figure>> {
    let file = std::env::temp_dir().join(format!("continuo-bench-identity-{}.db", std::process::id()));
    let url = args.db.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()));
    let mut records = read(path, args.most)?;
    let new = records.split_off(records.len().saturating_sub(args.new));
    let care = open::care(&url, StartCheck::Head)?;
    let is_new = setup::is_new(&care)? && setup::organizations(&care)?.is_empty();
    setup::organization(&care, "Measurement", "UTC")?;
    let ctx = setup::machine(&care, setup::FIRST, "bench")?;
    let known = records.len();
    let mut figures = if is_new { file_all(&ctx, records)? } else { Vec::new() };
    figures.extend(compare_each(&ctx, &new)?);
    let stop = AtomicBool::new(false);
    figures.extend(std::thread::scope(|threads| {
        threads.spawn(|| comparing(&care, &stop));
        let placed = until_placed(&ctx, new, args.others);
        stop.store(true, Ordering::Release);
        placed
    })?);
    figures.push(Figure::new("records known before", known as f64, "", ""));
    figures.push(Figure::new("peak memory", peak_memory(), "MiB", ""));
    drop(care);
    if args.db.is_none() {
        for suffix in ["", "-wal", "-shm"] {
            // What is not there any more needs no removing.
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
    }
    Ok(figures)
}

/// The server's thread without its assessing.
fn comparing(care: &Arc<Care>, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        let round = setup::machine(care, setup::FIRST, "assess").and_then(|ctx| worker::round(&ctx));
        match round {
            Ok(round) if round.more => {}
            Ok(_) => std::thread::sleep(Duration::from_millis(150)),
            Err(error) => {
                tracing::error!(%error, "records could not be compared");
                return;
            }
        }
    }
}

/// Imports the known records and files their keys, comparing nobody.
fn file_all(ctx: &Ctx, records: Vec<Json>) -> anyhow::Result<Vec<Figure>> {
    const PART: usize = 1_000;
    let count = records.len() as f64;
    let started = Instant::now();
    let mut records = records.into_iter();
    let chunks = std::iter::from_fn(move || {
        let resources: Vec<Json> = records.by_ref().take(PART).collect();
        (!resources.is_empty()).then(|| Chunk { source: "bench".to_owned(), resources, ..Chunk::default() })
    });
    let sum = ingest::run(ctx, chunks, |_, _| {})?;
    ensure!(sum.refused == 0, "{} records were refused", sum.refused);
    let imported = started.elapsed().as_secs_f64();
    let started = Instant::now();
    worker::file_only(ctx)?;
    let filed = started.elapsed().as_secs_f64();
    let started = Instant::now();
    known::learn(ctx)?;
    Ok(vec![
        Figure::new("records imported", count / imported, "per s", ""),
        Figure::new("keys filed", count / filed, "records/s", ""),
        Figure::new("weights learnt", started.elapsed().as_secs_f64(), "s", ""),
    ])
}

/// Compares each new record with those on file through the store, writing nothing.
fn compare_each(ctx: &Ctx, new: &[Json]) -> anyhow::Result<Vec<Figure>> {
    let weights = known::weights(ctx)?;
    let mut times = Times::default();
    let mut found = 0;
    for record in new {
        let asked = Instant::now();
        found += matching::find(ctx, record, 10)?.len();
        times.add(asked.elapsed());
    }
    Ok(vec![
        Figure::new("one record against those on file, p50", times.percentile(0.5), "ms", ""),
        Figure::new("one record against those on file, p95", times.percentile(0.95), "ms", "20 (stretch 5)"),
        Figure::new("one record against those on file, p99", times.percentile(0.99), "ms", ""),
        Figure::new("people found for each", found as f64 / new.len().max(1) as f64, "", ""),
        Figure::new("version of the weights", weights.version as f64, "", "0: as shipped"),
    ])
}

/// Writes each new record and waits until it was linked or queued, while others write at a steady rate.
fn until_placed(ctx: &Ctx, new: Vec<Json>, others: u32) -> anyhow::Result<Vec<Figure>> {
    let stop = AtomicBool::new(false);
    let count = new.len();
    let mut times = Times::default();
    std::thread::scope(|threads| -> anyhow::Result<()> {
        let noise = threads.spawn(|| steady(ctx, others, &stop));
        let outcome = (|| {
            for record in new {
                let id = record.str_at("id").unwrap_or_default().to_owned();
                let asked = Instant::now();
                let chunk = Chunk { source: "bench".to_owned(), resources: vec![record], ..Chunk::default() };
                ingest::take(ctx, &ctx.prepare_context()?, chunk)?;
                while !is_placed(ctx, &id)? {
                    ensure!(asked.elapsed() < Duration::from_secs(60), "a record was not compared within 60 s");
                    std::thread::sleep(Duration::from_millis(2));
                }
                times.add(asked.elapsed());
            }
            Ok(())
        })();
        stop.store(true, Ordering::Release);
        noise.join().unwrap_or_else(|_| Err(anyhow!("the other writes stopped")))?;
        outcome
    })?;
    Ok(vec![
        Figure::new("record in, linked or queued, p50", times.percentile(0.5), "ms", ""),
        Figure::new("record in, linked or queued, p99", times.percentile(0.99), "ms", "1,000"),
        Figure::new("records watched", count as f64, "", ""),
        Figure::new("writes of others meanwhile", f64::from(others), "per s", ""),
    ])
}

/// Writes results of nobody at a steady rate until told to stop.
fn steady(ctx: &Ctx, rate: u32, stop: &AtomicBool) -> anyhow::Result<()> {
    let prepare = ctx.prepare_context()?;
    let pause = Duration::from_secs_f64(1.0 / f64::from(rate.max(1)));
    let (started, mut count) = (Instant::now(), 0_u32);
    while !stop.load(Ordering::Acquire) && rate > 0 {
        let resource = Json::object([
            ("resourceType", Json::from("Observation")),
            ("id", Json::from(ctx.ids().next().to_string())),
            ("status", Json::from("final")),
            ("code", Json::object([("text", Json::from("bench"))])),
        ]);
        let prepared = Prepared::new(resource, &prepare)?;
        ctx.write("bench", move |tx| tx.put(&prepared, &PutOptions::default()))?;
        count += 1;
        std::thread::sleep((pause * count).saturating_sub(started.elapsed()));
    }
    Ok(())
}

/// New people all at once: how fast they come in, how many wait when the last is in, how long until all are placed.
fn arriving(ctx: &Ctx, people: u64) -> anyhow::Result<Vec<Figure>> {
    const WRITERS: u64 = 16;
    let before = ctx.read(|r| identity::count(r.conn(), ctx.org))?;
    let left = || -> anyhow::Result<i64> {
        let (filed, waiting) =
            ctx.read(|r| Ok((identity::count(r.conn(), ctx.org)?, identity::waiting_count(r.conn(), ctx.org)?)))?;
        Ok(before + i64::try_from(people)? - filed + waiting)
    };
    let started = Instant::now();
    std::thread::scope(|threads| -> anyhow::Result<()> {
        let writing: Vec<_> = (0..WRITERS)
            .map(|writer| {
                threads.spawn(move || -> anyhow::Result<()> {
                    let prepare = ctx.prepare_context()?;
                    for number in (writer..people).step_by(WRITERS as usize) {
                        let two: Vec<Prepared> = arrival(number)
                            .iter()
                            .map(|text| Prepared::parse(text.as_bytes(), &prepare))
                            .collect::<Result<_, _>>()?;
                        ctx.write("bench", move |tx| {
                            two.iter().try_for_each(|one| tx.put(one, &PutOptions::default()).map(|_| ()))
                        })?;
                    }
                    Ok(())
                })
            })
            .collect();
        writing.into_iter().try_for_each(|one| one.join().unwrap_or_else(|_| Err(anyhow!("a writer stopped"))))
    })?;
    let (written, backlog) = (started.elapsed(), left()?);
    let mut waiting = backlog;
    while waiting > 0 {
        ensure!(started.elapsed() < Duration::from_secs(900), "{waiting} people were not compared within 15 minutes");
        std::thread::sleep(Duration::from_millis(20));
        waiting = left()?;
    }
    let (all, rest) = (started.elapsed(), started.elapsed().saturating_sub(written));
    Ok(vec![
        Figure::new("new people written", people as f64 / written.as_secs_f64(), "per s", ""),
        Figure::new("new people who wait when the last is in", backlog as f64, "", ""),
        Figure::new("until all are placed, from then", rest.as_secs_f64(), "s", ""),
        Figure::new("placed from then", backlog as f64 / rest.as_secs_f64().max(0.001), "per s", "3,000"),
        Figure::new("placed from the first written to the last placed", people as f64 / all.as_secs_f64(), "per s", ""),
    ])
}

/// Somebody nobody else is like, with a weight.
fn arrival(number: u64) -> [String; 2] {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let (year, month, day) = (1930 + mixed % 91, 1 + mixed / 91 % 12, 1 + mixed / 1092 % 28);
    [
        format!(
            r#"{{"resourceType":"Patient","id":"arrival-{number}","name":[{{"family":"Bench{mixed}","given":["Ada"]}}],"birthDate":"{year}-{month:02}-{day:02}"}}"#
        ),
        format!(
            r#"{{"resourceType":"Observation","id":"arrival-{number}","status":"final","code":{{"text":"weight"}},"subject":{{"reference":"Patient/arrival-{number}"}},"effectiveDateTime":"2026-08-01T08:00:00Z","valueQuantity":{{"value":78.1,"unit":"kg"}}}}"#
        ),
    ]
}

fn is_placed(ctx: &Ctx, id: &str) -> anyhow::Result<bool> {
    Ok(ctx.read(|reader| {
        let Some(rid) = reader.rid(ctx.org, ResourceType::of("Patient"), id)? else { return Ok(false) };
        let filed = identity::filed(reader.conn(), ctx.org, rid)?;
        Ok(filed.is_some_and(|filed| filed.placed == filed.version))
    })?)
}

/// People on file once more, as another source would send them.
fn again(ctx: &Ctx, most: usize) -> anyhow::Result<Vec<Json>> {
    let query = Query::parse(ResourceType::of("Patient"), "_count=1000&_total=none")?;
    let page = ctx.read(|reader| reader.search(&ctx.scope, &query))?;
    let mut copies = Vec::new();
    for stored in page.matches.into_iter().take(most) {
        let bytes = stored.bytes.as_deref().unwrap_or_default();
        let mut patient = Json::parse(bytes).map_err(|error| anyhow!("{error}"))?;
        patient.set("id", Json::from(format!("again-{}", stored.id)));
        patient.remove("meta");
        patient.remove("identifier");
        copies.push(patient);
    }
    Ok(copies)
}

fn read(path: &Path, most: usize) -> anyhow::Result<Vec<Json>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("`{}`", path.display()))?;
    let header = reader.headers()?.clone();
    let mut people = Vec::new();
    for row in reader.records().take(most) {
        let row = row?;
        people.push(patient(&|name: &str| {
            header.iter().position(|one| one == name).and_then(|at| row.get(at)).unwrap_or_default().to_owned()
        }));
    }
    Ok(people)
}

fn patient(cell: &dyn Fn(&str) -> String) -> Json {
    let text = |name: &str| Some(cell(name)).filter(|value| !value.is_empty()).map(Json::from);
    let id: String = cell("rec_id").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mut patient = Json::object([("resourceType", Json::from("Patient")), ("id", Json::from(id))]);
    let mut put = |name: &str, items: Vec<Json>| {
        if !items.is_empty() {
            patient.set(name, Json::Array(items));
        }
    };
    let mut name = Json::Object(Vec::new());
    let given: Vec<Json> = [text("given"), text("middle")].into_iter().flatten().collect();
    if !given.is_empty() {
        name.set("given", Json::Array(given));
    }
    if let Some(family) = text("family") {
        name.set("family", family);
    }
    if let Some(suffix) = text("suffix") {
        name.set("suffix", Json::array([suffix]));
    }
    put("name", if name.fields().is_empty() { Vec::new() } else { vec![name] });
    let valued = |system: &str, column: &str| {
        text(column).map(|value| Json::object([("system", Json::from(system)), ("value", value)]))
    };
    put("identifier", valued("http://hl7.org/fhir/sid/us-ssn", "ssn").into_iter().collect());
    put("telecom", [valued("phone", "phone"), valued("email", "email")].into_iter().flatten().collect());
    let mut address = Json::Object(Vec::new());
    if let Some(street) = text("street") {
        address.set("line", Json::array([street]));
    }
    for (field, column) in [("city", "city"), ("state", "state"), ("postalCode", "zip")] {
        if let Some(value) = text(column) {
            address.set(field, value);
        }
    }
    put("address", if address.fields().is_empty() { Vec::new() } else { vec![address] });
    match cell("sex").chars().next() {
        Some('F' | 'f') => patient.set("gender", Json::from("female")),
        Some('M' | 'm') => patient.set("gender", Json::from("male")),
        _ => {}
    }
    let birth = cell("birth_date");
    if continuo_fhir::Date::parse(&birth).is_some() {
        patient.set("birthDate", Json::from(birth));
    }
    patient
}
