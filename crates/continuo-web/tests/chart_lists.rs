//! The lists of one person: tasks with their outcome, referrals with how far they have come, documents.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;

#[test]
fn a_referral_says_how_far_it_has_come() {
    let test = TestApp::new();
    let token = test.token();
    let put = |path: &str, body: &str| {
        let answer = test.fhir(&token, "PUT", path, body);
        assert!(answer.status < 300, "{path}: {}", answer.body);
    };
    put("/fhir/Patient/ana", r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}]}"#);
    let request = |id: &str, what: &str, status: &str| {
        format!(
            r#"{{"resourceType":"ServiceRequest","id":"{id}","status":"{status}","intent":"order","category":[{{"coding":[{{"system":"http://snomed.info/sct","code":"3457005"}}]}}],"code":{{"text":"{what}"}},"subject":{{"reference":"Patient/ana"}},"authoredOn":"2026-08-01"}}"#
        )
    };
    put("/fhir/ServiceRequest/a", &request("a", "Cardiology", "active"));
    put("/fhir/ServiceRequest/b", &request("b", "Eye clinic", "active"));
    put("/fhir/ServiceRequest/c", &request("c", "Old one", "completed"));
    put(
        "/fhir/DocumentReference/r",
        r#"{"resourceType":"DocumentReference","id":"r","status":"current","subject":{"reference":"Patient/ana"},"description":"Eye report","content":[{"attachment":{"title":"x"}}],"context":{"related":[{"reference":"ServiceRequest/b"}]}}"#,
    );
    let cookie = test.sign_in("care-coordinator");
    let page = test.page(&cookie, "/patients/ana/referrals").body;
    assert!(page.contains("Cardiology") && page.contains("Sent, no answer yet"), "{page}");
    assert!(page.contains("Report back, to read") && page.contains("Closed"));
    assert!(page.find("Old one") > page.find("Eye clinic"), "those still open come first");
    assert!(test.page(&cookie, "/patients/ana").body.contains("Sent, no answer yet"), "on the chart, too");
    assert!(test.page(&cookie, "/patients/ana/documents").body.contains("Eye report"));
    assert_eq!(test.page(&test.sign_in("front-desk"), "/patients/ana/referrals").status, 403);
}

#[test]
fn tasks_stand_open_or_finished_with_their_outcome() {
    let test = TestApp::new();
    let token = test.token();
    test.fhir(
        &token,
        "PUT",
        "/fhir/Patient/ana",
        r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes"}]}"#,
    );
    let cookie = test.sign_in("care-coordinator");
    for what in ["Call+about+the+ride", "Ask+for+the+form"] {
        let made = test.form(&cookie, "/patients/ana/add/task", &format!("what={what}&date=tomorrow&priority=routine"));
        assert_eq!(made.status, 303, "{}", made.body);
    }
    let page = test.page(&cookie, "/patients/ana/tasks").body;
    assert!(page.contains("Call about the ride") && page.contains("Nothing finished yet"));
    let id = page.split_once("/tasks/").unwrap().1.split(['"', '/', '?']).next().unwrap().to_owned();
    assert_eq!(test.form(&cookie, &format!("/tasks/{id}/done"), "outcome=done").status, 303);
    let page = test.page(&cookie, "/patients/ana/tasks").body;
    assert!(!page.contains("Nothing finished yet"));
}
