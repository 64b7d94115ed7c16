//! `continuo identity explain A B`: a pair in words.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use continuo_identity::decide::{Thresholds, judge};
use continuo_identity::link::learn_model;
use continuo_identity::reasons::explain;

use super::super::Outcome;
use super::records;

#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The `rec_id` of one record.
    a: String,
    /// The `rec_id` of the other.
    b: String,
    /// The CSV file that holds both; the others give frequencies and weights.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let records = records::read(&args.input)?;
    let find = |id: &str| {
        let at = records.ids.iter().position(|known| &**known == id);
        at.and_then(|at| records.profiles.get(at))
            .with_context(|| format!("no record `{id}` in {}", args.input.display()))
    };
    let (a, b) = (find(&args.a)?, find(&args.b)?);
    let model = learn_model(&records.profiles);
    let verdict = judge(&model, Thresholds::default(), a, b);
    let explanation = explain(&model, a, b, &verdict);
    super::super::print_line(&explanation.summary)?;
    for reason in &explanation.reasons {
        super::super::print_line(&format!("{:+6.1}  {}", reason.bits, reason.text))?;
    }
    Ok(Outcome::Done)
}
