//! The 150 public directions against labels made by hand (`data/sig-labels.txt`).
//!
//! The directions stand in the evaluation folder and are not kept here; without it the test says SKIPPED.

use std::path::Path;

use continuo_fhir::json::Json;
use continuo_text::sig::{Frequency, Sig, parse};

const LABELS: &str = include_str!("data/sig-labels.txt");

#[expect(clippy::disallowed_methods, reason = "a test reads public data that is not kept in the project")]
fn directions() -> Option<Vec<String>> {
    let folder = std::env::var("CONTINUO_EVAL")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/eval").to_owned());
    let text = std::fs::read_to_string(Path::new(&folder).join("scribe/sig/unlabelled.jsonl")).ok()?;
    text.lines().map(|l| Json::parse(l.as_bytes()).ok()?.get("sig")?.as_str().map(str::to_owned)).collect()
}

#[test]
fn the_public_directions_are_read_as_labelled() {
    let Some(directions) = directions() else {
        println!("SKIPPED: the evaluation folder is not beside the workspace");
        return;
    };
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for line in LABELS.lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.split('|').collect();
        let [row, dose, unit, route, frequency, prn, days] = cells.as_slice() else { panic!("seven cells: {line}") };
        let text = &directions[row.parse::<usize>().expect("a row number")];
        let sig = parse(text);
        assert!(sig.spans.iter().all(|(_, s)| !s.of(text).is_empty()), "row {row}: every field has its words");
        let same = is_as(&sig, [*dose, *unit, *route, *frequency, *prn, *days]);
        all += 1;
        right += usize::from(same);
        if !same {
            wrong.push(row.to_string());
        }
    }
    assert!(right * 100 >= all * 98, "{right} of {all}; wrong rows {wrong:?}");
}

fn is_as(sig: &Sig, labels: [&str; 6]) -> bool {
    let [dose, unit, route, frequency, prn, days] = labels;
    let said = sig.dose.map_or(String::new(), |(a, b)| if a == b { format!("{a}") } else { format!("{a}-{b}") });
    said == dose
        && sig.unit.unwrap_or("") == unit
        && sig.route.unwrap_or("") == route
        && sig.frequency.map_or(String::new(), Frequency::code) == frequency
        && sig.as_needed == (prn == "prn")
        && sig.duration_days.map_or(String::new(), |d| d.to_string()) == days
}

#[test]
fn own_directions_are_read_as_labelled() {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for line in include_str!("data/sig-own.txt").lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.splitn(7, '|').collect();
        let [dose, unit, route, frequency, prn, days, text] = cells.as_slice() else { panic!("seven cells: {line}") };
        let same = is_as(&parse(text), [*dose, *unit, *route, *frequency, *prn, *days]);
        all += 1;
        right += usize::from(same);
        if !same {
            wrong.push(*text);
        }
    }
    assert!(right * 100 >= all * 92, "{right} of {all}: {wrong:?}");
}
