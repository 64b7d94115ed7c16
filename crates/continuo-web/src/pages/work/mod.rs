//! The day's work: lists, one task, calls, and why something is or is not on a list.

pub mod about;
pub mod bulk;
pub mod calling;
pub mod caseload;
pub mod hand_caseload;
pub mod log_call;
pub mod task;
pub mod why;
pub mod worklist;

mod serve;

pub(super) use serve::{item_href, routes, state};
