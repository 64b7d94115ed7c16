//! Rules of R4's RESTful API (<https://hl7.org/fhir/R4/http.html>), each under its heading, over HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::fhir::{json, linked, put};
use common::{Answer, TestApp};
use continuo_care::access::Permission;
use continuo_fhir::Json;

/// `mode Type/id` of a Bundle's entries.
fn entries(bundle: &Json) -> Vec<String> {
    let list = bundle.get("entry").map(Json::items).unwrap_or_default();
    list.iter()
        .map(|entry| {
            let resource = entry.get("resource").unwrap();
            let mode = entry.str_at("search.mode").unwrap_or("-");
            format!("{mode} {}/{}", resource.resource_type().unwrap(), resource.str_at("id").unwrap_or("-"))
        })
        .collect()
}

/// The place of the first issue.
fn place(answer: &Answer, status: u16) -> String {
    json(answer, status).str_at("issue.0.expression.0").unwrap_or_default().to_owned()
}

const RECORD: &[&str] = &[
    r#"{"resourceType":"Organization","id":"o","name":"Clinic"}"#,
    r#"{"resourceType":"Patient","id":"a","name":[{"family":"Ana"}],"managingOrganization":{"reference":"Organization/o"}}"#,
    r#"{"resourceType":"Patient","id":"b","name":[{"family":"Bo"}]}"#,
    r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/a"},"effectiveDateTime":"2026-01-10"}"#,
    r#"{"resourceType":"Observation","id":"o2","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/b"},"effectiveDateTime":"2026-05-10"}"#,
    r#"{"resourceType":"Condition","id":"c1","code":{"text":"x"},"subject":{"reference":"Patient/b"}}"#,
    r#"{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/a"}}]}"#,
];

/// "head": the answer to GET without its body, with its length.
#[test]
fn a_reference_to_an_entry_that_is_not_there_refuses_the_bundle() {
    let test = TestApp::new();
    let token = test.token();
    let of = |kind: &str, subject: &str| {
        format!(
            r#"{{"resourceType":"Bundle","type":"{kind}","entry":[{{"fullUrl":"urn:uuid:0b3ba74c-7e39-4b37-8d2c-6b1a2e6f1a01","resource":{{"resourceType":"Patient"}},"request":{{"method":"POST","url":"Patient"}}}},
            {{"resource":{{"resourceType":"Observation","status":"final","code":{{"text":"weight"}},"subject":{{"reference":"{subject}"}}}},"request":{{"method":"POST","url":"Observation"}}}}]}}"#
        )
    };
    let lost = of("transaction", "urn:uuid:0b3ba74c-7e39-4b37-8d2c-6b1a2e6f1a99");
    let answer = test.fhir(&token, "POST", "/fhir", &lost);
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(
        answer.body.contains("names no entry of this Bundle") && answer.body.contains("Bundle.entry[1]"),
        "{}",
        answer.body
    );
    assert!(
        test.fhir(&token, "GET", "/fhir/Patient?_summary=count", "").body.contains("\"total\":0"),
        "nothing written"
    );
    let found = of("transaction", "urn:uuid:0b3ba74c-7e39-4b37-8d2c-6b1a2e6f1a01");
    assert_eq!(test.fhir(&token, "POST", "/fhir", &found).status, 200);
}

#[test]
fn a_head_answers_what_a_get_would() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    for path in ["/fhir/Patient/a", "/fhir/Patient?name=ana", "/fhir/metadata", "/fhir/Patient/nobody"] {
        let (get, head) = (test.fhir(&token, "GET", path, ""), test.fhir(&token, "HEAD", path, ""));
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
        assert_eq!(head.header("etag"), get.header("etag"));
    }
}

/// "Service Base URL": one slash too many is the same address.
#[test]
fn a_slash_at_the_end_changes_nothing() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    for path in ["/fhir/Patient", "/fhir/Patient/a", "/fhir/Patient/a/_history", "/fhir/metadata", "/fhir/Patient/%61"]
    {
        assert_eq!(test.fhir(&token, "GET", &format!("{path}/"), "").status, 200, "{path}/");
    }
    assert_eq!(test.fhir(&token, "GET", "/fhir/?_type=Patient", "").status, 200);
    assert_eq!(
        test.fhir(&token, "POST", "/fhir/Basic/", r#"{"resourceType":"Basic","code":{"text":"x"}}"#).status,
        201
    );
    assert_eq!(test.send("GET", "/fhir/Patient/a/", &[], "").status, 401, "the same door");
}

