//! Emergency access over HTTP: the strip stands on every page while it runs, and the privacy officer finds it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::entry;
use continuo_care::setup::{self, NewAccount};

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

#[test]
fn a_consent_that_opens_closed_records_is_confirmed_by_a_second_person_listed_with_its_writer_and_reviewed() {
    let test = TestApp::new();
    let token = test.token();
    test.fhir(
        &token,
        "PUT",
        "/fhir/Patient/ana",
        r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes"}]}"#,
    );
    let nurse = test.sign_in("nurse");
    let consent = "scope=part2&answer=permit&how=written&date=today";
    let written = test.form(&nurse, "/patients/ana/add/consent", consent);
    assert_eq!(written.status, 303, "{}", written.body);
    let plain = test.form(&nurse, "/patients/ana/add/consent", "scope=texts&answer=permit&how=verbal&date=today");
    assert_eq!(plain.status, 303, "{}", plain.body);
    assert_eq!(test.page(&nurse, "/openings").status, 403);
    let officer = test.sign_in("privacy-officer");
    // A nurse does not see Part 2 records, so a second person confirms what opens them to everybody.
    let list = test.page(&officer, "/openings").body;
    assert!(list.contains("Waits for a second person") && !list.contains("Mark reviewed"), "{list}");
    assert!(!test.page(&officer, "/openings?tab=now").body.contains("To everybody here"));
    assert!(test.page(&nurse, "/patients/ana").body.contains("A consent waits for a second person"));
    let own = test.page(&nurse, "/consents").body;
    assert!(own.contains("Written by Nurse") && !own.contains("Confirm: I have seen"), "{own}");
    assert_eq!(test.form(&nurse, "/consents/1/confirm", "").status, 422, "not by its writer");
    assert_eq!(test.form(&test.sign_in("dietitian"), "/consents/1/confirm", "").status, 403);
    let doctor = test.sign_in("physician");
    assert!(test.page(&doctor, "/review").body.contains("Consents to confirm"));
    assert!(test.page(&doctor, "/consents").body.contains("Confirm: I have seen the consent"));
    assert_eq!(test.form(&doctor, "/consents/1/confirm", "").status, 303);
    assert_eq!(test.form(&doctor, "/consents/1/confirm", "").status, 404, "once");
    assert!(!test.page(&nurse, "/patients/ana").body.contains("waits for a second person"));
    let list = test.page(&officer, "/openings").body;
    assert!(list.contains("Written by Nurse") && list.contains("REYES") && list.contains("Part 2"), "{list}");
    assert_eq!(list.matches("Mark reviewed").count(), 1, "a consent that opens nothing needs no review");
    assert!(test.page(&officer, "/openings?tab=now").body.contains("To everybody here"));
    let short = test.form(&officer, "/openings/1/review", "finding-1=+");
    assert_eq!(short.status, 422);
    assert!(short.body.contains("href=\"#f-finding-1\""));
    assert_eq!(test.form(&officer, "/openings/1/review", "finding-1=signed+form+seen").status, 303);
    assert!(test.page(&officer, "/openings").body.contains("Nothing here"));
    assert!(test.page(&officer, "/openings?tab=all").body.contains("signed form seen"));
    assert!(test.page(&officer, "/audit").body.contains("review opening"));
    assert_eq!(test.form(&officer, "/openings/1/review", "finding-1=again").status, 404, "once");
}

#[test]
fn whom_a_label_closes_is_listed_for_the_privacy_officer_and_opened_in_an_emergency() {
    let test = TestApp::new();
    let label =
        r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]},"#;
    let ana =
        format!(r#"{{"resourceType":"Patient","id":"ana",{label}"name":[{{"family":"Reyes","given":["Ana"]}}]}}"#);
    assert_eq!(test.fhir(&test.token(), "PUT", "/fhir/Patient/ana", &ana).status, 201, "a source says so");
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    let nurse = test.sign_in("nurse");
    assert_eq!(test.page(&nurse, "/patients/ana").status, 404);
    let list = test.page(&test.sign_in("privacy-officer"), "/openings?tab=closed").body;
    assert!(list.contains("Patient/ana") && list.contains("/patients/ana/emergency"), "{list}");
    assert!(test.page(&nurse, "/patients/ana/emergency").body.contains("REYES, Ana"));
    assert_eq!(test.page(&test.sign_in("front-desk"), "/patients/ana/emergency").status, 403);
    let reason = "ground=medical&reason=found+unresponsive+at+home";
    assert_eq!(test.form(&nurse, "/patients/ana/emergency", reason).status, 303);
    assert_eq!(test.page(&nurse, "/patients/ana").status, 200);
}

/// In a small clinic one person is both: they open records in an emergency, and they review who did.
#[test]
fn nobody_is_offered_the_review_of_their_own_emergency_access_or_consent() {
    let test = TestApp::new();
    let account = NewAccount {
        login: "both".to_owned(),
        name: "Kim Young".to_owned(),
        reference: "Practitioner/both".to_owned(),
        roles: vec!["nurse".to_owned(), "privacy-officer".to_owned()],
        teams: Vec::new(),
        one_click: true,
    };
    setup::accounts(&test.machine(), vec![(account, String::new())]).unwrap();
    let values = entry::Values::new([("family", "Reyes"), ("given", "Ana"), ("birth_date", "1960-02-12")]);
    let person = entry::register(&test.machine(), &values).unwrap().value;
    let both = test.sign_in("both");
    let path = format!("/patients/{person}/emergency");
    assert_eq!(test.form(&both, &path, "ground=medical&reason=found+unresponsive+at+home").status, 303);
    let own = test.page(&both, "/emergency").body;
    assert!(own.contains("somebody else reviews it") && !own.contains("Save the review"), "{own}");
    let by_hand = test.form(&both, "/emergency/1/review", "outcome-1=appropriate&finding-1=it+was+me");
    assert_eq!(by_hand.status, 422, "nor by hand");
    let officer = test.sign_in("privacy-officer");
    assert!(test.page(&officer, "/emergency").body.contains("Save the review"));
    let consent = "scope=part2&answer=permit&how=written&date=today";
    let written = test.form(&both, &format!("/patients/{person}/add/consent"), consent);
    assert_eq!(written.status, 303, "{}", written.body);
    let own = test.page(&both, "/openings").body;
    assert!(own.contains("You wrote this") && !own.contains("Mark reviewed"), "{own}");
}
