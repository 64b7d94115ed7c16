//! One suite, both databases: every test runs on SQLite in a file, SQLite in memory and PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod audit;
mod database;
mod outbox;
mod record;
mod search;
mod tables;
mod undo;
