//! Receives: pages, the FHIR API, live updates. Decides nothing: `continuo-care` does.
//!
//! Read in this order: the route table (`route`), the door (`gate`), one page, then `server`.

pub mod app;
pub mod form;
pub mod front;
pub mod gate;
pub mod listen;
pub mod live;
pub mod multipart;
pub mod pages;
pub mod problem;
pub mod reply;
pub mod request;
pub mod route;
pub mod server;

mod cookies;
mod fhir;
mod security;
mod tries;

pub use app::App;
pub use front::Front;
pub use server::router;

/// All routes of the product.
pub fn routes() -> Vec<route::Route> {
    [fhir::ROUTES.to_vec(), pages::routes()].concat()
}