/// "Content Types and encodings": what cannot be answered is refused before anything is written.
#[test]
fn an_answer_that_cannot_be_given_writes_nothing() {
    let test = TestApp::new();
    let token = test.token();
    let bearer = format!("Bearer {token}");
    let basic = r#"{"resourceType":"Basic","id":"x","code":{"text":"x"}}"#;
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"resource":{basic},"request":{{"method":"PUT","url":"Basic/x"}}}}]}}"#
    );
    for (accept, status) in [
        ("application/fhir+xml", 406),
        ("text/turtle", 406),
        ("application/fhir+json; fhirVersion=3.0", 406),
        ("application/fhir+json; fhirVersion=4.0", 201),
    ] {
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/fhir+json"), ("accept", accept)];
        for (method, path, body) in
            [("PUT", "/fhir/Basic/x", basic), ("POST", "/fhir/Basic", basic), ("POST", "/fhir", bundle.as_str())]
        {
            let answer = test.send(method, path, &headers, body);
            if status == 406 {
                assert_eq!(json(&answer, 406).resource_type(), Some("OperationOutcome"));
                assert_eq!(
                    json(&test.fhir(&token, "GET", "/fhir/Basic?_summary=count", ""), 200)
                        .at("total")
                        .and_then(Json::as_i64),
                    Some(0)
                );
            } else {
                assert!(answer.status < 300, "{accept} {method} {path}: {}", answer.body);
            }
        }
    }
    let any = [("authorization", bearer.as_str()), ("accept", "application/*;q=0.5, text/html")];
    assert_eq!(test.send("GET", "/fhir/Basic/x", &any, "").status, 200);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/x?_format=xml", "").status, 406);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/x?_format=application/fhir%2Bjson&_pretty=true", "").status, 200);
    let xml = [("authorization", bearer.as_str()), ("content-type", "application/fhir+xml")];
    assert_eq!(
        json(&test.send("POST", "/fhir/Basic", &xml, "<Basic/>"), 415).resource_type(),
        Some("OperationOutcome")
    );
}

