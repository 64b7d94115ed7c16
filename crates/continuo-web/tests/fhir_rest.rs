//! The FHIR API beyond single resources: searches over types, parts of resources, histories, whole records, bulk export.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use common::fhir::{json, linked, local, put};
use continuo_fhir::Json;

fn get(test: &TestApp, token: &str, path: &str) -> Json {
    json(&test.fhir(token, "GET", path, ""), 200)
}

/// `Type/id` of a Bundle's entries; what an entry has instead of a resource.
fn entries(bundle: &Json) -> Vec<String> {
    let list = bundle.get("entry").map(Json::items).unwrap_or_default();
    list.iter()
        .map(|entry| match entry.get("resource") {
            Some(r) => format!("{}/{}", r.resource_type().unwrap(), r.str_at("id").unwrap_or("-")),
            None => entry.str_at("request.url").unwrap_or("").to_owned(),
        })
        .collect()
}

const RECORD: &[&str] = &[
    r#"{"resourceType":"Organization","id":"o","name":"Ana's clinic"}"#,
    r#"{"resourceType":"Patient","id":"a","name":[{"family":"Ana"}],"maritalStatus":{"text":"m"},"managingOrganization":{"reference":"Organization/o"}}"#,
    r#"{"resourceType":"Patient","id":"b","name":[{"family":"Bo"}]}"#,
    r#"{"resourceType":"Practitioner","id":"p","name":[{"family":"Ana"}]}"#,
    r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/a"},"effectiveDateTime":"2026-01-10","method":{"text":"m"}}"#,
    r#"{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/a"},"effectiveDateTime":"2026-05-10"}"#,
    r#"{"resourceType":"Condition","id":"c1","code":{"text":"x"},"subject":{"reference":"Patient/b"}}"#,
    r#"{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/a"}},{"entity":{"reference":"Patient/b"},"inactive":true}]}"#,
];

#[test]
fn a_search_over_types_has_one_total_and_pages_through_them() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let all = get(&test, &token, "/fhir?_type=Patient,Practitioner,Observation&_count=2");
    assert_eq!(all.at("total").and_then(Json::as_i64), Some(5));
    let mut found = entries(&all);
    let mut next = linked(&all, "next");
    while let Some(path) = next {
        let page = get(&test, &token, &path);
        assert_eq!(page.at("total").and_then(Json::as_i64), Some(5), "{path}");
        assert!(entries(&page).len() <= 2);
        found.extend(entries(&page));
        next = linked(&page, "next");
    }
    assert_eq!(found, ["Patient/a", "Patient/b", "Practitioner/p", "Observation/o1", "Observation/o2"]);
    let named = get(&test, &token, "/fhir?_type=Patient,Practitioner&name=ana");
    assert_eq!(entries(&named), ["Patient/a", "Practitioner/p"]);
    json(&test.fhir(&token, "GET", "/fhir?_type=Patient,Nothing", ""), 400);
    json(&test.fhir(&token, "GET", "/fhir?_type=Patient&_cursor=zz", ""), 400);
    let count = get(&test, &token, "/fhir?_type=Patient,Observation&_summary=count");
    assert_eq!((count.at("total").and_then(Json::as_i64), entries(&count).len()), (Some(4), 0));
}

#[test]
fn a_posted_search_is_shaped_by_what_the_form_says() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let bearer = format!("Bearer {token}");
    let form = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let answer = test.send("POST", "/fhir/Observation/_search", &form, "_id=o1&_elements=method");
    let bundle = json(&answer, 200);
    let resource = bundle.at("entry.0.resource").unwrap();
    assert!(resource.get("method").is_some() && resource.get("status").is_some());
    assert!(resource.get("effectiveDateTime").is_none());
    assert_eq!(resource.str_at("meta.tag.0.code"), Some("SUBSETTED"));
    let summary = get(&test, &token, "/fhir/Patient/a?_summary=true");
    assert!(summary.get("name").is_some() && summary.get("maritalStatus").is_none());
    json(&test.fhir(&token, "GET", "/fhir/Patient/a?_summary=some", ""), 400);
}

