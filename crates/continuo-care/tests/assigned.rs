//! Roles that reach only the people given to them: giving gives reach, taking away ends it, links carry it over.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::Ctx;
use continuo_care::access::{known_as, scope_of};
use continuo_care::assess::worker;
use continuo_care::entry::{self, Values};
use continuo_care::people;
use continuo_care::tasks::make::NewTask;
use continuo_care::work::{self, Act};
use continuo_fhir::ResourceType;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes"}],"birthDate":"1960-02-12"}"#;
const LEE: &str = r#"{"resourceType":"Patient","id":"lee","name":[{"family":"Lee"}],"birthDate":"1955-07-30"}"#;

fn clinic() -> (Clinic, Ctx, Ctx) {
    let clinic = Clinic::new("2026-08-19T13:00:00Z");
    clinic.put(&[ANA, LEE]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let worker = assigned(&clinic, "kim", &[]);
    (clinic, nurse, worker)
}

/// A community health worker as signed in, a member of these teams.
fn assigned(clinic: &Clinic, id: &str, teams: &[&str]) -> Ctx {
    let mut ctx = clinic.staff(id, "community-health-worker");
    let scope = scope_of(ctx.org, 9, &[], &ctx.grant, ctx.now());
    let own = ctx.actor.reference.clone();
    ctx.scope = known_as(scope, teams.iter().copied().chain([own.as_str()]), &ctx.grant);
    ctx
}

fn sees(ctx: &Ctx) -> [bool; 2] {
    let type_ = ResourceType::of("Patient");
    ["ana", "lee"].map(|id| ctx.read(|r| r.find(&ctx.scope, type_, id)).unwrap().is_some())
}

fn task(ctx: &Ctx, owner: &str) -> String {
    let new = NewTask {
        what: "Bring the walker".into(),
        person: "Patient/ana".into(),
        owner: owner.into(),
        due: Some(instant("2026-08-21T16:00:00Z")),
        ..NewTask::default()
    };
    work::new_task(ctx, new).unwrap().value
}

#[test]
fn who_is_given_work_reaches_the_person_until_some_time_after_it_is_finished() {
    let (clinic, nurse, kim) = clinic();
    assert_eq!(sees(&kim), [false, false], "nobody was given to them");
    let id = task(&nurse, "Practitioner/kim");
    assert_eq!(sees(&kim), [true, false]);
    let found = ["Reyes", "Lee"].map(|name| people::search(&kim, name, None).unwrap().total);
    assert_eq!(found, [1, 0], "in searches and their counts too");
    let done = Act::Complete { outcome: "done".into(), words: String::new() };
    let finished = work::act(&kim, &id, done).unwrap();
    assert_eq!(sees(&kim), [true, false], "to look at it and take it back");
    work::undo(&kim, finished.commit.unwrap()).unwrap();
    work::act(&nurse, &id, Act::Cancel { reason: "she has one".into() }).unwrap();
    clinic.set(instant("2026-09-30T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(sees(&kim), [false, false]);
}

#[test]
fn work_of_a_role_or_a_team_reaches_through_its_holders_and_members() {
    let (clinic, nurse, kim) = clinic();
    let id = task(&nurse, "role:community-health-worker");
    assert_eq!(sees(&kim), [true, false]);
    work::act(&nurse, &id, Act::HandOver { to: "CareTeam/homes".into(), words: String::new() }).unwrap();
    assert_eq!(sees(&assigned(&clinic, "kim", &["CareTeam/homes"])), [true, false]);
    assert_eq!(sees(&assigned(&clinic, "young", &[])), [false, false], "not theirs any more");
}

#[test]
fn a_care_team_reaches_while_it_is_active() {
    let (clinic, _, kim) = clinic();
    let team = |status: &str| {
        format!(
            r#"{{"resourceType":"CareTeam","id":"t","status":"{status}","subject":{{"reference":"Patient/lee"}},"participant":[{{"member":{{"reference":"Practitioner/kim"}}}}]}}"#
        )
    };
    clinic.put(&[&team("active")]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(sees(&kim), [false, true]);
    clinic.put(&[&team("inactive")]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(sees(&kim), [false, false]);
}

#[test]
fn who_registers_a_person_keeps_them() {
    let (_clinic, nurse, kim) = clinic();
    let values = Values::new([("family", "Diaz"), ("given", "Rosa"), ("birth_date", "1943-11-19")]);
    let id = entry::register(&kim, &values).unwrap().value;
    let type_ = ResourceType::of("Patient");
    assert!(kim.read(|r| r.find(&kim.scope, type_, &id)).unwrap().is_some());
    assert!(nurse.read(|r| r.find(&nurse.scope, type_, &id)).unwrap().is_some());
}
