//! One file per command: its arguments and what it does with files, the rest is in the libraries.
//!
//! To add a command: a file here with `pub(crate) struct Args` and `pub(crate) fn run(Args) -> anyhow::Result<Outcome>`,
//! a variant of `Command` and a line in `run`.

use std::process::ExitCode;

use clap::Subcommand;

/// What `continuo` can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {}

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
    match command {}
}
