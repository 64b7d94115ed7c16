//! `continuo identity explain A B`: a pair in words.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use continuo_identity::decide::{Thresholds, judge};
use continuo_identity::link::{Linked, Options, Outcome as Pairing, link};
use continuo_identity::reasons::explain;

use super::super::{Outcome, print_line};
use super::records;

#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// The `rec_id` of one record.
    a: String,
    /// The `rec_id` of the other.
    b: String,
    /// The CSV file that holds both; the others give frequencies, weights and rivals.
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let records = records::read(&args.input)?;
    let find = |id: &str| {
        let known = records.ids.iter().zip(&records.profiles).zip(0u32..);
        let mut found = known.filter(|((known, _), _)| &***known == id);
        found
            .next()
            .map(|((_, profile), at)| (at, profile))
            .with_context(|| format!("no record `{id}` in {}", args.input.display()))
    };
    let ((a_at, a), (b_at, b)) = (find(&args.a)?, find(&args.b)?);
    let linked = link(&records.profiles, Options::default());
    let verdict = judge(&linked.model, Thresholds::default(), a, b);
    let explanation = explain(&linked.model, a, b, &verdict);
    print_line(&explanation.summary)?;
    for reason in &explanation.reasons {
        print_line(&format!("{:+6.1}  {}", reason.bits, reason.text))?;
    }
    print_line(&format!("among all records: {}", outcome(&linked, a_at, b_at)))?;
    Ok(Outcome::Done)
}

/// What became of the pair when the other records were looked at too.
fn outcome(linked: &Linked, a: u32, b: u32) -> String {
    let is_pair = |x: u32, y: u32| (x, y) == (a, b) || (x, y) == (b, a);
    match linked.pairs.iter().find(|pair| is_pair(pair.a, pair.b)).map(|pair| pair.outcome) {
        Some(Pairing::Match) => "linked, in one cluster".to_owned(),
        Some(Pairing::Possible(doubt)) => format!("a person is asked, because: {}", doubt.label()),
        Some(Pairing::Implied) => "a person is asked about another pair of the same two people".to_owned(),
        Some(Pairing::No) => "not linked".to_owned(),
        None => "not linked, and too unlike to be listed".to_owned(),
    }
}