/// "OPTIONS" is no interaction of R4, and other sites' scripts have no business here: no CORS headers.
#[test]
fn another_method_is_told_which_there_are() {
    let test = TestApp::new();
    let token = test.token();
    let answer = test.send("OPTIONS", "/fhir/Patient/a", &[("origin", "http://elsewhere.test")], "");
    assert_eq!(answer.status, 405);
    assert!(answer.header("allow").unwrap().contains("PATCH"), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(test.fhir(&token, "POST", "/fhir/Patient/a", "{}").status, 405);
}

/// "Conditional update", "Conditional patch", "Conditional delete", "Conditional create".
#[test]
fn conditions_meet_one_resource_or_change_nothing() {
    let test = TestApp::new();
    let token = test.token();
    let basic = |id: &str, n: &str| {
        format!(
            r#"{{"resourceType":"Basic","id":"{id}","identifier":[{{"system":"urn:t","value":"{n}"}}],"code":{{"text":"x"}}}}"#
        )
    };
    put(&test, &token, &[&basic("a", "two"), &basic("b", "two"), &basic("c", "one")]);
    let fhir =
        |method: &str, query: &str, body: &str| test.fhir(&token, method, &format!("/fhir/Basic?{query}"), body).status;
    let patch = r#"[{"op":"add","path":"/language","value":"en"}]"#;
    for (method, body) in [("PUT", basic("a", "two")), ("PATCH", patch.to_owned()), ("DELETE", String::new())] {
        assert_eq!(fhir(method, "identifier=urn:t|two", &body), 412, "{method}: several match");
        assert_eq!(fhir(method, "nonsense=1", &body), 400, "{method}: not understood");
        assert_eq!(fhir(method, "", &body), 412, "{method}: no condition");
    }
    assert_eq!(fhir("PUT", "identifier=urn:t|one", &basic("other", "one")), 400, "another id than the match");
    assert_eq!(fhir("PUT", "identifier=urn:t|one", &basic("c", "one")), 200);
    assert_eq!(fhir("PUT", "identifier=urn:t|new", &basic("d", "new")), 201, "no match, a new id: created");
    assert_eq!(fhir("PUT", "identifier=urn:t|newer", &basic("c", "newer")), 412, "no match, an id that is taken");
    assert_eq!(fhir("PATCH", "identifier=urn:t|nothing", patch), 404);
    assert_eq!(fhir("DELETE", "identifier=urn:t|nothing", ""), 204);
    assert_eq!(fhir("PATCH", "identifier=urn:t|one", patch), 200);
    assert_eq!(fhir("DELETE", "identifier=urn:t|one", ""), 204);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/c", "").status, 410);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/a", "").status, 200);
    let bearer = format!("Bearer {token}");
    let with = |method: &str, path: &str, name: &str, value: &str, body: &str| {
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json"), (name, value)];
        test.send(method, path, &headers, body).status
    };
    assert_eq!(with("POST", "/fhir/Basic", "if-none-exist", "identifier=urn:t|two", &basic("x", "two")), 412);
    assert_eq!(with("POST", "/fhir/Basic", "if-none-exist", "identifier=urn:t|new", &basic("x", "new")), 200);
    assert_eq!(with("POST", "/fhir/Basic", "if-none-exist", "", &basic("x", "new")), 400);
    // "Managing Resource Contention".
    for (method, body) in [("PUT", basic("a", "3")), ("PATCH", patch.to_owned()), ("DELETE", String::new())] {
        assert_eq!(with(method, "/fhir/Basic/a", "if-match", "W/\"7\"", &body), 412, "{method}");
        assert_eq!(with(method, "/fhir/Basic/a", "if-match", "not a tag", &body), 412, "{method}");
    }
    assert_eq!(with("DELETE", "/fhir/Basic/a", "if-match", "W/\"1\"", ""), 204);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/a/_history/2", "").status, 410, "the version that is a deletion");
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/a/_history/1", "").status, 200);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Basic/a/_history/3", "").status, 404);
    let history = json(&test.fhir(&token, "GET", "/fhir/Basic/a/_history", ""), 200);
    assert_eq!(history.str_at("entry.0.request.method"), Some("DELETE"));
    assert_eq!(test.fhir(&token, "PATCH", "/fhir/Basic/a", patch).status, 410);
    assert_eq!(test.fhir(&token, "PUT", "/fhir/Basic/a", &basic("a", "3")).status, 201, "brought back");
}

/// "patch": what may not change, and what is not carried out, changes nothing.
#[test]
fn a_patch_that_cannot_be_carried_out_changes_nothing() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, &[r#"{"resourceType":"Basic","id":"a","code":{"text":"x"}}"#]);
    let operation = |kind: &str, path: &str| {
        format!(
            r#"{{"resourceType":"Parameters","parameter":[{{"name":"operation","part":[{{"name":"type","valueCode":"{kind}"}},{{"name":"path","valueString":"{path}"}},{{"name":"value","valueString":"y"}}]}}]}}"#
        )
    };
    for bad in [
        r#"[{"op":"replace","path":"/id","value":"other"}]"#.to_owned(),
        r#"[{"op":"remove","path":"/id"}]"#.to_owned(),
        r#"[{"op":"replace","path":"/resourceType","value":"Patient"}]"#.to_owned(),
        r#"[{"op":"remove","path":"/code"}]"#.to_owned(),
        r#"[{"op":"add","path":"/nothing","value":1}]"#.to_owned(),
        r#"[{"op":"test","path":"/code/text","value":"y"}]"#.to_owned(),
        r#"[{"op":"add","path":"/language","value":"en"},{"op":"remove","path":"/author"}]"#.to_owned(),
        r#"[{"op":"bogus","path":"/language"}]"#.to_owned(),
        r#"{"id":"other"}"#.to_owned(),
        "7".to_owned(),
        operation("bogus", "Basic.code.text"),
        operation("replace", "Basic.("),
        operation("replace", "Basic.nothing"),
        operation("replace", "Basic.id"),
    ] {
        json(&test.fhir(&token, "PATCH", "/fhir/Basic/a", &bad), 400);
        let now = json(&test.fhir(&token, "GET", "/fhir/Basic/a", ""), 200);
        assert_eq!((now.str_at("meta.versionId"), now.str_at("code.text")), (Some("1"), Some("x")), "{bad}");
    }
    assert_eq!(test.fhir(&token, "PATCH", "/fhir/Basic/a", &operation("replace", "Basic.code.text")).status, 200);
    assert_eq!(test.fhir(&token, "PATCH", "/fhir/Basic/a", r#"{"id":"a","language":"en"}"#).status, 200);
}

const ONE: &str = "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b1";
const TWO: &str = "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b2";

fn transaction(test: &TestApp, token: &str, entries: &str) -> Answer {
    test.fhir(
        token,
        "POST",
        "/fhir",
        &format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entries}]}}"#),
    )
}

