//! On-call hours and absences: who answers each urgent route now and through the week, and who covers whom.

pub mod board;

mod serve;
mod told;

pub(super) use serve::{ROUTES, line_now};
pub(super) use told::ROUTES as TOLD_ROUTES;
