//! One file per command: its arguments and what it does with files, the rest is in the libraries.
//!
//! To add a command: a file here with `pub(crate) struct Args` and `pub(crate) fn run(Args) -> anyhow::Result<Outcome>`,
//! a variant of `Command` and a line in `run`.

mod account;
mod audit;
mod backup;
mod bench;
mod cql;
mod demo;
mod explain;
mod identity;
mod import;
mod import_files;
mod import_report;
mod measure;
mod measure_load;
mod serve;
mod text;
mod token;

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;

/// What `continuo` can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the product on a made-up clinic.
    Demo(demo::DemoArgs),
    /// Check and translate CQL, run the language tests.
    Cql(cql::CqlArgs),
    /// Run quality measures over people.
    Measure(measure::MeasureArgs),
    /// Take in files of a source.
    Import(import::ImportArgs),
    /// Serve a site's own database.
    Serve(serve::ServeArgs),
    /// Link accounts to the sign-in provider.
    Account(account::AccountArgs),
    /// Check the audit chain.
    Audit(audit::AuditArgs),
    /// Measure the promises on speed.
    Bench(bench::BenchArgs),
    /// Copy a database, also while it is in use.
    Backup(backup::BackupArgs),
    /// Fill an empty database from a backup.
    Restore(backup::RestoreArgs),
    /// Why something was suggested, run again.
    Explain(explain::ExplainArgs),
    /// Clinical language over a JSONL file.
    Text(text::TextArgs),
    /// Make keys for programs.
    Token(token::TokenArgs),
    /// Which records are one person, and why.
    Identity(identity::Args),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// Done, but some inputs were kept aside (counted and named by the command).
    KeptAside,
}

impl Outcome {
    /// The process status that scripts see.
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Done => ExitCode::SUCCESS,
            Self::KeptAside => ExitCode::from(1),
        }
    }
}

/// Runs one command.
pub(crate) fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Identity(args) => identity::run(args),
        Command::Import(args) => import::run(&args),
        Command::Cql(args) => cql::run(&args),
        Command::Measure(args) => measure::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Account(args) => account::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Text(args) => text::run(&args),
        Command::Token(args) => token::run(&args),
    }
}

/// Prints a line of output; a closed pipe is an error of the command, not a panic.
pub(crate) fn print_line(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
