//! Searches over everybody through the FHIR API, one client: what a large clinic makes slow, since much matches.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use continuo_fhir::Json;

use super::http::Client;
use super::load::first_line;
use super::server::Server;
use super::stats::{Figure, Times};

#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Times each search is asked.
    #[arg(long, default_value_t = 7)]
    times: usize,
    /// Pages that are followed by their links.
    #[arg(long, default_value_t = 20)]
    pages: usize,
    /// Only searches that have this in them.
    #[arg(long, default_value = "")]
    only: String,
}

/// No search is asked longer than this in all, once it was answered three times.
const MOST: Duration = Duration::from_secs(4);

/// Dates and codes come from the newest Observations and from Conditions of the clinic itself.
const SEARCHES: &[&str] = &[
    "Observation?date=ge{month}",
    "Observation?date=ge{month}&_total=accurate",
    "Observation?date=ge{month}&date=lt{day}",
    "Observation?date=lt{year}",
    "Observation?_sort=-date",
    "Observation?_sort=date",
    "Observation?_sort=-_lastUpdated",
    "Observation?_sort=_lastUpdated",
    "Observation?_lastUpdated=ge{year}",
    "Observation?_lastUpdated=ge{now}",
    "Observation?status=final&_sort=-date",
    "Observation?category=vital-signs&_sort=-date",
    "Observation?code={code}",
    "Observation?code={code}&_sort=-date",
    "Observation?code={code}&_sort=date",
    "Observation?code={code}&_sort=-_lastUpdated",
    "Observation?code={code}&date=ge{month}&_sort=date",
    "Observation?code:not={code}&_sort=-date",
    "Observation?value-quantity=gt150&_sort=-date",
    "Observation?patient.gender=female",
    "Observation?patient.gender=female&_sort=-date",
    "Observation?patient.name=smith&_sort=-date",
    "Observation?_summary=count",
    "Observation?code={code}&_summary=count",
    "Observation?date=ge{month}&_count=0",
    "Encounter?_sort=-date",
    "Encounter?_sort=date",
    "Encounter?status=finished&_sort=-date",
    "Encounter?date=ge{month}&_include=Encounter:patient",
    "Encounter?_sort=-date&_revinclude=Observation:encounter",
    "Condition?code={condition}",
    "Condition?code={condition}&_sort=-recorded-date",
    "Condition?clinical-status=active&_sort=-recorded-date",
    "MedicationRequest?status=active&_sort=-authoredon",
    "Task?status=requested&_sort=-authored-on",
    "Task?status=requested&_sort=authored-on",
    "Task?_sort=-_lastUpdated",
    "Appointment?date=ge{day}&_sort=date",
    "Patient?name=smi",
    "Patient?name=smi&_sort=family",
    "Patient?birthdate=ge1990",
    "Patient?birthdate=ge1990&_sort=birthdate",
    "Patient?birthdate=lt1950&gender=female&_sort=-birthdate",
    "Patient?_sort=family",
    "Patient?_sort=-_lastUpdated",
    "Patient?_has:Observation:patient:code={code}",
    "Patient?_has:Condition:patient:code={condition}&_sort=birthdate",
    "Patient?_summary=count",
    "Patient?gender=female&_revinclude=Condition:patient",
];

pub(super) fn run(args: &SearchArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let mut client = Client::new(server.address, &server.bearer())?;
    let words = Words::of(&mut client)?;
    let mut figures = Vec::new();
    let (mut over, mut asked) = (0, 0);
    for search in SEARCHES.iter().filter(|search| search.contains(&args.only)) {
        let path = format!("/fhir/{}", words.filled_in(search));
        let (mut times, next) = ask(&mut client, &path, args.times)?;
        let mut pages = follow(&mut client, next, args.pages)?;
        let slowest = times.percentile(1.0).max(pages.percentile(1.0));
        asked += 1;
        over += usize::from(slowest > 500.0);
        eprintln!(
            "{:<70} {:>9.1} {slowest:>9.1} ms; {} pages after it {:>9.1} ms",
            search,
            times.percentile(0.5),
            pages.count(),
            pages.percentile(0.5)
        );
        figures.push(Figure::new(format!("{search}, p50"), times.percentile(0.5), "ms", ""));
        figures.push(Figure::new(format!("{search}, slowest, pages after it too"), slowest, "ms", "500"));
    }
    figures.push(Figure::new("searches measured", f64::from(asked), "", ""));
    figures.push(Figure::new("searches over 500 ms", over as f64, "", "0"));
    Ok(figures)
}

