//! FHIR search: a query string for each of a few types.
#![no_main]

use continuo_fhir::ResourceType;
use continuo_store::Query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for type_ in ["Patient", "Observation", "Task"] {
        let _ = Query::parse(ResourceType::of(type_), &text);
    }
});
