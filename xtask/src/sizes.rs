//! How long the files are, held against the house: half under 150 lines, nearly all under 400; one over 600 says why
//! with the words "long because" in its head. Tests, examples and generated files are not counted; tables may be long.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::docs::{relative, walk};

/// A longer file says why.
const LONG: usize = 600;
/// Nearly all files are shorter.
const USUAL: usize = 400;
/// At least half of the files are shorter.
const SHORT: usize = 150;

/// The files of code and their lines, longest first.
pub(crate) struct Sizes(Vec<(usize, String, bool)>);

impl Sizes {
    /// Counts the files under a root.
    pub(crate) fn of(root: &Path) -> anyhow::Result<Sizes> {
        let mut files: Vec<PathBuf> = Vec::new();
        walk(root, &mut files)?;
        let mut sizes = Vec::new();
        for name in files.iter().filter_map(|file| relative(root, file)).filter(|name| is_counted(name)) {
            let text = std::fs::read_to_string(root.join(&name)).with_context(|| name.clone())?;
            let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            sizes.push((text.lines().count(), name, head.contains("long because")));
        }
        sizes.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        Ok(Sizes(sizes))
    }

    /// The distribution in words, and the names of the longest.
    pub(crate) fn words(&self) -> String {
        let over: Vec<String> =
            self.0.iter().filter(|one| one.0 > USUAL).map(|(lines, name, _)| format!("{lines:>5} {name}\n")).collect();
        format!(
            "{} files: {} under {SHORT} lines, {} over {USUAL}, {} over {LONG}\n{}",
            self.0.len(),
            self.0.iter().filter(|one| one.0 < SHORT).count(),
            over.len(),
            self.0.iter().filter(|one| one.0 > LONG).count(),
            over.concat()
        )
    }

    /// What breaks the rule.
    pub(crate) fn faults(&self) -> Vec<String> {
        let count = |test: fn(usize) -> bool| self.0.iter().filter(|one| test(one.0)).count();
        let mut faults = Vec::new();
        if count(|lines| lines < SHORT) * 2 < self.0.len() {
            faults.push(format!("fewer than half of the files are under {SHORT} lines"));
        }
        if count(|lines| lines > USUAL) * 20 > self.0.len() {
            faults.push(format!("more than one file in twenty is over {USUAL} lines"));
        }
        let silent = self.0.iter().filter(|one| one.0 > LONG && !one.2);
        faults.extend(silent.map(|(lines, name, _)| format!("{name}: {lines} lines, and does not say why")));
        faults
    }
}

fn is_counted(name: &str) -> bool {
    let aside = ["/tests/", "/examples/", "/generated/", "/fixtures/"];
    let is_test = name.ends_with("tests.rs") || aside.iter().any(|part| name.contains(part));
    name.ends_with(".rs") && (name.starts_with("crates/") || name.starts_with("xtask/")) && !is_test
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_as_long_as_the_house_wants_them() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let sizes = Sizes::of(&root).unwrap();
        assert!(sizes.0.len() > 500, "{}", sizes.words());
        assert_eq!(sizes.faults(), Vec::<String>::new());
    }

    #[test]
    fn a_house_of_long_files_is_told() {
        let long = Sizes(vec![(601, "a.rs".into(), false), (601, "b.rs".into(), true), (10, "c.rs".into(), false)]);
        let faults = long.faults();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[2].starts_with("a.rs: 601 lines"), "{faults:?}");
    }
}
