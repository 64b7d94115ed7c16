//! Registries over HTTP: filters and columns in the address, missing results counted apart, export with a reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;

fn app() -> TestApp {
    let test = TestApp::new();
    let token = test.token();
    let put = |path: &str, body: &str| assert!(test.fhir(&token, "PUT", path, body).status < 300, "{path}");
    for (id, family) in [("ana", "Reyes"), ("bo", "=cmd()"), ("cy", "Young")] {
        put(
            &format!("/fhir/Patient/{id}"),
            &format!(
                r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{family}","given":["X"]}}],"birthDate":"1960-02-12"}}"#
            ),
        );
        put(
            &format!("/fhir/Condition/d-{id}"),
            &format!(
                r#"{{"resourceType":"Condition","id":"d-{id}","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"subject":{{"reference":"Patient/{id}"}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"44054006"}}]}}}}"#
            ),
        );
    }
    for (id, value) in [("ana", "9.4"), ("bo", "9.9")] {
        put(
            &format!("/fhir/Observation/a-{id}"),
            &format!(
                r#"{{"resourceType":"Observation","id":"a-{id}","status":"final","subject":{{"reference":"Patient/{id}"}},"effectiveDateTime":"2026-01-02","code":{{"coding":[{{"system":"http://loinc.org","code":"4548-4"}}]}},"valueQuantity":{{"value":{value},"unit":"%"}}}}"#
            ),
        );
    }
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    test
}

#[test]
fn a_limit_narrows_and_those_without_a_result_are_counted_apart() {
    let test = app();
    let cookie = test.sign_in("care-coordinator");
    let all = test.page(&cookie, "/registries/diabetes").body;
    assert!(all.contains("3 people") && all.contains("YOUNG, X") && all.contains("not received"));
    let high = test.page(&cookie, "/registries/diabetes?result=above:9").body;
    assert!(high.contains("2 of 3 people") && high.contains("Not assessable: 1 (no HbA1c on file"));
    assert!(high.contains("REYES, X") && !high.contains("YOUNG, X"));
    assert!(high.contains("/patients/ana/add/task"), "one press to a task");
    let none = test.page(&cookie, "/registries/diabetes?result=none:6&column=phone").body;
    assert!(none.contains("YOUNG, X") && none.contains("no number on file") && !none.contains("Next visit</th>"));
    assert_eq!(test.page(&cookie, "/registries/none-such").status, 404);
    assert_eq!(test.page(&cookie, "/registries/diabetes?result=above:NaN&page=99999999999").status, 200);
}

#[test]
fn an_export_needs_a_reason_is_audited_and_no_name_is_a_formula() {
    let test = app();
    let cookie = test.sign_in("care-coordinator");
    let refused = test.form(&cookie, "/registries/diabetes/export", "result=above:9&reason=");
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Say what the list is for"));
    let table = test.form(&cookie, "/registries/diabetes/export", "result=above:9&column=last&reason=outreach+letter");
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(table.body.lines().count(), 3);
    let heading = "Record number,Family name,Given name,Birth date,Last HbA1c,Last HbA1c on,Before any contact\r\n";
    assert!(table.body.starts_with(heading), "{}", table.body);
    assert!(table.body.contains(",\"'=cmd()\",X,1960-02-12,9.9 %,20"), "{}", table.body);
    assert!(!table.body.contains(" ago"), "an age is untrue a day later: {}", table.body);
    let nurse = test.sign_in("nurse");
    assert_eq!(test.form(&nurse, "/registries/diabetes/export", "reason=outreach+letter").status, 403);
    let officer = test.sign_in("privacy-officer");
    assert!(test.page(&officer, "/audit").body.contains("outreach letter (2 people; result above 9)"));
}

#[test]
fn a_view_is_kept_with_its_filters_and_columns_and_not_on_the_worklist() {
    let test = app();
    let cookie = test.sign_in("care-coordinator");
    let saved = test.form(&cookie, "/registries/diabetes/views", "name=High&result=above:9&column=phone");
    assert_eq!(saved.header("location"), Some("/registries/diabetes?result=above%3A9&column=phone"));
    assert!(test.page(&cookie, "/registries/kidney").body.contains(">High</a>"));
    assert!(!test.page(&cookie, "/worklist").body.contains(">High</a>"));
}
