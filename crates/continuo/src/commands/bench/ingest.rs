//! Taking records in over HTTP: large transaction Bundles, then two-resource transactions of many clients.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;
use continuo_fhir::Json;

use super::http::Client;
use super::load::first_line;
use super::server::Server;
use super::stats::{Figure, Times, cpu_seconds, peak_memory};

#[derive(Debug, Args)]
pub(super) struct IngestArgs {
    /// Folder of transaction Bundles (`.json`, `.json.bz2`); files named `0-*` go first.
    #[arg(long)]
    bundles: Option<PathBuf>,
    /// An empty database for the small transactions, such as one of PostgreSQL; by default a new file.
    #[arg(long)]
    db: Option<String>,
    /// Clients that send large Bundles.
    #[arg(long, default_value_t = 2)]
    clients: usize,
    /// Seconds of small transactions.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

pub(super) fn run(args: &IngestArgs) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    if let Some(folder) = &args.bundles {
        large(folder, args.clients, &mut figures)?;
    }
    small(args.db.as_deref(), Duration::from_secs(args.seconds), &mut figures)?;
    Ok(figures)
}

fn large(folder: &Path, clients: usize, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let (first, rest) = bundles(folder)?;
    let entries: u64 = first.iter().chain(&rest).map(|(count, _)| count).sum();
    let bytes: usize = first.iter().chain(&rest).map(|(_, body)| body.len()).sum();
    ensure!(entries > 0, "`{}` holds no Bundle", folder.display());
    let server = Server::start(None, 0)?;
    let headers = format!("{}Prefer: return=minimal\r\n", server.bearer());
    let (cpu, started) = (cpu_seconds(), Instant::now());
    let mut client = Client::new(server.address, &headers)?;
    for (_, body) in &first {
        send(&mut client, body)?;
    }
    let next = Mutex::new(rest.iter());
    let outcome: anyhow::Result<()> = std::thread::scope(|threads| {
        let running: Vec<_> = (0..clients)
            .map(|_| {
                threads.spawn(|| {
                    let mut client = Client::new(server.address, &headers)?;
                    loop {
                        let body = next.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
                        let Some((_, body)) = body else { return Ok(()) };
                        send(&mut client, body)?;
                    }
                })
            })
            .collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a client stopped")))
    });
    outcome?;
    let seconds = started.elapsed().as_secs_f64();
    let cpu = cpu_seconds() - cpu;
    let per = |value: f64| value / entries as f64;
    figures.push(Figure::new("transaction ingest", entries as f64 / seconds, "resources/s", "4,000 (stretch 8,000)"));
    figures.push(Figure::new("transaction ingest, CPU", per(cpu) * 1000.0, "s per 1,000", "0.25 (stretch 0.15)"));
    figures.push(Figure::new(
        "peak memory less the Bundles held",
        peak_memory() - bytes as f64 / 1048576.0,
        "MiB",
        "250",
    ));
    figures.push(Figure::new("disk", per(server.bytes_on_disk() as f64), "bytes each", "5,000"));
    figures.push(Figure::new("resources sent", entries as f64, "", ""));
    Ok(())
}

fn send(client: &mut Client, body: &[u8]) -> anyhow::Result<()> {
    let answer = client.post("/fhir", "application/fhir+json", body)?;
    ensure!(answer.status == 200, "a Bundle was answered {}: {}", answer.status, first_line(&answer.body));
    Ok(())
}

type Bundles = Vec<(u64, Vec<u8>)>;

fn bundles(folder: &Path) -> anyhow::Result<(Bundles, Bundles)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("folder `{}`", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_str().is_some_and(|name| name.ends_with(".json") || name.ends_with(".json.bz2")))
        .collect();
    files.sort();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for file in files {
        let bytes = std::fs::read(&file)?;
        let body = if file.extension().is_some_and(|e| e == "bz2") {
            let mut out = Vec::new();
            bzip2::read::MultiBzDecoder::new(bytes.as_slice()).read_to_end(&mut out)?;
            out
        } else {
            bytes
        };
        let json = Json::parse(&body).with_context(|| format!("`{}`", file.display()))?;
        let count = json.get("entry").map_or(0, |entries| entries.items().len()) as u64;
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or("");
        let list = if name.starts_with("0-") || name.starts_with("hospital") || name.starts_with("practitioner") {
            &mut first
        } else {
            &mut rest
        };
        list.push((count, body));
    }
    Ok((first, rest))
}

/// Transactions of a Patient and an Observation, 32 clients.
fn small(db: Option<&str>, span: Duration, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    const CLIENTS: usize = 32;
    let server = Server::start(db, 0)?;
    let headers = server.bearer();
    let number = AtomicU64::new(0);
    let started = Instant::now();
    let results: Vec<anyhow::Result<Times>> = std::thread::scope(|threads| {
        let running: Vec<_> = (0..CLIENTS)
            .map(|_| {
                threads.spawn(|| {
                    let mut client = Client::new(server.address, &headers)?;
                    let mut times = Times::default();
                    while started.elapsed() < span {
                        let body = two(number.fetch_add(1, Ordering::Relaxed));
                        let asked = Instant::now();
                        send(&mut client, body.as_bytes())?;
                        times.add(asked.elapsed());
                    }
                    Ok(times)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client stopped"))).collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    let mut times = Times::default();
    for result in results {
        times.merge(result?);
    }
    figures.push(Figure::new("transactions of two, 32 clients", times.count() as f64 / seconds, "per s", "2,500"));
    figures.push(Figure::new("transactions of two, 32 clients, p99", times.percentile(0.99), "ms", "30"));
    Ok(())
}

/// The people are not alike: who has one birth date, one given name and almost one family name is linked as one person.
fn two(number: u64) -> String {
    let urn = format!("urn:uuid:00000000-0000-4000-8000-{number:012x}");
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let (year, month, day) = (1930 + mixed % 91, 1 + mixed / 91 % 12, 1 + mixed / 1092 % 28);
    format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"fullUrl":"{urn}","resource":{{"resourceType":"Patient","name":[{{"family":"Bench{mixed}","given":["Ada"]}}],"birthDate":"{year}-{month:02}-{day:02}"}},"request":{{"method":"POST","url":"Patient"}}}},{{"resource":{{"resourceType":"Observation","status":"final","code":{{"text":"weight"}},"subject":{{"reference":"{urn}"}},"effectiveDateTime":"2026-08-01T08:00:00Z","valueQuantity":{{"value":78.1,"unit":"kg"}}}},"request":{{"method":"POST","url":"Observation"}}}}]}}"#
    )
}
