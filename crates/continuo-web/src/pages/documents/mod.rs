//! Documents: the inbox of scans, PDF and fax images, and the files themselves.

mod file;
pub mod inbox;
mod serve;
mod upload;

use crate::route::Route;

/// Routes of this area.
pub(crate) fn routes() -> Vec<Route> {
    [serve::ROUTES, upload::ROUTES, file::ROUTES].concat()
}
