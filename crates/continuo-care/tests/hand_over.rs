//! Handing over: open until accepted in the receiver's own words, and back to the sender by itself when nobody does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::assess::worker;
use continuo_care::tasks::make::NewTask;
use continuo_care::work;
use continuo_care::{Ctx, hand_over};
use continuo_store::tables::account::{self, Account};
use continuo_text::summary::Part;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"use":"official","family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const ALLERGY: &str = r#"{"resourceType":"AllergyIntolerance","id":"p","criticality":"high","code":{"text":"Penicillin"},"patient":{"reference":"Patient/ana"}}"#;

fn clinic() -> (Clinic, Ctx, Ctx) {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    clinic.put(&[ANA, ALLERGY]);
    worker::catch_up(&clinic.machine()).unwrap();
    let (ortiz, lee) = (clinic.staff("ortiz", "nurse"), clinic.staff("lee", "nurse"));
    (clinic, ortiz, lee)
}

fn task(ctx: &Ctx, kind: &str, what: &str) -> String {
    let new = NewTask { kind: kind.into(), what: what.into(), person: "Patient/ana".into(), ..NewTask::default() };
    work::new_task(ctx, new).unwrap().value
}

#[test]
fn a_hand_over_is_open_until_it_is_read_back() {
    let (_clinic, ortiz, lee) = clinic();
    task(&ortiz, "discharge-call", "Call after discharge");
    task(&ortiz, "task", "Order walker");
    assert_eq!(hand_over::load(&ortiz, "ana").unwrap().mine.len(), 2);
    assert!(hand_over::give(&ortiz, "ana", "", "").is_err());
    assert!(hand_over::give(&ortiz, "ana", "Practitioner/ortiz", "").is_err());
    hand_over::give(&ortiz, "ana", "Practitioner/lee", "she is hard of hearing").unwrap();

    let sent = hand_over::load(&ortiz, "ana").unwrap();
    assert_eq!((sent.mine.len(), sent.to_others.len()), (0, 2));
    let got = hand_over::load(&lee, "ana").unwrap();
    assert_eq!(got.to_me.len(), 2);
    // Four hours for the call, whose clock does harm; the end of the next business day for the walker.
    let mut until: Vec<_> = got.to_me.iter().map(|one| one.until.unwrap()).collect();
    until.sort();
    assert_eq!(until, [instant("2026-08-05T17:00:00Z"), instant("2026-08-07T00:00:00Z").plus_seconds(-1)]);
    assert!(got.said.iter().any(|(by, _, words)| by == "Practitioner/ortiz" && words.contains("hearing")));

    for empty in ["", "ok", "  "] {
        let refused = hand_over::accept(&lee, "ana", empty).unwrap_err().to_string();
        assert!(refused.contains("own words"), "{refused}");
    }
    assert!(hand_over::accept(&ortiz, "ana", "all of it").is_err(), "only the receiver accepts");
    let accepted = hand_over::accept(&lee, "ana", "Home since Monday; I call first, then the walker").unwrap();
    let mine = hand_over::load(&lee, "ana").unwrap();
    assert_eq!((mine.mine.len(), mine.to_me.len()), (2, 0));
    assert!(mine.said.iter().any(|(by, _, words)| by == "Practitioner/lee" && words.contains("I call first")));

    work::undo(&lee, accepted.commit.unwrap()).unwrap();
    assert_eq!(hand_over::load(&lee, "ana").unwrap().to_me.len(), 2, "one undo for all of it");
}

#[test]
fn what_nobody_accepts_returns_to_its_sender_with_a_due_date() {
    let (clinic, ortiz, lee) = clinic();
    task(&ortiz, "discharge-call", "Call after discharge");
    task(&ortiz, "task", "Order walker");
    hand_over::give(&ortiz, "ana", "Practitioner/lee", "").unwrap();
    clinic.set(instant("2026-08-05T16:59:00Z"));
    assert_eq!(hand_over::return_unaccepted(&clinic.machine()).unwrap(), 0);
    clinic.set(instant("2026-08-05T17:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    let back = hand_over::load(&ortiz, "ana").unwrap();
    assert_eq!(back.mine.iter().map(|(_, what)| what.as_str()).collect::<Vec<_>>(), ["Call after discharge"]);
    let call = back.chart.work.iter().find(|one| one.task_kind == "discharge-call").unwrap();
    assert!(call.due < instant("2026-08-06T00:00:00Z").micros(), "due the day it comes back");
    assert!(call.due_rule.contains("not accepted"), "{}", call.due_rule);
    assert_eq!(hand_over::load(&lee, "ana").unwrap().to_me.len(), 1, "the other waits on");

    hand_over::accept(&lee, "ana", "I order the walker").unwrap();
    clinic.set(instant("2026-08-08T13:00:00Z"));
    assert_eq!(hand_over::return_unaccepted(&clinic.machine()).unwrap(), 0, "what was accepted stays");
}

#[test]
fn what_is_given_back_names_the_reason() {
    let (_clinic, ortiz, lee) = clinic();
    task(&ortiz, "task", "Order walker");
    hand_over::give(&ortiz, "ana", "Practitioner/lee", "").unwrap();
    assert!(hand_over::give_back(&lee, "ana", "").is_err());
    hand_over::give_back(&lee, "ana", "I am away tomorrow").unwrap();
    let back = hand_over::load(&ortiz, "ana").unwrap();
    assert_eq!(back.mine.len(), 1);
    assert!(back.said.iter().any(|(_, _, words)| words.contains("away tomorrow")));
}

#[test]
fn the_summary_names_risks_owners_and_gaps_with_their_entries() {
    let (clinic, ortiz, _) = clinic();
    // Somebody whose name the summary can say.
    clinic
        .machine()
        .write("account", |tx| {
            let org = tx.org();
            let row = Account {
                org,
                id: 0,
                login: "ortiz".into(),
                name: "Maria Ortiz".into(),
                reference: "Practitioner/ortiz".into(),
                roles: "nurse".into(),
                password: String::new(),
                totp: None,
                totp_step: 0,
                failed: 0,
                locked_until: 0,
                active: true,
                one_click: false,
                preferences: String::new(),
                must_change: false,
                first_until: 0,
            };
            account::put_account(tx.conn()?, &row).map(|_| ())
        })
        .unwrap();
    let id = task(&ortiz, "act-on-result", "Act on potassium 6.4");
    let got = hand_over::load(&ortiz, "ana").unwrap();
    let part = |part: Part| {
        let all: Vec<&str> = got.sentences.iter().filter(|s| s.part == part).map(|s| s.text.as_str()).collect();
        all.join("\n")
    };
    assert!(part(Part::IllnessSeverity).contains("Act on potassium 6.4"), "{}", part(Part::IllnessSeverity));
    assert!(part(Part::IllnessSeverity).contains("Penicillin"), "{}", part(Part::IllnessSeverity));
    assert!(part(Part::PatientSummary).contains("Penicillin"));
    assert!(part(Part::ActionList).contains("Maria Ortiz"), "{}", part(Part::ActionList));
    assert!(part(Part::Situation).contains("Nobody is named to step in"), "{}", part(Part::Situation));
    for sentence in &got.sentences {
        let said_so = sentence.text.contains("recorded") || sentence.part == Part::Synthesis;
        assert!(!sentence.references.is_empty() || said_so, "{}", sentence.text);
    }
    assert!(got.sentences.iter().any(|s| s.references.contains(&format!("Task/{id}"))));
}
