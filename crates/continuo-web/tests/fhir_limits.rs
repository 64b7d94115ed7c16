//! What the API does not do for anybody: answer without end, show what may only be written, take much from strangers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]
#![allow(clippy::disallowed_methods, reason = "rows of reads are written a little later")]

mod common;

use common::TestApp;
use continuo_care::access::Permission as P;

#[test]
fn who_may_only_write_reads_nothing_by_writing() {
    let test = TestApp::new();
    let all = test.token();
    let kept = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"canary"}}"#;
    assert_eq!(test.fhir(&all, "PUT", "/fhir/Observation/o", kept).status, 201);
    let writes = test.token_with(vec![P::RecordWrite], &[]);
    for patch in ["[]", "{}", r#"[{"op":"test","path":"/code/text","value":"canary"}]"#] {
        let tried = test.fhir(&writes, "PATCH", "/fhir/Observation/o", patch);
        assert_eq!(tried.status, 403, "{patch}");
        assert!(!tried.body.contains("canary"), "{patch}: {}", tried.body);
    }
    // What it makes itself it is shown, what it writes over it is not.
    let made = test.fhir(&writes, "POST", "/fhir/Observation", &kept.replace(r#""id":"o","#, ""));
    assert!(made.status == 201 && made.body.contains("canary"));
    let over = test.fhir(&writes, "PUT", "/fhir/Observation/o", &kept.replace("canary", "other"));
    assert!(over.status == 200 && over.body.is_empty(), "{}", over.body);
}

#[test]
fn what_a_change_that_changes_nothing_shows_is_audited_as_read() {
    let test = TestApp::new();
    let token = test.token();
    let kept = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"canary"}}"#;
    assert_eq!(test.fhir(&token, "PUT", "/fhir/Observation/o", kept).status, 201);
    let officer = test.sign_in("privacy-officer");
    let is_read = || test.page(&officer, "/audit").body.contains(r#"data-label="Did">read</td>"#);
    assert!(!is_read(), "written, not read");
    let shown = test.fhir(&token, "PATCH", "/fhir/Observation/o", "[]");
    assert!(shown.status == 200 && shown.body.contains("canary"));
    // Rows of reads are written within 100 ms.
    assert!((0..40).any(|_| is_read() || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        false
    }));
}