#[test]
fn what_is_not_understood_is_a_warning_or_when_strict_an_error() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let lenient = get(&test, &token, "/fhir/Patient?_contained=true&nonsense=1");
    let outcome = lenient.get("entry").unwrap().items().last().unwrap().get("resource").unwrap();
    assert_eq!(outcome.get("issue").unwrap().items().len(), 2);
    assert_eq!(outcome.str_at("issue.0.severity"), Some("warning"));
    assert!(!linked(&lenient, "self").unwrap().contains("nonsense"));
    let bearer = format!("Bearer {token}");
    let strict = [("authorization", bearer.as_str()), ("prefer", "handling=strict")];
    for path in ["/fhir/Patient?nonsense=1", "/fhir/Patient?_contained=both", "/fhir?_type=Patient&nonsense=1"] {
        let refused = json(&test.send("GET", path, &strict, ""), 400);
        assert_eq!(refused.str_at("issue.0.severity"), Some("error"), "{path}");
    }
    // Each kind of body but JSON is refused, whatever stands in it.
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/fhir+xml"] {
        let headers = [("authorization", bearer.as_str()), ("content-type", media)];
        let sent = test.send("POST", "/fhir/Patient", &headers, r#"{"resourceType":"Patient"}"#);
        json(&sent, 415);
    }
    let twice =
        r#"{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}"#;
    let bundle = format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{twice},{twice}]}}"#);
    json(&test.fhir(&token, "POST", "/fhir", &bundle), 400);
    let faulty = json(&test.fhir(&token, "PATCH", "/fhir/Patient/a", r#"[{"op":"eat"}]"#), 400);
    assert_eq!(faulty.str_at("issue.0.expression.0"), Some("[0]"));
    // A modifier that is not there would change the answer: it is refused in any case.
    json(&test.fhir(&token, "GET", "/fhir/Patient?birthdate:exact=1960", ""), 400);
}

#[test]
fn a_read_answers_only_what_has_changed() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let bearer = format!("Bearer {token}");
    let asked = |name: &str, value: &str| {
        test.send("GET", "/fhir/Patient/a", &[("authorization", bearer.as_str()), (name, value)], "").status
    };
    let first = test.fhir(&token, "GET", "/fhir/Patient/a", "");
    assert_eq!(asked("if-none-match", first.header("etag").unwrap()), 304);
    assert_eq!(asked("if-none-match", "\"1\""), 304);
    assert_eq!(asked("if-none-match", "W/\"9\", junk"), 200);
    assert_eq!(asked("if-modified-since", first.header("last-modified").unwrap()), 304);
    assert_eq!(asked("if-modified-since", "Mon, 01 Jan 2001 00:00:00 GMT"), 200);
    assert_eq!(asked("if-modified-since", "yesterday"), 200);
    assert_eq!(asked("accept", "application/fhir+json; fhirVersion=3.0"), 406);
    assert_eq!(asked("accept", "application/fhir+json; fhirVersion=4.0"), 200);
    assert_eq!(asked("accept", "application/fhir+xml"), 406);
}

