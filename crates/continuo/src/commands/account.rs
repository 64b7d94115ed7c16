//! `continuo account link`: which account somebody of the site's sign-in provider is.

use clap::{Args, Subcommand};
use continuo_care::accounts::provider;
use continuo_care::setup;
use continuo_store::StartCheck;

use super::Outcome;
use crate::open;

/// Accounts of people who sign in.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    #[command(subcommand)]
    command: AccountCommand,
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Links a person of the sign-in provider to an account.
    Link(LinkArgs),
}

#[derive(Debug, Args)]
struct LinkArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// The account's name here.
    #[arg(long)]
    login: String,
    /// The provider's issuer, exactly as configured.
    #[arg(long)]
    issuer: String,
    /// The code that the sign-in page showed.
    #[arg(long)]
    subject: String,
}

pub(crate) fn run(args: &AccountArgs) -> anyhow::Result<Outcome> {
    let AccountCommand::Link(link) = &args.command;
    let care = open::care(&link.db, StartCheck::Head)?;
    let ctx = setup::machine(&care, setup::FIRST, "account-command")?;
    provider::link(&ctx, &link.login, &link.issuer, &link.subject)?;
    care.store.close();
    super::print_line(&format!("linked `{}`", link.login))?;
    Ok(Outcome::Done)
}
