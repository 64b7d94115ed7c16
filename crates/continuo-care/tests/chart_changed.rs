//! "Since you last looked" is true: it goes by when something was written, and says what was corrected, deleted, taken
//! back, joined and taken off.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::assess::worker;
use continuo_care::chart::{self, entry::Entry};
use continuo_care::identity::sources;
use continuo_care::{Ctx, work};
use continuo_fhir::ResourceType;
use continuo_store::{CommitId, Expect};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female","telecom":[{"system":"phone","value":"502 555 0142"}],"address":[{"line":["9 Oak St"],"city":"Salem","postalCode":"47126"}]}"#;

fn medicine(dose: &str, status: &str) -> String {
    format!(
        r#"{{"resourceType":"MedicationRequest","id":"m","status":"{status}","intent":"order","subject":{{"reference":"Patient/ana"}},"medicationCodeableConcept":{{"text":"furosemide"}},"dosageInstruction":[{{"text":"{dose}"}}],"authoredOn":"2026-08-01"}}"#
    )
}

fn allergy(verified: &str) -> String {
    format!(
        r#"{{"resourceType":"AllergyIntolerance","id":"a","patient":{{"reference":"Patient/ana"}},"code":{{"text":"Penicillin"}},"verificationStatus":{{"coding":[{{"code":"{verified}"}}]}},"recordedDate":"2026-08-01"}}"#
    )
}

fn result(id: &str, value: &str, day: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/ana"}},"code":{{"text":"Potassium"}},"valueQuantity":{{"value":{value},"unit":"mmol/L"}},"effectiveDateTime":"{day}"}}"#
    )
}

/// A clinic where Ana's chart was looked at on August 18, and it is the next day.
fn clinic(resources: &[String]) -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-18T09:00:00Z");
    let all: Vec<&str> = std::iter::once(ANA).chain(resources.iter().map(String::as_str)).collect();
    clinic.put(&all);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("nurse", "nurse");
    clinic.set(instant("2026-08-18T12:00:00Z"));
    assert!(changed(&nurse).is_empty(), "nothing is new to who looks the first time");
    clinic.set(instant("2026-08-19T09:00:00Z"));
    (clinic, nurse)
}

/// Opens the chart and says what it says changed: text, mark and note.
fn changed(ctx: &Ctx) -> Vec<String> {
    let chart = chart::open(ctx, "ana").unwrap();
    // The look is recorded behind the page.
    ctx.write("wait", |_| Ok(())).unwrap();
    let line = |one: &Entry| format!("{} [{}] {}", one.text, one.word, one.note);
    chart.sections.changed.iter().map(line).collect()
}

fn delete(clinic: &Clinic, type_: &'static str, id: &'static str) {
    clinic
        .machine()
        .write("delete", move |tx| tx.delete(ResourceType::of(type_), id, Expect::Anything).map(|_| ()))
        .unwrap();
}

#[test]
fn what_came_late_is_new_though_its_day_is_long_past() {
    let (clinic, nurse) = clinic(&[]);
    clinic.put(&[&result("k", "6.4", "2026-08-10"), &result("l", "4.1", "2026-08-19")]);
    clinic.set(instant("2026-08-19T09:10:00Z"));
    assert_eq!(
        changed(&nurse),
        ["Potassium 4.1 mmol/L [] result", "Potassium 6.4 mmol/L [] result, came after its day"]
    );
    clinic.set(instant("2026-08-20T09:00:00Z"));
    assert!(changed(&nurse).is_empty(), "seen");
}

#[test]
fn a_correction_says_what_stood_before() {
    let (clinic, nurse) = clinic(&[medicine("40 mg daily", "active"), result("k", "6.4", "2026-08-10")]);
    clinic.put(&[&medicine("80 mg daily", "active"), &result("k", "4.6", "2026-08-10")]);
    clinic.set(instant("2026-08-19T09:10:00Z"));
    let lines = changed(&nurse);
    assert!(lines.contains(&"furosemide [Changed] medicine: 80 mg daily, was: 40 mg daily".to_owned()), "{lines:?}");
    assert!(
        lines.contains(&"Potassium 4.6 mmol/L [Changed] result, was: Potassium 6.4 mmol/L".to_owned()),
        "{lines:?}"
    );
    clinic.set(instant("2026-08-20T09:00:00Z"));
    clinic.put(&[&medicine("80 mg daily", "stopped")]);
    assert_eq!(changed(&nurse), ["furosemide (stopped) [Changed] medicine: 80 mg daily, was: active"]);
}

#[test]
fn what_was_deleted_or_taken_back_is_told() {
    let (clinic, nurse) = clinic(&[allergy("confirmed"), result("k", "6.4", "2026-08-10")]);
    delete(&clinic, "Observation", "k");
    clinic.put(&[&allergy("entered-in-error")]);
    let lines = changed(&nurse);
    assert!(lines.contains(&"Potassium 6.4 mmol/L [Deleted] result".to_owned()), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.starts_with("Penicillin") && line.contains("[Entered in error]")),
        "{lines:?}"
    );
}

#[test]
fn what_came_and_went_between_two_looks_is_not_told() {
    let (clinic, nurse) = clinic(&[]);
    clinic.put(&[&result("k", "6.4", "2026-08-10")]);
    delete(&clinic, "Observation", "k");
    assert!(changed(&nurse).is_empty());
}

#[test]
fn an_undone_change_leaves_nothing_and_the_same_again_is_no_change() {
    let (clinic, nurse) = clinic(&[medicine("40 mg daily", "active")]);
    let machine = clinic.machine();
    let commit: CommitId = clinic.put(&[&medicine("80 mg daily", "active")]).unwrap();
    work::undo(&machine, commit).unwrap();
    clinic.put(&[&medicine("40 mg daily", "active")]);
    assert!(changed(&nurse).is_empty());
}

#[test]
fn a_new_phone_says_which_part_of_the_person_changed() {
    let (clinic, nurse) = clinic(&[]);
    clinic.put(&[&ANA.replace("0142", "0177")]);
    let lines = changed(&nurse);
    assert!(lines.len() == 1 && lines[0].contains("changed: phone or e-mail"), "{lines:?}");
}

#[test]
fn records_that_are_joined_and_taken_off_are_told() {
    let (clinic, nurse) = clinic(&[]);
    let other = ANA.replace("\"ana\"", "\"h1\"");
    let visit = r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"IMP","display":"inpatient"},"subject":{"reference":"Patient/h1"},"period":{"start":"2026-08-12T10:00:00Z","end":"2026-08-17T15:00:00Z"}}"#;
    clinic.put(&[&other, visit]);
    worker::catch_up(&clinic.machine()).unwrap();
    let lines = changed(&nurse);
    assert!(lines.iter().any(|line| line.starts_with("Records of more than one source were joined")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("visit or stay")), "{lines:?}");
    clinic.set(instant("2026-08-20T09:00:00Z"));
    sources::unlink(&nurse, "h1", "another person").unwrap();
    let lines = changed(&nurse);
    assert!(lines.iter().any(|line| line.starts_with("Records of one source were taken off")), "{lines:?}");
}
