//! Handlers of Review.

mod suggestions;

pub(crate) use suggestions::card;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    suggestions::ROUTES.to_vec()
}
