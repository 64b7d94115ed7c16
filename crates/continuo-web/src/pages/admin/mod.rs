//! Administration: people, teams, roles, programs, policies, rules, API tokens. On-call hours have their own area.

pub mod detail;
pub mod list;
pub mod tokens_view;

mod days;
mod history;
mod people;
mod permission_words;
mod serve;
mod site;
mod teams;
pub(super) mod tokens;

/// Routes of this area.
pub(super) fn routes() -> Vec<crate::route::Route> {
    [serve::ROUTES, people::ROUTES, teams::ROUTES, tokens::ROUTES, site::ROUTES].concat()
}

pub(super) use history::lines;
pub(super) use serve::tabs;
