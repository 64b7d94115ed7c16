//! Handlers of the scribe's pages.

mod copy;
mod edit;
mod note;
mod review;
mod tell;
mod words;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [words::ROUTES, review::ROUTES, edit::ROUTES, note::ROUTES, tell::ROUTES, copy::ROUTES].concat()
}
