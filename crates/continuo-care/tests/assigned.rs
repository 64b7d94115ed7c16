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
fn a_care_team_and_a_place_on_it_reach_until_the_day_they_end() {
    let (clinic, _, kim) = clinic();
    let team = |team: &str, place: &str| {
        format!(
            r#"{{"resourceType":"CareTeam","id":"t","status":"active","subject":{{"reference":"Patient/lee"}}{team},"participant":[{{"member":{{"reference":"Practitioner/kim"}}{place}}},{{"member":{{"reference":"Practitioner/other"}}}}]}}"#
        )
    };
    let until = |day: &str| format!(r#","period":{{"start":"2026-01-01","end":"{day}"}}"#);
    let (past, today) = (until("2026-08-18"), until("2026-08-19"));
    for (text, reaches) in
        [(team(&past, ""), false), (team("", &past), false), (team(&today, &past), false), (team(&today, &today), true)]
    {
        clinic.put(&[&text]);
        worker::catch_up(&clinic.machine()).unwrap();
        assert_eq!(sees(&kim), [false, reaches], "{text}");
    }
    clinic.set(instant("2026-08-20T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(sees(&kim), [false, false], "the day after, though nothing was written");
}

#[test]
fn who_registers_a_person_keeps_them_for_thirty_days_or_while_another_tie_holds() {
    let (clinic, nurse, kim) = clinic();
    let register = |family: &str, born: &str| {
        let values = Values::new([("family", family), ("given", "Rosa"), ("birth_date", born)]);
        entry::register(&kim, &values).unwrap().value
    };
    let (left, given) = (register("Diaz", "1943-11-19"), register("Moreno", "1951-03-02"));
    let reaches =
        |ctx: &Ctx, id: &str| ctx.read(|r| r.find(&ctx.scope, ResourceType::of("Patient"), id)).unwrap().is_some();
    assert!([&left, &given].iter().all(|id| reaches(&kim, id) && reaches(&nurse, id)));
    let new = NewTask {
        what: "Bring the walker".into(),
        person: format!("Patient/{given}"),
        owner: "Practitioner/kim".into(),
        ..NewTask::default()
    };
    work::new_task(&nurse, new).unwrap();
    clinic.set(instant("2026-09-17T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(reaches(&kim, &left), "twenty-nine days later");
    clinic.set(instant("2026-09-20T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!((reaches(&kim, &left), reaches(&kim, &given)), (false, true));
    assert!(reaches(&nurse, &left));
}
