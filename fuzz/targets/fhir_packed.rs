//! Packed bytes as they might lie damaged on a disk.
#![no_main]

use continuo_fhir::facts::Row;
use continuo_fhir::{root, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(node) = root(data) {
        let _ = (node.to_json(), validate::structure(node));
    }
    let _ = Row::read(data).map(|row| (row.dates(), row.codes().count(), row.resource().is_some()));
});
