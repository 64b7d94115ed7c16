//! What settles a finding, over the whole loop: who made the contact, what it names, what day it is where the clinic stands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;
#[allow(dead_code, reason = "shared with the tests of the rules")]
mod example;

use clinic::{Clinic, instant};
use continuo_care::assess::worker;
use continuo_care::followup::calendar::Calendar;
use continuo_care::gaps::{Setting, look};
use continuo_care::oncall::{self, Shift};
use continuo_care::worklist::{Filter, Tab, of_person, worklist};
use continuo_fhir::Zone;

const ANA: &str =
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const SCREEN: &str = r#"{"resourceType":"Observation","id":"q9","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"44260-8"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-05T12:30:00Z","valueInteger":2}"#;

fn clinic(now: &str) -> Clinic {
    let clinic = Clinic::new(now);
    clinic.put(&[ANA]);
    clinic.open_tasks_directly();
    clinic.accounts(&[("nurse", "nurse"), ("doctor", "physician"), ("maria", "care-coordinator")]);
    clinic
}

/// A call that reached Ana half an hour after the screening.
fn reached(by: &str, about: &str) -> String {
    format!(
        r#"{{"resourceType":"Communication","id":"c","status":"completed","statusReason":{{"coding":[{{"system":"urn:continuo:code","code":"reached"}}]}},"category":[{{"coding":[{{"system":"urn:continuo:code","code":"call"}}]}}],"subject":{{"reference":"Patient/ana"}},"sender":{{"reference":"Practitioner/{by}"}},"recipient":[{{"reference":"Patient/ana"}}],"about":[{{"reference":"{about}"}}],"sent":"2026-08-05T13:00:00Z"}}"#
    )
}

#[test]
fn a_contact_after_item_9_counts_by_who_made_it_and_what_it_names() {
    let opens = |call: &str| {
        let clinic = clinic("2026-08-05T14:00:00Z");
        clinic.put(&[SCREEN, call]);
        worker::catch_up(&clinic.machine()).unwrap();
        let nurse = clinic.staff("nurse", "nurse");
        of_person(&nurse, clinic.rid("ana")).unwrap().iter().any(|item| item.kind == "suicide-risk-contact")
    };
    assert!(opens(&reached("maria", "Observation/q9")), "a coordinator makes no safety contact");
    assert!(opens(&reached("somebody", "Observation/q9")), "nobody here knows who that is");
    assert!(opens(&reached("nurse", "Appointment/a")), "the call was about something else");
    assert!(!opens(&reached("nurse", "Observation/q9")));
}

#[test]
fn a_dialysis_missed_on_a_saturday_reaches_who_is_on_call_that_saturday() {
    let missed = |day: &str| {
        format!(
            r#"{{"resourceType":"Appointment","id":"a","status":"noshow","serviceType":[{{"coding":[{{"system":"urn:continuo:code","code":"dialysis"}}]}}],"start":"{day}T08:00:00Z","end":"{day}T12:00:00Z","participant":[{{"actor":{{"reference":"Patient/ana"}},"status":"accepted"}}]}}"#
        )
    };
    let called = |day: &str| {
        let clinic = clinic(&format!("{day}T13:00:00Z"));
        let shift = Shift {
            route: "urgent-message".into(),
            days: vec![0, 1, 2, 3, 4, 5, 6],
            from: 0,
            to: 24 * 60,
            who: "Practitioner/doctor".into(),
            then: String::new(),
        };
        oncall::add_shift(&clinic.staff("boss", "supervisor"), shift).unwrap();
        clinic.put(&[&missed(day)]);
        worker::catch_up(&clinic.machine()).unwrap();
        clinic.set(instant(&format!("{day}T14:00:00Z")));
        let list = worklist(&clinic.staff("doctor", "physician"), Tab::Mine, &Filter::default()).unwrap();
        list.rows.iter().flat_map(|row| &row.items).any(|item| item.on_call && item.kind == "missed-visit-call")
    };
    assert!(called("2026-08-22"), "Saturday");
    assert!(!called("2026-08-19"), "on a Wednesday at two the clinic itself is there");
}

#[test]
fn a_reading_sent_in_utc_belongs_to_the_evening_on_which_it_was_taken() {
    let file = "## A\n```patient as-of=2026-11-30T02:00:00Z\nPatient birthDate=1960-02-11\nObservation/b code=loinc:85354-9 status=final effectiveDateTime=2026-11-30T01:30:00Z bp=196/122\n```\n```expect\nx\n```\n";
    let example = example::examples(file).into_iter().next().unwrap();
    let calendar = Calendar::us(Zone::named("America/New_York").unwrap(), 2026..=2026);
    let settings = [Setting::of("blood-pressure-severe")];
    let answers = example.with_person(|person| look(person, &settings, example.as_of, &calendar));
    let answer = answers.first().unwrap();
    let due = answer.due.unwrap();
    assert_eq!((answer.state.word(), due.month(), due.day()), ("due", Some(11), Some(29)), "{}", answer.why);
    assert!(answer.why.contains("Sun 11/29/2026"), "{}", answer.why);
}
