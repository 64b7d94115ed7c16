//! Use cases and workflow: the only crate that changes state.
//!
//! Read in this order: the context of every call (`ctx`), who may do what (`access`), who signs in (`accounts`),
//! the record (`record`), what needs doing (`followup`) and the work itself (`tasks`, `calls`).

pub mod access;
pub mod accounts;
pub mod actions;
pub mod after_visit;
pub mod assess;
pub mod auditing;
pub mod build;
pub mod calls;
pub mod care_gaps;
pub mod chart;
pub mod ctx;
pub mod day;
pub mod demo_feeds;
pub mod demo_second_look;
pub mod demo_words;
pub mod documents;
pub mod entry;
pub mod everybody;
pub mod feeds;
pub mod followup;
pub mod gaps;
pub mod hand_over;
pub mod identity;
pub mod import;
pub mod inbox;
pub mod ingest;
pub mod kept;
pub mod languages;
pub mod loose;
pub mod measures;
pub mod members;
pub mod messages;
pub mod models;
pub mod oncall;
pub mod outbound;
pub mod outreach;
pub mod oversight;
pub mod people;
pub mod population;
pub mod problem;
pub mod record;
pub mod registry;
pub mod saved;
pub mod scribe;
pub mod settings;
pub mod setup;
pub mod shapes;
pub mod site_days;
pub mod staff;
pub mod suggestions;
pub mod tasks;
pub mod tokens;
pub mod versioned;
pub mod why;
pub mod work;
pub mod worklist;

pub use continuo_store::{Error as StoreError, OrgId, Page, Query, Stored, Total, is_understood, takes};
pub use ctx::{Actor, Care, Ctx, newest_change};
