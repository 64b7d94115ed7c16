//! `continuo identity`: which records of a file are one person, and why.

mod explain;
mod link;
mod records;

use clap::{Args as ClapArgs, Subcommand};

use super::Outcome;

/// Which records are one person.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Link the records of a CSV file: pairs with their weight and decision, and the cluster of each record.
    Link(link::Args),
    /// Say in words why two records of a CSV file are, or are not, one person.
    Explain(explain::Args),
}

pub(crate) fn run(args: Args) -> anyhow::Result<Outcome> {
    match args.command {
        Command::Link(args) => link::run(&args),
        Command::Explain(args) => explain::run(&args),
    }
}
