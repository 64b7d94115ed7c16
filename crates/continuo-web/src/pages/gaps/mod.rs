//! Care gaps: by rule across the population, the people of one rule, and one person's gaps with their evidence,
//! and writing to several people.

pub mod letters;
pub mod list;
pub mod outreach;
pub mod overview;
pub mod person;
mod serve;
mod serve_outreach;

use crate::route::Route;

/// Routes of this area.
pub fn routes() -> Vec<Route> {
    [serve::ROUTES, serve_outreach::ROUTES].concat()
}

/// What no page can know, in one sentence under every count.
pub const NOT_HERE: &str = "A gap means that nothing is on file here. It may have been done elsewhere: ask, or send for the report, before it is done again.";
