//! `continuo audit`: checks the chain of commits, changes and audit rows, and keeps signed heads outside the database.
//!
//! A chain that is whole can still be cut at its end. A head kept elsewhere, signed with a key that the database's
//! machine does not hold, shows that.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use continuo_care::accounts;
use continuo_care::setup;
use continuo_store::audit::{self, Head};

use super::{Outcome, print_line};
use crate::open;

/// The audit chain.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Recomputes the whole chain and the hash of every version. Exit status 1 if anything contradicts it.
    Verify(VerifyArgs),
    /// Prints the newest head, signed, to be kept outside.
    Head(HeadArgs),
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// A head kept outside, as `audit head` printed it: detects a cut tail or a swapped file.
    #[arg(long, requires = "key")]
    head: Option<PathBuf>,
    /// File with the key the head was signed with.
    #[arg(long)]
    key: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct HeadArgs {
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
    /// File with a key of at least 32 bytes, kept away from this machine.
    #[arg(long)]
    key: PathBuf,
}

pub(crate) fn run(args: &AuditArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        AuditCommand::Verify(args) => verify(args),
        AuditCommand::Head(args) => head(args),
    }
}

fn verify(args: &VerifyArgs) -> anyhow::Result<Outcome> {
    let care = open::care_to_read(&args.db)?;
    let kept = match (&args.head, &args.key) {
        (Some(head), Some(key)) => Some(read_head(head, &read_key(key)?)?),
        _ => None,
    };
    let report = care.store.read(|reader| audit::verify(reader.conn(), setup::FIRST, kept.as_ref(), true))?;
    for problem in &report.problems {
        print_line(problem)?;
    }
    print_line(&format!(
        "{} links and {} versions checked, {} contradictions",
        report.links,
        report.versions,
        report.problems.len()
    ))?;
    Ok(if report.problems.is_empty() { Outcome::Done } else { Outcome::KeptAside })
}

fn head(args: &HeadArgs) -> anyhow::Result<Outcome> {
    let care = open::care_to_read(&args.db)?;
    let key = read_key(&args.key)?;
    let head = care.store.read(|reader| audit::head(reader.conn(), setup::FIRST))?;
    let text = format!("{} {} {}", head.org, head.link, continuo_fhir::letters::hex(&head.hash));
    let signature = accounts::sign(&key, text.as_bytes());
    print_line(&format!("{text} {signature}"))?;
    Ok(Outcome::Done)
}

fn read_key(path: &Path) -> anyhow::Result<Vec<u8>> {
    let key = std::fs::read(path).with_context(|| format!("key `{}`", path.display()))?;
    ensure!(key.len() >= 32, "key `{}` has fewer than 32 bytes", path.display());
    Ok(key)
}

fn read_head(path: &Path, key: &[u8]) -> anyhow::Result<Head> {
    let text = std::fs::read_to_string(path).with_context(|| format!("head `{}`", path.display()))?;
    let (signed, signature) = text.trim().rsplit_once(' ').context("the head has no signature")?;
    let expected = accounts::sign(key, signed.as_bytes());
    ensure!(accounts::same(expected.as_bytes(), signature.as_bytes()), "the head's signature does not fit the key");
    let mut parts = signed.split(' ');
    let org = parts.next().and_then(|p| p.parse().ok()).context("the head names no organization")?;
    let link = parts.next().and_then(|p| p.parse().ok()).context("the head names no link")?;
    let hash = parts.next().and_then(accounts::from_hex).context("the head has no hash")?;
    Ok(Head { org: continuo_store::OrgId(org), link, hash })
}
