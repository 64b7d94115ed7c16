//! FHIRPath: an expression, then the resource it is run on, with a line end between.
#![no_main]

use continuo_fhir::fhirpath::Expression;
use continuo_fhir::{Json, pack, root};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (expression, resource) = text.split_once('\n').unwrap_or((&text, r#"{"resourceType":"Patient","active":true}"#));
    let Ok(expression) = Expression::parse(expression) else { return };
    let Ok(json) = Json::parse(resource.as_bytes()) else { return };
    let packed = pack(&json);
    let _ = expression.on(root(&packed).expect("what was packed here is whole"));
});
