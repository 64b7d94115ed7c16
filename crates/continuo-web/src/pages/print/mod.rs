//! Print sheets, one per purpose: black on white, identity on top, when and by whom.

pub mod after_visit;
pub mod end_of_day;
pub mod hand_over;
pub mod huddle;
pub mod summary;

mod serve;

pub(super) use serve::ROUTES;
