//! The files of an import: those named, those in named folders, and the mapping files among them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use continuo_exchange::formats;

/// What a mapping file is called.
const MAPPING_ENDING: &str = ".map.csv";
/// Folders in folders.
const DEEPEST: usize = 64;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// In the order that lets most references be resolved at once.
    pub(super) records: Vec<PathBuf>,
    /// The mapping files among them.
    pub(super) mappings: Vec<PathBuf>,
    /// What lies in a folder and cannot be read, with the reason. It stops nothing else.
    pub(super) unread: Vec<(PathBuf, String)>,
}

/// Finds the files to read. A path that is named and is not there is an error: somebody mistyped it.
pub(super) fn find(paths: &[PathBuf]) -> anyhow::Result<Files> {
    let mut found = Files::default();
    let mut folders = BTreeSet::new();
    for path in paths {
        let kind = std::fs::metadata(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        if kind.is_dir() {
            std::fs::read_dir(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
            found.walk(path, 0, &mut folders);
        } else {
            // Named by itself it may be anything that can be read, a pipe too.
            found.records.push(path.clone());
        }
    }
    // A table that is named alone brings the mapping beside it.
    let beside: Vec<PathBuf> = paths.iter().filter_map(|path| mapping_beside(path)).collect();
    found.records.extend(beside);
    let is_mapping = |path: &PathBuf| path.to_string_lossy().to_ascii_lowercase().ends_with(MAPPING_ENDING);
    (found.mappings, found.records) = found.records.into_iter().partition(is_mapping);
    found.records.sort_by_cached_key(|path| (formats::rank(&path.to_string_lossy()), path.clone()));
    found.records.dedup();
    found.mappings.sort();
    found.mappings.dedup();
    Ok(found)
}

impl Files {
    /// What lies in a folder. A folder that links lead to again is looked through once.
    fn walk(&mut self, folder: &Path, depth: usize, folders: &mut BTreeSet<PathBuf>) {
        match std::fs::canonicalize(folder) {
            Ok(real) => {
                if !folders.insert(real) {
                    return;
                }
            }
            Err(error) => return self.leave(folder, &error),
        }
        if depth > DEEPEST {
            return self.leave(folder, &format!("lies deeper than {DEEPEST} folders"));
        }
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.leave(folder, &error),
        };
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_name().to_string_lossy().starts_with('.') => {}
                Ok(entry) => self.one(&entry.path(), depth, folders),
                Err(error) => self.leave(folder, &error),
            }
        }
    }

    fn one(&mut self, path: &Path, depth: usize, folders: &mut BTreeSet<PathBuf>) {
        match std::fs::metadata(path) {
            Ok(kind) if kind.is_dir() => self.walk(path, depth + 1, folders),
            Ok(kind) if kind.is_file() => self.records.push(path.to_path_buf()),
            // A pipe or a device: opening it could wait forever.
            Ok(_) => self.leave(path, &"is no file"),
            Err(error) => self.leave(path, &error),
        }
    }

    fn leave(&mut self, path: &Path, why: &dyn std::fmt::Display) {
        self.unread.push((path.to_path_buf(), format!("cannot be read: {why}")));
    }
}

/// `people.map.csv` beside `people.csv` or `people.tsv`, if it is there.
fn mapping_beside(table: &Path) -> Option<PathBuf> {
    let name = table.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    let ending = [".csv", ".tsv"].into_iter().find(|ending| lower.ends_with(ending))?;
    if lower.ends_with(MAPPING_ENDING) {
        return None;
    }
    let stem = name.get(..name.len() - ending.len())?;
    Some(table.with_file_name(format!("{stem}{MAPPING_ENDING}"))).filter(|path| path.is_file())
}
