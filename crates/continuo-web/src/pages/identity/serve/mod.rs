//! Handlers of identity's pages.

mod alike;
mod question;
mod sources;

pub(crate) use alike::hits as alike_hits;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [question::ROUTES, sources::ROUTES, alike::ROUTES].concat()
}
