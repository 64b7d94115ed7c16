//! What several test files need: where the evaluation data is, and FHIR XML read into the JSON form.

#![allow(dead_code, clippy::print_stdout, reason = "each test file uses a part, and says what it skips")]

pub(crate) mod xml;

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
