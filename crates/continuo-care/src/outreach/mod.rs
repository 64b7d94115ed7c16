//! Writing to many people at once because care is due: who gets a letter, who is called, who is left out and why.
//!
//! Read in this order: what can be done for one person ([`plan`]), looking and doing ([`send`]), what was done ([`batch`]).
//! Each person stands in a batch with one Communication, those left out too (`not-done` with its reason), so that the
//! list is as open as their record is. Nothing leaves by itself: letters are printed, calls become tasks. A site that
//! gets a text service adds a way here; until then somebody who asked for texts only is left out by name of the reason.

pub mod batch;
pub mod plan;
pub mod send;

pub use batch::{Batch, Entry};
pub use plan::{Left, Plan, Way};
pub use send::{Look, Prepared, Sent};
