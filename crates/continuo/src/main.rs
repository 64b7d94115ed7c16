//! The `continuo` program: commands, configuration and wiring.
//!
//! Everything the product does to data can be done from here; the server uses the same functions.
//! Exit status: 0 done, 1 done but some inputs were kept aside, 2 could not run.

#![expect(
    clippy::disallowed_methods,
    reason = "the binary is where time enters: it measures, shows progress and rests between rounds"
)]

mod assessing;
mod commands;
mod database;
mod open;
mod outgoing;
mod paging;
mod progress;
mod reading;
mod rounds;
mod serving;
mod system;

use std::process::ExitCode;

use clap::Parser;

/// A list is thousands of short texts, made and given back on whichever thread draws it: see ADR 0007.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Care coordination: one record per person, the next step with its evidence, a named person who decides.
#[derive(Debug, Parser)]
#[command(name = "continuo", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Nothing is left to do when the terminal is gone.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    logging();
    match commands::run(cli.command) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => {
            eprintln!("continuo: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Logs to standard error. `CONTINUO_LOG` chooses what, in the form of tracing's filters; warnings by default.
fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CONTINUO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
