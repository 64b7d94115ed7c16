//! Copies of test patients: ids of their own, all dates moved by the copy's number of days.

use std::path::Path;

use anyhow::Context;
use continuo_cql::value::temporal::{civil_from_days, days_from_civil, month_days};

/// Copies of each patient; dates move by up to four weeks.
const COPIES: i32 = 28;

/// The bundles of a folder of test cases, each copied.
pub(super) fn of(tests: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let cases = std::fs::read_dir(tests).with_context(|| format!("{} cannot be read", tests.display()))?;
    let mut paths: Vec<_> = cases.flatten().map(|e| e.path().join("bundle.json")).collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths.iter().filter(|path| path.is_file()) {
        texts.push(std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?);
    }
    Ok((0..COPIES).flat_map(|copy| texts.iter().map(move |text| copied(text, copy).into_bytes())).collect())
}

fn copied(text: &str, copy: i32) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let (before, from) = rest.split_at(at + 1);
        out.push_str(before);
        rest = from;
        if let Some(date) = rest.get(..10).and_then(moved(copy)) {
            out.push_str(&date);
            rest = &rest[10..];
        }
        let Some(end) = rest.find('"') else { break };
        let (inside, after) = rest.split_at(end);
        out.push_str(inside);
        // Ids and what refers to them end with the copy's number.
        let start = text.len() - rest.len();
        let is_id = text.get(..start).is_some_and(|head| head.ends_with("\"id\":\""));
        if is_id || inside.starts_with("urn:uuid:") || looks_like_reference(inside) {
            out.push_str(&format!("-{copy}"));
        }
        out.push('"');
        rest = after.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// `Type/id`, as references are written.
fn looks_like_reference(text: &str) -> bool {
    match text.split_once('/') {
        Some((kind, id)) => {
            kind.starts_with(|c: char| c.is_ascii_uppercase())
                && kind.bytes().all(|b| b.is_ascii_alphabetic())
                && !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        }
        None => false,
    }
}

/// A full date moved by so many days.
fn moved(days: i32) -> impl Fn(&str) -> Option<String> {
    move |text| {
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<i32>().ok();
        let bytes = text.as_bytes();
        if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)? as u32, number(8, 10)? as u32);
        if !(1..=12).contains(&month) || day == 0 || day > month_days(year, month) {
            return None;
        }
        let (year, month, day) = civil_from_days(days_from_civil(year, month, day) + days);
        Some(format!("{year:04}-{month:02}-{day:02}"))
    }
}

#[cfg(test)]
mod tests {
    use super::copied;

    #[test]
    fn a_copy_has_ids_and_dates_of_its_own() {
        let text = r#"{"id":"a","subject":{"reference":"Patient/a"},"birthDate":"1970-12-31","x":"2026-02-27T10:00:00Z","code":"1-2"}"#;
        assert_eq!(
            copied(text, 2),
            r#"{"id":"a-2","subject":{"reference":"Patient/a-2"},"birthDate":"1971-01-02","x":"2026-03-01T10:00:00Z","code":"1-2"}"#
        );
    }
}
