//! Care gaps in the loop: rows follow the record, decisions silence them, tasks close them, undo brings them back, and
//! nobody is flooded.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::assess::worker;
use continuo_care::care_gaps::{self, RuleCounts, Whose};
use continuo_care::gaps::State;
use continuo_care::problem::WorkError;
use continuo_care::{OrgId, settings, suggestions, work, worklist};
use continuo_store::tables::care_gap;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female","generalPractitioner":[{"reference":"Practitioner/patel"}]}"#;
const BEN: &str = r#"{"resourceType":"Patient","id":"ben","name":[{"family":"Reyes","given":["Ben"]}],"birthDate":"1958-02-12","gender":"male","telecom":[{"system":"phone","value":"555","extension":[{"url":"urn:continuo:ext:contact-safety","extension":[{"url":"unsafe","valueBoolean":true}]}]}]}"#;
const EPISODE: &str = r#"{"resourceType":"EpisodeOfCare","id":"ep","status":"active","type":[{"text":"Diabetes care"}],"patient":{"reference":"Patient/ana"},"team":[{"reference":"CareTeam/north"}],"careManager":{"reference":"Practitioner/ortiz"}}"#;
const DIABETES: &str = r#"{"resourceType":"Condition","id":"dm","code":{"text":"Type 2 diabetes"},"subject":{"reference":"Patient/ana"},"onsetDateTime":"2026-01-01"}"#;
const STOOL: &str = r#"{"resourceType":"Observation","id":"fit","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"57905-2"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-04-01","valueCodeableConcept":{"text":"Positive"}}"#;
const COLONOSCOPY: &str = r#"{"resourceType":"Procedure","id":"scope","status":"completed","code":{"coding":[{"system":"http://snomed.info/sct","code":"73761001"}]},"subject":{"reference":"Patient/ana"},"performedDateTime":"2026-08-01"}"#;

fn clinic() -> Clinic {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    clinic.put(&[ANA, BEN, EPISODE, DIABETES]);
    worker::catch_up(&clinic.machine()).unwrap();
    clinic
}

fn counts(clinic: &Clinic, rule: &str) -> RuleCounts {
    let all = care_gaps::overview(&clinic.staff("ortiz", "nurse"), &Whose::default()).unwrap();
    all.into_iter().find(|one| one.spec.rule.id == rule).unwrap_or_else(|| panic!("nobody stands with {rule}"))
}

#[test]
fn a_page_gap_waits_on_its_page_and_a_grave_one_reaches_the_worklist() {
    let clinic = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    assert_eq!(counts(&clinic, "hba1c-overdue").late, 1);
    assert!(suggestions::of_person(&nurse, "Patient/ana").unwrap().iter().all(|s| s.rule != "hba1c-overdue"));
    clinic.put(&[STOOL]);
    worker::catch_up(&clinic.machine()).unwrap();
    let open = suggestions::of_person(&nurse, "Patient/ana").unwrap();
    let grave = open.iter().find(|s| s.rule == "colonoscopy-after-positive-test").expect("it is on the worklist");
    assert!(grave.why.contains("on Wed 04/01/2026"), "{}", grave.why);
    assert!(suggestions::explain(&nurse, &grave.id).unwrap().same, "explaining runs the same rule");

    // A colonoscopy closes it by the record.
    clinic.put(&[COLONOSCOPY]);
    worker::catch_up(&clinic.machine()).unwrap();
    let after = suggestions::get(&nurse, &grave.id).unwrap();
    assert_eq!(after.state, "closed");
    assert_eq!(counts(&clinic, "colonoscopy-after-positive-test").satisfied, 1);
}

#[test]
fn taking_up_a_gap_makes_a_task_and_a_ledger_row_and_undo_takes_both_back() {
    let clinic = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    let taken = care_gaps::take_up(&nurse, "hba1c-overdue", &["ana".to_owned()], "Practitioner/ortiz").unwrap();
    assert_eq!(taken.value.tasks.len(), 1);
    let after = counts(&clinic, "hba1c-overdue");
    assert_eq!((after.late, after.in_work), (0, 1));
    let items = worklist::of_person(&nurse, clinic.rid("ana")).unwrap();
    assert!(items.iter().any(|item| item.id == taken.value.tasks[0]));
    let again = care_gaps::take_up(&nurse, "hba1c-overdue", &["ana".to_owned()], "").unwrap();
    assert_eq!((again.value.tasks.len(), again.value.gone), (0, 1));
    work::undo(&nurse, taken.commit.unwrap()).unwrap();
    assert_eq!(counts(&clinic, "hba1c-overdue").late, 1);
}

