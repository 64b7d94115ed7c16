//! Rules that keep people from harm, as pages show them. `docs/safety.md` names the test of each rule.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::assess;
use continuo_care::tasks::make::NewTask;
use continuo_care::work;
use continuo_fhir::Instant;

fn put(test: &TestApp, path: &str, body: &str) {
    let answer = test.fhir(&test.token(), "PUT", path, body);
    assert!(answer.status < 300, "{}", answer.body);
}

fn person(test: &TestApp, id: &str, family: &str, given: &str, more: &str) {
    born(test, id, family, given, "1960-02-12", more);
}

fn born(test: &TestApp, id: &str, family: &str, given: &str, birth: &str, more: &str) {
    let body = format!(
        r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{family}","given":["{given}"]}}],"birthDate":"{birth}"{more}}}"#
    );
    put(test, &format!("/fhir/Patient/{id}"), &body);
}

fn settle(test: &TestApp) {
    assess::worker::catch_up(&test.machine()).unwrap();
}

fn task(test: &TestApp, person: &str) {
    let new = NewTask {
        kind: "reminder".into(),
        what: "Send the form".into(),
        person: format!("Patient/{person}"),
        owner: "Practitioner/nurse".into(),
        due: Some(Instant::from_micros(common::NOW + 86_400_000_000)),
        ..NewTask::default()
    };
    work::new_task(&test.machine(), new).unwrap();
}

#[test]
fn rule_3_at_most_three_suggestions_stand_in_a_view_and_the_count_is_said() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    for number in 0..5 {
        let body = format!(
            r#"{{"resourceType":"Observation","id":"k{number}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"2823-3"}}],"text":"Potassium"}},"subject":{{"reference":"Patient/ana"}},"effectiveDateTime":"2026-08-1{number}T08:00:00-04:00","valueQuantity":{{"value":5.8,"unit":"mmol/L"}}}}"#
        );
        put(&test, &format!("/fhir/Observation/k{number}"), &body);
    }
    settle(&test);
    let page = test.page(&test.sign_in("nurse"), "/patients/ana").body;
    let shown = page.matches("Accept: Act on an abnormal result").count();
    assert!(shown <= 3, "{shown} suggestions in one view");
    assert!(page.contains("3 of 5"), "the whole count stands beside them");
}

#[test]
fn rule_9_names_alike_are_flagged_and_an_inexact_hit_is_never_opened_by_enter() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    born(&test, "anna", "Reyes", "Anna", "1983-11-30", "");
    born(&test, "sung", "Lee", "Sung-min", "1955-07-30", "");
    for id in ["ana", "anna", "sung"] {
        task(&test, id);
    }
    settle(&test);
    let nurse = test.sign_in("nurse");
    let list = test.page(&nurse, "/worklist?tab=mine").body;
    assert_eq!(list.matches("Similar name on this list").count(), 2, "{list}");
    // Likenesses stand apart, and nothing is opened.
    let near = test.form(&nurse, "/patients", "q=reyez");
    assert_eq!(near.status, 200, "a search opens nobody by itself");
    assert!(near.body.contains("Close, not the same"), "{}", near.body);
    for path in ["/patients/ana/print", "/patients/ana/call", "/print/huddle", "/print/end-of-day"] {
        let page = test.page(&nurse, path);
        assert_eq!(page.status, 200, "{path}");
        assert!(path.starts_with("/print") || page.body.contains("02/12/1960"), "{path} says the birth date");
    }
}

