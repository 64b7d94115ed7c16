//! The FHIR API as a client sees it: status, headers and bodies of each interaction, and of each way to get it wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_fhir::Json;

const ADA: &str =
    r#"{"resourceType":"Patient","name":[{"family":"Reyes","given":["Ana María"]}],"birthDate":"1960-02-11"}"#;

fn created(test: &TestApp, token: &str, type_: &str, body: &str) -> String {
    let answer = test.fhir(token, "POST", &format!("/fhir/{type_}"), body);
    assert_eq!(answer.status, 201, "{}", answer.body);
    Json::parse(answer.body.as_bytes()).unwrap().str_at("id").unwrap().to_owned()
}

fn outcome(answer: &common::Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    let json = Json::parse(answer.body.as_bytes()).expect("an error is JSON");
    assert_eq!(json.resource_type(), Some("OperationOutcome"));
    json.str_at("issue.0.diagnostics").unwrap_or_default().to_owned()
}

#[test]
fn a_resource_lives_through_create_read_update_history_and_delete() {
    let test = TestApp::new();
    let token = test.token();
    let answer = test.fhir(&token, "POST", "/fhir/Patient", ADA);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("etag"), Some("W/\"1\""));
    let json = Json::parse(answer.body.as_bytes()).unwrap();
    let id = json.str_at("id").unwrap().to_owned();
    assert!(answer.header("location").unwrap().ends_with(&format!("/fhir/Patient/{id}/_history/1")));
    let path = format!("/fhir/Patient/{id}");

    let changed = format!(r#"{{"resourceType":"Patient","id":"{id}","gender":"female"}}"#);
    let answer = test.fhir(&token, "PUT", &path, &changed);
    assert_eq!((answer.status, answer.header("etag")), (200, Some("W/\"2\"")));
    let read = test.fhir(&token, "GET", &path, "");
    assert!(read.body.contains(r#""gender":"female""#));
    assert!(test.fhir(&token, "GET", &format!("{path}/_history/1"), "").body.contains("Reyes"));

    assert_eq!(test.fhir(&token, "DELETE", &path, "").status, 204);
    outcome(&test.fhir(&token, "GET", &path, ""), 410);
    let history = Json::parse(test.fhir(&token, "GET", &format!("{path}/_history"), "").body.as_bytes()).unwrap();
    let methods: Vec<_> =
        history.get("entry").unwrap().items().iter().map(|e| e.str_at("request.method").unwrap()).collect();
    assert_eq!(methods, ["DELETE", "PUT", "POST"]);
}

#[test]
fn a_stale_if_match_changes_nothing() {
    let test = TestApp::new();
    let token = test.token();
    let id = created(&test, &token, "Patient", ADA);
    let path = format!("/fhir/Patient/{id}");
    let body = format!(r#"{{"resourceType":"Patient","id":"{id}","gender":"male"}}"#);
    let bearer = format!("Bearer {token}");
    let headers =
        [("authorization", bearer.as_str()), ("content-type", "application/fhir+json"), ("if-match", "W/\"9\"")];
    outcome(&test.send("PUT", &path, &headers, &body), 412);
    assert!(!test.fhir(&token, "GET", &path, "").body.contains("male"));
}

#[test]
fn a_conditional_create_makes_one() {
    let test = TestApp::new();
    let token = test.token();
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/fhir+json"),
        ("if-none-exist", "identifier=urn:x|7"),
    ];
    let body = r#"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"7"}]}"#;
    let statuses: Vec<u16> = (0..3).map(|_| test.send("POST", "/fhir/Patient", &headers, body).status).collect();
    assert_eq!(statuses, [201, 200, 200]);
    let found = test.fhir(&token, "GET", "/fhir/Patient?identifier=urn:x%7C7", "");
    assert_eq!(Json::parse(found.body.as_bytes()).unwrap().get("total").and_then(Json::as_i64), Some(1));
}

#[test]
fn a_transaction_is_all_or_nothing_at_each_position() {
    let test = TestApp::new();
    let token = test.token();
    let good = |n: usize| {
        format!(
            r#"{{"fullUrl":"urn:uuid:{n}","resource":{{"resourceType":"Patient","active":true}},"request":{{"method":"POST","url":"Patient"}}}}"#
        )
    };
    let bad = r#"{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient?identifier=none|none"}},"request":{"method":"POST","url":"Observation"}}"#;
    for position in 0..3 {
        let mut entries: Vec<String> = (0..2).map(good).collect();
        entries.insert(position, bad.to_owned());
        let bundle = format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#, entries.join(","));
        let answer = test.fhir(&token, "POST", "/fhir", &bundle);
        assert!((400..500).contains(&answer.status), "{}", answer.body);
        assert!(answer.body.contains(&format!("entry[{position}]")), "{}", answer.body);
        let count = test.fhir(&token, "GET", "/fhir/Patient?_summary=count", "");
        assert_eq!(Json::parse(count.body.as_bytes()).unwrap().get("total").and_then(Json::as_i64), Some(0));
    }
}

#[test]
fn a_transaction_resolves_references_between_its_entries() {
    let test = TestApp::new();
    let token = test.token();
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"resource":{"resourceType":"Observation","status":"final","code":{"text":"weight"},"subject":{"reference":"urn:uuid:p"}},"request":{"method":"POST","url":"Observation"}},
        {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:x|1"}}]}"#;
    for expected in [["201 Created", "201 Created"], ["201 Created", "200 OK"]] {
        let answer = test.fhir(&token, "POST", "/fhir", bundle);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = Json::parse(answer.body.as_bytes()).unwrap();
        let statuses: Vec<_> =
            json.get("entry").unwrap().items().iter().map(|e| e.str_at("response.status").unwrap()).collect();
        assert_eq!(statuses, expected);
    }
    let found =
        test.fhir(&token, "GET", "/fhir/Observation?patient.identifier=urn:x%7C1&_include=Observation:subject", "");
    let json = Json::parse(found.body.as_bytes()).unwrap();
    assert_eq!(json.get("total").and_then(Json::as_i64), Some(2), "{}", found.body);
    assert_eq!(json.get("entry").unwrap().items().len(), 3, "{}", found.body);
}

#[test]
fn a_batch_does_what_it_can() {
    let test = TestApp::new();
    let token = test.token();
    let bundle = r#"{"resourceType":"Bundle","type":"batch","entry":[
        {"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}},
        {"request":{"method":"GET","url":"Patient/none"}},
        {"request":{"method":"GET","url":"Patient?_summary=count"}},
        {"request":{"method":"EAT","url":"Patient"}}]}"#;
    let json = Json::parse(test.fhir(&token, "POST", "/fhir", bundle).body.as_bytes()).unwrap();
    let statuses: Vec<String> = json
        .get("entry")
        .unwrap()
        .items()
        .iter()
        .map(|e| e.str_at("response.status").unwrap()[..3].to_owned())
        .collect();
    assert_eq!(statuses, ["201", "404", "200", "400"]);
    let half = r#"{"resourceType":"Bundle","type":"batch","entry":[
        {"resource":{"resourceType":"Patient","active":"yes"},"request":{"method":"POST","url":"Patient"}},
        {"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]}"#;
    let answer = test.fhir(&token, "POST", "/fhir", half).body;
    let json = Json::parse(answer.as_bytes()).unwrap();
    assert_eq!(&json.str_at("entry.0.response.status").unwrap()[..3], "400", "{answer}");
    assert!(answer.contains("Patient.active"), "{answer}");
    assert_eq!(&json.str_at("entry.1.response.status").unwrap()[..3], "201", "{answer}");
}

#[test]
fn both_kinds_of_patch_change_a_part() {
    let test = TestApp::new();
    let token = test.token();
    let id = created(&test, &token, "Patient", ADA);
    let path = format!("/fhir/Patient/{id}");
    let json_patch = r#"[{"op":"replace","path":"/birthDate","value":"1960-02-12"}]"#;
    let answer = test.fhir(&token, "PATCH", &path, json_patch);
    assert!(answer.body.contains("1960-02-12"), "{}", answer.body);
    let fhirpath_patch = r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[
        {"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},
        {"name":"name","valueString":"gender"},{"name":"value","valueCode":"female"}]}]}"#;
    let answer = test.fhir(&token, "PATCH", &path, fhirpath_patch);
    assert!(answer.body.contains(r#""gender":"female""#), "{}", answer.body);
    outcome(&test.fhir(&token, "PATCH", &path, r#"[{"op":"replace","path":"/nothing/here","value":1}]"#), 400);
    // What a patch makes is held to the same rules as what is sent whole.
    let broken = test.fhir(&token, "PATCH", &path, r#"[{"op":"add","path":"/active","value":"yes"}]"#);
    outcome(&broken, 400);
    assert!(broken.body.contains(r#""expression":["Patient.active"]"#), "{}", broken.body);
}

#[test]
fn what_is_no_fhir_is_refused_with_its_place_and_the_next_request_is_served() {
    let test = TestApp::new();
    let token = test.token();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: &[(&str, &str, &str)] = &[
        ("/fhir/Patient", "{", ""),
        ("/fhir/Patient", r#"{"resourceType":"Patient","active":"yes"}"#, "Patient.active"),
        ("/fhir/Patient", r#"{"resourceType":"Patient","birthDate":"1960-13-41"}"#, "Patient.birthDate"),
        ("/fhir/Patient", r#"{"resourceType":"Patient","nonsense":1}"#, "nonsense"),
        ("/fhir/Patient", r#"{"resourceType":"Patient","active":true,"active":false}"#, "active"),
        ("/fhir/Patient", r#"{"resourceType":"Patient","id":"\ud800"}"#, ""),
        ("/fhir/Patient", r#"{"resourceType":"Observation","status":"final","code":{}}"#, "resourceType"),
        ("/fhir/Patient", "[]", ""),
        ("/fhir/Patient", "null", ""),
        ("/fhir/Patient", &deep, ""),
        ("/fhir/Unicorn", r#"{"resourceType":"Unicorn"}"#, ""),
        ("/fhir/Observation", r#"{"resourceType":"Observation","code":{"text":"x"}}"#, "status"),
        ("/fhir", r#"{"resourceType":"Bundle","type":"collection"}"#, "Bundle.type"),
        ("/fhir", r#"{"resourceType":"Patient"}"#, "resourceType"),
    ];
    for (path, body, place) in cases {
        let answer = test.fhir(&token, "POST", path, body);
        let shown: String = body.chars().take(60).collect();
        assert!((400..500).contains(&answer.status), "{shown}: {} {}", answer.status, answer.body);
        assert!(answer.body.contains("OperationOutcome"), "{shown}: {}", answer.body);
        assert!(answer.body.contains(place), "{shown} does not name {place}: {}", answer.body);
        assert_eq!(test.fhir(&token, "GET", "/fhir/Patient?_summary=count", "").status, 200);
    }
    let count = test.fhir(&token, "GET", "/fhir/Patient?_summary=count", "");
    assert!(count.body.contains(r#""total":0"#), "{}", count.body);
}

#[test]
fn searches_page_and_say_what_was_not_understood() {
    let test = TestApp::new();
    let token = test.token();
    for n in 0..5 {
        created(&test, &token, "Patient", &format!(r#"{{"resourceType":"Patient","name":[{{"family":"Reyes{n}"}}]}}"#));
    }
    let mut path = "/fhir/Patient?_count=2&_sort=family&nonsense=1".to_owned();
    let mut families = Vec::new();
    for _ in 0..4 {
        let json = Json::parse(test.fhir(&token, "GET", &path, "").body.as_bytes()).unwrap();
        assert_eq!(json.get("total").and_then(Json::as_i64), Some(5));
        for entry in json.get("entry").map(Json::items).unwrap_or_default() {
            if entry.str_at("search.mode") == Some("match") {
                families.push(entry.str_at("resource.name.0.family").unwrap().to_owned());
            }
        }
        let next = json.get("link").unwrap().items().iter().find(|l| l.str_at("relation") == Some("next"));
        let Some(next) = next else { break };
        path = next.str_at("url").unwrap().split_once("clinic.test").unwrap().1.to_owned();
    }
    assert_eq!(families, ["Reyes0", "Reyes1", "Reyes2", "Reyes3", "Reyes4"]);
    let answer = test.fhir(&token, "GET", "/fhir/Patient?nonsense=1", "");
    assert!(answer.body.contains("nonsense"), "{}", answer.body);
    let bearer = format!("Bearer {token}");
    let strict = [("authorization", bearer.as_str()), ("prefer", "handling=strict")];
    outcome(&test.send("GET", "/fhir/Patient?nonsense=1", &strict, ""), 400);
}

#[test]
fn a_closed_record_is_hidden_in_reads_searches_counts_and_exports_until_a_consent_opens_it() {
    let test = TestApp::new();
    let token = test.token();
    let patient = created(&test, &token, "Patient", ADA);
    let label = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}"#;
    let closed = created(
        &test,
        &token,
        "Condition",
        &format!(
            r#"{{"resourceType":"Condition","meta":{{"security":[{label}]}},"code":{{"text":"secret"}},"subject":{{"reference":"Patient/{patient}"}}}}"#
        ),
    );
    let open = created(
        &test,
        &token,
        "Condition",
        &format!(
            r#"{{"resourceType":"Condition","code":{{"text":"plain"}},"subject":{{"reference":"Patient/{patient}"}}}}"#
        ),
    );
    let sees = |expected: bool| {
        let read = test.fhir(&token, "GET", &format!("/fhir/Condition/{closed}"), "");
        assert_eq!(read.status, if expected { 200 } else { 404 }, "{}", read.body);
        // Not there and not open look the same.
        if !expected {
            assert_eq!(read.body, test.fhir(&token, "GET", "/fhir/Condition/never-was", "").body);
        }
        for path in [
            format!("/fhir/Condition?patient={patient}"),
            "/fhir/Condition?_summary=count".to_owned(),
            "/fhir/Condition".to_owned(),
            format!("/fhir/Patient?_id={patient}&_revinclude=Condition:subject"),
            format!("/fhir/Patient/{patient}/$everything"),
            "/fhir/Condition/_history".to_owned(),
            "/fhir/_history".to_owned(),
        ] {
            let answer = test.fhir(&token, "GET", &path, "");
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let total = Json::parse(answer.body.as_bytes()).unwrap().get("total").and_then(Json::as_i64).unwrap();
            if path.contains("Condition?") || path.ends_with("/Condition") {
                assert_eq!(total, if expected { 2 } else { 1 }, "{path}");
            }
            if !path.contains("count") {
                assert_eq!(answer.body.contains("secret"), expected, "{path}");
                assert!(answer.body.contains(&open), "{path}");
            }
        }
    };
    sees(false);
    let consent = |status: &str| {
        format!(
            r#"{{"resourceType":"Consent","status":"{status}","scope":{{"text":"privacy"}},"category":[{{"text":"privacy"}}],"patient":{{"reference":"Patient/{patient}"}},"policyRule":{{"text":"opt in"}},"provision":{{"type":"permit","securityLabel":[{label}]}}}}"#
        )
    };
    let id = created(&test, &token, "Consent", &consent("active"));
    sees(true);
    // Whoever sees it by consent may change it, not take the label off and open it to everybody.
    let bare = format!(
        r#"{{"resourceType":"Condition","id":"{closed}","code":{{"text":"secret"}},"subject":{{"reference":"Patient/{patient}"}}}}"#
    );
    let path = format!("/fhir/Condition/{closed}");
    assert!(outcome(&test.fhir(&token, "PUT", &path, &bare), 400).contains("meta.security"));
    let take_off = r#"[{"op":"remove","path":"/meta/security"}]"#;
    assert!(outcome(&test.fhir(&token, "PATCH", &path, take_off), 400).contains("meta.security"));
    let note = r#"[{"op":"add","path":"/note","value":[{"text":"seen"}]}]"#;
    assert_eq!(test.fhir(&token, "PATCH", &path, note).status, 200);
    let revoked = consent("inactive").replacen('{', &format!(r#"{{"id":"{id}","#), 1);
    assert_eq!(test.fhir(&token, "PUT", &format!("/fhir/Consent/{id}"), &revoked).status, 200);
    sees(false);
}

#[test]
fn bulk_export_gives_every_line() {
    let test = TestApp::new();
    let token = test.token();
    for n in 0..3 {
        created(&test, &token, "Patient", &format!(r#"{{"resourceType":"Patient","multipleBirthInteger":{n}}}"#));
    }
    let start = test.fhir(&token, "GET", "/fhir/$export?_type=Patient", "");
    assert_eq!(start.status, 202);
    let status = start.header("content-location").unwrap().split_once("clinic.test").unwrap().1.to_owned();
    let manifest = Json::parse(test.fhir(&token, "GET", &status, "").body.as_bytes()).unwrap();
    assert_eq!(manifest.at("output.0.count").and_then(Json::as_i64), Some(3));
    let file = manifest.str_at("output.0.url").unwrap().split_once("clinic.test").unwrap().1.to_owned();
    let lines = test.fhir(&token, "GET", &file, "").body;
    assert_eq!(lines.lines().filter(|line| Json::parse(line.as_bytes()).is_ok()).count(), 3);
}

#[test]
fn the_capability_statement_names_what_there_is() {
    let test = TestApp::new();
    let answer = test.send("GET", "/fhir/metadata", &[], "");
    let json = Json::parse(answer.body.as_bytes()).unwrap();
    assert_eq!(json.str_at("fhirVersion"), Some("4.0.1"));
    assert!(json.at("rest.0.resource").unwrap().items().len() > 140);
}

#[test]
fn what_one_cannot_see_one_cannot_change_or_ask_about() {
    use continuo_care::access::Permission as P;
    let test = TestApp::new();
    let all = vec![P::RecordRead, P::RecordWrite, P::PersonRead, P::PersonWrite];
    let open = test.token_with(all.clone(), &["part2"]);
    let closed = test.token_with(all, &[]);
    let desk = test.token_with(vec![P::PersonRead, P::PersonWrite], &[]);
    let patient = created(&test, &open, "Patient", ADA);
    let label = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}"#;
    let body = format!(
        r#"{{"resourceType":"Condition","meta":{{"security":[{label}]}},"code":{{"text":"secret"}},"subject":{{"reference":"Patient/{patient}"}}}}"#
    );
    let id = created(&test, &open, "Condition", &body);
    let path = format!("/fhir/Condition/{id}");
    let bare = format!(
        r#"{{"resourceType":"Condition","id":"{id}","code":{{"text":"plain"}},"subject":{{"reference":"Patient/{patient}"}}}}"#
    );
    for (method, body, status) in
        [("PATCH", "{}", 404), ("PATCH", "[]", 404), ("PUT", bare.as_str(), 404), ("DELETE", "", 204)]
    {
        let answer = test.fhir(&closed, method, &path, body);
        // There is nothing to delete, as with an id that nobody has.
        assert_eq!(answer.status, status, "{method}: {}", answer.body);
        assert!(!answer.body.contains("secret"));
    }
    assert!(test.fhir(&open, "GET", &path, "").body.contains("secret"), "the record was touched");
    // Front desk may find people, and may not find them by what is in their record.
    for path in [
        "/fhir/Patient?family=Reyes",
        "/fhir/Appointment?status=booked",
        "/fhir/Coverage?patient._filter=family%20eq%20reyes",
    ] {
        assert_eq!(test.fhir(&desk, "GET", path, "").status, 200, "{path}");
    }
    for path in [
        "/fhir/Patient?_has:Condition:patient:code:text=secret",
        "/fhir/Coverage?patient._has:Condition:patient:code:text=secret",
        "/fhir/Coverage?patient._list=7",
        "/fhir/Appointment?based-on._filter=code%20eq%20secret",
        "/fhir/Appointment?reason-reference:Condition._filter=_content%20eq%20secret",
        "/fhir/Patient?_has:Appointment:patient:based-on._filter=_content%20eq%20secret",
        "/fhir/Condition",
    ] {
        assert_eq!(test.fhir(&desk, "GET", path, "").status, 403, "{path}");
    }
    let oracle = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"resource":{{"resourceType":"Coverage","status":"active","beneficiary":{{"reference":"Patient/{patient}"}},"payor":[{{"reference":"Condition?patient={patient}"}}]}},"request":{{"method":"POST","url":"Coverage"}}}}]}}"#
    );
    assert!(test.fhir(&desk, "POST", "/fhir", &oracle).status >= 400);
}
