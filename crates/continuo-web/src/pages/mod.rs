//! Pages: each a view model (plain values) and `render(frame, view) -> Markup`.
//!
//! A page knows how things are shown and nothing of how they are found: its handler loads through `continuo-care`,
//! fills the view and answers with the markup. So every page can be drawn in a test from made-up values.

pub mod account;
pub mod admin;
pub mod assets;
pub mod documents;
pub mod done;
pub mod emergency;
pub mod entry;
pub mod feeds;
pub mod frame;
pub mod gaps;
pub mod help;
pub mod identity;
pub mod measures;
pub mod messages;
pub mod oncall;
pub mod oversight;
pub mod paged;
pub mod people;
pub mod person;
pub mod population;
pub mod print;
pub mod problem;
pub mod proof;
pub mod review;
mod routes;
pub mod scribe;
pub mod when;
pub mod work;

pub use routes::routes;
