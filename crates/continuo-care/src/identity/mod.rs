//! Which source records are one person: comparing what comes in, asking where it is not clear, linking and unlinking.
//!
//! `continuo-identity` compares and explains; here its findings meet the store. A commit stores a source's Patient as a
//! person of its own; [`worker`] files its keys and links or asks within a second. Membership is versioned and nothing
//! of a source is ever rewritten, so that everything goes back where it came from ([`sources::unlink`]).
//!
//! Read in this order: `known` (keys, profiles, weights), `place` (one record against the people known), `group` (who
//! belongs to whom), `worker`, `filing`, `think`, `rested`, `settle` (what the worker does), `queue` (a person decides), `sources` and `rests` (taking it back), `matching` (asking
//! without writing).

pub mod body;
pub(crate) mod filing;
mod fresh;
pub(crate) mod group;
pub mod known;
pub mod matching;
pub(crate) mod place;
pub mod queue;
pub(crate) mod rested;
pub mod rests;
pub(crate) mod settle;
pub mod sources;
pub(crate) mod think;
pub(crate) mod undo;
pub(crate) mod word;
pub mod worker;

/// Who acts when the machine links.
pub const MACHINE: &str = "system/identity";

/// The states of a pair.
pub mod state {
    /// Waits for a person.
    pub const OPEN: &str = "open";
    /// Put off; comes back.
    pub const LATER: &str = "later";
    /// Two people, for good.
    pub const APART: &str = "apart";
    /// One person.
    pub const LINKED: &str = "linked";
    /// No longer asked: the records changed.
    pub const CLOSED: &str = "closed";
}

/// Why a pair is asked about.
pub mod kind {
    /// Alike, but not surely one person.
    pub const DOUBT: &str = "doubt";
    /// Alike, but other records of either person speak against it.
    pub const CONFLICT: &str = "conflict";
    /// One record whose new version does not look like the person it was.
    pub const CHANGED: &str = "changed";
    /// A source says so.
    pub const SOURCE: &str = "source";
}
