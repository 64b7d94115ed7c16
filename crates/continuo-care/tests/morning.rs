//! The made-up morning under the shipped follow-up rules: every seeded story is found, the emergencies come first, and no
//! coordinator is flooded (safety.md rule 2).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::collections::BTreeMap;

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::finding::{Band, Finding};
use continuo_care::followup::person::{Person, Resource};
use continuo_care::followup::{Site, assess};
use continuo_care::population::{Population, Settings, Story};
use continuo_fhir::{Instant, Zone, pack, root};

/// Findings of today's list, by person, worst first.
fn findings(population: &Population, site: &Site, number: u32) -> Vec<Finding> {
    let person = population.person(number);
    let packed: Vec<Vec<u8>> = person.records[0].resources.iter().map(pack).collect();
    let rows =
        packed.iter().map(|bytes| Resource::of(root(bytes).expect("packed just now")).expect("a resource has a type"));
    let reports = assess(&Person::new(rows), site, population.settings().as_of);
    let mut found: Vec<Finding> =
        reports.into_iter().flat_map(|report| report.findings).filter(|finding| !finding.backlog).collect();
    found.sort_by_key(|finding| finding.band);
    found
}

/// Whatever the day and the hour the demo is started at, the same must hold.
const MORNINGS: &[&str] = &[
    "2026-08-19T13:20:00Z", // a Wednesday, 8:20 in the county
    "2026-11-22T14:00:00Z", // a Sunday
    "2026-11-23T05:10:00Z", // Monday, ten past midnight in the county
    "2027-01-02T02:00:00Z", // the evening of New Year's Day
    "2026-07-06T12:00:00Z", // the Monday after a holiday weekend
    "2028-02-29T22:30:00Z", // a leap day, late afternoon
];

#[test]
fn the_morning_is_found_and_nobody_is_flooded() {
    let site = Site::shipped(Calendar::us(Zone::fixed(-300), 2025..=2028));
    for (seed, morning) in (7..).zip(MORNINGS) {
        let as_of = Instant::parse(morning).unwrap();
        let patients = if seed == 7 { 2000 } else { 600 };
        check(&Population::new(Settings { seed, patients, as_of, offset_minutes: -300 }), &site, morning);
    }
}

fn check(population: &Population, site: &Site, when: &str) {
    let coordinators = population.staff().iter().filter(|staff| staff.role == "care-coordinator").count() as u32;
    let seeded: BTreeMap<u32, _> = population.morning().items.iter().map(|item| (item.person, item)).collect();
    let mut lists: BTreeMap<u32, Vec<(Band, u32)>> = BTreeMap::new();
    let mut missed = Vec::new();
    for number in 0..population.settings().patients {
        let found = findings(population, site, number);
        for finding in &found {
            lists.entry(number % coordinators).or_default().push((finding.band, number));
            assert!(seeded.contains_key(&number), "{when}: {} without a story: {}", finding.rule, finding.why);
        }
        if let Some(item) = seeded.get(&number)
            // Food needs are the social-needs engine's, which comes with a later issue.
            && item.story != Story::FoodInsecurity
            && found.is_empty()
        {
            missed.push(format!("{:?} of {}", item.story, item.patient));
        }
    }
    assert!(missed.is_empty(), "{when}: {missed:#?}");
    for (coordinator, list) in &mut lists {
        assert!(list.len() <= 40, "{when}: {} items for coordinator {coordinator}", list.len());
        list.sort();
        for item in population.morning().emergencies().filter(|item| item.coordinator == *coordinator) {
            let rank = list.iter().position(|(_, number)| *number == item.person);
            assert!(rank.is_some_and(|rank| rank < 10), "{when}: {:?} stands at {rank:?}", item.story);
        }
    }
}