/// What stands in the searches for dates and codes.
struct Words {
    dates: [String; 3],
    /// When the last Observation was written.
    now: String,
    code: String,
    condition: String,
}

impl Words {
    /// The year, month and day of the newest Observation, and the codes of the newest ones.
    fn of(client: &mut Client) -> anyhow::Result<Self> {
        let mut first = |search: &str, path: &str| -> anyhow::Result<Vec<String>> {
            let answer = client.get(&format!("/fhir/{search}"))?;
            ensure!(answer.status == 200, "`{search}` was answered {}: {}", answer.status, first_line(&answer.body));
            let bundle = Json::parse(&answer.body)?;
            let entries = bundle.get("entry").map(Json::items).unwrap_or_default();
            Ok(entries.iter().filter_map(|entry| entry.str_at(path).map(str::to_owned)).collect())
        };
        let newest = first("Observation?_sort=-date&_count=1&_total=none", "resource.effectiveDateTime")?;
        let newest = newest.into_iter().next().context("no Observation has a date")?;
        let dates = [4, 7, 10].map(|end| newest.get(..end).unwrap_or(&newest).to_owned());
        let code = first("Observation?_sort=-date&_count=200&_total=none", "resource.code.coding.0.code")?;
        let condition = first("Condition?_count=200&_total=none", "resource.code.coding.0.code")?;
        let now = first("Observation?_sort=-_lastUpdated&_count=1&_total=none", "resource.meta.lastUpdated")?;
        let now = now.into_iter().next().context("no Observation says when it was written")?.replace('+', "%2B");
        Ok(Self { dates, now, code: most_common(code)?, condition: most_common(condition)? })
    }

    fn filled_in(&self, search: &str) -> String {
        let [year, month, day] = &self.dates;
        let dated = search.replace("{year}", year).replace("{month}", month).replace("{day}", day);
        dated.replace("{now}", &self.now).replace("{code}", &self.code).replace("{condition}", &self.condition)
    }
}

fn most_common(codes: Vec<String>) -> anyhow::Result<String> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for code in codes {
        *counts.entry(code).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count).map(|(code, _)| code);
    most.context("nothing has a code")
}

/// The first page, several times, and the address of the next.
fn ask(client: &mut Client, path: &str, times: usize) -> anyhow::Result<(Times, Option<String>)> {
    let (mut taken, mut next, began) = (Times::default(), None, Instant::now());
    for number in 0..times.max(1) {
        next = page(client, path, &mut taken)?;
        if number >= 2 && began.elapsed() > MOST {
            break;
        }
    }
    Ok((taken, next))
}

fn follow(client: &mut Client, mut next: Option<String>, most: usize) -> anyhow::Result<Times> {
    let (mut taken, began) = (Times::default(), Instant::now());
    for _ in 0..most {
        let Some(path) = next else { break };
        next = page(client, &path, &mut taken)?;
        if began.elapsed() > MOST {
            break;
        }
    }
    Ok(taken)
}

fn page(client: &mut Client, path: &str, taken: &mut Times) -> anyhow::Result<Option<String>> {
    let asked = Instant::now();
    let answer = client.get(path)?;
    taken.add(asked.elapsed());
    ensure!(answer.status == 200, "`{path}` was answered {}: {}", answer.status, first_line(&answer.body));
    let bundle = Json::parse(&answer.body)?;
    let links = bundle.get("link").map(Json::items).unwrap_or_default();
    let next = links.iter().find(|link| link.str_at("relation") == Some("next"));
    let url = next.and_then(|link| link.str_at("url"));
    Ok(url.and_then(|url| url.find("/fhir/").and_then(|at| url.get(at..))).map(str::to_owned))
}
