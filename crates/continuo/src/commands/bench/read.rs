//! Reading and searching over HTTP, one client and many, on a made-up clinic.

use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use continuo_fhir::Json;

use super::http::Client;
use super::load::{self, first_line};
use super::server::Server;
use super::stats::Figure;

#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Seconds a figure.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

pub(super) fn run(args: &ReadArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let headers = server.bearer();
    let span = Duration::from_secs(args.seconds);
    let mut client = Client::new(server.address, &headers)?;
    let patients = ids(&mut client)?;
    let mut figures = Vec::new();

    let reads: Vec<String> = patients.iter().map(|id| format!("/fhir/Patient/{id}")).collect();
    let mut one = load::get(server.address, &headers, &reads, 1, span)?;
    figures.push(Figure::new("GET Patient/id, one client, p50", one.times.percentile(0.5), "ms", "0.15"));
    figures.push(Figure::new("GET Patient/id, one client, p99", one.times.percentile(0.99), "ms", "0.5"));
    let many = load::get(server.address, &headers, &reads, 32, span)?;
    figures.push(Figure::new("GET Patient/id, 32 clients", many.rate(), "requests/s", "20,000 (stretch 40,000)"));

    let code = busiest_code(&mut client)?;
    let searches: Vec<String> =
        patients.iter().map(|id| format!("/fhir/Observation?patient={id}&code={code}&_count=20")).collect();
    let mut one = load::get(server.address, &headers, &searches, 1, span)?;
    figures.push(Figure::new("Observation?patient&code, one client, p50", one.times.percentile(0.5), "ms", "0.5"));
    figures.push(Figure::new("Observation?patient&code, one client, p99", one.times.percentile(0.99), "ms", "2"));
    let mut eight = load::get(server.address, &headers, &searches, 8, span)?;
    figures.push(Figure::new("Observation?patient&code, eight clients, p99", eight.times.percentile(0.99), "ms", "5"));
    figures.push(Figure::new("the same, CPU a search, server", eight.server_ms(), "ms", ""));
    figures.push(Figure::new("the same, CPU a search, clients on the same cores", eight.client_ms(), "ms", ""));

    let all = total(&client.get("/fhir/Observation?_summary=count")?.body)?;
    figures.push(Figure::new("Observations in the clinic", all as f64, "", ""));
    let asked = Instant::now();
    let count = client.get(&format!("/fhir/Observation?code={code}&_summary=count"))?;
    let seconds = asked.elapsed().as_secs_f64();
    let rows = total(&count.body)?;
    figures.push(Figure::new(format!("count by code ({rows} rows)"), seconds, "s", "0.15 over 1 M Observations"));

    let metadata = ["/fhir/metadata".to_owned()];
    let mut meta = load::get(server.address, &headers, &metadata, 1, Duration::from_secs(2))?;
    figures.push(Figure::new("/metadata, p50", meta.times.percentile(0.5), "ms", "2"));
    Ok(figures)
}

fn total(bundle: &[u8]) -> anyhow::Result<i64> {
    Ok(Json::parse(bundle)?.get("total").and_then(Json::as_i64).unwrap_or(0))
}

fn ids(client: &mut Client) -> anyhow::Result<Vec<String>> {
    let answer = client.get("/fhir/Patient?_count=500&_elements=id")?;
    ensure!(answer.status == 200, "the list of people was answered {}: {}", answer.status, first_line(&answer.body));
    let bundle = Json::parse(&answer.body)?;
    let entries = bundle.get("entry").map(Json::items).unwrap_or_default();
    Ok(entries.iter().filter_map(|entry| entry.str_at("resource.id").map(str::to_owned)).collect())
}

/// The code that most of a page of Observations carry, as a search value.
fn busiest_code(client: &mut Client) -> anyhow::Result<String> {
    let answer = client.get("/fhir/Observation?_count=500&_total=none")?;
    let bundle = Json::parse(&answer.body)?;
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for entry in bundle.get("entry").map(Json::items).unwrap_or_default() {
        let system = entry.str_at("resource.code.coding.0.system");
        let code = entry.str_at("resource.code.coding.0.code");
        if let (Some(system), Some(code)) = (system, code) {
            *counts.entry(format!("{system}%7C{code}")).or_default() += 1;
        }
    }
    let busiest = counts.into_iter().max_by_key(|(_, count)| *count).map(|(code, _)| code);
    busiest.ok_or_else(|| anyhow::anyhow!("no Observation has a code"))
}
