//! FHIR JSON: parse, pack, write back, validate, index, facts row.
#![no_main]

use continuo_fhir::facts::{self, MemoryCodes};
use continuo_fhir::{Json, ResourceType, Zone, pack, root, search, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(json) = Json::parse(data) else { return };
    let packed = pack(&json);
    let node = root(&packed).expect("what was packed here is whole");
    assert_eq!(node.to_json(), json);
    let written = json.to_bytes();
    assert_eq!(Json::parse(&written).as_ref(), Ok(&json));
    let _ = validate::full(node);
    if let Some(type_) = node.resource_type().and_then(ResourceType::find) {
        search::extract(node, type_, &Zone::utc(), &mut |_, _| {});
        let _ = facts::build(&json, "id", &Zone::utc(), &MemoryCodes::new());
    }
});
