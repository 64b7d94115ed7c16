//! One suite, both databases: every test runs on SQLite in a file, SQLite in memory and PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on stops; it starts processes and waits"
)]

mod audit;
mod audit_found;
mod backup;
mod changed;
mod clock;
mod database;
mod feeds;
mod identity;
mod large_clinic;
mod listing;
mod load;
mod measures;
mod missing;
mod monsters;
mod outbox;
mod race;
mod rebuild;
mod record;
mod refusal;
mod search;
mod search_more;
mod search_order;
mod search_rules;
mod search_walk;
mod tables;
mod tls;
mod undo;
mod upgrade;
mod work;
