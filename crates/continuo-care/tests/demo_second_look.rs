//! The made-up clinic has something to mend and something to confirm, by the ordinary ways in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod clinic;

use clinic::Clinic;
use continuo_care::access::opened;
use continuo_care::ingest::{self, Chunk};
use continuo_care::kept::{self, Mended};
use continuo_care::population::{Population, Settings};
use continuo_care::{demo_second_look, setup};

#[test]
fn two_inputs_wait_with_their_reasons_and_a_consent_waits_for_a_second_person() {
    let clinic = Clinic::new("2026-08-19T13:20:00Z");
    let ctx = clinic.machine();
    let population = Population::new(Settings { seed: 1, patients: 40, as_of: ctx.now(), offset_minutes: 0 });
    setup::demo_staff(&ctx, &population).unwrap();
    let people: Vec<Chunk> = population
        .people()
        .flat_map(|person| person.records)
        .map(|record| Chunk { resources: record.resources.into_iter().take(1).collect(), ..Chunk::default() })
        .collect();
    ingest::run(&ctx, people.into_iter(), |_, refused| assert!(refused.is_empty(), "{refused:?}")).unwrap();
    demo_second_look::seed(&ctx, &population).unwrap();

    let (waiting, count) = kept::waiting(&ctx, 10).unwrap();
    assert_eq!(count, 2);
    let of = |format: &str| waiting.iter().find(|one| one.format == format).unwrap();
    let row = kept::row(&ctx, of("csv"), &Mended::default()).expect("a row is mended cell by cell");
    assert_eq!(row.issues.iter().map(|issue| issue.place.as_str()).collect::<Vec<_>>(), ["birth_date"]);
    assert!(row.cells.iter().all(|cell| !cell.value.is_empty()), "{:?}", row.cells);
    assert!(of("hl7v2").reason.contains("somebody has to look at it"), "{}", of("hl7v2").reason);

    let consents = opened::waiting(&ctx).unwrap();
    assert_eq!(consents.len(), 1);
    assert!(consents[0].row.waits);
    // The coordinator who wrote it sees it and cannot confirm it alone.
    assert!(opened::confirm(&clinic.staff("staff-001", "care-coordinator"), consents[0].row.id).is_err());
}

#[test]
fn a_clinic_without_people_has_nothing_to_look_at() {
    let clinic = Clinic::new("2026-08-19T13:20:00Z");
    let ctx = clinic.machine();
    let population = Population::new(Settings { seed: 1, patients: 0, as_of: ctx.now(), offset_minutes: 0 });
    demo_second_look::seed(&ctx, &population).unwrap();
    assert_eq!(kept::waiting(&ctx, 10).unwrap().1, 0);
}
