//! Administration: people, teams, roles, programmes, policies, rules, on-call hours.

pub mod list;

mod serve;

pub(super) use serve::ROUTES;
