//! Handlers of messages.

mod enter;
mod inbox;
mod message;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [inbox::ROUTES, message::ROUTES, enter::ROUTES].concat()
}
