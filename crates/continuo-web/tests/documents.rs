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
    let empty = test.form(&cookie, &format!("/documents/{id}"), "q=reyes");
    for asked in ["Choose whose it is", "Choose what it is", "Give the date on it"] {
        assert!(empty.body.contains(asked), "all that is missing is named at once: {asked}");
    }
    let filed = test.form(&cookie, &format!("/documents/{id}"), &format!("person={person}&kind=lab&date=1%2F2%2F2026"));
    assert_eq!((filed.status, filed.header("location")), (303, Some("/documents")));
    assert!(documents::waiting(&test.machine(), 10).unwrap().0.is_empty());
    assert!(test.page(&cookie, &format!("/patients/{person}")).body.contains("Lab report"));
}

/// A PDF with a text layer.
const LETTER: &str = "%PDF-1.4\n1 0 obj << /Pages 2 0 R >> endobj 2 0 obj << /Kids [3 0 R] >> endobj \
     3 0 obj << /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >> endobj \
     4 0 obj << /Subtype /Type1 /Encoding /WinAnsiEncoding >> endobj \
     5 0 obj << >> stream\nBT /F1 11 Tf 14 TL 72 700 Td (I increased her furosemide to 80 mg daily.) Tj ET\nendstream \
     endobj trailer << /Root 1 0 R >>";

#[test]
fn a_letter_goes_from_the_inbox_to_its_review_or_is_put_to_review_later() {
    let test = TestApp::new();
    let person = register(&test);
    let cookie = test.sign_in("nurse");
    upload(&test, &cookie, &test.csrf(&cookie), "a.pdf", LETTER);
    let id = only_id(&test);
    assert!(test.page(&cookie, &format!("/documents/{id}")).body.contains("Put its words to review"));
    let form = format!("person={person}&kind=consult&date=1%2F2%2F2026&read=yes");
    let filed = test.form(&cookie, &format!("/documents/{id}"), &form);
    let review = filed.header("location").unwrap().to_owned();
    assert!(filed.status == 303 && review.starts_with("/review/"), "{review}");
    let page = test.page(&cookie, &review).body;
    assert!(page.contains("furosemide") && page.contains("words of a PDF"), "{page}");

    // Another letter, filed first and put to review from its own page.
    upload(&test, &cookie, &test.csrf(&cookie), "b.pdf", &LETTER.replace("80 mg", "40 mg"));
    let id = only_id(&test);
    let filed =
        test.form(&cookie, &format!("/documents/{id}"), &format!("person={person}&kind=consult&date=1%2F2%2F2026"));
    assert_eq!(filed.header("location"), Some("/documents"));
    let settled = test.page(&cookie, "/documents?tab=settled").body;
    let source = settled.split("href=\"/source/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let source = format!("/source/{source}");
    let page = test.page(&cookie, &source).body;
    let post = page.split("action=\"/review/documents/").nth(1);
    let post = match post {
        Some(rest) => format!("/review/documents/{}", rest.split('"').next().unwrap()),
        None => panic!("{page}"),
    };
    let begun = test.form(&cookie, &post, "");
    assert!(begun.header("location").unwrap().starts_with("/review/"));
    assert!(test.page(&cookie, &source).body.contains("Review of its words"));
    assert_eq!(test.form(&cookie, &post, "").status, 409);
}

#[test]
fn a_scan_without_words_says_so_and_keeps_the_form() {
    let test = TestApp::new();
    let person = register(&test);
    let cookie = test.sign_in("nurse");
    upload(&test, &cookie, &test.csrf(&cookie), "a.pdf", PDF);
    let id = only_id(&test);
    let form = format!("person={person}&kind=lab&date=1%2F2%2F2026&title=Kept&read=yes");
    let wrong = test.form(&cookie, &format!("/documents/{id}"), &form);
    assert!(wrong.status == 422 && wrong.body.contains("picture of a page"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"Kept\""));
    assert_eq!(only_id(&test), id, "it waits");
}
