//! What could not be filed is mended on its page: cell by cell, with the reason at its place, and undone like anything.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_store::tables::input_kept::{self, InputKept};

const MAPPING: &str =
    "field,column,format\ntable,people,\nrecord_number,MRN,\nfamily,Last,\ngiven,First,\nbirth_date,DOB,MM/DD/YYYY\n";

fn with_row() -> TestApp {
    with("row", "csv", b"MRN;Last;First;DOB\n7;\"Diaz; Reyes\";Ana;2/30/1960\n")
}

fn with(id: &str, format: &str, bytes: &[u8]) -> TestApp {
    let test = TestApp::new();
    let kept = InputKept {
        id: id.to_owned(),
        at: common::NOW,
        source: "county".to_owned(),
        place: "people.csv, line 2".to_owned(),
        format: format.to_owned(),
        reason: "`2/30/1960` is no date".to_owned(),
        state: 0,
        settled_by: String::new(),
        settled_at: 0,
        settled_why: String::new(),
        mapping: MAPPING.to_owned(),
        bytes: bytes.to_vec(),
    };
    let machine = test.machine();
    machine
        .write("keep input aside", move |tx| {
            let org = tx.org();
            input_kept::add(tx.conn()?, org, &kept)
        })
        .unwrap();
    test
}

#[test]
fn a_row_is_mended_on_its_page() {
    let test = with_row();
    let desk = test.sign_in("care-coordinator");
    let page = test.page(&desk, "/could-not-file/row");
    assert_eq!(page.status, 200);
    for part in [
        "Diaz; Reyes",
        "birth date, as MM/DD/YYYY",
        "is no day written as MM/DD/YYYY",
        "id=\"f-cell-3\"",
        "As received",
    ] {
        assert!(page.body.to_lowercase().contains(&part.to_lowercase()), "{part} in {}", page.body);
    }
    let still = test.form(&desk, "/could-not-file/row/retry", "cell-0=7&cell-1=Diaz&cell-2=Ana&cell-3=13/1/1960");
    assert_eq!(still.status, 422);
    assert!(still.body.contains("13/1/1960") && still.body.contains("error-summary"), "what was typed stays");
    let filed = test.form(&desk, "/could-not-file/row/retry", "cell-0=7&cell-1=Diaz+Reyes&cell-2=Ana&cell-3=2/28/1960");
    assert_eq!(filed.status, 303, "{}", filed.body);
    assert!(test.page(&desk, "/could-not-file").body.contains("Could not file (0)"));
    let since = test.page(&desk, "/could-not-file?state=filed");
    assert!(since.body.contains("people.csv, line 2") && since.body.contains("Filed"), "{}", since.body);
    let audit = test.page(&test.sign_in("privacy-officer"), "/audit");
    assert!(audit.body.contains("file mended input"), "{}", audit.body);
}

#[test]
fn putting_aside_needs_a_reason_and_the_right_role() {
    let test = with_row();
    let desk = test.sign_in("care-coordinator");
    assert_eq!(test.page(&test.sign_in("dietitian"), "/could-not-file/row").status, 403);
    let reads_only = test.sign_in("administrator");
    let right = "cell-0=7&cell-1=Diaz&cell-2=Ana&cell-3=2/28/1960";
    let refused = test.form(&reads_only, "/could-not-file/row/retry", right);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("2/28/1960"), "what was typed stays");
    assert_eq!(test.form(&desk, "/could-not-file/row/dismiss", "why=").status, 422);
    assert_eq!(test.form(&desk, "/could-not-file/row/dismiss", "why=test+row").status, 303);
    assert!(test.page(&desk, "/could-not-file?state=aside").body.contains("test row"));
}

#[test]
fn what_a_closed_record_said_is_not_shown_to_whom_it_is_closed() {
    let bytes =
        br#"{"resourceType":"Observation","meta":{"security":[{"code":"42CFRPart2"}]},"note":"canary","status":1"#;
    let test = with("closed", "fhir", bytes);
    for role in ["care-coordinator", "administrator"] {
        let who = test.sign_in(role);
        let page = test.page(&who, "/could-not-file/closed");
        assert_eq!(page.status, 200, "{role}");
        assert!(!page.body.contains("canary") && page.body.contains("Closed to your role"), "{role}: {}", page.body);
        let tried = test.form(&who, "/could-not-file/closed/retry", "content=%7B%7D");
        assert!(tried.status >= 400 && !tried.body.contains("canary"), "{role}: {}", tried.status);
    }
    let open = with("open", "fhir", br#"{"resourceType":"Observation","note":"canary","status":1"#);
    assert!(open.page(&open.sign_in("care-coordinator"), "/could-not-file/open").body.contains("canary"));
    // Whoever opens no record is not shown one here either.
    assert!(!open.page(&open.sign_in("administrator"), "/could-not-file/open").body.contains("canary"));
}
