//! Importing years of somebody else's records does not bury the morning (safety.md rule 2): old findings are backlog.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::Read;
use std::path::PathBuf;

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::person::{Person, Resource};
use continuo_care::followup::{Site, assess};
use continuo_fhir::{DateTime, Json, Zone, pack, root};

/// Bundles read: enough to meet every kind of record, few enough to stay quick.
const BUNDLES: usize = 12;

fn bundles() -> Vec<PathBuf> {
    let eval = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(eval.join("fhir/synthea-bundles")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "bz2"));
    files.retain(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !name.starts_with("0-")));
    files.sort();
    files.truncate(BUNDLES);
    files
}

#[test]
fn imported_years_go_to_the_backlog() {
    let files = bundles();
    if files.is_empty() {
        println!("SKIPPED: the evaluation data are not beside the project");
        return;
    }
    let site = Site::shipped(Calendar::us(Zone::utc(), 2024..=2027));
    let now = DateTime::parse("2026-11-23T13:00:00Z").unwrap().low(&Zone::utc());
    let (mut listed, mut backlog) = (0, 0);
    for file in &files {
        let mut text = Vec::new();
        bzip2::read::BzDecoder::new(std::fs::File::open(file).unwrap()).read_to_end(&mut text).unwrap();
        let bundle = Json::parse(&text).unwrap();
        let packed: Vec<Vec<u8>> =
            bundle.get("entry").unwrap().items().iter().filter_map(|entry| entry.get("resource")).map(pack).collect();
        let rows = packed.iter().filter_map(|bytes| Resource::of(root(bytes).unwrap()));
        for report in assess(&Person::new(rows), &site, now) {
            for finding in report.findings {
                if finding.backlog {
                    backlog += 1;
                } else {
                    listed += 1;
                }
            }
        }
    }
    println!("{} people: {listed} findings listed, {backlog} in the backlog", files.len());
    assert!(listed <= files.len(), "{listed} findings of {} people would stand on the list", files.len());
}
