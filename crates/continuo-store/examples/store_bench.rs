//! Measures the store alone: `ingest FILE.ndjson DB`, `search DB`, `commit DB`.
//!
//! NDJSON with an empty line after each bundle. The figures in `docs/performance.md` come from here.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measuring program: it prints, reads the clock and files, and stops at the first failure"
)]

use continuo_fhir::clock::{Clock, SeededIds};
use continuo_fhir::{Instant, ResourceType};
use continuo_store::tables::org::Org;
use continuo_store::{DbUrl, OrgId, Prepared, PutOptions, Query, Scope, Store, StoreOptions, WriteContext};
use std::io::{BufRead, BufReader, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

struct System;

impl Clock for System {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::from_micros(since.as_micros() as i64)
    }
}

const ORG: OrgId = OrgId(1);

fn open(url: &str) -> Store {
    let options = StoreOptions::new(Arc::new(System), Arc::new(SeededIds::new(1, System.now())));
    let store = Store::open(&DbUrl::parse(url).unwrap(), options).unwrap();
    store.add_organization(&Org { org: ORG, name: "Bench".to_owned(), zone: "UTC".to_owned() }).unwrap();
    store
}

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> =
        stat.rsplit(')').next().unwrap_or("").split_whitespace().filter_map(|f| f.parse().ok()).collect();
    // utime and stime are fields 14 and 15; three before them are not numbers or stand before the bracket.
    fields.iter().skip(10).take(2).sum::<f64>() / 100.0
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ingest", file, url] => ingest(file, url),
        ["search", url] => search(url),
        ["commit", url, folder] => commit(url, folder),
        _ => println!("store_bench ingest FILE URL | search URL | commit URL FOLDER"),
    }
}

fn ingest(file: &str, url: &str) {
    let store = open(url);
    let prepare = store.prepare_context(ORG).unwrap();
    let context = WriteContext::new(ORG, "system/bench", "import");
    let started = std::time::Instant::now();
    let (mut resources, mut preparing) = (0, Duration::ZERO);
    let mut bundle: Vec<Prepared> = Vec::new();
    let lines = BufReader::with_capacity(1 << 20, std::fs::File::open(file).unwrap()).lines();
    for line in lines.map_while(Result::ok).chain([String::new()]) {
        if !line.is_empty() {
            let at = std::time::Instant::now();
            bundle.push(Prepared::parse(line.as_bytes(), &prepare).unwrap());
            preparing += at.elapsed();
            continue;
        }
        let ready = std::mem::take(&mut bundle);
        resources += ready.len();
        store
            .write(&context, move |tx| {
                for prepared in &ready {
                    tx.put(prepared, &PutOptions::default())?;
                }
                Ok(())
            })
            .unwrap();
    }
    let wall = started.elapsed().as_secs_f64();
    let rate = resources as f64 / wall;
    let per_thousand = cpu() / resources as f64 * 1_000.0;
    println!(
        "{resources} resources in {wall:.1} s: {rate:.0}/s, {per_thousand:.3} CPU-s per 1,000; preparing {:.0} us each",
        preparing.as_secs_f64() * 1e6 / resources as f64
    );
    store.close();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let bytes: u64 =
            ["", "-wal"].iter().filter_map(|end| std::fs::metadata(format!("{path}{end}")).ok()).map(|m| m.len()).sum();
        println!("{:.0} bytes a resource on disk", bytes as f64 / resources as f64);
    }
}

fn percentiles(mut list: Vec<f64>) -> String {
    list.sort_by(f64::total_cmp);
    let at = |share: f64| list.get(((list.len() - 1) as f64 * share) as usize).copied().unwrap_or(0.0) * 1_000.0;
    format!("p50 {:.3} ms, p99 {:.3} ms", at(0.5), at(0.99))
}

