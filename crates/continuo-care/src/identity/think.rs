//! Records thought about on one snapshot, beside the writer: what their sources say and where they belong.
//!
//! Nothing is decided here. The commit asks whether what an answer rests on still stands (`rested`), and thinks anew
//! where it does not; so the outcome is that of taking one record after the other, however many are taken together.

use std::sync::{Arc, PoisonError};

use continuo_store::tables::identity::Filed;
use continuo_store::{ChangeSeq, Reader, Result, Rid};

use super::known::{Profiles, Weights};
use super::place::{Found, place};
use super::{fresh, state, word};
use crate::ctx::Ctx;

/// Records thought about on one snapshot.
const TOGETHER: usize = 50;

/// Records on a snapshot.
pub(super) struct Thoughts {
    pub(super) weights: Arc<Weights>,
    /// The organization's last change when they were read.
    pub(super) change: ChangeSeq,
    pub(super) records: Vec<Thought>,
}

/// One record.
pub(super) struct Thought {
    pub(super) filed: Filed,
    /// Its source has something to say about it: done inside the commit, and comparing only after it.
    pub(super) is_told: bool,
    /// It waits for somebody to say whether it still is the person it was, and is compared with nobody.
    pub(super) is_in_doubt: bool,
    pub(super) found: Found,
}

/// Thinks about as many of these records as go on one snapshot; gives the rest back.
pub(super) fn think<'f>(ctx: &Ctx, weights: &Arc<Weights>, filed: &'f [Filed]) -> Result<(Thoughts, &'f [Filed])> {
    let (some, rest) = filed.split_at(filed.len().min(TOGETHER));
    let fresh = fresh::of(ctx)?;
    let mut fresh = fresh.lock().unwrap_or_else(PoisonError::into_inner);
    ctx.read(|reader| {
        let change = reader.last_change(ctx.org)?;
        let has_linkages = word::has_linkages(reader, ctx.org)?;
        fresh.bring_to(reader, ctx, change)?;
        let mut known = Profiles::with(&mut fresh);
        let mut records = Vec::with_capacity(some.len());
        for one in some {
            records.push(about(reader, ctx, weights, one, &mut known, has_linkages)?);
        }
        Ok((Thoughts { weights: Arc::clone(weights), change, records }, rest))
    })
}

fn about(
    reader: &mut Reader<'_>,
    ctx: &Ctx,
    weights: &Weights,
    filed: &Filed,
    known: &mut Profiles<'_>,
    has_linkages: bool,
) -> Result<Thought> {
    let record = filed.patient;
    let found = place(reader, ctx.org, weights, record, known)?;
    let is_told = !word::of(reader, ctx.org, record, has_linkages)?.is_silent();
    Ok(Thought { filed: filed.clone(), is_told, is_in_doubt: is_in_doubt(&found, record), found })
}

/// Whether a record stands in a pair with itself that nobody has answered.
pub(super) fn is_in_doubt(found: &Found, record: Rid) -> bool {
    let mut pairs = found.rested.pairs.iter().flatten();
    pairs.any(|pair| {
        pair.low == record && pair.high == record && matches!(pair.state.as_str(), state::OPEN | state::LATER)
    })
}
