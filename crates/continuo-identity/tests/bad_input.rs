//! Bad input: bounded work, no wrong merge, nothing lost.

use continuo_identity::index::Index;
use continuo_identity::link::{Options, Outcome, link};
use continuo_identity::profile::{Profile, cut_fields};
use continuo_identity::record::{SourceAddress, SourceRecord};
use proptest::prelude::*;

#[test]
fn one_phone_for_everybody_is_split_and_links_nobody() {
    const PEOPLE: u32 = 20_000;
    let profiles: Vec<Profile> = (0..PEOPLE)
        .map(|n| {
            let (given, family) = (syllables(n * 7 + 1), syllables(n.wrapping_mul(2_654_435_761) >> 8));
            let birth = format!("{}-{:02}-{:02}", 1930 + n % 80, 1 + n / 80 % 12, 1 + n / 960 % 28);
            let record = SourceRecord {
                given: &given,
                family: &family,
                birth_date: &birth,
                phones: vec!["502-555-0100"],
                ..SourceRecord::default()
            };
            Profile::new(&record)
        })
        .collect();
    let linked = link(&profiles, Options::default());
    assert!(linked.report.compared < 100 * PEOPLE as usize, "compared {}", linked.report.compared);
    assert_eq!(linked.report.blocks.split.get("phone"), Some(&1));
    let merged = linked.pairs.iter().filter(|pair| pair.outcome == Outcome::Match).count();
    assert_eq!(merged, 0);

    let index = Index::new(profiles.clone());
    assert!(index.candidates(&profiles[0]).len() <= 1000);
}

#[test]
fn identical_records_of_nobody_are_left_out_and_reported() {
    let record = SourceRecord {
        given: "Ann",
        family: "Li",
        birth_date: "1980-03-14",
        phones: vec!["5025550100"],
        ..SourceRecord::default()
    };
    let profiles = vec![Profile::new(&record); 3000];
    let linked = link(&profiles, Options::default());
    assert!(linked.report.compared < 3000 * 120);
    assert!(!linked.report.blocks.left_out.is_empty());
    assert_eq!(linked.cluster_of.len(), 3000);
}

#[test]
fn nothing_said_links_to_nothing() {
    let empty = SourceRecord::default();
    let unknown = SourceRecord {
        given: "Unknown",
        family: "Doe",
        birth_date: "1900-01-01",
        ssn: "999-99-9999",
        phones: vec!["000"],
        ..SourceRecord::default()
    };
    let newborn = SourceRecord {
        given: "Baby Boy",
        family: "Smith",
        birth_date: "2025-05-01",
        sex: "male",
        ..SourceRecord::default()
    };
    let profiles: Vec<Profile> =
        [empty.clone(), empty, unknown.clone(), unknown, newborn.clone(), newborn].iter().map(Profile::new).collect();
    let linked = link(&profiles, Options::default());
    assert_eq!(linked.cluster_of, [0, 1, 2, 3, 4, 5]);
    assert_eq!(linked.report.empty, 4);
}

#[test]
fn a_default_birth_date_is_no_birth_date() {
    let person = |given, family, zip| {
        let addresses = vec![SourceAddress { line: "", city: "Salem", zip }];
        Profile::new(&SourceRecord { given, family, birth_date: "1980-01-01", addresses, ..SourceRecord::default() })
    };
    let linked = link(&[person("John", "Smith", "47126"), person("John", "Smith", "47126")], Options::default());
    assert_eq!(linked.cluster_of, [0, 1]);
}

#[test]
fn a_name_of_ten_thousand_letters_is_cut_and_said() {
    let long = "x".repeat(10_000);
    let record = SourceRecord { given: &long, family: &long, ..SourceRecord::default() };
    assert_eq!(cut_fields(&record), ["given", "family"]);
    let profiles = vec![Profile::new(&record); 4];
    assert_eq!(link(&profiles, Options::default()).cluster_of.len(), 4);
}

#[test]
fn the_same_records_give_the_same_answer_on_any_number_of_threads() {
    let profiles: Vec<Profile> = (0..3000u32)
        .map(|n| {
            let (given, family) = (syllables(n / 2), syllables(n / 3));
            Profile::new(&SourceRecord {
                given: &given,
                family: &family,
                birth_date: "1980-03-14",
                ..SourceRecord::default()
            })
        })
        .collect();
    let one = link(&profiles, Options { threads: 1, ..Options::default() });
    let four = link(&profiles, Options { threads: 4, ..Options::default() });
    assert_eq!(one.pairs, four.pairs);
    assert_eq!(one.cluster_of, four.cluster_of);
}

/// A made-up name for a number.
fn syllables(number: u32) -> String {
    const PARTS: [&str; 16] =
        ["ba", "den", "fo", "gil", "ha", "jor", "kel", "lo", "mar", "nu", "pen", "ros", "sa", "tor", "vi", "zel"];
    (0..4).map(|at| PARTS[(number >> (4 * at)) as usize % 16]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_read_and_a_record_agrees_with_itself(
        given in "\\PC{0,30}", family in "\\PC{0,30}", suffix in "\\PC{0,6}", birth in "[-0-9/.T ]{0,12}|\\PC{0,10}",
        ssn in "[0-9xX*-]{0,12}", phone in "\\PC{0,20}", email in "\\PC{0,12}@?\\PC{0,12}", line in "\\PC{0,40}", zip in "\\PC{0,8}",
    ) {
        let record = SourceRecord {
            given: &given, middle: &suffix, family: &family, suffix: &suffix, sex: &suffix, birth_date: &birth, ssn: &ssn,
            phones: vec![&phone], emails: vec![&email], addresses: vec![SourceAddress { line: &line, city: &family, zip: &zip }],
            identifiers: vec![(&suffix, &ssn)], other_names: vec![(&given, &line)], birth_order: 0,
        };
        let profile = Profile::new(&record);
        let linked = link(&[profile.clone(), profile], Options::default());
        prop_assert!(linked.pairs.iter().all(|pair| pair.score.is_finite()));
    }
}
