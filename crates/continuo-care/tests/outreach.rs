//! Writing to several people at once: each the way and in the language they allow, those left out by name of the reason,
//! one message for several gaps, one commit that undo takes back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::assess::worker;
use continuo_care::care_gaps::{self, Whose};
use continuo_care::outreach::{Left, Prepared, Way, batch, send};
use continuo_care::problem::WorkError;
use continuo_care::{settings, work, worklist};

const RULE: &str = "colorectal-screening";

/// A person of 60 for whom colorectal screening (and shots) are due.
fn patient(id: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"Reyes","given":["{id}"]}}],"gender":"male",
        "birthDate":"1966-02-12"{more}}}"#
    )
}

const HOME: &str = r#","address":[{"line":["2 Main St"],"city":"Juniper","state":"WA","postalCode":"98000"}]"#;

fn speaks(code: &str) -> String {
    format!(
        r#","communication":[{{"language":{{"coding":[{{"system":"urn:ietf:bcp:47","code":"{code}"}}]}},"preferred":true}}]"#
    )
}

fn phone(flags: &str) -> String {
    let parts = flags.split_whitespace().map(|flag| {
        let (name, value) = flag.split_once('=').unwrap();
        if value == "true" || value == "false" {
            format!(r#"{{"url":"{name}","valueBoolean":{value}}}"#)
        } else {
            format!(r#"{{"url":"{name}","valueString":"{value}"}}"#)
        }
    });
    let parts: Vec<String> = parts.collect();
    format!(
        r#","telecom":[{{"system":"phone","value":"555-0142","extension":[{{"url":"urn:continuo:ext:contact-safety","extension":[{}]}}]}}]"#,
        parts.join(",")
    )
}

fn clinic() -> Clinic {
    let clinic = Clinic::new("2026-06-05T13:00:00Z");
    let people = [
        patient("ana", &format!("{HOME}{}", speaks("es"))),
        patient("ben", &format!("{HOME}{}{}", speaks("en-US"), phone("unsafe=true"))),
        patient("cho", &format!("{HOME}{}{}", speaks("ko"), phone("call=true"))),
        patient("dan", &format!("{HOME}{}{}", speaks("en"), phone("call=false text=true"))),
        patient("eve", &format!("{HOME}{}{}", speaks("en"), phone("call=true say=nothing"))),
        patient("fay", &speaks("en")),
        patient("gus", &format!("{HOME}{}", speaks("en"))),
    ];
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    clinic.put(&people);
    clinic.put(&[
        r#"{"resourceType":"Procedure","id":"scope","status":"completed","code":{"coding":[{"system":"http://snomed.info/sct","code":"73761001"}]},"subject":{"reference":"Patient/gus"},"performedDateTime":"2024-08-01"}"#,
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    clinic
}

fn ids(all: &[&str]) -> Vec<String> {
    all.iter().map(|id| (*id).to_owned()).collect()
}

fn of<'p>(people: &'p [Prepared], id: &str) -> &'p Prepared {
    people.iter().find(|one| one.person.id == id).unwrap()
}

#[test]
fn nothing_is_written_before_the_clinic_has_a_number_to_call() {
    let clinic = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    assert!(matches!(send::look(&nurse, RULE, &ids(&["ana"]), Way::Letter), Err(WorkError::Not(_))));
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    assert!(send::look(&nurse, RULE, &ids(&["ana"]), Way::Letter).is_ok());
    for private in ["alcohol-screening", "colonoscopy-after-positive-test", "hiv-screening"] {
        let refused = send::look(&nurse, private, &ids(&["ana"]), Way::Letter);
        assert!(matches!(refused, Err(WorkError::Not(_))), "{private} is taken up by a person");
    }
}

#[test]
fn each_gets_the_way_and_the_language_they_allow_or_is_left_out_with_the_reason() {
    let clinic = clinic();
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let all = ids(&["ana", "ben", "cho", "dan", "eve", "fay", "gus"]);
    let look = send::look(&nurse, RULE, &all, Way::Letter).unwrap();
    let (plan, words) = of(&look.people, "ana").plan.as_ref().unwrap();
    assert_eq!((plan.way, plan.language), (Way::Letter, "es"));
    assert!(
        words.starts_with("Estimado(a) ana Reyes:") && words.contains("- una prueba para revisar el colon"),
        "{words}"
    );
    assert!(plan.rules.len() > 1, "one message stands for all care that is due");
    let (plan, _) = of(&look.people, "cho").plan.as_ref().unwrap();
    assert_eq!((plan.way, plan.interpreter.as_str()), (Way::Call, "ko"), "no letter they may not read");
    let (plan, words) = of(&look.people, "eve").plan.as_ref().unwrap();
    assert!(plan.plain && !words.contains("colon"), "little may be said: {words}");
    for (id, left) in [("ben", Left::Unsafe), ("dan", Left::TextsOnly), ("fay", Left::NoWay), ("gus", Left::NotOpen)] {
        assert_eq!(of(&look.people, id).plan.as_ref().err(), Some(&left), "{id}");
    }
}

/// The same person from two sources; what the second, which does not lead, adds.
fn two_sources(clinic: &Clinic, other: &str) {
    let number = phone("call=true");
    let address = HOME.replace("2 Main", "77 Hill");
    let lead = patient("hal", &format!("{address}{number}{}", speaks("en")));
    let other = patient("hal", other).replace(r#""id":"hal""#, r#""id":"hal2""#);
    clinic.put(&[&lead, &other]);
    worker::catch_up(&clinic.machine()).unwrap();
    let whole = |id: &str| clinic.machine().read(|r| r.person_of(continuo_store::OrgId(1), clinic.rid(id))).unwrap();
    assert_eq!(whole("hal"), whole("hal2"), "linked");
}

/// An address with one answer of contact safety, as [`phone`] has.
fn address_says(flag: &str) -> String {
    let number = phone(flag);
    let (_, safety) = number.split_once(r#""extension""#).unwrap();
    let home = HOME.replace("2 Main", "77 Hill");
    format!(
        r#"{},"extension"{safety},"telecom":[{{"system":"phone","value":"555-0142"}}]"#,
        home.trim_end_matches("}]")
    )
}

#[test]
fn what_any_source_says_of_contact_holds_for_the_person_whichever_leads() {
    for (other, is_unsafe) in [
        (format!("{}{}", HOME.replace("2 Main", "77 Hill"), phone("unsafe=true")), true),
        (address_says("unsafe=true"), true),
        (format!("{},{RESTRICTED}", address_says("unsafe=true")), true),
        (address_says("mail=false"), false),
        (address_says("say=nothing"), false),
    ] {
        let clinic = clinic();
        settings::set_phone(&clinic.machine(), "555-0142").unwrap();
        two_sources(&clinic, &other);
        let nurse = clinic.staff("ortiz", "nurse");
        let look = send::look(&nurse, RULE, &ids(&["hal"]), Way::Letter).unwrap();
        let hal = &look.people[0];
        assert_eq!((hal.person.id.as_str(), hal.person.unsafe_), ("hal", is_unsafe), "{other}");
        match &hal.plan {
            Err(left) => assert_eq!((left, is_unsafe), (&Left::Unsafe, true), "{other}"),
            Ok((plan, _)) => assert!(!is_unsafe && (plan.way == Way::Call || plan.plain), "{other}"),
        }
    }
}

const RESTRICTED: &str =
    r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}"#;

#[test]
fn what_is_written_of_somebody_is_as_closed_as_the_gap_and_the_person() {
    let clinic = clinic();
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    // Ana's last examination is closed, and with it that she is due; all of Gil is.
    clinic.put(&[
        &format!(
            r#"{{"resourceType":"Procedure","id":"old","status":"completed",{RESTRICTED},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"73761001"}}]}},"subject":{{"reference":"Patient/ana"}},"performedDateTime":"2010-08-01"}}"#
        ),
        &patient("gil", &format!("{HOME}{},{RESTRICTED}", speaks("en"))),
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let sent = send::send(&nurse, RULE, &ids(&["ana", "gil", "eve"]), Way::Letter, "").unwrap().value;
    assert_eq!((sent.letters, sent.left_out), (2, 1));
    let made = batch::load(&nurse, &sent.batch).unwrap();
    let labels = |person: &str| {
        let entry = made.entries.iter().find(|one| one.person.id == person).unwrap();
        let type_ = continuo_fhir::ResourceType::of("Communication");
        nurse.read(|r| r.get(&nurse.scope, type_, &entry.id)).unwrap().labels
    };
    assert!(labels("ana") != 0 && labels("gil") != 0);
    assert_eq!(labels("eve"), 0);
}

#[test]
fn it_is_one_commit_that_silences_the_gaps_and_undo_takes_all_of_it_back() {
    let clinic = clinic();
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let waiting = || {
        care_gaps::overview(&nurse, &Whose::default()).unwrap().into_iter().map(|one| one.late + one.due).sum::<i64>()
    };
    let before = waiting();
    let sent = send::send(&nurse, RULE, &ids(&["ana", "ben", "cho"]), Way::Letter, "Practitioner/ortiz").unwrap();
    assert_eq!((sent.value.letters, sent.value.calls, sent.value.left_out), (1, 1, 1));
    assert!(waiting() < before - 2, "the other care in the letter waits for the answer too");
    let calls = worklist::of_person(&nurse, clinic.rid("cho")).unwrap();
    assert_eq!(calls.iter().filter(|item| item.owner == "Practitioner/ortiz").count(), 1, "one call, one task");
    assert!(worklist::of_person(&nurse, clinic.rid("ana")).unwrap().is_empty(), "a letter is no task");

    let made = batch::load(&nurse, &sent.value.batch).unwrap();
    assert_eq!(made.entries.len(), 3);
    let left = made.entries.iter().find(|one| one.person.id == "ben").unwrap();
    assert!(left.left_out.contains("unsafe"));
    let listed = batch::all(&nurse).unwrap();
    assert_eq!((listed.len(), listed[0].counts), (1, [1, 1, 1, 1]));

    // Nobody is written to twice within a month.
    let again = send::look(&nurse, "shingles-vaccine", &ids(&["ana"]), Way::Letter).unwrap();
    assert!(again.people[0].plan.is_err());

    work::undo(&nurse, sent.commit.unwrap()).unwrap();
    assert_eq!(waiting(), before);
    assert!(batch::load(&nurse, &sent.value.batch).is_err());
}

#[test]
fn a_letter_is_held_back_when_the_person_died_since_and_unanswered_care_is_listed_again() {
    let clinic = clinic();
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let sent = send::send(&nurse, RULE, &ids(&["ana", "eve"]), Way::Letter, "").unwrap();
    clinic.put(&[&patient("eve", &format!(r#","deceasedBoolean":true{HOME}"#))]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(batch::mail(&nurse, &sent.value.batch).unwrap().value, 1, "the letter to Eve stays");
    let made = batch::load(&nurse, &sent.value.batch).unwrap();
    let of = |id: &str| made.entries.iter().find(|one| one.person.id == id).unwrap();
    assert_eq!((of("ana").status.as_str(), of("eve").status.as_str()), ("completed", "preparation"));
    assert!(of("eve").held.contains("died"));
    assert!(batch::mail(&nurse, &sent.value.batch).is_err(), "nothing is left to mail");

    let late = |rule: &str| {
        let all = care_gaps::overview(&nurse, &Whose::default()).unwrap();
        all.into_iter().find(|one| one.spec.rule.id == rule).map_or(0, |one| one.late + one.due)
    };
    let before = late(RULE);
    clinic.set(instant("2026-07-25T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(late(RULE), before + 1, "50 days without an answer");
}

#[test]
fn a_prepared_letter_waits_where_what_they_allow_has_changed_since() {
    for (flag, held) in [("mail=false", true), ("shared-with=family", true), ("call=true", false)] {
        let clinic = clinic();
        settings::set_phone(&clinic.machine(), "555-0142").unwrap();
        let nurse = clinic.staff("ortiz", "nurse");
        let sent = send::send(&nurse, RULE, &ids(&["ana", "eve"]), Way::Letter, "").unwrap().value;
        clinic.put(&[&patient("ana", &format!("{HOME}{}{}", speaks("es"), phone(flag)))]);
        // Not looked at yet: the record counts, not what the lists keep of it.
        let made = batch::load(&nurse, &sent.batch).unwrap();
        let of = |id: &str| made.entries.iter().find(|one| one.person.id == id).unwrap();
        assert_eq!(of("ana").held.contains("prepare it anew"), held, "{flag}: {}", of("ana").held);
        assert!(of("eve").held.is_empty(), "a letter that names no care goes out: {}", of("eve").held);
        assert_eq!(batch::mail(&nurse, &sent.batch).unwrap().value, if held { 1 } else { 2 });
    }
}

#[test]
fn looking_at_an_outreach_is_audited_for_each_person_shown() {
    let clinic = clinic();
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let all = ids(&["ana", "ben"]);
    send::look(&nurse, RULE, &all, Way::Letter).unwrap();
    let sent = send::send(&nurse, RULE, &all, Way::Letter, "").unwrap().value;
    batch::load(&nurse, &sent.batch).unwrap();
    // One writer takes what comes in order: after this the reads stand too.
    clinic.put(&[&patient("zoe", "")]);
    for id in ["ana", "ben"] {
        let found = continuo_care::auditing::entries(&clinic.machine(), id, "Practitioner/ortiz", 0, 100).unwrap();
        for subject in [format!("outreach about {RULE}"), format!("outreach {}", sent.batch)] {
            assert!(found.rows.iter().any(|row| row.subject == subject), "{id}: {subject}");
        }
    }
}

#[test]
fn nobody_is_written_to_whose_death_a_hospital_wrote_until_somebody_asked() {
    let clinic = clinic();
    settings::set_phone(&clinic.machine(), "555-0142").unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    let first = send::look(&nurse, RULE, &ids(&["ana"]), Way::Letter).unwrap();
    assert!(of(&first.people, "ana").plan.is_ok());
    clinic.put(&[
        r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"EMER"},"subject":{"reference":"Patient/ana"},"period":{"start":"2026-06-04T08:00:00Z","end":"2026-06-04T09:00:00Z"},"hospitalization":{"dischargeDisposition":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/discharge-disposition","code":"exp"}]}}}"#,
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    let look = send::look(&nurse, RULE, &ids(&["ana"]), Way::Letter).unwrap();
    assert_eq!(of(&look.people, "ana").plan.as_ref().err(), Some(&Left::SaidDead));
    clinic.put(&[
        r#"{"resourceType":"Task","id":"asked","status":"completed","intent":"order","code":{"coding":[{"system":"urn:continuo:code","code":"confirm-death"}]},"focus":{"reference":"Encounter/e"},"for":{"reference":"Patient/ana"}}"#,
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    let look = send::look(&nurse, RULE, &ids(&["ana"]), Way::Letter).unwrap();
    assert!(of(&look.people, "ana").plan.is_ok(), "it was written in error");
}
