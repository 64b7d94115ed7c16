//! Handlers of Review.

mod could_not_file;
mod suggestions;

pub(crate) use suggestions::card;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [suggestions::ROUTES, could_not_file::ROUTES].concat()
}
