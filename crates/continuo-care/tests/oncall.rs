//! On-call hours: danger that nobody begins reaches whoever is on call, then the next; absences pass the work on; hours
//! without anybody stand on the end-of-day card; each change can be taken back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::oncall::{self, Away, Cover, Shift};
use continuo_care::problem::WorkError;
use continuo_care::setup;
use continuo_care::tasks::make::NewTask;
use continuo_care::worklist::{Filter, Tab, worklist};
use continuo_care::{Ctx, day, work};

const NOW: &str = "2026-08-19T15:00:00Z";
const ADA: &str = r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada","given":["Bea"]}]}"#;

fn clinic() -> Clinic {
    let clinic = Clinic::new(NOW);
    clinic.put(&[ADA]);
    clinic.accounts(&[
        ("boss", "supervisor"),
        ("nurse", "nurse"),
        ("doctor", "physician"),
        ("maria", "care-coordinator"),
    ]);
    clinic
}

fn shift(who: &str, then: &str) -> Shift {
    Shift {
        route: "safety".into(),
        days: vec![0, 1, 2, 3, 4, 5, 6],
        from: 0,
        to: 24 * 60,
        who: format!("Practitioner/{who}"),
        then: format!("Practitioner/{then}"),
    }
}

fn danger(ctx: &Ctx, owner: &str) {
    let new = NewTask {
        kind: "suicide-risk-contact".into(),
        what: "Call about item 9".into(),
        person: "Patient/ada".into(),
        owner: owner.into(),
        ..NewTask::default()
    };
    work::new_task(ctx, new).unwrap();
}

fn mine(ctx: &Ctx) -> Vec<bool> {
    let list = worklist(ctx, Tab::Mine, &Filter::default()).unwrap();
    list.rows.iter().flat_map(|row| &row.items).map(|item| item.on_call).collect()
}

#[test]
fn danger_nobody_begins_reaches_the_first_on_call_and_then_the_next() {
    let clinic = clinic();
    let boss = clinic.staff("boss", "supervisor");
    oncall::add_shift(&boss, shift("nurse", "doctor")).unwrap();
    danger(&boss, "Practitioner/maria");
    let (nurse, doctor) = (clinic.staff("nurse", "nurse"), clinic.staff("doctor", "physician"));
    assert_eq!((mine(&nurse), mine(&doctor)), (vec![], vec![]), "Maria has fifteen minutes");
    clinic.set(instant("2026-08-19T15:16:00Z"));
    assert_eq!((mine(&nurse), mine(&doctor)), (vec![true], vec![]));
    clinic.set(instant("2026-08-19T15:31:00Z"));
    assert_eq!((mine(&nurse), mine(&doctor)), (vec![true], vec![true]));
}

#[test]
fn a_licensed_person_says_what_came_of_a_safety_contact() {
    let clinic = clinic();
    danger(&clinic.staff("boss", "supervisor"), "Practitioner/maria");
    let nurse = clinic.staff("nurse", "nurse");
    let rid = clinic.machine().read(|r| r.rid(setup::FIRST, continuo_fhir::ResourceType::of("Patient"), "ada"));
    let id = continuo_care::worklist::of_person(&nurse, rid.unwrap().unwrap()).unwrap()[0].id.clone();
    let done = || work::Act::Complete { outcome: "spoken to, safe now".into(), words: String::new() };
    let refused = work::act(&clinic.staff("maria", "care-coordinator"), &id, done()).unwrap_err().to_string();
    assert!(refused.contains("licensed"), "{refused}");
    work::act(&nurse, &id, done()).unwrap();
}

#[test]
fn a_closed_account_is_nobody_on_call() {
    let clinic = clinic();
    let boss = clinic.staff("boss", "supervisor");
    oncall::add_shift(&boss, shift("nurse", "doctor")).unwrap();
    clinic
        .machine()
        .write("close account", |tx| {
            use continuo_store::tables::account;
            let org = tx.org();
            let conn = tx.conn()?;
            let all = account::accounts_of(conn, org)?;
            let nurse = all.into_iter().find(|one| one.login == "nurse").unwrap();
            account::put_account(conn, &account::Account { active: false, ..nurse }).map(|_| ())
        })
        .unwrap();
    let now = oncall::load(&boss).unwrap().now(&boss);
    let safety = now.iter().find(|one| one.route.id == "safety").unwrap();
    assert_eq!((safety.duty.who.as_str(), safety.duty.then.as_str()), ("Practitioner/doctor", ""));
}