#[test]
fn a_gap_decided_against_is_silent_until_its_cap_passes() {
    let clinic = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    let refused = care_gaps::set_aside(&nurse, "hba1c-overdue", "ana", "because", "");
    assert!(matches!(refused, Err(WorkError::Field { field: "reason", .. })));
    care_gaps::set_aside(&nurse, "hba1c-overdue", "ana", "already-done", "").unwrap();
    assert_eq!(counts(&clinic, "hba1c-overdue").decided, 1);
    clinic.set(instant("2026-11-20T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(counts(&clinic, "hba1c-overdue").late, 1, "90 days have passed");
}

#[test]
fn several_at_once_leave_out_who_must_not_be_contacted_and_sensitive_rules() {
    let clinic = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    let both = ["ana".to_owned(), "ben".to_owned()];
    let taken = care_gaps::take_up(&nurse, "colorectal-screening", &both, "").unwrap();
    assert_eq!((taken.value.tasks.len(), taken.value.unsafe_), (1, 1));
    assert!(matches!(care_gaps::take_up(&nurse, "alcohol-screening", &both, ""), Err(WorkError::Not(_))));
    let listed = care_gaps::people(&nurse, "alcohol-screening", State::Late, 0, &Whose::default(), 0, 50).unwrap();
    assert!(listed.is_empty(), "a sensitive rule has counts and no list");
    assert_eq!(counts(&clinic, "alcohol-screening").late, 2);
}

#[test]
fn lists_are_narrowed_by_programme_team_and_practitioner() {
    let clinic = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    let of = |whose: Whose| care_gaps::people(&nurse, "tetanus-vaccine", State::Late, 0, &whose, 0, 50).unwrap().len();
    assert_eq!(of(Whose::default()), 2);
    assert_eq!(of(Whose { programme: "Diabetes care".into(), ..Whose::default() }), 1);
    assert_eq!(of(Whose { team: "CareTeam/north".into(), ..Whose::default() }), 1);
    assert_eq!(of(Whose { practitioner: "Practitioner/patel".into(), ..Whose::default() }), 1);
    assert_eq!(of(Whose { owner: "Practitioner/nobody".into(), ..Whose::default() }), 0);
}

#[test]
fn a_threshold_of_the_site_counts_and_a_rule_off_leaves_no_rows() {
    let clinic = clinic();
    let admin = clinic.machine();
    clinic.put(&[&STOOL.replace("2026-04-01", "2026-07-01")]);
    worker::catch_up(&admin).unwrap();
    assert_eq!(counts(&clinic, "colonoscopy-after-positive-test").due, 1, "90 days have not passed");
    let days = [("ColonoscopyDays".to_owned(), 14)];
    settings::set_thresholds(&admin, "colonoscopy-after-positive-test", &days, "our clinic is quick").unwrap();
    worker::catch_up(&admin).unwrap();
    assert_eq!(counts(&clinic, "colonoscopy-after-positive-test").late, 1);
    let view = settings::rules(&admin).unwrap();
    let view = view.into_iter().find(|one| one.id == "colonoscopy-after-positive-test").unwrap();
    assert_eq!(
        view.params.iter().map(|one| (one.name.as_str(), one.here, one.shipped)).collect::<Vec<_>>(),
        [("ColonoscopyDays", 14, 90)]
    );

    settings::set_rule(&admin, "tetanus-vaccine", false, false, "the pharmacy does it").unwrap();
    worker::catch_up(&admin).unwrap();
    let left = care_gaps::overview(&admin, &Whose::default()).unwrap();
    assert!(left.iter().all(|one| one.spec.rule.id != "tetanus-vaccine"));
}

#[test]
fn the_rows_are_the_same_after_a_rebuild_and_go_with_a_death() {
    let clinic = clinic();
    clinic.put(&[STOOL]);
    let admin = clinic.machine();
    worker::catch_up(&admin).unwrap();
    let rows = || admin.read(|r| care_gap::all(r.conn(), OrgId(1))).unwrap();
    let before = rows();
    assert!(before.len() > 20);
    worker::rebuild(&admin).unwrap();
    assert_eq!(rows(), before);
    clinic.put(&[&ANA.replace(r#""gender""#, r#""deceasedBoolean":true,"gender""#)]);
    worker::catch_up(&admin).unwrap();
    let ana = clinic.rid("ana");
    assert!(rows().iter().all(|row| row.patient != ana));
}
