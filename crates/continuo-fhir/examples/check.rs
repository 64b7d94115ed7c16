//! Validates files of resources (JSON, or one resource a line): `cargo run -p continuo-fhir --example check FILE...`.
//! Prints each kind of issue once with its count, then the totals.
#![expect(clippy::print_stdout, reason = "a report for people")]

use continuo_fhir::{Json, pack, root, validate};
use std::collections::BTreeMap;

fn main() {
    let mut kinds: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut count, mut bad) = (0, 0);
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{path} cannot be read");
            continue;
        };
        let is_lines = path.ends_with(".ndjson");
        let pieces: Vec<&[u8]> = if is_lines { bytes.split(|b| *b == b'\n').collect() } else { vec![&bytes] };
        for piece in pieces.into_iter().filter(|p| !p.is_empty()) {
            count += 1;
            let issues = match Json::parse(piece) {
                Ok(json) => validate::full(root(&pack(&json)).expect("just packed")),
                Err(error) => {
                    println!("{path}: {error}");
                    bad += 1;
                    continue;
                }
            };
            bad += usize::from(issues.iter().any(continuo_fhir::Issue::is_error));
            for issue in issues.iter().filter(|i| i.is_error()) {
                let place: String = issue.place.chars().filter(|c| !c.is_ascii_digit()).collect();
                let kind = kinds.entry(place).or_insert((0, format!("{issue} ({path})")));
                kind.0 += 1;
            }
        }
    }
    for (place, (times, example)) in &kinds {
        println!("{times:>7} {place}: {example}");
    }
    println!("{count} resources, {bad} with errors");
}
