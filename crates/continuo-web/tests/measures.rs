//! Measures over HTTP: the FHIR operations, the pages, the editor.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::access::Permission as P;
use continuo_care::assess::worker;
use continuo_care::measures::example::{ID, files};
use continuo_care::measures::settings::{self, Change};
use continuo_care::measures::{load, round};
use continuo_fhir::json::Json;

const URL: &str = "urn:continuo:Measure:DiabetesHbA1cTested";

fn on() -> Change {
    Change {
        active: true,
        first: "2026-01-01".into(),
        last: "2026-12-31".into(),
        reason: "agreed by the quality board".into(),
        ..Change::default()
    }
}

/// The example measure and two people with diabetes: one tested this year, one not.
fn clinic() -> TestApp {
    let test = TestApp::new();
    load::load(&test.machine(), &files()).unwrap();
    let token = test.token();
    let put = |path: &str, body: &str| {
        let answer = test.fhir(&token, "PUT", path, body);
        assert!(answer.status < 300, "{path}: {}", answer.body);
    };
    for (id, family) in [("tested", "Reyes"), ("open", "Okafor")] {
        put(
            &format!("/fhir/Patient/{id}"),
            &format!(
                r#"{{"resourceType":"Patient","id":"{id}","birthDate":"1960-02-12","gender":"female","name":[{{"family":"{family}","given":["A"]}}],"generalPractitioner":[{{"reference":"Practitioner/gp"}}]}}"#
            ),
        );
        put(
            &format!("/fhir/Condition/c{id}"),
            &format!(
                r#"{{"resourceType":"Condition","id":"c{id}","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"subject":{{"reference":"Patient/{id}"}},"code":{{"coding":[{{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"E11.9"}}]}}}}"#
            ),
        );
    }
    put(
        "/fhir/Observation/o",
        r#"{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/tested"},"effectiveDateTime":"2026-03-02","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"valueQuantity":{"value":7.1,"unit":"%"}}"#,
    );
    worker::catch_up(&test.machine()).unwrap();
    test
}

fn follow(test: &TestApp) {
    let machine = test.machine();
    round::catch_up(&machine).unwrap();
    worker::catch_up(&machine).unwrap();
}

fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_measure_is_evaluated_by_id_and_by_url_with_get_and_post() {
    let test = clinic();
    let token = test.token();
    let span = "periodStart=2026-01-01&periodEnd=2026-12-31";
    let by_id =
        test.fhir(&token, "GET", &format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&subject=Patient/tested"), "");
    assert_eq!(by_id.status, 200, "{}", by_id.body);
    let report = json(&by_id.body);
    assert_eq!(report.str_at("type"), Some("individual"));
    assert_eq!(report.str_at("measure"), Some(&*format!("{URL}|1.0.0")));
    assert!(by_id.body.contains("Observation/o"));
    let by_url = test.fhir(
        &token,
        "GET",
        &format!("/fhir/Measure/$evaluate-measure?{span}&measure={URL}&reportType=population"),
        "",
    );
    assert_eq!(json(&by_url.body).str_at("type"), Some("summary"), "{}", by_url.body);
    assert!(by_url.body.contains(r#""measureScore":{"value":0.500000}"#));
    let body = format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"measure","valueString":"{URL}|1.0.0"}},{{"name":"periodStart","valueDate":"2026"}},{{"name":"periodEnd","valueDate":"2026"}},{{"name":"reportType","valueCode":"subject-list"}}]}}"#
    );
    let posted = test.fhir(&token, "POST", "/fhir/Measure/$evaluate-measure", &body);
    assert!(posted.body.contains(r#""item":{"reference":"Patient/open"}"#), "{}", posted.body);
    assert!(posted.body.contains(r#""period":{"start":"2026-01-01","end":"2026-12-31"}"#));
}

#[test]
fn what_is_asked_wrongly_is_said_and_what_is_out_of_reach_is_not_there() {
    let test = clinic();
    let token = test.token();
    let status = |path: &str| test.fhir(&token, "GET", path, "").status;
    let span = "periodStart=2026-01-01&periodEnd=2026-12-31";
    assert_eq!(status(&format!("/fhir/Measure/none/$evaluate-measure?{span}")), 404);
    assert_eq!(status(&format!("/fhir/Measure/$evaluate-measure?{span}")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?periodStart=2026-01-01")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&reportType=odd")), 400);
    assert_eq!(status(&format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&subject=Patient/nobody")), 404);
    assert_eq!(status(&format!("/fhir/Measure/$care-gaps?{span}&subject=Patient/nobody&status=open-gap")), 404);
    assert_eq!(status(&format!("/fhir/Measure/$care-gaps?{span}&subject=Patient/open&status=odd")), 400);
    assert_eq!(status(&format!("/fhir/Measure/$care-gaps?{span}&status=open-gap")), 400);
    let desk = test.token_with(vec![P::PersonRead], &[]);
    let answer =
        test.fhir(&desk, "GET", &format!("/fhir/Measure/{ID}/$evaluate-measure?{span}&subject=Patient/open"), "");
    assert_eq!(answer.status, 403);
}

#[test]
fn gaps_come_as_documents_under_both_spellings() {
    let test = clinic();
    let token = test.token();
    let span = "periodStart=2026-01-01&periodEnd=2026-06-30";
    let ask = |query: &str| {
        let answer = test.fhir(&token, "GET", &format!("/fhir/Measure/$care-gaps?{span}&{query}"), "");
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
        answer.body
    };
    for query in [
        format!("subject=Patient/open&measureId={ID}&status=open-gap&status=closed-gap"),
        format!("practitioner=Practitioner/gp&measureUrl={URL}&status=open-gap"),
        format!("provider=Practitioner/gp&measure={ID}&status=open-gap"),
    ] {
        let body = ask(&query);
        let parameters = json(&body);
        assert_eq!(parameters.get("parameter").map(|p| p.items().len()), Some(1), "{query}: {body}");
        let bundle = parameters.at("parameter.0.resource").unwrap();
        let types: Vec<_> = bundle
            .get("entry")
            .unwrap()
            .items()
            .iter()
            .filter_map(|entry| entry.str_at("resource.resourceType"))
            .collect();
        assert_eq!(
            types,
            ["Composition", "Patient", "Organization", "MeasureReport", "DetectedIssue", "GuidanceResponse"]
        );
        assert!(body.contains(r#""code":"open-gap""#));
    }
    assert_eq!(
        ask(&format!("subject=Patient/tested&measureId={ID}&status=open-gap")),
        r#"{"resourceType":"Parameters"}"#
    );
    assert!(ask(&format!("subject=Patient/tested&measureId={ID}&status=closed-gap")).contains("closed-gap"));
    // Without a measure named, those that are switched on.
    assert_eq!(ask("subject=Patient/open&status=open-gap"), r#"{"resourceType":"Parameters"}"#);
    settings::set(&test.machine(), ID, &on()).unwrap();
    follow(&test);
    assert!(ask("subject=Patient/open&status=open-gap").contains("open-gap"));
    let statement = test.send("GET", "/fhir/metadata", &[], "").body;
    assert!(statement.contains("\"evaluate-measure\"") && statement.contains("\"care-gaps\""));
}
