//! The worklist and the chart, half and half, by signed-in users in a closed loop without think time.

use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use continuo_care::accounts;
use continuo_care::worklist::{Filter, Tab, worklist};

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
    /// Seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

pub(super) fn run(args: &PageArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let found = accounts::one_click(&server.care)?;
    let coordinator = found.iter().find(|a| a.roles == "care-coordinator").context("the clinic has no coordinator")?;
    let secret = accounts::sign_in_one_click(&server.care, coordinator.org, coordinator.id)?;
    let headers = format!("Cookie: continuo={}\r\nAccept: text/html\r\n", secret.expose());
    let ctx = match accounts::standing(&server.care, secret.expose())? {
        accounts::Standing::Open(ctx) => ctx,
        _ => anyhow::bail!("the coordinator is not signed in"),
    };
    let list = worklist(&ctx, Tab::Mine, &Filter::default())?;
    ensure!(!list.rows.is_empty(), "the worklist is empty: the clinic was not assessed");
    let mut paths = Vec::new();
    for row in list.rows.iter().take(200) {
        paths.push("/worklist".to_owned());
        paths.push(format!("/patients/{}", row.person.id));
    }
    // One look at each kind first: a page that fails is an error, not a fast answer.
    let mut client = Client::new(server.address, &headers)?;
    for path in paths.iter().take(2) {
        let answer = client.get(path)?;
        ensure!(answer.status == 200, "`{path}` was answered {}", answer.status);
    }
    let mut loads = load::get(server.address, &headers, &paths, args.users, Duration::from_secs(args.seconds))?;
    let per = loads.bytes as f64 / loads.times.count().max(1) as f64 / 1024.0;
    Ok(vec![
        Figure::new(format!("worklist and chart, {} users, p50", args.users), loads.times.percentile(0.5), "ms", ""),
        Figure::new(
            format!("worklist and chart, {} users, p99", args.users),
            loads.times.percentile(0.99),
            "ms",
            "150 (stretch 50) with 100,000 people",
        ),
        Figure::new("pages", loads.rate(), "per s", ""),
        Figure::new("CPU a page, server", loads.server_ms(), "ms", ""),
        Figure::new("CPU a page, clients on the same cores", loads.client_ms(), "ms", ""),
        Figure::new("people on the list, and in the clinic", list.total as f64, "", "200"),
        Figure::new("bytes a page", per, "KiB", ""),
        Figure::new("peak memory", peak_memory(), "MiB", ""),
    ])
}
