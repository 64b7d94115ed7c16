//! The worklist and the chart, half and half, by signed-in users in a closed loop without think time: a coordinator's own
//! list, and the list of one who covers so many colleagues that a whole page of rows stands in it.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::oncall::{self, Away};
use continuo_care::worklist::{Filter, Tab, worklist};
use continuo_care::{Ctx, accounts};
use continuo_store::tables::account::Account;

use super::http::Client;
use super::load;
use super::server::Server;
use super::stats::{Figure, peak_memory};

#[derive(Debug, Args)]
pub(super) struct PageArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
    /// Users at once.
    #[arg(long, default_value_t = 50)]
    users: usize,
    /// Seconds for each of the two lists.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Rows that the long list shows.
    #[arg(long, default_value_t = 200)]
    rows: usize,
    /// Only the long list, right after the start: for a page cache that was emptied before.
    #[arg(long)]
    long_only: bool,
}

pub(super) fn run(args: &PageArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let found = accounts::one_click(&server.care)?;
    let coordinators: Vec<_> = found.iter().filter(|a| a.roles == "care-coordinator").collect();
    let first = coordinators.first().context("the clinic has no coordinator")?;
    let (ctx, headers) = sign_in(&server, first)?;
    let mut figures = Vec::new();
    if !args.long_only {
        let own = List { name: "own list", ctx: &ctx, headers: &headers, tab: Tab::Mine };
        figures.extend(measure(&server, &own, args)?);
    }
    for colleague in coordinators.iter().skip(1) {
        if people_on(&ctx, Tab::Team)? >= args.rows {
            break;
        }
        cover(&sign_in(&server, colleague)?.0, &ctx)?;
    }
    let long = List { name: "long list", ctx: &ctx, headers: &headers, tab: Tab::Team };
    figures.extend(measure(&server, &long, args)?);
    figures.push(Figure::new("peak memory", peak_memory(), "MiB", ""));
    Ok(figures)
}

/// What is measured together with the charts of its people.
struct List<'a> {
    name: &'static str,
    ctx: &'a Ctx,
    headers: &'a str,
    tab: Tab,
}

fn sign_in(server: &Server, account: &Account) -> anyhow::Result<(Ctx, String)> {
    let secret = accounts::sign_in_one_click(&server.care, account.org, account.id)?;
    match accounts::standing(&server.care, secret.expose())? {
        accounts::Standing::Open(ctx) => {
            Ok((*ctx, format!("Cookie: continuo={}\r\nAccept: text/html\r\n", secret.expose())))
        }
        _ => anyhow::bail!("{} is not signed in", account.login),
    }
}

fn people_on(ctx: &Ctx, tab: Tab) -> anyhow::Result<usize> {
    Ok(worklist(ctx, tab, &Filter { most: 1, ..Filter::default() })?.total)
}

/// A colleague enters an absence of a day, covered by somebody: their work stands in that one's list of the team.
fn cover(colleague: &Ctx, by: &Ctx) -> anyhow::Result<()> {
    let now = colleague.now();
    let away = Away {
        who: colleague.actor.reference.clone(),
        from: now,
        until: now.plus_seconds(86_400),
        fallback: by.actor.reference.clone(),
    };
    // Refused for whoever is away already: then another covers them, and the next colleague is asked.
    match oncall::add_away(colleague, away) {
        Ok(_) | Err(continuo_care::problem::WorkError::Field { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Milliseconds of one look at a page, and the rows on it.
fn look(client: &mut Client, path: &str) -> anyhow::Result<(f64, usize)> {
    let asked = Instant::now();
    let answer = client.get(path)?;
    let took = asked.elapsed().as_secs_f64() * 1000.0;
    ensure!(answer.status == 200, "`{path}` was answered {}", answer.status);
    Ok((took, String::from_utf8_lossy(&answer.body).matches("class=\"work-row\"").count()))
}

fn measure(server: &Server, of: &List<'_>, args: &PageArgs) -> anyhow::Result<Vec<Figure>> {
    let address = match of.tab {
        Tab::Mine => "/worklist".to_owned(),
        tab => format!("/worklist?tab={}", tab.word()),
    };
    // One look at each kind first: a page that fails is an error, not a fast answer; and what the first user of a morning
    // waits for is a figure of its own.
    let mut client = Client::new(server.address, of.headers)?;
    let (first_list, shown) = look(&mut client, &address)?;
    let list = worklist(of.ctx, of.tab, &Filter { most: args.rows, ..Filter::default() })?;
    ensure!(!list.rows.is_empty(), "the worklist is empty: the clinic was not assessed");
    let paths: Vec<String> =
        list.rows.iter().flat_map(|row| [address.clone(), format!("/patients/{}", row.person.id)]).collect();
    let (first_chart, _) = look(&mut client, paths.get(1).context("a list without people")?)?;
    let mut loads = load::get(server.address, of.headers, &paths, args.users, Duration::from_secs(args.seconds))?;
    let per = loads.bytes as f64 / loads.times.count().max(1) as f64 / 1024.0;
    let name = of.name;
    Ok(vec![
        Figure::new(format!("{name} and chart, {} users, p50", args.users), loads.times.percentile(0.5), "ms", ""),
        Figure::new(
            format!("{name} and chart, {} users, p99", args.users),
            loads.times.percentile(0.99),
            "ms",
            "150 (stretch 50) with 100,000 people",
        ),
        Figure::new(format!("{name}: the first look"), first_list, "ms", ""),
        Figure::new(format!("{name}: the first look at a chart"), first_chart, "ms", ""),
        Figure::new(format!("{name}: pages"), loads.rate(), "per s", ""),
        Figure::new(format!("{name}: CPU a page, server"), loads.server_ms(), "ms", ""),
        Figure::new(format!("{name}: CPU a page, clients on the same cores"), loads.client_ms(), "ms", ""),
        Figure::new(
            format!("{name}: rows on the page"),
            shown as f64,
            "",
            if of.tab == Tab::Team { "200" } else { "" },
        ),
        Figure::new(format!("{name}: people in all"), list.total as f64, "", ""),
        Figure::new(format!("{name}: bytes a page"), per, "KiB", ""),
    ])
}