#[test]
fn rule_9_a_chart_opened_beside_a_similar_name_says_so() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    born(&test, "anna", "Reyes", "Anna", "1983-11-30", "");
    born(&test, "sung", "Lee", "Sung-min", "1955-07-30", "");
    settle(&test);
    let nurse = test.sign_in("nurse");
    let flag = "Similar name: you opened REYES, Ana 02/12/1960 at 8:05 am";
    assert!(!test.page(&nurse, "/patients/ana").body.contains("Similar name"));
    // Nobody waits for a look to be written: the very next chart says it all the same.
    assert!(test.page(&nurse, "/patients/anna").body.contains(flag), "the chart opened beside it does not say so");
    assert!(test.page(&nurse, "/patients/anna/call").body.contains(flag), "every page of the person says it");
    assert!(!test.page(&nurse, "/patients/sung").body.contains("Similar name"));
    // Whoever opened nobody else is told nothing, and neither is anybody hours later.
    let other = test.sign_in("physician");
    assert!(!test.page(&other, "/patients/anna").body.contains("Similar name"));
    test.clock.set(Instant::from_micros(common::NOW + 3 * 3_600_000_000));
    let later = test.sign_in("nurse");
    assert!(!test.page(&later, "/patients/anna/call").body.contains("Similar name"));
}

#[test]
fn rule_13_unsafe_blocks_the_call_page_and_everybody_on_a_number_is_shown() {
    let test = TestApp::new();
    let phone = r#","telecom":[{"system":"phone","value":"(555) 555-0142"}]"#;
    person(&test, "ana", "Reyes", "Ana", phone);
    born(&test, "pablo", "Ortega", "Pablo", "1981-03-04", phone);
    settle(&test);
    let nurse = test.sign_in("nurse");
    let shared = test.form(&nurse, "/calling", "digits=0142").body;
    assert!(shared.contains("REYES") && shared.contains("ORTEGA"), "{shared}");
    let unsafe_now = test.form(&nurse, "/patients/ana/add/phone", "phone=(555)+555-0142&use=mobile&unsafe=unsafe");
    assert_eq!(unsafe_now.status, 303, "{}", unsafe_now.body);
    let page = test.page(&nurse, "/patients/ana/call").body;
    assert!(page.contains("do not call any number on file"), "{page}");
}

#[test]
fn rule_15_a_proxy_needs_proof() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    let nurse = test.sign_in("nurse");
    let form = "name=Elena+Reyes&relation=daughter&proxy=proxy";
    assert_eq!(test.form(&nurse, "/patients/ana/add/contact", form).status, 422);
    let proven = format!("{form}&proof=form+of+2024&until=12/31/2027");
    assert_eq!(test.form(&nurse, "/patients/ana/add/contact", &proven).status, 303);
}

#[test]
fn rule_16_a_call_says_who_interpreted_and_never_a_child() {
    let test = TestApp::new();
    let needs = r#","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"es"}]},"preferred":true}],"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueBoolean":true}]"#;
    person(&test, "ana", "Reyes", "Ana", needs);
    settle(&test);
    let nurse = test.sign_in("nurse");
    let call = |more: &str| test.form(&nurse, "/patients/ana/call", &format!("outcome=reached&identity=name{more}"));
    assert_eq!(call("").status, 422, "reached without an interpreter");
    assert_eq!(call("&interpreter=her+daughter").status, 422, "a child interprets for nobody");
    assert_eq!(call("&interpreter=LL-4471").status, 303);
    let unanswered = test.form(&nurse, "/patients/ana/call", "outcome=no-answer");
    assert_eq!(unanswered.status, 303, "nobody spoke, nobody interprets: {}", unanswered.body);
}

#[test]
fn rules_17_and_18_silence_is_not_normal() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    settle(&test);
    let page = test.page(&test.sign_in("nurse"), "/patients/ana").body;
    for said in ["Not asked", "Not recorded"] {
        assert!(page.contains(said), "{said} in {page}");
    }
    let main = page.split_once("<main").unwrap().1;
    for bare in [">None<", ">none<", "No allergies<", "No medicines<"] {
        assert!(!main.contains(bare), "`{bare}` says more than is known");
    }
}

#[test]
fn rule_20_every_page_says_what_it_may_not_include() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    settle(&test);
    let nurse = test.sign_in("nurse");
    for path in
        ["/worklist", "/patients/ana", "/patients/ana/timeline", "/caseload", "/review", "/messages", "/care-gaps"]
    {
        let page = test.page(&nurse, path);
        assert!(page.body.contains("May not include records the person has not agreed to share"), "{path}");
    }
}