#[test]
fn histories_have_bounds_and_pages() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    for n in 0..4 {
        put(&test, &token, &[&format!(r#"{{"resourceType":"Patient","id":"a","multipleBirthInteger":{n}}}"#)]);
    }
    let first = get(&test, &token, "/fhir/Patient/a/_history?_count=3");
    assert_eq!((first.at("total").and_then(Json::as_i64), entries(&first).len()), (Some(5), 3));
    let second = get(&test, &token, &linked(&first, "next").unwrap());
    assert_eq!(entries(&second).len(), 2);
    assert_eq!(second.str_at("entry.1.request.method"), Some("POST"));
    assert!(linked(&second, "next").is_none());
    let mut seen = 0;
    let mut next = Some("/fhir/Patient/_history?_count=2".to_owned());
    while let Some(path) = next {
        let page = get(&test, &token, &path);
        seen += entries(&page).len();
        next = linked(&page, "next");
    }
    assert_eq!(seen, 6);
    assert_eq!(entries(&get(&test, &token, "/fhir/Patient/_history?_since=2999-01-01T00:00:00Z")).len(), 0);
    assert_eq!(entries(&get(&test, &token, "/fhir/Patient/_history?_at=2999")).len(), 2, "the current ones");
    assert_eq!(entries(&get(&test, &token, "/fhir/Patient/a/_history?_at=1999")).len(), 0);
    json(&test.fhir(&token, "GET", "/fhir/Patient/nobody/_history", ""), 404);
    for bad in ["_since=yesterday", "_at=soon", "_count=-1", "_cursor=x"] {
        json(&test.fhir(&token, "GET", &format!("/fhir/Patient/a/_history?{bad}"), ""), 400);
        json(&test.fhir(&token, "GET", &format!("/fhir/_history?{bad}"), ""), 400);
    }
}

#[test]
fn a_whole_record_is_bounded_by_type_time_and_page() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let asked = |query: &str| entries(&get(&test, &token, &format!("/fhir/Patient/a/$everything{query}")));
    let whole = ["Patient/a", "Organization/o", "Observation/o1", "Observation/o2", "Group/g"];
    assert_eq!(asked(""), whole);
    assert_eq!(asked("?_type=Observation"), ["Observation/o1", "Observation/o2"]);
    assert_eq!(asked("?start=2026-04-01"), ["Patient/a", "Organization/o", "Observation/o2", "Group/g"]);
    assert_eq!(asked("?end=2026-04&_type=Observation"), ["Observation/o1"]);
    assert_eq!(asked("?_since=2999-01-01T00:00:00Z&_type=Observation"), Vec::<String>::new());
    let mut found = Vec::new();
    let mut next = Some("/fhir/Patient/a/$everything?_count=1".to_owned());
    while let Some(path) = next {
        let page = get(&test, &token, &path);
        assert_eq!(page.at("total").and_then(Json::as_i64), Some(5));
        found.extend(entries(&page));
        next = linked(&page, "next");
    }
    assert_eq!(found, whole);
    let sent = r#"{"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Patient"}]}"#;
    assert_eq!(entries(&json(&test.fhir(&token, "POST", "/fhir/Patient/a/$everything", sent), 200)), ["Patient/a"]);
    for bad in ["_type=Nothing", "start=soon", "_count=0", "_cursor=x", "_since=1"] {
        json(&test.fhir(&token, "GET", &format!("/fhir/Patient/a/$everything?{bad}"), ""), 400);
    }
    json(&test.fhir(&token, "GET", "/fhir/Patient/nobody/$everything", ""), 404);
}

/// The manifest of an export, and each file's name with its lines.
fn exported(test: &TestApp, token: &str, path: &str) -> Vec<(String, Vec<Json>)> {
    let start = test.fhir(token, "GET", path, "");
    assert_eq!(start.status, 202, "{}", start.body);
    let manifest = get(test, token, &local(start.header("content-location").unwrap()));
    let mut out = Vec::new();
    for list in ["output", "deleted"] {
        for file in manifest.get(list).unwrap().items() {
            let body = test.fhir(token, "GET", &local(file.str_at("url").unwrap()), "").body;
            let lines: Vec<Json> = body.lines().map(|line| Json::parse(line.as_bytes()).unwrap()).collect();
            if let Some(count) = file.get("count").and_then(Json::as_i64) {
                assert_eq!(count, lines.len() as i64, "{body}");
            }
            out.push((file.str_at("type").unwrap().to_owned(), lines));
        }
    }
    out
}

#[test]
fn an_export_is_of_all_of_patients_or_of_a_group() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let shown = |path: &str| -> Vec<String> {
        exported(&test, &token, path).iter().map(|(type_, lines)| format!("{type_} {}", lines.len())).collect()
    };
    assert_eq!(
        shown("/fhir/$export"),
        ["Condition 1", "Group 1", "Observation 2", "Organization 1", "Patient 2", "Practitioner 1"]
    );
    assert_eq!(shown("/fhir/Patient/$export"), ["Condition 1", "Group 1", "Observation 2", "Patient 2"]);
    assert_eq!(shown("/fhir/Group/g/$export"), ["Group 1", "Observation 2", "Patient 1"]);
    assert_eq!(shown("/fhir/$export?_type=Patient,Condition"), ["Patient 2", "Condition 1"]);
    assert_eq!(
        shown("/fhir/$export?_type=Observation&_typeFilter=Observation%3Fdate%3Dlt2026-03,Observation%3F_id%3Do1"),
        ["Observation 1"]
    );
    let parts = exported(&test, &token, "/fhir/$export?_type=Patient&_elements=name");
    assert!(parts[0].1.iter().all(|patient| patient.get("managingOrganization").is_none()));
    assert_eq!(parts[0].1[0].str_at("meta.tag.0.code"), Some("SUBSETTED"));
    for bad in [
        "/fhir/$export?_type=Nothing",
        "/fhir/$export?_since=yesterday",
        "/fhir/$export?_typeFilter=status=x",
        "/fhir/$export?_typeFilter=Patient%3Fnonsense%3D1",
        "/fhir/$export?_outputFormat=text/csv",
    ] {
        json(&test.fhir(&token, "GET", bad, ""), 400);
    }
    json(&test.fhir(&token, "GET", "/fhir/Group/nobody/$export", ""), 404);
}

#[test]
fn an_export_since_a_moment_says_what_was_deleted() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    assert_eq!(test.fhir(&token, "DELETE", "/fhir/Observation/o2", "").status, 204);
    assert_eq!(test.fhir(&token, "DELETE", "/fhir/Practitioner/p", "").status, 204);
    let deleted = |path: &str| -> Vec<String> {
        let files = exported(&test, &token, path);
        let bundles = files.iter().filter(|(type_, _)| type_ == "Bundle").flat_map(|(_, lines)| lines);
        bundles.flat_map(entries).collect()
    };
    assert_eq!(deleted("/fhir/$export?_since=2000-01-01T00:00:00Z"), ["Practitioner/p", "Observation/o2"]);
    assert_eq!(deleted("/fhir/Patient/$export?_since=2000-01-01T00:00:00Z"), ["Observation/o2"]);
    assert_eq!(deleted("/fhir/$export"), Vec::<String>::new(), "only asked for with _since");
}