/// "Transaction Processing Rules": addresses of entries are replaced wherever an address may stand, also in a circle.
#[test]
fn a_transaction_renames_its_entries_everywhere() {
    let test = TestApp::new();
    let token = test.token();
    let patient = |other: &str| {
        format!(
            r#"{{"resourceType":"Patient","link":[{{"other":{{"reference":"{other}"}},"type":"seealso"}}],
            "identifier":[{{"system":"urn:ietf:rfc:3986","value":"{other}"}}],
            "extension":[{{"url":"http://x.org/a","valueReference":{{"reference":"{other}"}}}},{{"url":"http://x.org/b","valueUri":"{other}"}}],
            "text":{{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{other}\">{other}</a></div>"}}}}"#
        )
    };
    let entry = |url: &str, other: &str| {
        format!(r#"{{"fullUrl":"{url}","resource":{},"request":{{"method":"POST","url":"Patient"}}}}"#, patient(other))
    };
    let done = json(&transaction(&test, &token, &format!("{},{}", entry(ONE, TWO), entry(TWO, ONE))), 200);
    let address = |n: usize| {
        let location = done.str_at(&format!("entry.{n}.response.location")).unwrap();
        location.split("/_history").next().unwrap().to_owned()
    };
    let (first, second) = (address(0), address(1));
    let stored = json(&test.fhir(&token, "GET", &format!("/fhir/{first}"), ""), 200);
    for path in ["link.0.other.reference", "extension.0.valueReference.reference", "extension.1.valueUri"] {
        assert_eq!(stored.str_at(path), Some(second.as_str()), "{path}");
    }
    assert_eq!(stored.str_at("identifier.0.value"), Some(TWO), "an identifier is no address");
    let narrative = stored.str_at("text.div").unwrap();
    assert!(narrative.contains(&format!("<a href=\"{second}\">{TWO}</a>")), "{narrative}");
}

