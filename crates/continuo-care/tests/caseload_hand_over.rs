//! A whole caseload changes hands in one act: dealt out, told apart, accepted or given back, undone at once; nobody is
//! without an owner at any moment.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::hand_over::caseload::{self, CHANGED};
use continuo_care::people;
use continuo_care::problem::WorkError;
use continuo_care::tasks::make::NewTask;
use continuo_care::work;
use continuo_care::worklist::of_person;

const MARIA: &str = "Practitioner/maria";
const TO: [&str; 2] = ["Practitioner/lee", "Practitioner/nils"];

fn to() -> Vec<String> {
    TO.map(str::to_owned).to_vec()
}

/// Six people of Maria's; one of them under a label that neither receiver reads, but the supervisor does.
fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    clinic.accounts(&[
        ("maria", "care-coordinator"),
        ("lee", "care-coordinator"),
        ("nils", "care-coordinator"),
        ("boss", "supervisor"),
    ]);
    for at in 0..6 {
        let security = if at == 5 {
            r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"#
        } else {
            ""
        };
        clinic.put(&[
            &format!(r#"{{"resourceType":"Patient","id":"p{at}",{security}"name":[{{"family":"Person","given":["{at}"]}}],"birthDate":"1960-02-12"}}"#),
            &format!(r#"{{"resourceType":"EpisodeOfCare","id":"e{at}","status":"active","patient":{{"reference":"Patient/p{at}"}},"careManager":{{"reference":"{MARIA}"}}}}"#),
        ]);
    }
    worker::catch_up(&clinic.machine()).unwrap();
    let boss = clinic.staff("boss", "supervisor");
    let maria = clinic.staff("maria", "care-coordinator");
    for (at, kind) in [(0, "task"), (0, "promise"), (1, "discharge-call"), (2, "task")] {
        let new = NewTask {
            kind: kind.into(),
            what: format!("Work {at} {kind}"),
            person: format!("Patient/p{at}"),
            due: Some(instant("2026-08-05T20:00:00Z")),
            ..NewTask::default()
        };
        work::new_task(&maria, new).unwrap();
    }
    (clinic, boss)
}

fn count(ctx: &Ctx, who: &str) -> usize {
    people::caseload::caseload(ctx, who).unwrap().len()
}

#[test]
fn a_caseload_is_dealt_out_evenly_and_who_may_not_be_seen_stays_with_the_supervisor() {
    let (clinic, boss) = clinic();
    let plan = caseload::preview(&boss, MARIA, &to()).unwrap();
    let sizes: Vec<(usize, usize)> = plan.shares.iter().map(|share| (share.people.len(), share.tasks())).collect();
    assert_eq!(sizes.iter().map(|(people, _)| people).sum::<usize>(), 5);
    assert_eq!(sizes.iter().map(|(_, tasks)| tasks).sum::<usize>(), 4);
    assert!(sizes.iter().all(|(people, _)| *people >= 2), "{sizes:?}");
    assert_eq!(plan.shares.iter().map(caseload::Share::promises).sum::<usize>(), 1);
    assert_eq!(plan.urgent()[0].1.what, "Work 1 discharge-call", "the grave clock that ends today leads");
    let [stays] = &plan.stays[..] else { panic!("{:?}", plan.stays) };
    assert_eq!((stays.whole.person.id.as_str(), stays.to.as_str()), ("p5", "Practitioner/boss"));
    assert!(stays.reason.contains("may not see"), "{}", stays.reason);

    assert!(matches!(caseload::preview(&boss, MARIA, &[]), Err(WorkError::Field { field: "to", .. })));
    assert!(caseload::preview(&boss, MARIA, &[MARIA.to_owned()]).is_err());
    let lee = clinic.staff("lee", "care-coordinator");
    assert!(caseload::preview(&lee, MARIA, &["Practitioner/nils".to_owned()]).is_err(), "a supervisor's to do");

    let mark = plan.mark();
    let done = caseload::give(&boss, MARIA, &to(), "Maria is sick", &mark).unwrap();
    assert_eq!(count(&boss, MARIA), 0);
    assert_eq!(TO.iter().map(|who| count(&boss, who)).sum::<usize>(), 5);
    assert_eq!(count(&boss, "Practitioner/boss"), 1);
    let items = of_person(&boss, clinic.rid("p1")).unwrap();
    assert!(items.iter().all(|item| TO.contains(&item.owner.as_str())), "{items:?}");
    assert_eq!(caseload::waiting_for(&boss, TO[0]).unwrap().len(), 1);

    work::undo(&boss, done.commit.unwrap()).unwrap();
    assert_eq!((count(&boss, MARIA), count(&boss, TO[0])), (6, 0), "one undo for all of it");
    assert!(caseload::waiting_for(&boss, TO[0]).unwrap().is_empty());
}

#[test]
fn what_changed_since_it_was_looked_at_is_looked_at_again() {
    let (clinic, boss) = clinic();
    let mark = caseload::preview(&boss, MARIA, &to()).unwrap().mark();
    let maria = clinic.staff("maria", "care-coordinator");
    let new = NewTask { what: "One more".into(), person: "Patient/p3".into(), ..NewTask::default() };
    work::new_task(&maria, new).unwrap();
    let refused = caseload::give(&boss, MARIA, &to(), "", &mark).unwrap_err().to_string();
    assert_eq!(refused, CHANGED);
    assert_eq!(count(&boss, MARIA), 6);
}

#[test]
fn a_share_is_accepted_in_own_words_or_goes_back_and_returns_by_itself() {
    let (clinic, boss) = clinic();
    let mark = caseload::preview(&boss, MARIA, &to()).unwrap().mark();
    caseload::give(&boss, MARIA, &to(), "", &mark).unwrap();
    let (lee, nils) = (clinic.staff("lee", "care-coordinator"), clinic.staff("nils", "care-coordinator"));
    let mine = caseload::waiting_for(&lee, TO[0]).unwrap();
    assert!(caseload::accept(&lee, &mine[0].id, "ok").unwrap_err().to_string().contains("own words"));
    assert!(caseload::accept(&nils, &mine[0].id, "I take them all").is_err(), "only the receiver accepts");
    caseload::accept(&lee, &mine[0].id, "I call the discharge first").unwrap();
    let before = count(&boss, TO[0]);
    assert!(caseload::waiting_for(&lee, TO[0]).unwrap().is_empty());

    // The other share waits past the end of the next business day: back to whoever handed it over.
    let theirs = count(&boss, TO[1]);
    clinic.set(instant("2026-08-07T00:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!((count(&boss, TO[0]), count(&boss, TO[1])), (before, 0));
    assert_eq!(count(&boss, "Practitioner/boss"), 1 + theirs, "nobody is without an owner");
    let told = caseload::handed_by(&boss, "Practitioner/boss").unwrap();
    let ended: Vec<&str> = told.iter().map(|one| one.ended.as_str()).collect();
    assert_eq!(ended, ["accepted", "not accepted in time"]);
}

#[test]
fn ones_own_caseload_is_ones_own_to_hand_over_and_given_back_with_the_reason() {
    let (clinic, boss) = clinic();
    let maria = clinic.signed_in("maria", "care-coordinator");
    let to = vec![TO[0].to_owned()];
    let plan = caseload::preview(&maria, MARIA, &to).unwrap();
    assert!(plan.stays.iter().all(|one| one.to.is_empty()), "she is no supervisor: it stays hers");
    caseload::give(&maria, MARIA, &to, "Leave until September", &plan.mark()).unwrap();
    let lee = clinic.staff("lee", "care-coordinator");
    let mine = caseload::waiting_for(&lee, TO[0]).unwrap();
    assert!(caseload::give_back(&lee, &mine[0].id, "").is_err());
    let given = mine[0].people.len();
    caseload::give_back(&lee, &mine[0].id, "Too many this week").unwrap();
    assert_eq!(count(&boss, TO[0]), 0);
    assert!(count(&boss, MARIA) >= given);
    assert_eq!(caseload::handed_by(&maria, MARIA).unwrap()[0].said, "Too many this week");
}