#[test]
fn a_cancelled_export_and_one_of_somebody_else_are_not_there() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let start = test.fhir(&token, "GET", "/fhir/$export", "");
    let status = local(start.header("content-location").unwrap());
    assert_eq!(test.fhir(&test.token(), "GET", &status, "").status, 404);
    assert_eq!(test.fhir(&token, "GET", &status, "").status, 200);
    assert_eq!(test.fhir(&token, "DELETE", &status, "").status, 202);
    assert_eq!(test.fhir(&token, "GET", &status, "").status, 404);
    assert_eq!(test.fhir(&token, "GET", "/fhir/$export-status/zz", "").status, 404);
}

#[test]
fn the_capability_statement_lists_what_works_and_nothing_else() {
    let test = TestApp::new();
    let statement = json(&test.send("GET", "/fhir/metadata", &[], ""), 200);
    let list = statement.at("rest.0.resource").unwrap().items();
    let location = list.iter().find(|r| r.str_at("type") == Some("Location")).unwrap();
    let names: Vec<&str> =
        location.get("searchParam").unwrap().items().iter().filter_map(|p| p.str_at("name")).collect();
    for name in ["near", "partof", "_text", "_content", "_list", "_filter", "_has", "_id"] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(!names.contains(&"_query"));
    let partof = location.get("searchParam").unwrap().items().iter().find(|p| p.str_at("name") == Some("partof"));
    assert!(partof.unwrap().str_at("documentation").unwrap().contains(":below"));
    let pointing = location.get("searchRevInclude").unwrap().to_string();
    assert!(pointing.contains("Encounter:location"));
}

#[test]
fn a_token_opens_no_private_record_by_writing_a_consent() {
    use continuo_care::access::Permission as P;
    let test = TestApp::new();
    put(&test, &test.token(), &[r#"{"resourceType":"Patient","id":"a"}"#]);
    let consent = |status: &str, label: &str| {
        format!(
            r#"{{"resourceType":"Consent","id":"c","status":"{status}","scope":{{"text":"s"}},"category":[{{"text":"c"}}],"patient":{{"reference":"Patient/a"}},
            "policyRule":{{"text":"p"}},"provision":{{"type":"permit","securityLabel":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{label}"}}]}}}}"#
        )
    };
    let writer = test.token_with(vec![P::RecordRead, P::RecordWrite, P::PersonRead, P::ChooseIds], &[]);
    let sent = |body: &str| test.fhir(&writer, "PUT", "/fhir/Consent/c", body).status;
    assert_eq!(sent(&consent("active", "42CFRPart2")), 403);
    assert_eq!(sent(&consent("inactive", "42CFRPart2")), 201, "what opens nothing may be written");
    let patch = r#"[{"op":"replace","path":"/status","value":"active"}]"#;
    assert_eq!(test.fhir(&writer, "PATCH", "/fhir/Consent/c", patch).status, 403);
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"batch","entry":[{{"resource":{},"request":{{"method":"PUT","url":"Consent/c"}}}}]}}"#,
        consent("active", "42CFRPart2")
    );
    assert!(test.fhir(&writer, "POST", "/fhir", &bundle).body.contains("\"status\":\"403\""));
    let sees = test.token_with(vec![P::RecordRead, P::RecordWrite, P::PersonRead], &["part2"]);
    assert_eq!(test.fhir(&sees, "PUT", "/fhir/Consent/c", &consent("active", "42CFRPart2")).status, 200);
}

#[test]
fn trying_ids_of_closed_records_stands_in_the_audit() {
    use continuo_care::access::Permission as P;
    let test = TestApp::new();
    let closed = r#"{"resourceType":"Patient","id":"hidden","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]}}"#;
    put(&test, &test.token_with(vec![P::PersonRead, P::PersonWrite, P::ChooseIds], &["part2"]), &[closed]);
    let prober = test.token();
    let tried = test.fhir(&prober, "PUT", "/fhir/Patient/hidden", r#"{"resourceType":"Patient","id":"hidden"}"#);
    assert_eq!(tried.status, 404);
    for id in ["hidden", "free"] {
        assert_eq!(test.fhir(&prober, "DELETE", &format!("/fhir/Patient/{id}"), "").status, 204, "{id}");
    }
    let officer = test.sign_in("privacy-officer");
    let audit = test.page(&officer, "/audit").body.to_lowercase();
    assert!(audit.contains("refused, closed record"), "{audit}");
}
