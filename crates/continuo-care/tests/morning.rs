//! The made-up morning under the shipped follow-up rules: every seeded story is found, the emergencies come first, and no
//! coordinator is flooded (safety.md rule 2).

use std::collections::BTreeMap;

use continuo_care::followup::calendar::Calendar;
use continuo_care::followup::finding::{Band, Finding};
use continuo_care::followup::person::{Person, Resource};
use continuo_care::followup::{Site, assess};
use continuo_care::population::{Population, Settings, Story};
use continuo_fhir::{Instant, Zone, pack, root};

/// 2026-08-19T13:20:00Z, a Wednesday morning in the county.
const MORNING: Instant = Instant::from_micros(1_787_145_600_000_000);

/// Findings of today's list, by person, worst first.
fn findings(population: &Population, site: &Site, number: u32) -> Vec<Finding> {
    let person = population.person(number);
    let packed: Vec<Vec<u8>> = person.records[0].resources.iter().map(pack).collect();
    let rows = packed.iter().map(|bytes| Resource::of(root(bytes).expect("packed just now")).expect("a resource has a type"));
    let reports = assess(&Person::new(rows), site, population.settings().as_of);
    let mut found: Vec<Finding> =
        reports.into_iter().flat_map(|report| report.findings).filter(|finding| !finding.backlog).collect();
    found.sort_by_key(|finding| finding.band);
    found
}

#[test]
fn the_morning_is_found_and_nobody_is_flooded() {
    let population = Population::new(Settings { seed: 7, patients: 2000, as_of: MORNING, offset_minutes: -300 });
    let site = Site::shipped(Calendar::us(Zone::utc(), 2025..=2027));
    let mut lists: BTreeMap<u32, Vec<(Band, u32)>> = BTreeMap::new();
    let mut missed = Vec::new();
    let seeded: BTreeMap<u32, _> = population.morning().items.iter().map(|item| (item.person, item)).collect();
    for number in 0..2000 {
        let found = findings(&population, &site, number);
        for finding in &found {
            lists.entry(number % 12).or_default().push((finding.band, number));
            assert!(seeded.contains_key(&number), "{} fires without a story: {}", finding.rule, finding.why);
        }
        if let Some(item) = seeded.get(&number)
            && item.story != Story::FoodInsecurity
            && found.is_empty()
        {
            missed.push(format!("{:?} of {}", item.story, item.patient));
        }
    }
    for (coordinator, list) in &mut lists {
        assert!(list.len() <= 40, "{} items for coordinator {coordinator}", list.len());
        list.sort();
        for item in population.morning().emergencies().filter(|item| item.coordinator == *coordinator) {
            let rank = list.iter().position(|(_, number)| *number == item.person);
            assert!(rank.is_some_and(|rank| rank < 10), "{:?} stands at {rank:?}", item.story);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
