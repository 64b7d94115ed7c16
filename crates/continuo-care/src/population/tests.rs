//! The population as a whole: it repeats, its codes are in the table, its size is right, its morning is there.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;

/// 2026-08-19T13:20:00Z, a Wednesday, 8:20 in the county.
const MORNING: Instant = Instant::from_micros(1_787_145_600_000_000);

fn settings(patients: u32) -> Settings {
    Settings { seed: 7, patients, as_of: MORNING, offset_minutes: -300 }
}

fn resources(population: &Population) -> Vec<Json> {
    population.people().flat_map(|person| person.records).flat_map(|record| record.resources).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (a, b) = (Population::new(settings(60)), Population::new(settings(60)));
    assert!(a.people().eq(b.people()));
    assert_eq!(a.shared(), b.shared());
    assert_eq!(a.person(17), b.people().nth(17).unwrap());
    let other = Population::new(Settings { seed: 8, ..settings(60) });
    assert_ne!(a.person(3), other.person(3));
}

#[test]
fn the_table_with_the_sources_is_the_table_of_constants() {
    let table = include_str!("../../../../knowledge/population/codes.csv");
    let mut rows = BTreeSet::new();
    for line in table.lines().skip(1) {
        let mut fields = Vec::new();
        let mut quoted = false;
        let mut field = String::new();
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(std::mem::take(&mut field)),
                other => field.push(other),
            }
        }
        fields.push(field);
        assert_eq!(fields.len(), 5, "{line}");
        assert!(!fields[4].is_empty(), "no source: {line}");
        rows.insert((fields[0].clone(), fields[1].clone(), fields[2].clone(), fields[3].clone()));
    }
    let constants: BTreeSet<_> = codes::ALL
        .iter()
        .map(|(name, code)| {
            ((*name).to_owned(), code.value.to_owned(), code.system.to_owned(), code.meaning.to_owned())
        })
        .collect();
    assert_eq!(rows, constants);
}

fn codings(json: &Json, found: &mut BTreeSet<(String, String)>) {
    match json {
        Json::Array(items) => {
            for item in items {
                codings(item, found);
            }
        }
        Json::Object(fields) => {
            if let (Some(system), Some(code)) =
                (json.get("system").and_then(Json::as_str), json.get("code").and_then(Json::as_str))
            {
                found.insert((system.to_owned(), code.to_owned()));
            }
            for (_, value) in fields {
                codings(value, found);
            }
        }
        _ => {}
    }
}

#[test]
fn each_coding_is_in_the_table_or_our_own() {
    let population = Population::new(settings(400));
    let mut found = BTreeSet::new();
    for resource in population.shared().iter().chain(&resources(&population)) {
        codings(resource, &mut found);
    }
    let known: BTreeSet<(&str, &str)> = codes::ALL.iter().map(|(_, code)| (code.system, code.value)).collect();
    let mut unknown = String::new();
    for (system, code) in &found {
        if !system.starts_with("urn:continuo:") && !known.contains(&(system.as_str(), code.as_str())) {
            let _ = writeln!(unknown, "{system}|{code}");
        }
        assert!(!system.contains("ama-assn"), "CPT is licensed: {code}");
    }
    assert_eq!(unknown, "");
}

#[test]
fn two_thousand_people_have_sixty_to_eighty_resources_each() {
    let population = Population::new(settings(2000));
    let total: usize = population.people().flat_map(|person| person.records).map(|record| record.resources.len()).sum();
    let mean = total as f64 / 2000.0;
    assert!((60.0..=80.0).contains(&mean), "{mean}");
    assert_eq!(population.staff().iter().filter(|staff| staff.role == "care-coordinator").count(), 12);
    assert!((30..=45).contains(&population.staff().len()), "{} staff", population.staff().len());
}

