//! Handlers of people's pages.

mod after_visit;
mod axis;
mod chart;
mod contacts;
mod correct;
mod hand_over;
mod in_short;
mod lists;
mod print;
mod search;
mod source;
mod timeline;
mod why;

pub(crate) use in_short::{kind_in_words, line as in_a_line};
pub(crate) use search::{hit_view, take_date};

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [
        after_visit::ROUTES,
        chart::ROUTES,
        contacts::ROUTES,
        correct::ROUTES,
        lists::ROUTES,
        hand_over::ROUTES,
        print::ROUTES,
        search::ROUTES,
        source::ROUTES,
        timeline::ROUTES,
        why::ROUTES,
    ]
    .concat()
}
