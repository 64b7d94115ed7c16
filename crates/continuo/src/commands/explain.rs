//! `continuo explain`: runs the rule of a suggestion again on the record as it stands, and compares byte for byte.

use clap::Args;
use continuo_care::{setup, suggestions};
use continuo_store::StartCheck;

use super::{Outcome, print_line};
use crate::open;

/// Why something was suggested, and whether the same comes out again.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The suggestion's id, as its card shows it.
    suggestion: String,
    /// `sqlite:FILE` or `postgres://..`
    #[arg(long)]
    db: String,
}

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let care = open::care(&args.db, StartCheck::Head)?;
    let ctx = setup::machine(&care, setup::FIRST, "explain")?;
    let found = suggestions::explain(&ctx, &args.suggestion)?;
    print_line("stored:")?;
    print_line(&String::from_utf8_lossy(&found.stored_bytes))?;
    match &found.again {
        Some(again) if found.same => print_line(&format!("again: the same {} bytes", again.len()))?,
        Some(again) => {
            print_line("again, and different:")?;
            print_line(&String::from_utf8_lossy(again))?;
        }
        None => {
            print_line("again: the rule finds nothing now")?;
            for fact in &found.clear {
                print_line(&format!("  {fact}"))?;
            }
        }
    }
    for reference in &found.changed {
        print_line(&format!("changed since: {reference}"))?;
    }
    Ok(if found.same { Outcome::Done } else { Outcome::KeptAside })
}
