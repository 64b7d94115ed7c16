//! `continuo account link`: which account somebody of the site's sign-in provider is; `continuo account recover`: a new
//! first password for whoever is locked out, where no other administrator can give one.

use anyhow::Context;
use clap::{Args, Subcommand};
use continuo_care::accounts::{Secret, provider};
use continuo_care::{members, setup, staff};

use super::Outcome;
use crate::open;
use crate::system::SystemEntropy;

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
    /// Gives an account a new first password and takes its second factor away; prints the password once. Stop the server
    /// first. The audit calls it the command line.
    Recover(RecoverArgs),
}

#[derive(Debug, Args)]
struct RecoverArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// The account's name here, such as admin.
    #[arg(long)]
    login: String,
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
    match &args.command {
        AccountCommand::Link(args) => link(args),
        AccountCommand::Recover(args) => recover(args),
    }
}

fn link(link: &LinkArgs) -> anyhow::Result<Outcome> {
    let care = open::care_of_existing(&link.db)?;
    let ctx = setup::machine(&care, setup::FIRST, "account-command")?;
    provider::link(&ctx, &link.login, &link.issuer, &link.subject)?;
    care.store.close();
    super::print_line(&format!("linked `{}`", link.login))?;
    Ok(Outcome::Done)
}

fn recover(args: &RecoverArgs) -> anyhow::Result<Outcome> {
    let care = open::care_of_existing(&args.db)?;
    let ctx = setup::machine(&care, setup::FIRST, "account-command")?;
    let login = args.login.trim().to_lowercase();
    let found = staff::members(&ctx)?.into_iter().find(|member| member.login == login);
    let member = found.with_context(|| format!("there is no account `{login}`"))?;
    anyhow::ensure!(member.active, "the account `{login}` is closed");
    let password = Secret::new("", &SystemEntropy).expose().get(..20).context("a secret has 64 characters")?.to_owned();
    members::reset_password(&ctx, member.id, &password)?;
    if member.second_factor {
        members::remove_second_factor(&ctx, member.id)?;
    }
    care.store.close();
    super::print_line(&format!("`{login}` signs in with the password  {password}"))?;
    super::print_line("It is shown only now. They choose their own, and a second factor where their role needs one.")?;
    Ok(Outcome::Done)
}