fn search(url: &str) {
    let store = open(url);
    let observation = ResourceType::of("Observation");
    let scope = Scope { hidden_labels: 1, ..Scope::all(ORG) };
    let pairs = store
        .read(|r| {
            r.conn().query(
                "select r.id, c.code from idx_clinical x join resource r on r.rid = x.patient join code c on c.id = x.code
                 where x.type = (select id from name where name = 'Observation') group by r.id, c.code order by r.id, c.code limit 20000",
                &[],
                |row| Ok((row.text(0)?, row.text(1)?)),
            )
        })
        .unwrap();
    let mut times = Vec::new();
    let mut rows = 0;
    for (patient, code) in pairs.iter().step_by((pairs.len() / 2_000).max(1)) {
        let query = Query::parse(observation, &format!("patient={patient}&code={code}&_count=20")).unwrap();
        let at = std::time::Instant::now();
        rows += store.read(|r| r.search(&scope, &query)).unwrap().matches.len();
        times.push(at.elapsed().as_secs_f64());
    }
    println!(
        "patient and code: {} searches, {:.1} rows each, {}",
        times.len(),
        rows as f64 / times.len() as f64,
        percentiles(times)
    );
    for condition in [
        "code=72514-3",
        "status=final",
        "category=laboratory",
        "value-quantity=gt100",
        "date=ge2015",
        "patient.gender=female&code=72514-3",
        "code=8302-2&_sort=-date",
    ] {
        let query = Query::parse(observation, &format!("{condition}&_count=20")).unwrap();
        let mut times = Vec::new();
        let mut total = None;
        for _ in 0..10 {
            let at = std::time::Instant::now();
            total = store.read(|r| r.search(&scope, &query)).unwrap().total;
            times.push(at.elapsed().as_secs_f64());
        }
        println!("{condition}: {} matches with total, {}", total.unwrap_or(0), percentiles(times));
    }
    let mut times = Vec::new();
    for (patient, _) in pairs.iter().step_by((pairs.len() / 2_000).max(1)) {
        let at = std::time::Instant::now();
        store.read(|r| r.get(&scope, ResourceType::of("Patient"), patient)).unwrap();
        times.push(at.elapsed().as_secs_f64());
    }
    println!("read one: {}", percentiles(times));
}

/// One fdatasync of a small append, as this disk does it now.
fn sync_rate(folder: &str) -> Duration {
    let mut file = std::fs::File::create(format!("{folder}/sync-probe")).unwrap();
    let at = std::time::Instant::now();
    let rounds = 200;
    for _ in 0..rounds {
        file.write_all(&[0; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    at.elapsed() / rounds
}

fn commit(url: &str, folder: &str) {
    let store = open(url);
    let prepare = store.prepare_context(ORG).unwrap();
    let number = AtomicU64::new(store.read(|r| r.last_change(ORG)).unwrap().0 as u64);
    let one = || {
        let n = number.fetch_add(1, Ordering::Relaxed);
        let text = format!(
            r#"{{"resourceType":"Observation","id":"c{n}","status":"final","code":{{"coding":[{{"system":"urn:loinc","code":"4548-4"}}]}},"subject":{{"reference":"Patient/p{}"}},"effectiveDateTime":"2026-01-10T08:00:00Z","valueQuantity":{{"value":{n},"system":"urn:ucum","code":"%"}},"note":[{{"text":"{}"}}]}}"#,
            n % 50,
            "x".repeat(600)
        );
        let prepared = Prepared::parse(text.as_bytes(), &prepare).unwrap();
        let at = std::time::Instant::now();
        store
            .write(&WriteContext::new(ORG, "Practitioner/p", "bench"), move |tx| {
                tx.put(&prepared, &PutOptions::default())
            })
            .unwrap();
        at.elapsed().as_secs_f64()
    };
    let sync = sync_rate(folder);
    let alone: Vec<f64> = (0..500).map(|_| one()).collect();
    println!("fdatasync {:.3} ms; one writer: {}", sync.as_secs_f64() * 1e3, percentiles(alone));
    let links = |store: &Store| store.read(|r| r.conn().query_int("select max(link) from audit_link", &[])).unwrap();
    let before = links(&store);
    let at = std::time::Instant::now();
    let (threads, each) = (64, 200);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..each {
                    one();
                }
            });
        }
    });
    let wall = at.elapsed().as_secs_f64();
    let commits = f64::from(threads * each);
    println!(
        "64 writers: {:.0}/s, {:.1} commits a sync; 16 x the fdatasync rate is {:.0}/s",
        commits / wall,
        commits / (links(&store) - before) as f64,
        16.0 / sync_rate(folder).as_secs_f64()
    );
}
