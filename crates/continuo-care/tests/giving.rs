//! Work goes to somebody who may see it and can do it; a selection is parted before anything is done to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::Ctx;
use continuo_care::access::scope_of;
use continuo_care::assess::worker;
use continuo_care::problem::WorkError;
use continuo_care::suggestions;
use continuo_care::tasks::make::NewTask;
use continuo_care::work::parted::{self, Parted};
use continuo_care::work::{self, Act};
use continuo_care::worklist::{Filter, Tab, worklist};

const NOW: &str = "2026-08-19T15:00:00Z";
const ADA: &str =
    r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada","given":["Bea"]}],"birthDate":"1960-02-12"}"#;
const BO: &str =
    r#"{"resourceType":"Patient","id":"bo","name":[{"family":"Bo","given":["Cy"]}],"birthDate":"1971-05-02"}"#;
/// A task under a label that a nurse sees and a coordinator does not.
const CLOSED: &str = r#"{"resourceType":"Task","id":"hiv","status":"requested","intent":"order","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"for":{"reference":"Patient/ada"},"description":"Call her","owner":{"reference":"Practitioner/nils"},"authoredOn":"2026-08-19T08:00:00Z"}"#;

const STAFF: [(&str, &str); 4] =
    [("maria", "care-coordinator"), ("nils", "nurse"), ("dora", "physician"), ("petra", "privacy-officer")];

fn clinic() -> Clinic {
    let clinic = Clinic::new(NOW);
    clinic.accounts(&STAFF);
    clinic.put(&[ADA, BO]);
    worker::catch_up(&clinic.machine()).unwrap();
    clinic
}

/// Somebody as signed in at this moment.
fn signed_in(clinic: &Clinic, id: &str) -> Ctx {
    let role = STAFF.into_iter().find(|(one, _)| *one == id).unwrap().1;
    clinic.signed_in(id, role)
}

fn give(to: &str) -> Act {
    Act::HandOver { to: format!("Practitioner/{to}"), words: String::new() }
}

fn refused(error: WorkError) -> String {
    let WorkError::Field { text, .. } = error else { panic!("{error:?}") };
    text
}

fn add(ctx: &Ctx, person: &str, kind: &str) -> String {
    let new = NewTask {
        what: format!("Do {kind}"),
        person: format!("Patient/{person}"),
        kind: kind.to_owned(),
        ..NewTask::default()
    };
    work::new_task(ctx, new).unwrap().value
}

