//! Where a model's reading goes: beside what the built-in engine proposed, in the same commit as its log.

use continuo_store::WriteTx;
use continuo_store::tables::llm_call::LlmCall;
use continuo_text::model::answer::Reading;

use super::Purpose;
use crate::ctx::Ctx;

/// Takes a reading.
pub(super) fn take(
    _tx: &mut WriteTx<'_>,
    _ctx: &Ctx,
    purpose: Purpose,
    _row: &LlmCall,
    _reading: &Reading,
) -> continuo_store::Result<()> {
    match purpose {
        Purpose::Reading | Purpose::Triage => Ok(()),
    }
}
