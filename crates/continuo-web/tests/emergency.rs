//! Emergency access over HTTP: the strip stands on every page while it runs, and the privacy officer finds it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::entry;

#[test]
fn while_it_runs_every_page_says_so_and_the_privacy_officer_reviews_it() {
    let test = TestApp::new();
    let values = entry::Values::new([("family", "Reyes"), ("given", "Ana"), ("birth_date", "1960-02-12")]);
    let person = entry::register(&test.machine(), &values).unwrap().value;
    let nurse = test.sign_in("nurse");
    let path = format!("/patients/{person}/emergency");
    let short = test.form(&nurse, &path, "ground=medical&reason=er");
    assert_eq!(short.status, 422);
    assert!(short.body.contains("href=\"#f-reason\""));
    assert_eq!(test.form(&nurse, &path, "ground=medical&reason=found+unresponsive+at+home").status, 303);
    for page in ["/worklist".to_owned(), "/documents".to_owned(), format!("/patients/{person}")] {
        assert!(test.page(&nurse, &page).body.contains("Emergency access is open until"), "{page}");
    }
    let officer = test.sign_in("privacy-officer");
    let list = test.page(&officer, "/emergency").body;
    assert!(list.contains("found unresponsive at home") && list.contains("REYES, Ana"));
    assert!(!list.contains("Emergency access is open until"), "not the reader's own");
    let review = test.form(&officer, "/emergency/1/review", "outcome-1=appropriate&finding-1=the+crew+was+there");
    assert_eq!(review.status, 303);
    assert!(test.page(&officer, "/emergency").body.contains("Nothing to review"));
    assert_eq!(test.form(&nurse, &format!("{path}/end"), "").status, 303);
    assert!(!test.page(&nurse, "/worklist").body.contains("Emergency access is open until"));
}
