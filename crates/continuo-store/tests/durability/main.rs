//! What was acknowledged survives: kill -9 (D1), a full disk (D3), a file-size limit (D4), failing syncs (D5), a database
//! server that dies.
//!
//! A child process (this test binary again) writes and says on its standard output what was acknowledged; the parent
//! ends it or breaks its disk, opens the database, and looks for everything that was said.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that cannot go on stops; it starts processes and waits"
)]

mod child;
#[path = "../conformance/database.rs"]
#[allow(dead_code, reason = "shared with the conformance suite, which uses all of it")]
mod database;
mod disk;
mod faults;
mod kill;
mod server;
