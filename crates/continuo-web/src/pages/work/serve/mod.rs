//! Handlers of the day's work: load through the care crate, fill the view, answer with the page.

mod about;
mod bulk;
mod calls;
mod caseload;
mod effort;
mod hand_caseload;
mod peek;
mod referral;
mod settled;
mod task_forms;
mod tasks;
mod worklist;

pub(crate) use worklist::{item_href, state};

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [
        worklist::ROUTES,
        bulk::ROUTES,
        tasks::ROUTES,
        calls::ROUTES,
        caseload::ROUTES,
        referral::ROUTES,
        hand_caseload::ROUTES,
    ]
    .concat()
}
