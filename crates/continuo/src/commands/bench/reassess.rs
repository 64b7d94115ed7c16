//! How soon a change shows on the list, while others change too, and how fast everybody is assessed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::assess::worker;
use continuo_care::{Ctx, setup};
use continuo_fhir::{Json, ResourceType};
use continuo_store::tables::assessed;
use continuo_store::{Prepared, PutOptions, Query, Rid};

use super::server::Server;
use super::stats::{Figure, Times};

#[derive(Debug, Args)]
pub(super) struct ReassessArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// People a second whose record changes meanwhile.
    #[arg(long, default_value_t = 100)]
    others: u32,
    /// Seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

pub(super) fn run(args: &ReassessArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let ctx = setup::machine(&server.care, setup::FIRST, "bench")?;
    let people = people(&ctx)?;
    ensure!(people.len() > 10, "the clinic has too few people");
    let (watched, crowd) = people.split_at(people.len() / 10);
    let stop = AtomicBool::new(false);
    let mut times = Times::default();
    let changed = std::thread::scope(|threads| -> anyhow::Result<u64> {
        let noise = threads.spawn(|| others(&ctx, crowd, args.others, &stop));
        let started = Instant::now();
        let mut at = 0;
        let outcome = (|| {
            while started.elapsed() < Duration::from_secs(args.seconds) {
                let (id, rid) = &watched[at % watched.len()];
                at += 1;
                times.add(until_listed(&ctx, id, *rid)?);
            }
            Ok(())
        })();
        stop.store(true, Ordering::Release);
        let changed = noise.join().unwrap_or_else(|_| anyhow::bail!("the other changes stopped"))?;
        outcome.map(|()| changed)
    })?;
    let rids: Vec<Rid> = people.iter().map(|(_, rid)| *rid).collect();
    let started = Instant::now();
    let assessed = worker::everybody(&ctx, &rids)?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(vec![
        Figure::new("change in, on the list, p50", times.percentile(0.5), "ms", ""),
        Figure::new("change in, on the list, p99", times.percentile(0.99), "ms", "1,000 (stretch 200)"),
        Figure::new("changes watched", times.count() as f64, "", ""),
        Figure::new("changes of others meanwhile", changed as f64 / args.seconds as f64, "per s", "100"),
        Figure::new("everybody assessed", seconds, "s", "60 for the 122 Bundles (stretch 10)"),
        Figure::new("people assessed", assessed as f64, "", ""),
    ])
}

/// Records with the person each stands under, one record a person.
fn people(ctx: &Ctx) -> anyhow::Result<Vec<(String, Rid)>> {
    let query = Query::parse(ResourceType::of("Patient"), "_count=1000&_total=none")?;
    let found = ctx.read(|reader| {
        let page = reader.search(&ctx.scope, &query)?;
        let records: Vec<Rid> = page.matches.iter().map(|stored| stored.rid).collect();
        let persons = reader.persons_of(ctx.org, &records)?;
        Ok(page.matches.into_iter().map(|stored| stored.id).zip(persons).collect::<Vec<_>>())
    })?;
    let mut seen = BTreeSet::new();
    Ok(found.into_iter().filter(|(_, person)| seen.insert(*person)).collect())
}

/// Writes a result and waits until the person's projection rests on it.
fn until_listed(ctx: &Ctx, id: &str, rid: Rid) -> anyhow::Result<Duration> {
    let asked = Instant::now();
    let change = write(ctx, id)?;
    loop {
        let row = ctx.read(|reader| assessed::of_patient(reader.conn(), ctx.org, rid))?;
        if row.is_some_and(|row| row.change >= change) {
            return Ok(asked.elapsed());
        }
        ensure!(asked.elapsed() < Duration::from_secs(30), "a change was not assessed within 30 s");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Writes a value for a person, so that they are thought about anew, and says its change number.
pub(super) fn write(ctx: &Ctx, id: &str) -> anyhow::Result<i64> {
    let resource = Json::object([
        ("resourceType", Json::from("Observation")),
        ("id", Json::from(ctx.ids().next().to_string())),
        ("status", Json::from("final")),
        ("code", Json::object([("text", Json::from("bench"))])),
        ("subject", Json::object([("reference", Json::from(format!("Patient/{id}")))])),
        ("effectiveDateTime", Json::from("2026-08-01T08:00:00Z")),
    ]);
    let prepared = Prepared::new(resource, &ctx.prepare_context()?)?;
    let done = ctx.write("bench", move |tx| tx.put(&prepared, &PutOptions::default()))?;
    done.commit.context("the change was not committed")?;
    Ok(done.last_change)
}

/// Changes other people's records at a steady rate until told to stop.
fn others(ctx: &Ctx, crowd: &[(String, Rid)], rate: u32, stop: &AtomicBool) -> anyhow::Result<u64> {
    let pause = Duration::from_secs_f64(1.0 / f64::from(rate.max(1)));
    let (started, mut count) = (Instant::now(), 0_u32);
    while !stop.load(Ordering::Acquire) {
        let (id, _) = &crowd[count as usize % crowd.len()];
        write(ctx, id)?;
        count += 1;
        std::thread::sleep((pause * count).saturating_sub(started.elapsed()));
    }
    Ok(u64::from(count))
}
