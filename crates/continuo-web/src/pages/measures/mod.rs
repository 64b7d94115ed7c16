//! Quality measures: figures and trend, the people of a population, one person's measures, packages, trying CQL out.

pub mod editor;
pub mod list;
pub mod manage;
pub mod measure;
pub mod people;
pub mod person;

mod serve;
mod serve_editor;
mod serve_manage;
mod serve_people;
mod words;

/// Routes of this area.
pub(super) fn routes() -> Vec<crate::route::Route> {
    [serve::ROUTES, serve_people::ROUTES, serve_manage::ROUTES, serve_editor::ROUTES].concat()
}
