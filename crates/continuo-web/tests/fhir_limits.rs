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
