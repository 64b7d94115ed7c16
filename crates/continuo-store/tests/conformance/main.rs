//! One suite, both databases: every test runs on SQLite in a file, SQLite in memory and PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod audit;
mod backup;
mod database;
mod listing;
mod outbox;
mod race;
mod record;
mod search;
mod tables;
mod undo;
mod work;
