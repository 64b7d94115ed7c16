//! A morning after the demo, as each coordinator finds it: how long the lists are, and where the seeded emergencies stand.

use anyhow::Context;
use clap::Args;
use continuo_care::accounts;
use continuo_care::followup::finding::Band;
use continuo_care::worklist::{Filter, Tab, worklist};

use super::server::Server;
use super::stats::Figure;

#[derive(Debug, Args)]
pub(super) struct MorningArgs {
    /// A database made before; by default a new clinic.
    #[arg(long)]
    db: Option<String>,
    /// Made-up people of a new clinic.
    #[arg(long, default_value_t = 2000)]
    patients: u32,
}

pub(super) fn run(args: &MorningArgs) -> anyhow::Result<Vec<Figure>> {
    let server = Server::start(args.db.as_deref(), args.patients)?;
    let (mut lists, mut longest, mut people, mut last_danger, mut dangers) = (0, 0, 0, 0, 0);
    for account in accounts::one_click(&server.care)?.iter().filter(|a| a.roles == "care-coordinator") {
        let secret = accounts::sign_in_one_click(&server.care, account.org, account.id)?;
        let accounts::Standing::Open(ctx) = accounts::standing(&server.care, secret.expose())? else {
            anyhow::bail!("a coordinator is not signed in");
        };
        let list = worklist(&ctx, Tab::Mine, &Filter::default())?;
        lists += 1;
        longest = longest.max(list.rows.iter().map(|row| row.items.len()).sum());
        people = people.max(list.total);
        let danger = list.rows.iter().filter(|row| row.band() == Band::Danger).count();
        dangers += danger;
        let last = list.rows.iter().rposition(|row| row.band() == Band::Danger).map_or(0, |at| at + 1);
        last_danger = last_danger.max(last);
    }
    (lists > 0).then_some(()).context("the clinic has no coordinators")?;
    Ok(vec![
        Figure::new("coordinators", f64::from(lists), "", ""),
        Figure::new("items on the longest list", longest as f64, "", "40"),
        Figure::new("people on the longest list", people as f64, "", ""),
        Figure::new("people in danger, over all lists", dangers as f64, "", ""),
        Figure::new("lowest row of somebody in danger", f64::from(last_danger as u32), "", "10"),
    ])
}