#[test]
fn work_is_not_given_to_somebody_who_could_not_see_it_and_who_could_is_said() {
    let clinic = clinic();
    clinic.put(&[CLOSED]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = signed_in(&clinic, "nils");
    let said = refused(work::act(&nurse, "hiv", give("maria")).unwrap_err());
    assert_eq!(said, "maria may not see what this is about. It can go to dora or nils");
    work::act(&nurse, "hiv", give("dora")).unwrap();
    let open = add(&nurse, "bo", "reminder");
    assert!(refused(work::act(&nurse, &open, give("petra")).unwrap_err()).starts_with("petra has no worklist"));
    work::act(&nurse, &open, give("maria")).unwrap();
    let role = Act::HandOver { to: "role:care-coordinator".to_owned(), words: String::new() };
    assert!(refused(work::act(&nurse, "hiv", role).unwrap_err()).contains("It can go to"));
    let new = NewTask {
        what: "Call".to_owned(),
        person: "Patient/bo".to_owned(),
        owner: "Practitioner/petra".to_owned(),
        ..NewTask::default()
    };
    assert!(matches!(work::new_task(&nurse, new), Err(WorkError::Field { field: "owner", .. })));
}

#[test]
fn a_suggestion_is_not_given_to_somebody_who_could_not_see_it() {
    let clinic = clinic();
    clinic.put(&[r#"{"resourceType":"Observation","id":"k","status":"final","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}],"text":"Potassium"},"subject":{"reference":"Patient/ada"},"effectiveDateTime":"2026-08-19T08:00:00Z","valueQuantity":{"value":6.6,"unit":"mmol/L"}}"#]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = signed_in(&clinic, "nils");
    let id = suggestions::of_person(&nurse, "Patient/ada").unwrap()[0].id.clone();
    assert!(refused(suggestions::assign(&nurse, &id, "Practitioner/maria").unwrap_err()).contains("may not see"));
    suggestions::assign(&nurse, &id, "Practitioner/dora").unwrap();
    let edit = suggestions::Edit { owner: "Practitioner/maria".to_owned(), ..suggestions::Edit::default() };
    assert!(suggestions::accept(&nurse, &id, edit).unwrap_err().to_string().contains("may not see"));
}

#[test]
fn a_selection_is_parted_and_what_may_not_be_done_so_stays_with_its_reason() {
    let clinic = clinic();
    let nurse = signed_in(&clinic, "nils");
    let tasks = [
        add(&nurse, "ada", "rebook-visit"),
        add(&nurse, "bo", "rebook-visit"),
        add(&nurse, "bo", "reminder"),
        add(&nurse, "ada", "discharge-call"),
        add(&nurse, "ada", "suicide-risk-contact"),
    ];
    let done = Act::Complete { outcome: String::new(), words: String::new() };
    let reasons = |parted: &Parted| parted.kept.iter().map(|one| one.reason.clone()).collect::<Vec<_>>();
    let parted = parted::part(&nurse, &tasks, &done, "").unwrap();
    assert_eq!(parted.allowed, tasks[..2]);
    assert_eq!(parted.kinds, [("rebook-visit", "Book again", 2), ("reminder", "Reminder", 1)]);
    let asks = "its outcome is asked for: finish it by itself".to_owned();
    assert_eq!(reasons(&parted), ["another kind of work: finish it after".to_owned(), asks.clone(), asks]);
    assert_eq!(parted::part(&nurse, &tasks, &done, "reminder").unwrap().allowed, tasks[2..3]);

    let (committed, stayed) = parted::do_allowed(&nurse, &tasks, done, "").unwrap();
    assert_eq!((stayed.allowed.len(), stayed.kept.len()), (2, 3));
    let list = worklist(&nurse, Tab::Mine, &Filter::default()).unwrap();
    assert_eq!(list.counts[0].items, 3, "what stayed is open still");
    // All that was done together is taken back together.
    work::undo(&nurse, committed.unwrap().commit.unwrap()).unwrap();
    assert_eq!(worklist(&nurse, Tab::Mine, &Filter::default()).unwrap().counts[0].items, 5);

    let wait = Act::Snooze { until: instant("2026-08-20T15:00:00Z"), reason: "closed".to_owned(), still_right: false };
    let parted = parted::part(&nurse, &tasks, &wait, "").unwrap();
    assert!(reasons(&parted).contains(&"a safety contact cannot wait".to_owned()), "{parted:?}");
    let parted = parted::part(&nurse, &tasks, &give("petra"), "").unwrap();
    assert!(parted.allowed.is_empty() && reasons(&parted).iter().all(|one| one.contains("has no worklist")));
}

#[test]
fn a_selection_does_not_say_of_what_kind_a_private_task_is_to_whose_role_the_record_is_closed() {
    let clinic = clinic();
    let nurse = signed_in(&clinic, "nils");
    let plain = add(&nurse, "bo", "reminder");
    clinic.put(&[r#"{"resourceType":"Task","id":"private","extension":[{"url":"urn:continuo:ext:finding","valueString":"psychiatric-follow-up|Encounter/e"}],"status":"requested","intent":"order","code":{"coding":[{"system":"urn:continuo:code","code":"rebook-visit"}]},"for":{"reference":"Patient/ada"},"description":"Book the visit","owner":{"reference":"role:front-desk"},"authoredOn":"2026-08-19T08:00:00Z"}"#]);
    worker::catch_up(&clinic.machine()).unwrap();
    let tasks = ["private".to_owned(), plain];
    let done = Act::Complete { outcome: String::new(), words: String::new() };
    let mut desk = clinic.staff("fay", "front-desk");
    desk.scope = scope_of(desk.org, 99, &[], &desk.grant, desk.now());
    for wanted in ["", "rebook-visit"] {
        let parted = parted::part(&desk, &tasks, &done, wanted).unwrap();
        assert_eq!((parted.kinds.as_slice(), parted.kind), ([("reminder", "Reminder", 1)].as_slice(), "reminder"));
        assert_eq!(parted.allowed, tasks[1..]);
        let stays = parted.kept.first().unwrap();
        assert_eq!((stays.what.as_str(), stays.reason.as_str()), ("Private item", "it is private: open it by itself"));
    }
    let parted = parted::part(&nurse, &tasks, &done, "").unwrap();
    assert_eq!(parted.kinds.len(), 2, "whose role opens the record chooses the kind: {parted:?}");
}
