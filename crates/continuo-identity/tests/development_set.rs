//! The development set, when it is at hand: links must be as good as docs/conformance.md says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use continuo_identity::link::{Linked, Options, Outcome, link};
use continuo_identity::profile::Profile;
use continuo_identity::record::{SourceAddress, SourceRecord};

type Rows = Vec<BTreeMap<String, String>>;

fn rows(name: &str) -> Option<Rows> {
    let folder = std::env::var_os("CONTINUO_EVAL")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval"), PathBuf::from);
    let mut reader = csv::Reader::from_path(folder.join("identity").join(name)).ok()?;
    Some(reader.deserialize().map(|row| row.expect("the set is well formed")).collect())
}

fn profiles(rows: &Rows) -> Vec<Profile> {
    rows.iter()
        .map(|row| {
            let cell = |name: &str| row.get(name).map_or("", String::as_str);
            Profile::new(&SourceRecord {
                given: cell("given"),
                middle: cell("middle"),
                family: cell("family"),
                suffix: cell("suffix"),
                sex: cell("sex"),
                birth_date: cell("birth_date"),
                ssn: cell("ssn"),
                phones: vec![cell("phone")],
                emails: vec![cell("email")],
                addresses: vec![SourceAddress { line: cell("street"), city: cell("city"), zip: cell("zip") }],
                ..SourceRecord::default()
            })
        })
        .collect()
}

/// Precision and recall of all pairs scored at least this.
fn precision_recall(linked: &Linked, is_true: impl Fn(u32, u32) -> bool, total: usize, from: f32) -> (f64, f64) {
    let taken = linked.pairs.iter().filter(|pair| pair.score >= from);
    let (hits, all) = taken.fold((0, 0), |(hits, all), pair| (hits + usize::from(is_true(pair.a, pair.b)), all + 1));
    (hits as f64 / f64::from(all.max(1)), hits as f64 / total as f64)
}

#[test]
fn the_development_set_is_linked_as_well_as_stated() {
    let (Some(records), Some(truth), Some(lookalikes)) =
        (rows("records.csv"), rows("truth.csv"), rows("lookalikes.csv"))
    else {
        println!("SKIPPED: the development set is not here (eval)");
        return;
    };
    let person: BTreeMap<&str, &str> =
        truth.iter().map(|row| (row["rec_id"].as_str(), row["person_id"].as_str())).collect();
    let people: Vec<&str> = records.iter().map(|row| person[row["rec_id"].as_str()]).collect();
    let linked = link(&profiles(&records), Options::default());
    let mut size: BTreeMap<&str, usize> = BTreeMap::new();
    for person in &people {
        *size.entry(person).or_default() += 1;
    }
    let total: usize = size.values().map(|n| n * (n - 1) / 2).sum();
    let is_true = |a: u32, b: u32| people[a as usize] == people[b as usize];

    let best = (-60..=60)
        .map(|tenth| precision_recall(&linked, is_true, total, tenth as f32 / 4.0))
        .map(|(p, r)| 2.0 * p * r / (p + r))
        .fold(0.0, f64::max);
    assert!(best >= 0.985, "pairwise F1 {best}");

    let automatic: Vec<_> = linked.pairs.iter().filter(|pair| pair.outcome == Outcome::Match).collect();
    let hits = automatic.iter().filter(|pair| is_true(pair.a, pair.b)).count();
    assert!(hits as f64 / automatic.len() as f64 >= 0.999, "precision of automatic links");
    assert!(hits as f64 / total as f64 >= 0.925, "recall of automatic links: {}", hits as f64 / total as f64);

    let asked = linked.pairs.iter().filter(|pair| matches!(pair.outcome, Outcome::Possible(_))).count();
    assert!(asked * 1000 <= 25 * records.len(), "{asked} questions");

    let unlike: BTreeSet<(&str, &str)> = lookalikes
        .iter()
        .filter(|row| row["kind"] != "same_name_near_birth")
        .flat_map(|row| {
            [(row["person_a"].as_str(), row["person_b"].as_str()), (row["person_b"].as_str(), row["person_a"].as_str())]
        })
        .collect();
    let merged =
        automatic.iter().filter(|pair| unlike.contains(&(people[pair.a as usize], people[pair.b as usize]))).count();
    assert_eq!(merged, 0, "twins or father and son merged");
}
