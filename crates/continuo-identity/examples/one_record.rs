//! Measures placing one new record among the people of a large file.
//!
//! `cargo run --release -p continuo-identity --example one_record -- records.csv [new]` links all records but the last
//! `new` (2000 if not said), then times each of those: keys, candidates, comparison, whole-person check.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement, not library code"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use continuo_identity::decide::{Known, Placement, Thresholds, place};
use continuo_identity::index::Index;
use continuo_identity::link::{Options, link};
use continuo_identity::profile::Profile;
use continuo_identity::record::{SourceAddress, SourceRecord};

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("usage: one_record records.csv [new]");
    let new: usize = args.next().map_or(2000, |text| text.parse().expect("`new` is a number"));
    let mut profiles = read(&path);
    let arriving = profiles.split_off(profiles.len().saturating_sub(new));
    let linked = link(&profiles, Options::default());
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (record, person) in (0u32..).zip(&linked.cluster_of) {
        members.entry(*person).or_default().push(record);
    }
    let index = Index::new(profiles);
    println!("{} records known, {} people", index.len(), members.len());

    let mut times = Vec::new();
    let mut outcomes = [0; 3];
    let mut most = 0;
    for profile in &arriving {
        let start = Instant::now();
        let candidates = index.candidates(profile);
        let mut people: Vec<u32> = candidates.iter().map(|record| linked.cluster_of[*record as usize]).collect();
        people.sort_unstable();
        people.dedup();
        let known: Vec<Known<'_, u32>> = people
            .iter()
            .map(|person| Known {
                person: *person,
                records: members[person].iter().filter_map(|record| index.profile(*record)).collect(),
            })
            .collect();
        let placed = place(&linked.model, Thresholds::default(), profile, &known);
        times.push(start.elapsed());
        most = most.max(candidates.len());
        outcomes[match placed {
            Placement::New => 0,
            Placement::Link(_) => 1,
            Placement::Ask(_) => 2,
        }] += 1;
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("new {} linked {} asked {}; most candidates {most}", outcomes[0], outcomes[1], outcomes[2]);
    println!("one record: p50 {:?}, p95 {:?}, p99 {:?}, max {:?}", at(0.5), at(0.95), at(0.99), at(1.0));
}

fn read(path: &str) -> Vec<Profile> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let places =
        ["given", "middle", "family", "suffix", "sex", "birth_date", "ssn", "phone", "email", "street", "city", "zip"]
            .map(place);
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            let cells = places.map(|at| &row[at]);
            Profile::new(&SourceRecord {
                given: cells[0],
                middle: cells[1],
                family: cells[2],
                suffix: cells[3],
                sex: cells[4],
                birth_date: cells[5],
                ssn: cells[6],
                phones: vec![cells[7]],
                emails: vec![cells[8]],
                addresses: vec![SourceAddress { line: cells[9], city: cells[10], zip: cells[11] }],
                ..SourceRecord::default()
            })
        })
        .collect()
}
