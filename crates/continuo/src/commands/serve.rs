//! `continuo serve`: the real thing. The first start makes the administrator.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use continuo_care::accounts::{self, Secret};
use continuo_care::setup::{self, NewAccount};
use continuo_store::StartCheck;
use continuo_web::front::{self, Front};

use super::Outcome;
use crate::system::SystemEntropy;
use crate::{open, outgoing, serving};

/// Serves a site's own database.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// Address to listen on. Put a proxy with TLS in front of any address but the loopback one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address of a proxy in front, once for each: only what it says about a client is believed (`X-Forwarded-For`,
    /// `-Host`, `-Proto`).
    #[arg(long, value_name = "IP")]
    proxy: Vec<IpAddr>,
    /// The address that browsers and programs use, such as `https://care.example.org`; it stands in links of the API.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Connections of one client address at once; a proxy's are not counted.
    #[arg(long, default_value_t = front::CONNECTIONS, value_name = "N")]
    connections: usize,
    /// Name of the organization, at the first start.
    #[arg(long, default_value = "My clinic")]
    name: String,
    /// IANA time zone of the organization, at the first start.
    #[arg(long, default_value = "America/New_York")]
    zone: String,
    /// JSON file of outside services (language model, speech, sign-in); without it nothing ever leaves this machine.
    #[arg(long)]
    services: Option<PathBuf>,
}

pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<Outcome> {
    let mut front = Front::of(&args.proxy, args.connections);
    if let Some(address) = &args.address {
        front = front.at(address).map_err(anyhow::Error::msg).context("--address")?;
    }
    let care = open::care_with(&args.db, StartCheck::Full, outgoing::outside(args.services.as_deref())?)?;
    if setup::is_new(&care)? {
        setup::organization(&care, &args.name, &args.zone)?;
        let ctx = setup::machine(&care, setup::FIRST, "setup")?;
        let secret = Secret::new("", &SystemEntropy);
        let password = secret.expose().get(..20).context("a secret has 64 characters")?.to_owned();
        let administrator = NewAccount {
            login: "admin".to_owned(),
            name: "Administrator".to_owned(),
            reference: "Practitioner/administrator".to_owned(),
            roles: vec!["administrator".to_owned()],
            teams: Vec::new(),
            one_click: false,
        };
        let code = setup::administrator(&ctx, administrator, password.clone())?;
        eprintln!("First start. Sign in as  admin  with the password  {password}");
        eprintln!("and add this key to an authenticator app:  {code}");
        eprintln!("Both are shown only now.");
    }
    anyhow::ensure!(
        accounts::one_click(&care)?.is_empty(),
        "this is a made-up clinic, whose accounts open with one press: `continuo demo --db` serves it, on this machine only"
    );
    serving::serve(care, args.listen, front, |address| eprintln!("Continuo listens on http://{address}/"))?;
    Ok(Outcome::Done)
}