#[test]
fn danger_that_no_person_has_is_the_on_call_s_at_once() {
    let clinic = clinic();
    let boss = clinic.staff("boss", "supervisor");
    oncall::add_shift(&boss, shift("nurse", "doctor")).unwrap();
    danger(&boss, "role:social-worker");
    assert_eq!(mine(&clinic.staff("nurse", "nurse")), [true]);
}

#[test]
fn whoever_covers_sees_the_work_of_whoever_is_away() {
    let clinic = clinic();
    let maria = clinic.staff("maria", "care-coordinator");
    let away = Away {
        who: "Practitioner/maria".into(),
        from: instant("2026-08-19T00:00:00Z"),
        until: instant("2026-08-22T00:00:00Z"),
        fallback: "Practitioner/nurse".into(),
    };
    let self_cover = Away { fallback: "Practitioner/maria".into(), ..away.clone() };
    assert!(matches!(oncall::add_away(&maria, self_cover), Err(WorkError::Field { field: "fallback", .. })));
    let nurse = clinic.staff("nurse", "nurse");
    assert!(matches!(oncall::add_away(&nurse, away.clone()), Err(WorkError::Denied(_))), "not for somebody else");
    let reminder = NewTask {
        what: "Call about the ride".into(),
        person: "Patient/ada".into(),
        owner: "Practitioner/maria".into(),
        ..NewTask::default()
    };
    work::new_task(&maria, reminder).unwrap();
    let team = |ctx: &Ctx| worklist(ctx, Tab::Team, &Filter::default()).unwrap().rows.len();
    assert_eq!(team(&nurse), 0);
    let done = oncall::add_away(&maria, away).unwrap();
    assert_eq!(team(&nurse), 1);
    work::undo(&maria, done.commit.unwrap()).unwrap();
    assert_eq!(team(&nurse), 0);
}

#[test]
fn only_people_whose_role_fits_answer_a_route_and_only_who_may_changes_the_roster() {
    let clinic = clinic();
    let boss = clinic.staff("boss", "supervisor");
    assert!(matches!(oncall::add_shift(&boss, shift("maria", "nurse")), Err(WorkError::Field { field: "who", .. })));
    assert!(matches!(oncall::add_shift(&boss, shift("nurse", "nobody")), Err(WorkError::Field { field: "then", .. })));
    let maria = clinic.staff("maria", "care-coordinator");
    assert!(matches!(oncall::add_shift(&maria, shift("nurse", "doctor")), Err(WorkError::Denied(_))));
    assert!(matches!(oncall::set_minutes(&boss, "safety", 60), Err(WorkError::Field { .. })), "never slower");
    oncall::set_minutes(&boss, "critical-result", 90).unwrap();
}

#[test]
fn what_is_uncovered_tonight_stands_on_the_card_until_somebody_covers_it() {
    let clinic = clinic();
    let boss = clinic.staff("boss", "supervisor");
    let safety = |ctx: &Ctx| {
        let card = day::end_of_day(ctx).unwrap();
        card.gaps
            .into_iter()
            .filter(|(route, ..)| route.starts_with("Suicide"))
            .map(|(_, a, b)| (a, b))
            .collect::<Vec<_>>()
    };
    assert_eq!(safety(&boss), [(instant(NOW), instant("2026-08-20T08:00:00Z"))]);
    let cover = Cover {
        route: String::new(),
        from: instant("2026-08-19T14:00:00Z"),
        to: instant("2026-08-20T07:00:00Z"),
        who: "Practitioner/nurse".into(),
    };
    let done = oncall::add_cover(&boss, cover).unwrap();
    assert_eq!(safety(&boss), [(instant("2026-08-20T07:00:00Z"), instant("2026-08-20T08:00:00Z"))]);
    work::undo(&boss, done.commit.unwrap()).unwrap();
    assert_eq!(safety(&boss).len(), 1);
}

#[test]
fn a_page_older_than_the_roster_removes_nothing() {
    let clinic = clinic();
    let boss = clinic.staff("boss", "supervisor");
    oncall::add_shift(&boss, shift("nurse", "doctor")).unwrap();
    assert!(oncall::remove_shift(&boss, 0, "Practitioner/doctor").is_err());
    assert!(oncall::remove_shift(&boss, 3, "Practitioner/nurse").is_err());
    oncall::remove_shift(&boss, 0, "Practitioner/nurse").unwrap();
    assert_eq!(oncall::load(&boss).unwrap().roster.shifts, []);
}
