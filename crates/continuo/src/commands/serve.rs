//! `continuo serve`: the real thing. The first start makes the administrator.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use continuo_care::accounts::{self, Secret};
use continuo_care::setup::{self, NewAccount};
use continuo_store::StartCheck;

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
    serving::serve(care, args.listen, |address| eprintln!("Continuo listens on http://{address}/"))?;
    Ok(Outcome::Done)
}
