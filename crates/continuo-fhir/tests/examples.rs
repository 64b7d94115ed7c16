//! The official R4 examples: parsed, packed, written back equal, and without validation errors.

mod support;

use continuo_fhir::{Json, pack, root, validate};

#[test]
fn official_examples_survive_and_are_valid() {
    let Some(folder) = support::eval("fhir/r4-examples") else { return };
    let mut failures = Vec::new();
    let files = support::files(&folder, "json");
    for path in &files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).expect("example can be read");
        let json = Json::parse(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        let packed = pack(&json);
        let node = root(&packed).expect("just packed");
        assert_eq!(node.to_json(), json, "{name}");
        let mut written = Vec::new();
        node.write_json(&mut written);
        assert_eq!(Json::parse(&written).as_ref(), Ok(&json), "{name}");
        for issue in validate::full(node).iter().filter(|i| i.is_error()) {
            failures.push(format!("{name}: {issue}"));
        }
    }
    println!("r4-examples: {} files, {} validation errors", files.len(), failures.len());
    assert!(files.len() >= 534, "{}", files.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
