//! `continuo token new`: a key for a program that uses the FHIR API.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use continuo_care::access::Permission;
use continuo_care::accounts::{self, NewToken};
use continuo_care::setup;
use continuo_fhir::clock::Clock;
use continuo_fhir::date::Instant;

use super::Outcome;
use crate::open;
use crate::system::SystemClock;

/// Keys for programs.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it once.
    New(NewArgs),
}

#[derive(Debug, Args)]
struct NewArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// What it is for; shown in the list of tokens.
    #[arg(long)]
    label: String,
    /// Permissions, such as `record-read`; may be repeated.
    #[arg(long = "allow", default_values = ["record-read", "person-read"])]
    allow: Vec<String>,
    /// Closed labels it sees, such as `part2`; none by default.
    #[arg(long = "label-open")]
    labels: Vec<String>,
    /// Makes records under ids of ours only. Without it a token that writes may choose ids, which tells it which of them
    /// are taken by records closed to it.
    #[arg(long)]
    our_ids: bool,
    /// Days until it is refused.
    #[arg(long, default_value_t = 90)]
    days: u32,
}

pub(crate) fn run(args: &TokenArgs) -> anyhow::Result<Outcome> {
    let TokenCommand::New(args) = &args.command;
    let mut permissions = Vec::new();
    for id in &args.allow {
        permissions.push(Permission::parse(id).with_context(|| {
            let known: Vec<_> = Permission::ALL.iter().map(|p| p.id()).collect();
            format!("permission `{id}` is not known; there are: {}", known.join(", "))
        })?);
    }
    let writes = |one: &Permission| matches!(one, Permission::RecordWrite | Permission::PersonWrite);
    if !args.our_ids && permissions.iter().any(writes) && !permissions.contains(&Permission::ChooseIds) {
        permissions.push(Permission::ChooseIds);
    }
    for label in &args.labels {
        if continuo_care::access::labels_named(std::iter::once(label.as_str())) == 0 {
            bail!("label `{label}` is not known");
        }
    }
    let care = open::care_of_existing(&args.db)?;
    let expires = SystemClock.now().micros() + i64::from(args.days) * 24 * 3_600_000_000;
    let new = NewToken {
        label: args.label.clone(),
        permissions,
        labels: args.labels.clone(),
        expires: Instant::from_micros(expires),
        made_by: "system/command-line".to_owned(),
    };
    let secret = accounts::new_token(&care, setup::FIRST, &new)?;
    super::print_line(secret.expose())?;
    Ok(Outcome::Done)
}
