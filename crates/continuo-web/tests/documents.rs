//! The document inbox over HTTP: uploaded, found again, filed; its bytes are served so that nothing in them can run.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::{documents, entry};

const PDF: &str = "%PDF-1.4 made up";

fn upload(test: &TestApp, cookie: &str, csrf: &str, name: &str, content: &str) -> common::Answer {
    let body = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--xx\r\nContent-Disposition: form-data; \
         name=\"scan\"; filename=\"{name}\"\r\n\r\n{content}\r\n--xx--\r\n"
    );
    let session = format!("continuo={cookie}");
    let headers = [
        ("cookie", session.as_str()),
        ("origin", "http://clinic.test"),
        ("content-type", "multipart/form-data; boundary=xx"),
    ];
    test.send("POST", "/documents", &headers, &body)
}

fn register(test: &TestApp) -> String {
    let values = entry::Values::new([("family", "Reyes"), ("given", "Ana"), ("birth_date", "1960-02-12")]);
    entry::register(&test.machine(), &values).unwrap().value
}

fn only_id(test: &TestApp) -> String {
    documents::waiting(&test.machine(), 10).unwrap().0.first().unwrap().id.clone()
}

#[test]
fn an_upload_needs_the_form_s_token() {
    let test = TestApp::new();
    let cookie = test.sign_in("nurse");
    assert_eq!(upload(&test, &cookie, "wrong", "a.pdf", PDF).status, 403);
    let csrf = test.csrf(&cookie);
    let answer = upload(&test, &cookie, &csrf, "a.pdf", PDF);
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("1 added."));
    assert!(upload(&test, &cookie, &csrf, "a.pdf", PDF).body.contains("received before"));
    let refused = upload(&test, &cookie, &csrf, "a.pdf", "<script>alert(1)</script>");
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("neither a PDF nor an image"));
}

#[test]
fn the_file_is_served_so_that_nothing_in_it_runs() {
    let test = TestApp::new();
    let cookie = test.sign_in("nurse");
    upload(&test, &cookie, &test.csrf(&cookie), "evil%22 name.html.pdf", PDF);
    let file = test.page(&cookie, &format!("/documents/{}/file", only_id(&test)));
    assert_eq!(file.header("content-type"), Some("application/pdf"));
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    assert!(file.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert!(file.header("content-disposition").unwrap().starts_with("inline; filename=\"document-"));
    let front_desk = test.sign_in("front-desk");
    assert_eq!(test.page(&front_desk, &format!("/documents/{}/file", only_id(&test))).status, 403);
}

#[test]
fn a_person_is_searched_chosen_and_the_document_filed_with_undo() {
    let test = TestApp::new();
    let person = register(&test);
    let cookie = test.sign_in("nurse");
    upload(&test, &cookie, &test.csrf(&cookie), "a.pdf", PDF);
    let id = only_id(&test);
    let found = test.form(&cookie, &format!("/documents/{id}/find"), "q=reyes");
    assert!(found.body.contains("REYES, Ana") && found.body.contains(&format!("value=\"{person}\"")));
    let radio = found.body.split("type=\"radio\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!radio.contains("checked"), "nobody is chosen beforehand");
    let nobody = test.form(&cookie, &format!("/documents/{id}"), "kind=lab&date=8%2F1%2F2026");
    assert_eq!(nobody.status, 422);
    assert!(nobody.body.contains("Choose whose it is"));
    let filed = test.form(&cookie, &format!("/documents/{id}"), &format!("person={person}&kind=lab&date=1%2F2%2F2026"));
    assert_eq!((filed.status, filed.header("location")), (303, Some("/documents")));
    assert!(documents::waiting(&test.machine(), 10).unwrap().0.is_empty());
    assert!(test.page(&cookie, &format!("/patients/{person}")).body.contains("Lab report"));
}
