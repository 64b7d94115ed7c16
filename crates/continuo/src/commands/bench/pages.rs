//! Every page that reads more than one person or one long record, one user: what a large clinic makes slow.
//!
//! Each page is asked for by an account that may see it, several times with other words, people and addresses; the
//! slowest of so few is what is shown as p99. Addresses of lists are taken from the pages before them.

mod asked;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::accounts;

use super::http::{Answer, Client};
use super::load::first_line;
use super::server::Server;
use super::stats::{Figure, Times, cpu_seconds};
use asked::{Ask, Way};

#[derive(Debug, Args)]
pub(super) struct PagesArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Times each page is asked for.
    #[arg(long, default_value_t = 20)]
    times: usize,
    /// Only pages whose name has this in it.
    #[arg(long, default_value = "")]
    only: String,
}

/// No page is asked for longer than this in all, once it was seen three times.
const MOST: Duration = Duration::from_secs(4);

pub(super) fn run(args: &PagesArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let mut desks = desks(&server)?;
    let mut figures = Vec::new();
    let (mut over, mut pages) = (0, 0);
    for ask in asked::everything(&server, &mut desks)? {
        if !ask.name.contains(&args.only) {
            continue;
        }
        let Some((mut times, cpu, bytes)) = measure(&mut desks, &ask, args.times)? else {
            tracing::warn!(page = ask.name, "nobody may see it, or it is not there");
            continue;
        };
        let slowest = times.percentile(0.99);
        pages += 1;
        over += usize::from(slowest > 500.0);
        eprintln!(
            "{:<52} {:>9.1} {slowest:>9.1} ms  {cpu:>8.1} ms of CPU {bytes:>7.0} KiB",
            ask.name,
            times.percentile(0.5)
        );
        figures.push(Figure::new(format!("{}, p50", ask.name), times.percentile(0.5), "ms", ""));
        figures.push(Figure::new(format!("{}, p99", ask.name), slowest, "ms", "500 (stretch 100)"));
    }
    figures.push(Figure::new("pages measured", f64::from(pages), "", ""));
    figures.push(Figure::new("pages over 500 ms", over as f64, "", "0"));
    Ok(figures)
}

/// One session of each role, coordinators first, and a program's token.
struct Desk {
    client: Client,
    csrf: String,
    is_program: bool,
    ctx: Option<continuo_care::Ctx>,
}

fn desks(server: &Server) -> anyhow::Result<Vec<Desk>> {
    let mut by_role: BTreeMap<String, _> = BTreeMap::new();
    for account in accounts::one_click(&server.care)? {
        by_role.entry(account.roles.clone()).or_insert(account);
    }
    ensure!(!by_role.is_empty(), "the clinic has nobody who signs in by one click");
    let mut found: Vec<_> = by_role.into_values().collect();
    found.sort_by_key(|account| (account.roles != "care-coordinator", account.roles.clone()));
    let mut out = Vec::new();
    for account in found {
        let secret = accounts::sign_in_one_click(&server.care, account.org, account.id)?;
        let accounts::Standing::Open(ctx) = accounts::standing(&server.care, secret.expose())? else { continue };
        let headers = format!(
            "Cookie: continuo={}\r\nAccept: text/html\r\nOrigin: http://{}\r\n",
            secret.expose(),
            server.address
        );
        let client = Client::new(server.address, &headers)?;
        out.push(Desk { client, csrf: ctx.session_key.clone(), is_program: false, ctx: Some(*ctx) });
    }
    let client = Client::new(server.address, &server.bearer())?;
    out.push(Desk { client, csrf: String::new(), is_program: true, ctx: None });
    Ok(out)
}

impl Desk {
    fn ask(&mut self, way: &Way) -> anyhow::Result<Answer> {
        match way {
            Way::Get(path) => self.client.get(path),
            Way::Post(path, fields) => {
                let body = format!("csrf={}&{fields}", self.csrf);
                self.client.post(path, "application/x-www-form-urlencoded", body.as_bytes())
            }
        }
    }
}

/// Times, CPU and size of one page; nothing when no account is shown it.
fn measure(desks: &mut [Desk], ask: &Ask, times: usize) -> anyhow::Result<Option<(Times, f64, f64)>> {
    let Some(first) = ask.ways.first() else { return Ok(None) };
    let is_api = first.path().starts_with("/fhir");
    let mut who = None;
    for (at, desk) in desks.iter_mut().enumerate().filter(|(_, desk)| desk.is_program == is_api) {
        desk.client.reconnect()?;
        let answer = desk.ask(first)?;
        ensure!(answer.status < 500, "`{}` was answered {}: {}", ask.name, answer.status, first_line(&answer.body));
        if answer.status == 200 {
            who = Some(at);
            break;
        }
    }
    let Some(desk) = who.and_then(|at| desks.get_mut(at)) else { return Ok(None) };
    let (mut taken, mut bytes, cpu, began) = (Times::default(), 0, cpu_seconds(), Instant::now());
    for (at, way) in ask.ways.iter().cycle().take(times.max(1)).enumerate() {
        let asked = Instant::now();
        let answer = desk.ask(way).with_context(|| ask.name.clone())?;
        taken.add(asked.elapsed());
        bytes += answer.body.len();
        ensure!(answer.status == 200, "`{}` was answered {}: {}", ask.name, answer.status, first_line(&answer.body));
        if at >= 2 && began.elapsed() > MOST {
            break;
        }
    }
    let count = taken.count().max(1) as f64;
    Ok(Some((taken, (cpu_seconds() - cpu) * 1000.0 / count, bytes as f64 / count / 1024.0)))
}
