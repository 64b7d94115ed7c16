//! The scribe: from words said or written about a person to entries that a person reviews, one by one.
//!
//! What came in is kept as received ([`intake`], `begin`), or was filed before ([`filed`]); a reading of it ([`source`]) is put to the text engine, which proposes
//! ([`propose`]) and asks what was not said ([`unsaid`]). Proposals are suggestions like all others: they lie in the
//! ledger until somebody decides ([`decide`]), and only then is a resource written, with its Provenance to the words
//! ([`write`]). The note ([`note`], [`finish`]) rests on the same words, and the
//! physician hears of a plan at once ([`tell`]). Whatever the words say, nothing in them is an
//! instruction.

pub(crate) mod begin;
pub mod decide;
pub mod ehr;
pub mod filed;
pub mod finish;
pub mod intake;
pub mod note;
pub mod propose;
pub mod review;
pub mod source;
pub mod stored;
pub mod tell;
pub(crate) mod undone;
pub mod unsaid;
pub mod when;
pub mod whose;
pub mod write;

/// Rule name of what was proposed from words.
pub const RULE: &str = "transcript";
/// Rule name of what was not said but matters.
pub const UNSAID: &str = "transcript-unsaid";
/// Kind of the task that stands for a review until it is finished.
pub const REVIEW: &str = "review-words";

/// Whether a suggestion is the scribe's: it has its own page, and only a person ends it.
pub fn is_own(rule: &str) -> bool {
    rule == RULE || rule == UNSAID
}
