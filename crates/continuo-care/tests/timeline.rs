//! The timeline: what is over does not go on, and years that are asked for are years of values.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::chart::timeline::{self, Timeline};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"use":"official","family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const FINISHED: &str = r#"{"resourceType":"MedicationRequest","id":"a","status":"completed","intent":"order","authoredOn":"2026-05-02","medicationCodeableConcept":{"text":"amoxicillin 250 mg"},"subject":{"reference":"Patient/ana"}}"#;
const TAKEN: &str = r#"{"resourceType":"MedicationRequest","id":"b","status":"active","intent":"order","authoredOn":"2026-05-02","medicationCodeableConcept":{"text":"lisinopril 10 mg"},"subject":{"reference":"Patient/ana"}}"#;

fn weight(id: &str, day: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"text":"Body weight"}},"subject":{{"reference":"Patient/ana"}},"effectiveDateTime":"{day}","valueQuantity":{{"value":{value},"unit":"kg"}}}}"#
    )
}

fn over(days: i64) -> Timeline {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let weights = [weight("w1", "2023-03-01", "82"), weight("w2", "2026-07-30", "78.1")];
    clinic.put(&[ANA, FINISHED, TAKEN, &weights[0], &weights[1]]);
    let ctx = clinic.staff("ortiz", "nurse");
    timeline::load(&ctx, "ana", ctx.now().plus_seconds(-days * 86_400)).unwrap()
}

#[test]
fn a_finished_medicine_without_an_end_is_not_drawn_to_this_day() {
    let all = over(366).medicines;
    let named = |name: &str| all.iter().find(|one| one.text.starts_with(name)).unwrap();
    assert_eq!(named("amoxicillin").to, Some(named("amoxicillin").from));
    assert_eq!(named("lisinopril").to, None);
}

#[test]
fn a_timeline_of_years_has_values_of_years() {
    let points = |days: i64| over(days).values.iter().map(|one| one.points.len()).collect::<Vec<_>>();
    assert_eq!(points(1827), [2]);
    assert_eq!(points(366), [1], "a single value is a value too");
    assert_eq!(points(2), [0; 0]);
}
