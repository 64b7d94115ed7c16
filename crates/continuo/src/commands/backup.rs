//! `continuo backup` and `continuo restore`: a consistent copy of a running database, and an empty database filled from it.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;

use super::{Outcome, print_line};
use crate::{database, open};

/// Copies a database, also while it is in use.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// The backup file; must not exist.
    #[arg(long)]
    to: PathBuf,
}

/// Fills an empty database from a backup and checks it.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup file.
    #[arg(long)]
    from: PathBuf,
    /// `sqlite:FILE` (must not exist) or `postgres://..` (must be empty)
    #[arg(long)]
    db: String,
}

pub(crate) fn backup(args: &BackupArgs) -> anyhow::Result<Outcome> {
    ensure!(!args.to.exists(), "`{}` exists; a backup never overwrites", args.to.display());
    let started = Instant::now();
    let care = open::care_to_read(&args.db)?;
    care.store.backup(&args.to).with_context(|| format!("backup `{}`", args.to.display()))?;
    let bytes = std::fs::metadata(&args.to)?.len();
    let (seconds, path) = (started.elapsed().as_secs_f64(), args.to.display());
    print_line(&format!("`{path}`: {bytes} bytes in {seconds:.1} s"))?;
    Ok(Outcome::Done)
}

pub(crate) fn restore(args: &RestoreArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let url = database::address(&args.db)?;
    let rows =
        continuo_store::restore(&args.from, &url).with_context(|| format!("backup `{}`", args.from.display()))?;
    let seconds = started.elapsed().as_secs_f64();
    print_line(&format!("{rows} rows restored and the chain checked in {seconds:.1} s"))?;
    Ok(Outcome::Done)
}
