//! Lists the care-gap rules and value sets of `knowledge/`, so that adding one is two files (or one) and no Rust.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // As cargo says it now: the folder may have moved since this was built.
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let knowledge = PathBuf::from(here).join("../../knowledge");
    let mut code = String::new();
    let rules = knowledge.join("care-gaps");
    writeln!(code, "pub(super) const RULES: &[(&str, &str, &str)] = &[").expect("text");
    for logic in files(&rules, "cql") {
        let page = logic.with_extension("md");
        if page.exists() {
            let (logic, page) = (absolute(&logic), absolute(&page));
            writeln!(code, "    ({:?}, include_str!({logic:?}), include_str!({page:?})),", stem(&logic)).expect("text");
        }
    }
    writeln!(code, "];\npub(super) const LIBRARIES: &[(&str, &str)] = &[").expect("text");
    for logic in files(&rules, "cql") {
        if !logic.with_extension("md").exists() {
            let logic = absolute(&logic);
            writeln!(code, "    ({:?}, include_str!({logic:?})),", stem(&logic)).expect("text");
        }
    }
    writeln!(code, "];\npub(super) const VALUE_SETS: &[(&str, &str)] = &[").expect("text");
    let sets = knowledge.join("value-sets");
    for set in files(&sets, "csv") {
        let set = absolute(&set);
        writeln!(code, "    ({:?}, include_str!({set:?})),", stem(&set)).expect("text");
    }
    writeln!(code, "];").expect("text");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("care_gaps.rs");
    fs::write(out, code).expect("the list is written");
    println!("cargo:rerun-if-changed={}", rules.display());
    println!("cargo:rerun-if-changed={}", sets.display());
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut list: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    list.retain(|path| path.extension().is_some_and(|found| found == end));
    list.sort();
    list
}

fn absolute(path: &Path) -> String {
    path.canonicalize().expect("it was listed").display().to_string()
}

fn stem(path: &str) -> String {
    Path::new(path).file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
