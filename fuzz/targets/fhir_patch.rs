//! JSON Patch and FHIRPath Patch on a small Patient.
#![no_main]

use continuo_fhir::Json;
use continuo_fhir::patch::{fhirpath_patch, json_patch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(patch) = Json::parse(data) else { return };
    let text = br#"{"resourceType":"Patient","active":true,"name":[{"family":"A","given":["B","C"]}]}"#;
    let patient = Json::parse(text).expect("the patient is JSON");
    let _ = (json_patch(&patient, &patch), fhirpath_patch(&patient, &patch));
});
