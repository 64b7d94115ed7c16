//! Whether the documents still speak of what is here: relative links and their headings, files named in `code`, tests named
//! by what they say, a row for each care-gap rule.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;

/// Names of files in recipes that stand for any name.
const STAND_INS: &[&str] = &["NNNN", "/name.rs"];

/// The list of the care-gap rules.
const RULES: &str = "docs/rules.md";

/// Checks every Markdown file outside `knowledge` (whose files are data with their own tests).
pub(crate) fn run(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    walk(root, &mut files)?;
    let known: BTreeSet<String> = files.iter().filter_map(|file| relative(root, file)).collect();
    let mut functions = BTreeSet::new();
    for file in known.iter().filter(|file| file.ends_with(".rs")) {
        let text = std::fs::read_to_string(root.join(file)).with_context(|| file.clone())?;
        functions.extend(text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next()).map(str::to_owned));
    }
    let mut faults = Vec::new();
    for file in known.iter().filter(|file| file.ends_with(".md") && !file.starts_with("knowledge/")) {
        let text = std::fs::read_to_string(root.join(file)).with_context(|| file.clone())?;
        let text = without_fences(&text);
        for link in links(&text) {
            if let Some(fault) = against(root, file, &link)? {
                faults.push(format!("{file}: {fault}"));
            }
        }
        // What was is told by its name of then.
        if file == "CHANGELOG.md" || file.starts_with("docs/adr/") {
            continue;
        }
        for word in text.split('`').skip(1).step_by(2) {
            if is_path(word) && !known.iter().any(|one| is_meant(one, word)) {
                faults.push(format!("{file}: no file `{word}`"));
            }
            if is_test(word) && !functions.contains(word) {
                faults.push(format!("{file}: no test `{word}`"));
            }
        }
    }
    let rules = std::fs::read_to_string(root.join(RULES)).context(RULES)?;
    let pages = known.iter().filter(|file| file.starts_with("knowledge/care-gaps/") && file.ends_with(".md"));
    let unlisted = pages.filter(|file| !rules.contains(&format!("(../{file})")));
    faults.extend(unlisted.map(|file| format!("{RULES}: no row for `{file}`")));
    Ok(faults)
}

pub(crate) fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_ours = !["target", ".git", "node_modules", "corpus", "artifacts", "shared"].contains(&name.as_str());
            if is_ours {
                walk(&path, files)?;
            }
        } else {
            files.push(path);
        }
    }
    Ok(())
}

pub(crate) fn relative(root: &Path, file: &Path) -> Option<String> {
    Some(file.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
}

fn without_fences(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Targets of Markdown links and of pictures.
fn links(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect();
    for name in ["src=\"", "srcset=\"", "href=\""] {
        found.extend(text.split(name).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    found
}

fn against(root: &Path, file: &str, link: &str) -> anyhow::Result<Option<String>> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(None);
    }
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let here = Path::new(file).parent().unwrap_or(Path::new(""));
    let target = if path.is_empty() { PathBuf::from(file) } else { plain(&here.join(path)) };
    if !root.join(&target).exists() {
        return Ok(Some(format!("the link `{link}` leads nowhere")));
    }
    if heading.is_empty() || target.extension().is_none_or(|ending| ending != "md") {
        return Ok(None);
    }
    let text = std::fs::read_to_string(root.join(&target)).with_context(|| target.display().to_string())?;
    let has = text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == heading);
    Ok((!has).then(|| format!("the link `{link}` names no heading")))
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            out.pop();
        } else {
            out.push(part);
        }
    }
    out
}

/// The anchor that a heading gets where Markdown is shown.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            _ => None,
        })
        .collect()
}

/// Whether a word in `code` names a file of ours.
fn is_path(word: &str) -> bool {
    let ends = [".rs", ".md", ".csv", ".sql", ".mjs", ".cql", ".toml"].iter().any(|ending| word.ends_with(ending));
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    let is_any = STAND_INS.iter().any(|part| word.contains(part));
    ends && is_plain && word.contains('/') && !word.starts_with(['/', '.']) && !is_any
}

/// Whether `care/src/record/guard.rs` or `table/fields.rs` means this file.
fn is_meant(file: &str, word: &str) -> bool {
    let short = file.strip_prefix("crates/continuo-").unwrap_or(file);
    let ends = |whole: &str| whole == word || whole.strip_suffix(word).is_some_and(|rest| rest.ends_with('/'));
    ends(file) || ends(short)
}

/// Whether a word in `code` is a test named by what it says.
fn is_test(word: &str) -> bool {
    word.matches('_').count() >= 4 && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_speaks_of_what_is_here() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        assert_eq!(run(&root).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_link_a_heading_and_a_file_that_are_not_there_are_told() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let told = |link: &str| against(&root, "docs/api.md", link).unwrap();
        assert_eq!(told("conformance.md"), None);
        assert_eq!(told("../README.md#two-minutes"), None);
        assert!(told("gone.md").is_some() && told("../README.md#three-minutes").is_some());
        assert!(is_path("care/src/gone.rs") && !is_path("tests/<x>.rs") && !is_path("people.csv"));
        assert!(is_meant("crates/continuo-care/src/record/guard.rs", "care/src/record/guard.rs"));
        assert!(is_test("a_round_that_fails_is_not_the_last") && !is_test("record_number"));
        assert_eq!(links("[a](b.md) <img src=\"c.png\">"), ["b.md", "c.png"]);
        assert_eq!(without_fences("a\n```\n[x](y)\n```\nb\n"), "a\nb\n");
    }
}