#[test]
fn copies_of_a_long_text_are_counted_by_their_length() {
    let test = TestApp::new();
    let token = test.token();
    let kept = r#"{"resourceType":"Basic","id":"b","code":{"text":"x"}}"#;
    assert_eq!(test.fhir(&token, "PUT", "/fhir/Basic/b", kept).status, 201);
    let long = "a".repeat(400_000);
    let copy = r#",{"op":"copy","from":"/code/text","path":"/code/coding"}"#.repeat(40);
    let patch = format!(r#"[{{"op":"replace","path":"/code/text","value":"{long}"}}{copy}]"#);
    let refused = test.fhir(&token, "PATCH", "/fhir/Basic/b", &patch);
    assert!((400..500).contains(&refused.status) && refused.body.contains("may carry at most"), "{}", refused.status);
}

#[test]
fn a_stranger_sends_a_name_and_a_password_and_no_more() {
    let test = TestApp::new();
    let long = format!("login=a&password={}", "b".repeat(9_000));
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    assert_eq!(test.send("POST", "/sign-in", &form, &long).status, 413);
}

#[test]
fn a_search_for_very_much_is_told_which_parameter_asks_too_much() {
    let test = TestApp::new();
    let token = test.token();
    let bearer = format!("Bearer {token}");
    let search = |type_: &str, query: &str| {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [("authorization", bearer.as_str()), form];
        test.send("POST", &format!("/fhir/{type_}/_search"), &headers, query)
    };
    let many =
        |count: usize, of: &str| (0..count).map(|n| of.replace('#', &n.to_string())).collect::<Vec<_>>().join(",");
    let repeated = |count: usize, one: &str| (0..count).map(|_| one.to_owned()).collect::<Vec<_>>().join("&");
    let chain = "encounter.part-of.part-of.patient.name=x";
    for (type_, query, named) in [
        ("Patient", format!("_id={}", many(40_000, "secret#")), "[\"_id\"]"),
        ("Patient", format!("_id:not={}", many(40_000, "secret#")), "[\"_id:not\"]"),
        ("Patient", format!("_lastUpdated={}", many(1_001, "2026-01-01")), "[\"_lastUpdated\"]"),
        ("Patient", format!("_sort={}", many(210, "birthdate")), "[\"_sort\"]"),
        ("Patient", repeated(60, "_sort=birthdate"), "[\"_sort\"]"),
        ("Patient", repeated(60, &format!("_id={}", many(1_000, "secret#"))), "[\"_id\"]"),
    ] {
        let answer = search(type_, &query);
        let shown: String = query.chars().take(60).collect();
        assert_eq!(answer.status, 400, "{shown}");
        assert!(answer.body.contains(named) && !answer.body.contains("secret"), "{shown}: {:.300}", answer.body);
    }
    // What is much and can be looked for is looked for; nothing of it is a failure of ours.
    for query in [
        format!("_id={}", many(1_000, "a#")),
        format!("_sort={}", many(10, "birthdate")),
        format!("name={}", many(60, "n#")),
        format!("birthdate={}", many(1_000, "ge2026-01-01")),
        format!("identifier={}", many(1_000, "urn:s|v#")),
        format!("general-practitioner={}", many(1_000, "Practitioner/p#")),
        repeated(99, "birthdate=ge2020-01-01"),
        repeated(99, "identifier=urn:s|v"),
        repeated(40, "_has:Observation:patient:code=x"),
        repeated(99, "_revinclude=Observation:patient"),
    ] {
        let status = search("Patient", &query).status;
        assert!(status < 500, "{status}: {}", query.chars().take(60).collect::<String>());
    }
    for query in [
        repeated(60, chain),
        repeated(40, "subject.identifier=urn:s|v"),
        format!("patient={}", many(1_000, "p#")),
        repeated(90, &format!("code={}", many(1_000, "c#"))),
    ] {
        let status = search("Observation", &query).status;
        assert!(status < 500, "{status}: {}", query.chars().take(60).collect::<String>());
    }
}

#[test]
fn what_was_posted_to_a_search_stands_in_no_link_to_its_pages() {
    let test = TestApp::new();
    let token = test.token();
    for id in ["a", "b", "c"] {
        let patient = format!(r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"Canary"}}]}}"#);
        assert_eq!(test.fhir(&token, "PUT", &format!("/fhir/Patient/{id}"), &patient).status, 201);
    }
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let link = |body: &str, relation: &str| -> String {
        let json = continuo_fhir::Json::parse(body.as_bytes()).unwrap();
        let links = json.get("link").map(continuo_fhir::Json::items).unwrap_or_default();
        let found = links.iter().find(|one| one.str_at("relation") == Some(relation));
        let url = found.and_then(|one| one.str_at("url")).unwrap_or_default();
        url.strip_prefix("http://clinic.test").unwrap_or_default().to_owned()
    };
    for (address, type_) in [("/fhir/Patient/_search", ""), ("/fhir/_search", "&_type=Patient")] {
        let posted = format!("name=canary&_sort=-name&_count=1{type_}");
        let mut answer = test.send("POST", address, &headers, &posted).body;
        let mut found = Vec::new();
        for page in 0..3 {
            found.extend(
                ["a", "b", "c"]
                    .into_iter()
                    .filter(|id| answer.contains(&format!(r#""fullUrl":"http://clinic.test/fhir/Patient/{id}""#))),
            );
            let next = link(&answer, "next");
            assert_eq!(next.is_empty(), page == 2, "page {page}");
            assert!(!next.to_lowercase().contains("canary") && !next.contains("name"), "{next}");
            if page == 2 {
                break;
            }
            let other = test.fhir(&test.token(), "GET", &next, "");
            assert_eq!(other.status, 410, "nobody else goes on");
            answer = test.fhir(&token, "GET", &next, "").body;
            assert!(!link(&answer, "first").contains("canary") && !link(&answer, "self").contains("canary"));
        }
        found.sort_unstable();
        assert_eq!(found, ["a", "b", "c"]);
    }
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient?_page=made-up", "").status, 410);
}