/// "Transaction Processing Rules": deletions first, then creations, updates, patches, reads; one resource once.
#[test]
fn a_transaction_goes_in_the_order_of_its_verbs() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, &[r#"{"resourceType":"Basic","id":"old","code":{"text":"x"}}"#]);
    let basic = |id: &str| format!(r#"{{"resourceType":"Basic","id":"{id}","code":{{"text":"x"}}}}"#);
    let patch = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2xhbmd1YWdlIiwidmFsdWUiOiJlbiJ9XQ==";
    let all = [
        r#"{"request":{"method":"GET","url":"Basic?_summary=count"}}"#.to_owned(),
        format!(
            r#"{{"resource":{{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{patch}"}},"request":{{"method":"PATCH","url":"Basic/new"}}}}"#
        ),
        format!(r#"{{"resource":{},"request":{{"method":"PUT","url":"Basic/newer"}}}}"#, basic("newer")),
        r#"{"request":{"method":"DELETE","url":"Basic/old"}}"#.to_owned(),
    ];
    // A patch of what this transaction makes would name it twice.
    let twice = format!(r#"{{"resource":{},"request":{{"method":"PUT","url":"Basic/new"}}}}"#, basic("new"));
    let refused = transaction(&test, &token, &format!("{},{twice}", all.join(",")));
    assert_eq!(place(&refused, 400), "Bundle.entry[1].request.url");
    put(&test, &token, &[&basic("new")]);
    let done = json(&transaction(&test, &token, &all.join(",")), 200);
    assert_eq!(done.at("entry.0.resource.total").and_then(Json::as_i64), Some(2), "the read sees what was done");
    assert_eq!(done.str_at("entry.3.response.status"), Some("204 No Content"));
    let patched = json(&test.fhir(&token, "GET", "/fhir/Basic/new", ""), 200);
    assert_eq!(patched.str_at("language"), Some("en"), "a Binary carries a JSON Patch");
}

/// "Transaction Processing Rules": one fault refuses all, and says where it is.
#[test]
fn a_refused_transaction_says_which_entry() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let observation = |subject: &str| {
        format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"text":"c"}},"subject":{{"reference":"{subject}"}}}}"#
        )
    };
    let post = |resource: &str, more: &str| {
        let type_ = Json::parse(resource.as_bytes()).unwrap().resource_type().unwrap().to_owned();
        format!(r#"{{"resource":{resource},"request":{{"method":"POST","url":"{type_}"{more}}}}}"#)
    };
    let good = post(&observation("Patient/a"), "");
    for (bad, expected) in [
        (post(&observation("Patient?family=nobody"), ""), "Bundle.entry[1].resource.reference"),
        (post(&observation("Patient?_id=a,b"), ""), "Bundle.entry[1].resource.reference"),
        (post(r#"{"resourceType":"Basic"}"#, ""), "Bundle.entry[1].resource.Basic"),
        (r#"{"request":{"method":"PUT","url":"Basic/x"}}"#.to_owned(), "Bundle.entry[1].resource"),
        (r#"{"resource":{"resourceType":"Basic","id":"y","code":{"text":"x"}},"request":{"method":"PUT","url":"Basic/x"}}"#.to_owned(), "Bundle.entry[1].resource.id"),
    ] {
        let answer = transaction(&test, &token, &format!("{good},{bad}"));
        assert!(matches!(answer.status, 400 | 422), "{bad}: {}", answer.body);
        let place = place(&answer, answer.status);
        assert!(place.starts_with(expected) || expected.starts_with(&place), "{bad}: {place}");
    }
    let count = json(&test.fhir(&token, "GET", "/fhir/Observation?_summary=count", ""), 200);
    assert_eq!(count.at("total").and_then(Json::as_i64), Some(2), "nothing was written");
    // "Batch Processing Rules": each for itself.
    let batch = format!(
        r#"{{"resourceType":"Bundle","type":"batch","entry":[{},{good},{{"request":{{"method":"GET","url":"Patient/nobody"}}}}]}}"#,
        post(r#"{"resourceType":"Basic"}"#, "")
    );
    let done = json(&test.fhir(&token, "POST", "/fhir", &batch), 200);
    let status =
        |n: usize| done.str_at(&format!("entry.{n}.response.status")).unwrap().split(' ').next().unwrap().to_owned();
    assert!(matches!(status(0).as_str(), "400" | "422"));
    assert_eq!((status(1).as_str(), status(2).as_str()), ("201", "404"));
}

/// "Transaction Processing Rules": a read is an entry like any other; where it fails, nothing is written.
#[test]
fn a_transaction_with_a_failing_read_writes_nothing() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let post = r#"{"resource":{"resourceType":"Basic","id":"new","code":{"text":"x"}},"request":{"method":"PUT","url":"Basic/new"}}"#;
    let get = |url: &str| format!(r#"{{"request":{{"method":"GET","url":"{url}"}}}}"#);
    for url in [
        "Patient/nobody",
        "Patient/a/_history/99",
        "Patient?birthdate:exact=1960",
        "Patient?birthdate=yesterday",
        "Nothing",
        "Nothing/1",
        "Patient/a/b/c",
        "Patient/$nothing",
        "http://elsewhere.example/Patient/a",
        "../a",
    ] {
        let answer = transaction(&test, &token, &format!("{post},{}", get(url)));
        assert!((400..500).contains(&answer.status), "{url}: {} {}", answer.status, answer.body);
        json(&test.fhir(&token, "GET", "/fhir/Basic/new", ""), 404);
        let alone = transaction(&test, &token, &get(url));
        assert!((400..500).contains(&alone.status), "{url} alone: {}", alone.status);
    }
    // It sees what the same transaction wrote, also what it took away.
    let done = json(&transaction(&test, &token, &format!("{},{post}", get("Basic/new"))), 200);
    assert_eq!(done.str_at("entry.0.resource.id"), Some("new"));
    let delete = r#"{"request":{"method":"DELETE","url":"Basic/new"}}"#;
    let gone = transaction(&test, &token, &format!("{delete},{}", get("Basic/new")));
    assert!(matches!(gone.status, 404 | 410), "{}", gone.status);
    json(&test.fhir(&token, "GET", "/fhir/Basic/new", ""), 200);
}

/// "$validate" runs the specification's rules, not the shape alone.
#[test]
fn validate_runs_the_rules() {
    let test = TestApp::new();
    let token = test.token();
    let issues = |body: &str| json(&test.fhir(&token, "POST", "/fhir/Patient/$validate", body), 200).to_string();
    let period = |end: &str| {
        format!(r#"{{"resourceType":"Patient","name":[{{"period":{{"start":"2026-02-01","end":"{end}"}}}}]}}"#)
    };
    assert!(issues(&period("2026-01-01")).contains("per-1"));
    assert!(issues(&period("2026-03-01")).contains("no issues found"));
    assert!(issues(r#"{"resourceType":"Observation"}"#).contains("must be Patient"));
}

/// "Named queries" and whole addresses of this server.
#[test]
fn a_search_that_cannot_be_carried_out_is_refused_by_name() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    assert_eq!(place(&test.fhir(&token, "GET", "/fhir/Patient?_query=mine", ""), 400), "_query");
    assert_eq!(place(&test.fhir(&token, "GET", "/fhir/Patient?_revinclude=*", ""), 400), "_revinclude");
    assert_eq!(
        place(&test.fhir(&token, "GET", "/fhir/Patient?_lastUpdated:exact=2026", ""), 400),
        "_lastUpdated:exact"
    );
    let found = |path: &str| entries(&json(&test.fhir(&token, "GET", path, ""), 200));
    assert_eq!(found("/fhir/Observation?subject=http://clinic.test/fhir/Patient/a"), ["match Observation/o1"]);
    assert!(found("/fhir/Observation?subject=http://elsewhere.test/fhir/Patient/a").is_empty());
}

/// Patient-everything on the type: all that the caller reaches, in pages, with what it refers to.
#[test]
fn everything_of_all_people_comes_in_pages() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let label = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}"#;
    put(
        &test,
        &token,
        &[&format!(
            r#"{{"resourceType":"Condition","id":"closed","meta":{{"security":[{label}]}},"code":{{"text":"x"}},"subject":{{"reference":"Patient/b"}}}}"#
        )],
    );
    let walk = |first: &str| {
        let (mut found, mut at) = (Vec::new(), Some(first.to_owned()));
        while let Some(path) = at {
            let page = json(&test.fhir(&token, "GET", &path, ""), 200);
            found.extend(entries(&page));
            at = linked(&page, "next");
        }
        found.sort();
        found.dedup();
        found
    };
    let all = [
        "include Organization/o",
        "match Condition/c1",
        "match Observation/o1",
        "match Observation/o2",
        "match Patient/a",
        "match Patient/b",
    ];
    for count in [1, 2, 100] {
        let found = walk(&format!("/fhir/Patient/$everything?_count={count}"));
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|one| *one != "match Group/g").collect();
        assert_eq!(found, all, "{count}");
    }
    assert_eq!(walk("/fhir/Patient/$everything?_type=Observation&start=2026-03-01&_count=1"), ["match Observation/o2"]);
    let post = test.fhir(
        &token,
        "POST",
        "/fhir/Patient/$everything",
        r#"{"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Condition"}]}"#,
    );
    assert_eq!(entries(&json(&post, 200)), ["match Condition/c1"]);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient/$everything?_count=0", "").status, 400);
    let poor = test.token_with(vec![Permission::PersonRead], &[]);
    assert_eq!(test.fhir(&poor, "GET", "/fhir/Patient/$everything", "").status, 403);
}

/// Bulk Data Access: `patient` names whose records are exported.
#[test]
fn an_export_may_name_its_patients() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let shown = |path: &str| -> Vec<String> {
        let start = test.fhir(&token, "GET", path, "");
        assert_eq!(start.status, 202, "{path}: {}", start.body);
        let status = start.header("content-location").unwrap().split_once("clinic.test").unwrap().1.to_owned();
        let manifest = json(&test.fhir(&token, "GET", &status, ""), 200);
        let files = manifest.get("output").unwrap().items().iter();
        let mut out: Vec<String> = files
            .flat_map(|file| {
                let url = file.str_at("url").unwrap().split_once("clinic.test").unwrap().1.to_owned();
                let body = test.fhir(&token, "GET", &url, "").body;
                body.lines().map(|line| Json::parse(line.as_bytes()).unwrap()).collect::<Vec<_>>()
            })
            .map(|one| format!("{}/{}", one.resource_type().unwrap(), one.str_at("id").unwrap()))
            .filter(|one| one != "Group/g")
            .collect();
        out.sort();
        out
    };
    assert_eq!(shown("/fhir/Patient/$export?patient=Patient/a"), ["Observation/o1", "Patient/a"]);
    assert_eq!(shown("/fhir/Patient/$export?patient=Patient/b&_type=Condition"), ["Condition/c1"]);
    assert_eq!(shown("/fhir/Patient/$export?patient=Patient/a&patient=Patient/b").len(), 5);
    assert!(shown("/fhir/Group/g/$export?patient=Patient/b").is_empty(), "not a member");
    let body =
        r#"{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/b"}}]}"#;
    assert_eq!(test.fhir(&token, "POST", "/fhir/Patient/$export", body).status, 202);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient/$export?patient=Patient/nobody", "").status, 404);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient/$export?patient=Group/g", "").status, 400);
    assert_eq!(test.fhir(&token, "GET", "/fhir/$export?patient=Patient/a", "").status, 400);
}

/// A token sees what its permissions name, by whatever way it asks: chains, includes, whole records, counts, conditions.
#[test]
fn no_way_around_a_tokens_permissions() {
    let test = TestApp::new();
    let token = test.token();
    put(&test, &token, RECORD);
    let care = test.token_with(vec![Permission::RecordRead], &[]);
    let people = test.token_with(vec![Permission::PersonRead, Permission::PersonWrite], &[]);
    let get = |token: &str, path: &str| test.fhir(token, "GET", path, "");
    for path in [
        "/fhir/Patient",
        "/fhir/Patient/a",
        "/fhir/Patient/a/_history",
        "/fhir/Observation?patient.name=ana",
        "/fhir/Observation?_filter=subject:Patient.name%20eq%20ana",
        "/fhir?_type=Observation,Patient",
        "/fhir/Patient/$export",
    ] {
        assert_eq!(get(&care, path).status, 403, "{path}");
    }
    for path in [
        "/fhir/Observation?_include=Observation:patient",
        "/fhir/Observation?_include=*&_include:iterate=*",
        "/fhir/Patient/a/$everything",
        "/fhir/Patient/$everything",
    ] {
        let answer = get(&care, path);
        assert!(answer.body.contains("Observation/o1"), "{path}: {}", answer.body);
        assert!(!answer.body.contains("Ana"), "{path}: a Patient came along");
    }
    for path in [
        "/fhir/Observation?_summary=count",
        "/fhir/Observation/o1",
        "/fhir/Patient?_has:Observation:patient:status=final",
        "/fhir/Patient/a/$everything",
        "/fhir/Patient/$everything",
        "/fhir/$export",
    ] {
        assert_eq!(get(&people, path).status, 403, "{path}");
    }
    let beside = get(&people, "/fhir/Patient?_id=a&_revinclude=Observation:patient");
    assert!(beside.body.contains("Ana") && !beside.body.contains("Observation/o1"), "{}", beside.body);
    // A condition is a question too.
    let asks = format!("/fhir/Patient?{}", "_has:Observation:patient:status=final");
    assert_eq!(test.fhir(&people, "PUT", &asks, r#"{"resourceType":"Patient"}"#).status, 403);
    let hidden = r#"{"resource":{"resourceType":"Patient","extension":[{"url":"http://x.org","valueReference":{"reference":"Observation?status=final"}}]},"request":{"method":"POST","url":"Patient"}}"#;
    assert!(matches!(transaction(&test, &people, hidden).status, 400 | 403));
}
