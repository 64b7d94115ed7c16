//! Every page with made-up values: walked by the markup test, drawn by the `pages` example. Nobody here is real.
//!
//! One file per area, `samples_<area>.rs`, each with `pages`; a new area is one `mod` and one line in the list.

use continuo_ui::Markup;
use continuo_ui::frame::Theme;

#[path = "samples_parts.rs"]
mod parts;

#[path = "samples_account.rs"]
mod account;
#[path = "samples_admin.rs"]
mod admin;
#[path = "samples_desk.rs"]
mod desk;
#[path = "samples_documents.rs"]
mod documents;
#[path = "samples_emergency.rs"]
mod emergency;
#[path = "samples_feeds.rs"]
mod feeds;
#[path = "samples_gaps.rs"]
mod gaps;
#[path = "samples_hand_over.rs"]
mod hand_over;
#[path = "samples_identity.rs"]
mod identity;
#[path = "samples_measures.rs"]
mod measures;
#[path = "samples_messages.rs"]
mod messages;
#[path = "samples_models.rs"]
mod models;
#[path = "samples_oncall.rs"]
mod oncall;
#[path = "samples_openings.rs"]
mod openings;
#[path = "samples_outreach.rs"]
mod outreach;
#[path = "samples_oversight.rs"]
mod oversight;
#[path = "samples_people.rs"]
mod people;
#[path = "samples_print.rs"]
mod print;
#[path = "samples_review.rs"]
mod review;
#[path = "samples_scribe.rs"]
mod scribe;
#[path = "samples_summaries.rs"]
mod summaries;
#[path = "samples_work.rs"]
mod work;

/// The pages of one area.
type Area = fn(Theme) -> Vec<(String, Markup)>;

/// Every area's pages.
const AREAS: &[Area] = &[
    account::pages,
    work::pages,
    desk::pages,
    people::pages,
    review::pages,
    scribe::pages,
    messages::pages,
    documents::pages,
    oncall::pages,
    emergency::pages,
    openings::pages,
    feeds::pages,
    admin::pages,
    models::pages,
    measures::pages,
    oversight::pages,
    print::pages,
    gaps::pages,
    hand_over::pages,
    outreach::pages,
    summaries::pages,
    identity::pages,
];

/// Every page by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    AREAS.iter().flat_map(|area| area(theme)).collect()
}
