//! `cargo run -p continuo-cql --example say`: the value of each expression given, one a line, without model or data.

use std::io::{BufRead, Write};

use continuo_cql::deep_stack;
use continuo_cql::front::suite::evaluate;
use continuo_cql::value::DateTime;

fn main() -> std::io::Result<()> {
    let now = DateTime::parse("2026-06-01T12:00:00.000", 0).expect("a date as it is written here can be read");
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match deep_stack(|| evaluate(&line, now)) {
            Ok(value) => writeln!(out, "{line}\n    = {value}")?,
            Err(error) => writeln!(out, "{line}\n    ! {error}")?,
        }
    }
    Ok(())
}
