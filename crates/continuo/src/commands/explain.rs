//! `continuo explain`: runs the rule of a suggestion again on the record as it stood, compares byte for byte, and says what
//! has changed since.

use clap::Args;
use continuo_care::{setup, suggestions};

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
    let care = open::care_of_existing(&args.db)?;
    let ctx = setup::machine(&care, setup::FIRST, "explain")?;
    let found = suggestions::explain(&ctx, &args.suggestion)?;
    print_line("stored:")?;
    print_line(&String::from_utf8_lossy(&found.stored_bytes))?;
    match &found.again {
        Some(again) if found.same => {
            print_line(&format!("again, on the record as it stood: the same {} bytes", again.len()))?;
        }
        Some(again) => {
            print_line("again, on the record as it stood, and different:")?;
            print_line(&String::from_utf8_lossy(again))?;
        }
        None => print_line("again, on the record as it stood: the rule finds nothing")?,
    }
    match &found.now {
        Some(now) if *now == found.stored_bytes => print_line("on the record as it stands now: the same")?,
        Some(now) => {
            print_line("on the record as it stands now:")?;
            print_line(&String::from_utf8_lossy(now))?;
        }
        None => {
            print_line("on the record as it stands now: the rule finds nothing")?;
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
