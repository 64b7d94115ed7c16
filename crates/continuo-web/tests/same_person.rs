//! Linking as people and programs meet it: `$match`, the queue, a person's sources, the warning while registering.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::assess::worker;
use continuo_fhir::Json;

fn patient(id: &str, given: &str, birth: &str) -> String {
    let birth = if birth.is_empty() { String::new() } else { format!(r#""birthDate":"{birth}","#) };
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","gender":"male",{birth}"name":[{{"family":"Gartistad","given":["{given}"]}}],
            "telecom":[{{"system":"phone","value":"502 555 0142"}}],
            "address":[{{"line":["9 Oak St"],"city":"Salem","postalCode":"47126"}}]}}"#
    )
}

fn with(patients: &[(&str, &str, &str)]) -> (TestApp, String) {
    let test = TestApp::new();
    let token = test.token();
    for (id, given, birth) in patients {
        let answer = test.fhir(&token, "PUT", &format!("/fhir/Patient/{id}"), &patient(id, given, birth));
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    worker::catch_up(&test.machine()).unwrap();
    (test, token)
}

fn ask(test: &TestApp, token: &str, resource: &str, more: &str) -> Json {
    let body =
        format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"resource","resource":{resource}}}{more}]}}"#);
    let answer = test.fhir(token, "POST", "/fhir/Patient/$match", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    Json::parse(answer.body.as_bytes()).unwrap()
}

#[test]
fn match_grades_and_scores_and_returns_nobody_rather_than_two_certain() {
    let (test, token) = with(&[("a", "Robert", "1980-03-14"), ("b", "Alice", "1955-01-02")]);
    let bundle = ask(&test, &token, &patient("x", "Bob", "1980-03-14"), "");
    assert_eq!(bundle.str_at("type"), Some("searchset"));
    let entries = bundle.get("entry").unwrap().items().to_vec();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].str_at("resource.id"), Some("a"));
    assert_eq!(
        entries[0].str_at("search.extension.0.url"),
        Some("http://hl7.org/fhir/StructureDefinition/match-grade")
    );
    let grade = entries[0].str_at("search.extension.0.valueCode").unwrap();
    assert!(["certain", "probable"].contains(&grade), "{grade}");
    assert!(entries[0].at("search.score").unwrap().as_f64().unwrap() > 0.9);
    let certain = r#",{"name":"onlyCertainMatches","valueBoolean":true}"#;
    let none = ask(&test, &token, r#"{"resourceType":"Patient","name":[{"family":"Gartistad"}]}"#, certain);
    assert!(none.get("entry").is_none_or(|entries| entries.items().is_empty()));
    for bad in [r#"{"resourceType":"Patient"}"#, r#"{"resourceType":"Parameters"}"#] {
        assert_eq!(test.fhir(&token, "POST", "/fhir/Patient/$match", bad).status, 400);
    }
}

#[test]
fn person_names_the_records_that_are_one() {
    let (test, token) = with(&[("a", "Robert", "1980-03-14"), ("b", "Robert", "1980-03-14")]);
    let answer = test.fhir(&token, "GET", "/fhir/Patient/b/$person", "");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("Patient/a") && answer.body.contains("Patient/b"), "{}", answer.body);
    let read = test.fhir(&token, "GET", "/fhir/Patient/b", "");
    assert!(!read.body.contains("\"link\""), "what a source sent is not rewritten");
}

#[test]
fn a_pair_is_shown_side_by_side_decided_and_taken_back() {
    let (test, _) = with(&[("a", "Robert", "1980-03-14"), ("b", "Robert", "")]);
    let cookie = test.sign_in("care-coordinator");
    let page = test.page(&cookie, "/same-person");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Same person? (1)") && page.body.contains("GARTISTAD, Robert"), "{}", page.body);
    let id = page.body.split("action=\"/same-person/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let review = test.page(&cookie, "/review");
    assert!(review.body.contains("/same-person"));
    let path = format!("/same-person/{id}");
    let needs_words = test.form(&cookie, &path, "do=link&why=&a=1&b=1");
    assert_eq!(needs_words.status, 422);
    assert!(needs_words.body.contains("speaks against it") && needs_words.body.contains("<title>Error"));
    let stale = test.form(&cookie, &path, "do=apart&why=&a=7&b=1");
    assert_eq!(stale.status, 422);
    let linked = test.form(&cookie, &path, "do=link&why=asked+him+at+the+desk&a=1&b=1");
    assert_eq!((linked.status, linked.header("location")), (303, Some("/same-person")));
    assert!(test.page(&cookie, "/same-person").body.contains("Nothing to compare"));
    let chart = test.page(&cookie, "/patients/b");
    assert!(chart.body.contains("2 sources"), "the banner says so");
    let sources = test.page(&cookie, "/patients/a/sources");
    assert!(sources.body.contains("asked him at the desk") || sources.body.contains("Asked him at the desk"));
    let unlink = test.page(&cookie, "/patients/b/unlink");
    assert_eq!(unlink.status, 200);
    assert_eq!(test.form(&cookie, "/patients/b/unlink", "why=").status, 422);
    assert_eq!(test.form(&cookie, "/patients/b/unlink", "why=two+brothers").status, 303);
    assert!(!test.page(&cookie, "/patients/b").body.contains("2 sources"));
}

#[test]
fn registering_warns_by_the_same_comparison_on_submit_and_while_typing() {
    let (test, _) = with(&[("a", "Robert", "1980-03-14")]);
    let cookie = test.sign_in("front-desk");
    let typed = test.form(&cookie, "/patients/alike", "family=Gartistad&given=Bob&birth_date=3%2F14%2F1980");
    assert_eq!(typed.status, 200);
    assert!(typed.body.contains("GARTISTAD, Robert") && typed.body.contains("birth date"), "{}", typed.body);
    assert!(!typed.body.contains("<html"));
    let nobody = test.form(&cookie, "/patients/alike", "family=Zyx&given=Wvu");
    assert!(!nobody.body.contains("On file already"));
    let submitted = test.form(
        &cookie,
        "/patients/new",
        "family=Gartistad&given=Bob&birth_date=3%2F14%2F1980&gender=male&address=9+Oak+St%2C+Salem%2C+47126",
    );
    assert_eq!(submitted.status, 422);
    assert!(submitted.body.contains("GARTISTAD, Robert") && submitted.body.contains("name=\"checked\""));
}
