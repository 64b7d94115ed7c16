//! The official R4 examples: parsed, packed, written back equal, and without validation errors.

use continuo_fhir::{Json, pack, root, validate};
use std::path::{Path, PathBuf};

fn eval(folder: &str) -> Option<PathBuf> {
    let base = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let path = base.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: {} is not there", path.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("folder can be read")
        .map(|entry| entry.expect("entry can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
}

#[test]
fn official_examples_survive_and_are_valid() {
    let Some(folder) = eval("fhir/r4-examples") else { return };
    let mut failures = Vec::new();
    let files = files(&folder);
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
        for issue in validate::structure(node).iter().filter(|i| i.is_error()) {
            failures.push(format!("{name}: {issue}"));
        }
    }
    println!("r4-examples: {} files, {} validation errors", files.len(), failures.len());
    assert!(files.len() >= 534, "{}", files.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
