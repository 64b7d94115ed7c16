//! Handlers of the scribe's pages.

mod copy;
mod edit;
mod note;
mod review;
mod words;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [words::ROUTES, review::ROUTES, edit::ROUTES, note::ROUTES, copy::ROUTES].concat()
}