#[test]
fn every_resource_is_valid_r4() {
    let population = Population::new(settings(400));
    let mut all = population.shared();
    all.extend(resources(&population));
    for resource in &all {
        let packed = continuo_fhir::pack(resource);
        let issues = continuo_fhir::validate::structure(continuo_fhir::root(&packed).unwrap());
        assert!(issues.is_empty(), "{issues:?} of {resource:?}");
    }
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    let population = Population::new(settings(300));
    let mut seen = BTreeSet::new();
    let mut all = population.shared();
    all.extend(resources(&population));
    for resource in &all {
        let kind = resource.get("resourceType").and_then(Json::as_str).unwrap();
        let id = resource.get("id").and_then(Json::as_str).unwrap();
        assert!(id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'), "{id}");
        assert!(seen.insert(format!("{kind}/{id}")), "{kind}/{id} twice");
    }
    fn references(json: &Json, out: &mut Vec<String>) {
        match json {
            Json::Array(items) => {
                for item in items {
                    references(item, out);
                }
            }
            Json::Object(fields) => {
                for (key, value) in fields {
                    if key.as_str() == "reference"
                        && let Some(target) = value.as_str()
                    {
                        out.push(target.to_owned());
                    }
                    references(value, out);
                }
            }
            _ => {}
        }
    }
    let mut targets = Vec::new();
    for resource in &all {
        references(resource, &mut targets);
    }
    for target in targets {
        assert!(seen.contains(&target), "{target} is nowhere");
    }
}

#[test]
fn each_story_of_the_morning_has_its_evidence() {
    let population = Population::new(settings(500));
    for item in &population.morning().items {
        let person = population.person(item.person);
        let found =
            person.records[0].resources.iter().any(|r| r.get("id").and_then(Json::as_str) == Some(&item.evidence));
        assert!(found, "{:?} of {} has no {}", item.story, item.patient, item.evidence);
        let number = person.records[0].resources[0].at("identifier.0.value").and_then(Json::as_str);
        assert_eq!(number, Some(item.record_number.as_str()));
    }
}

#[test]
fn some_people_are_known_to_the_hospital_under_a_slip_of_the_pen() {
    let population = Population::new(settings(600));
    let twice = population
        .people()
        .filter(|person| person.records.iter().any(|record| record.source == Source::Hospital))
        .count();
    assert!((12..70).contains(&twice), "{twice}");
}

#[test]
fn nothing_happens_after_a_death() {
    let population = Population::new(settings(1200));
    let mut dead = 0;
    for person in population.people() {
        let resources = &person.records[0].resources;
        let Some(died) = resources[0].get("deceasedDateTime").and_then(Json::as_str) else { continue };
        dead += 1;
        for resource in &resources[1..] {
            let date =
                ["effectiveDateTime", "sent", "authoredOn", "date", "start", "recordedDate", "occurrenceDateTime"]
                    .iter()
                    .find_map(|name| resource.get(name).and_then(Json::as_str));
            let begun = resource.at("period.start").and_then(Json::as_str);
            assert!(date.or(begun).is_none_or(|date| date <= died), "{died}: {resource:?}");
        }
    }
    assert!((4..40).contains(&dead), "{dead}");
}

#[test]
fn the_agency_closes_everything_it_says() {
    let population = Population::new(settings(900));
    let records: Vec<Record> =
        population.people().flat_map(|p| p.records).filter(|r| r.source == Source::Agency).collect();
    assert!(records.len() > 3, "{}", records.len());
    for resource in records.iter().flat_map(|record| &record.resources) {
        assert_eq!(resource.at("meta.security.0.code").and_then(Json::as_str), Some("42CFRPart2"));
    }
}

#[test]
fn only_appointments_and_ends_lie_in_the_future() {
    let population = Population::new(settings(200));
    let now = when::date(population.today() + 1);
    for resource in resources(&population) {
        for name in [
            "effectiveDateTime",
            "issued",
            "sent",
            "authoredOn",
            "date",
            "recordedDate",
            "onsetDateTime",
            "occurrenceDateTime",
        ] {
            if let Some(date) = resource.get(name).and_then(Json::as_str) {
                assert!(date < now.as_str(), "{name} {date} of {resource:?}");
            }
        }
    }
}

#[test]
fn attachments_are_base64() {
    assert_eq!(base64(b""), "");
    assert_eq!(base64(b"M"), "TQ==");
    assert_eq!(base64(b"Ma"), "TWE=");
    assert_eq!(base64(b"Man"), "TWFu");
}
