//! Durable commits through the store, beside the rate at which this disk can flush at all (goals L1 and L2).

use std::io::{Seek, Write};
use std::time::{Duration, Instant};

use clap::Args;
use continuo_care::setup;
use continuo_fhir::{Json, ResourceType};
use continuo_store::{Prepared, PutOptions};

use super::server::Server;
use super::stats::{Figure, Times};

#[derive(Debug, Args)]
pub(super) struct CommitArgs {
    /// Seconds a figure.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// A database to write to, such as an empty one of PostgreSQL; by default a new file.
    #[arg(long)]
    db: Option<String>,
}

pub(super) fn run(args: &CommitArgs) -> anyhow::Result<Vec<Figure>> {
    let span = Duration::from_secs(args.seconds);
    let server = Server::start(args.db.as_deref(), 0)?;
    let (flush_rate, mut flushes) = fdatasync(span)?;
    let (mut one, one_seconds) = writers(&server, 1, span)?;
    let (mut many, many_seconds) = writers(&server, 64, span)?;
    let reach = (16.0 * flush_rate).min(6000.0);
    let many_rate = many.count() as f64 / many_seconds;
    Ok(vec![
        Figure::new("fdatasync of a 4 kB append", flush_rate, "per s", ""),
        Figure::new("fdatasync of a 4 kB append, p50", flushes.percentile(0.5), "ms", ""),
        Figure::new("one 1 kB resource, one writer, p50", one.percentile(0.5), "ms", "one fdatasync + 0.25 ms"),
        Figure::new("one writer", one.count() as f64 / one_seconds, "commits/s", ""),
        Figure::new("64 writers", many_rate, "commits/s", "the next line"),
        Figure::new("reach: 6,000/s or 16 x fdatasync, the lesser", reach, "commits/s", ""),
        Figure::new("64 writers, p99", many.percentile(0.99), "ms", ""),
    ])
}

/// How often this disk makes an append durable.
fn fdatasync(span: Duration) -> anyhow::Result<(f64, Times)> {
    let mut file = tempfile::tempfile()?;
    let page = [7_u8; 4096];
    let (started, mut times) = (Instant::now(), Times::default());
    while started.elapsed() < span {
        let asked = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.add(asked.elapsed());
        if times.count().is_multiple_of(4096) {
            file.rewind()?;
        }
    }
    Ok((times.count() as f64 / started.elapsed().as_secs_f64(), times))
}

fn writers(server: &Server, writers: usize, span: Duration) -> anyhow::Result<(Times, f64)> {
    let ctx = setup::machine(&server.care, setup::FIRST, "bench")?;
    let prepare = ctx.prepare_context()?;
    let started = Instant::now();
    let results: Vec<anyhow::Result<Times>> = std::thread::scope(|threads| {
        let running: Vec<_> = (0..writers)
            .map(|_| {
                threads.spawn(|| {
                    let mut times = Times::default();
                    while started.elapsed() < span {
                        let asked = Instant::now();
                        let prepared = Prepared::new(resource(&ctx.ids().next().to_string()), &prepare)?;
                        ctx.write("bench", move |tx| tx.put(&prepared, &PutOptions::default()))?;
                        times.add(asked.elapsed());
                    }
                    Ok(times)
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a writer stopped"))).collect()
    });
    let mut all = Times::default();
    for result in results {
        all.merge(result?);
    }
    Ok((all, started.elapsed().as_secs_f64()))
}

/// An Observation of about 1 kB.
fn resource(id: &str) -> Json {
    Json::object([
        ("resourceType", Json::from(ResourceType::of("Observation").as_str())),
        ("id", Json::from(id)),
        ("status", Json::from("final")),
        ("code", Json::object([("text", Json::from("bench"))])),
        ("effectiveDateTime", Json::from("2026-08-01T08:00:00Z")),
        ("note", Json::array([Json::object([("text", Json::from("x".repeat(800)))])])),
    ])
}
