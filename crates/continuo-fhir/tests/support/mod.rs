//! What several test files need: where the evaluation data is, and FHIR XML read into the JSON form.

#![allow(dead_code, clippy::print_stdout, reason = "each test file uses a part, and says what it skips")]

pub(crate) mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A folder of the evaluation data, or nothing (said on standard output) where it is missing.
pub(crate) fn eval(folder: &str) -> Option<PathBuf> {
    let base = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let path = base.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: {} is not there", path.display());
    None
}

/// The files of a folder with an extension, in order of name.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("folder can be read")
        .map(|entry| entry.expect("entry can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

/// The known gaps of a suite: lines `"name" = "reason"` of a file in the workspace's `conformance` folder.
pub(crate) fn known_gaps(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance").join(file);
    let text = std::fs::read_to_string(&path).expect("list of gaps can be read");
    let entry = |line: &str| Some(line.strip_prefix('"')?.split_once("\" = \"")?.0.to_string());
    text.lines().filter_map(entry).collect()
}

/// Fails unless exactly the known gaps fail: a new failure is a fault, and a gap that passes must leave the list.
pub(crate) fn compare_gaps(file: &str, failures: &BTreeMap<String, String>) {
    let known = known_gaps(file);
    let new: Vec<String> = failures
        .iter()
        .filter(|(name, _)| !known.contains(*name))
        .map(|(name, why)| format!("{name}: {why}"))
        .collect();
    let mended: Vec<&String> = known.iter().filter(|name| !failures.contains_key(*name)).collect();
    assert!(new.is_empty(), "new failures:\n{}", new.join("\n"));
    assert!(mended.is_empty(), "these pass now, take them out of conformance/{file}: {mended:?}");
}
