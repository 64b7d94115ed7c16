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

/// The id of the one open task of a kind for Ana.
fn open_task(test: &TestApp, kind: &str) -> String {
    let ctx = test.machine();
    let rid = ctx.read(|r| r.get(&ctx.scope, continuo_fhir::ResourceType::of("Patient"), "ana")).unwrap().rid;
    let items = continuo_care::worklist::of_person(&ctx, rid).unwrap();
    let found: Vec<_> = items.iter().filter(|item| item.kind == kind && !item.suggestion).collect();
    assert_eq!(found.len(), 1, "{items:?}");
    found[0].id.clone()
}

#[test]
fn rule_8_a_contact_that_settles_a_safety_task_is_shown_on_it_and_closes_nothing() {
    let test = TestApp::new();
    continuo_care::settings::set_rule(&test.machine(), "self-harm-screen", true, true, "as agreed").unwrap();
    person(&test, "ana", "Reyes", "Ana", "");
    let screen = r#"{"resourceType":"Observation","id":"q9","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"44260-8"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-18T08:00:00-04:00","valueInteger":2}"#;
    put(&test, "/fhir/Observation/q9", screen);
    settle(&test);
    let task = open_task(&test, "suicide-risk-contact");
    let nurse = test.sign_in("nurse");
    assert!(!test.page(&nurse, &format!("/tasks/{task}")).body.contains("What the record says now"));
    let call = |id: &str, about: &str, at: &str| {
        let body = format!(
            r#"{{"resourceType":"Communication","id":"{id}","status":"completed","statusReason":{{"coding":[{{"system":"urn:continuo:code","code":"reached"}}]}},"category":[{{"coding":[{{"system":"urn:continuo:code","code":"call"}}]}}],"subject":{{"reference":"Patient/ana"}},"sender":{{"reference":"Practitioner/nurse"}},"recipient":[{{"reference":"Patient/ana"}}]{about},"sent":"2026-08-18T{at}:00-04:00"}}"#
        );
        put(&test, &format!("/fhir/Communication/{id}"), &body);
        settle(&test);
    };
    // A call about the ride settles nothing; whoever makes the contact sees that there was one.
    call("ride", "", "08:02");
    let page = test.page(&nurse, &format!("/tasks/{task}")).body;
    assert!(page.contains("not said to be the safety contact") && !page.contains("What the record says now"), "{page}");
    call("safety", r#","about":[{"reference":"Observation/q9"}]"#, "08:04");
    let page = test.page(&nurse, &format!("/tasks/{task}")).body;
    assert!(page.contains("What the record says now") && page.contains("/source/Communication/safety"), "{page}");
    assert!(page.contains("Looks settled in the record"), "{page}");
    assert_eq!(open_task(&test, "suicide-risk-contact"), task, "danger is never closed in silence");
    let form = test.page(&nurse, &format!("/tasks/{task}/done")).body;
    assert!(form.contains("It does not say what was asked and answered"), "{form}");
    // A coordinator sees the same and may not say the outcome.
    let coordinator = test.sign_in("care-coordinator");
    assert!(!test.page(&coordinator, &format!("/tasks/{task}")).body.contains(&format!("/tasks/{task}/done")));
}

#[test]
fn rule_11_a_death_that_only_a_hospital_wrote_is_asked_about_before_anybody_calls() {
    let test = TestApp::new();
    let phone = r#","telecom":[{"system":"phone","value":"(555) 555-0142"}]"#;
    person(&test, "ana", "Reyes", "Ana", phone);
    continuo_care::settings::set_rule(&test.machine(), "death-unconfirmed", true, true, "as agreed").unwrap();
    let stay = r#"{"resourceType":"Encounter","id":"e","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"Patient/ana"},"period":{"start":"2026-08-10T08:00:00-04:00","end":"2026-08-16T15:00:00-04:00"},"hospitalization":{"dischargeDisposition":{"text":"Expired"}}}"#;
    put(&test, "/fhir/Encounter/e", stay);
    settle(&test);
    let nurse = test.sign_in("nurse");
    let loud = "Ask the hospital first";
    assert!(test.page(&nurse, "/patients/ana").body.contains(loud));
    assert!(test.page(&nurse, "/patients/ana/call").body.contains(loud));
    let task = open_task(&test, "confirm-death");
    let page = test.page(&nurse, &format!("/tasks/{task}")).body;
    assert!(page.contains("Record the death...") && page.contains("written down as a death"), "{page}");
    let lives = format!("outcome={}", "lives%3A+the+hospital+wrote+it+in+error");
    let done = test.form(&nurse, &format!("/tasks/{task}/done"), &lives);
    assert_eq!(done.status, 303, "{}", done.body);
    settle(&test);
    let page = test.page(&nurse, "/patients/ana/call").body;
    assert!(!page.contains(loud), "somebody asked: {page}");
    // Recorded, it ends everything, as a death does.
    put(&test, "/fhir/Encounter/e", &stay.replace("08-16T15", "08-17T15"));
    let dead = test.form(&nurse, "/patients/ana/add/death", "answer=died&date=8/16/2026&said_by=the+hospital");
    assert_eq!(dead.status, 303, "{}", dead.body);
    assert!(test.page(&nurse, "/patients/ana").body.contains("Has died"));
}

#[test]
fn rule_13_voicemail_says_the_number_of_the_site_or_that_none_is_set() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    let nurse = test.sign_in("nurse");
    assert!(test.page(&nurse, "/patients/ana/call").body.contains("No call-back number is set here"));
    continuo_care::settings::set_phone(&test.machine(), "(555) 555-0100").unwrap();
    let page = test.page(&nurse, "/patients/ana/call").body;
    assert!(page.contains("Please call me back at (555) 555-0100."), "{page}");
}

#[test]
fn rule_14_a_scheduler_opens_their_task_and_reads_no_reason_of_it() {
    let test = TestApp::new();
    person(&test, "ana", "Reyes", "Ana", "");
    let new = |kind: &str, what: &str, owner: &str| NewTask {
        kind: kind.into(),
        what: what.into(),
        person: "Patient/ana".into(),
        owner: owner.into(),
        note: "She asked for a morning.".into(),
        ..NewTask::default()
    };
    let own = work::new_task(&test.machine(), new("rebook-visit", "Book again", "Practitioner/scheduler")).unwrap();
    let team = work::new_task(&test.machine(), new("rebook-visit", "Book the scan", "role:scheduler")).unwrap();
    let scheduler = test.sign_in("scheduler");
    let page = test.page(&scheduler, &format!("/tasks/{}", own.value));
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Book again") && page.body.contains("She asked for a morning."), "{}", page.body);
    let page = test.page(&scheduler, &format!("/tasks/{}", team.value)).body;
    assert!(page.contains("for those who read the record") && !page.contains("She asked"), "{page}");
    let form = format!("/tasks/{}/done", own.value);
    assert_eq!(test.page(&scheduler, &form).status, 200);
    assert_eq!(test.form(&scheduler, &form, "outcome=booked").status, 303);
}
