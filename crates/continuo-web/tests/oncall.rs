//! On-call hours over HTTP: the roster is read by all who work and changed by few; what is wrong is said at its field.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;

const SHIFT: &str = "form=add-shift&shift_route=safety&shift_days=0&shift_days=1&shift_from=5+pm&shift_to=8%3A00+am";

#[test]
fn a_supervisor_adds_a_shift_that_everybody_reads() {
    let test = TestApp::new();
    let (boss, front) = (test.sign_in("supervisor"), test.sign_in("front-desk"));
    assert!(test.page(&front, "/on-call").body.contains("no hour of the week"));
    assert_eq!(test.form(&front, "/on-call/shifts", SHIFT).status, 403);
    let who = format!("{SHIFT}&shift_who=Practitioner%2Fnurse&shift_then=Practitioner%2Fphysician");
    assert_eq!(test.form(&boss, "/on-call/shifts", &who).status, 303);
    let page = test.page(&front, "/on-call").body;
    assert!(page.contains("Mon, Tue 5:00 pm to 8:00 am") && page.contains("then Physician"), "{page}");
    assert!(!page.contains("/on-call/shifts/0/remove"), "not for the front desk");
    assert_eq!(test.form(&boss, "/on-call/shifts/0/remove", "who=Practitioner%2Fnurse").status, 303);
}

#[test]
fn what_is_wrong_stands_at_its_field_and_what_was_entered_stays() {
    let test = TestApp::new();
    let boss = test.sign_in("supervisor");
    let wrong = format!("{SHIFT}&shift_who=Practitioner%2Ffront-desk");
    let answer = test.form(&boss, "/on-call/shifts", &wrong);
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("href=\"#f-shift_who\"") && answer.body.contains("may not answer this route"));
    assert!(answer.body.contains("value=\"5 pm\""));
}

#[test]
fn whoever_is_away_is_shown_with_who_covers_before_work_is_given() {
    let test = TestApp::new();
    let nurse = test.sign_in("nurse");
    let day = "away_from=today&away_until=tomorrow&away_fallback=Practitioner%2Fphysician";
    assert_eq!(test.form(&nurse, "/on-call/away", day).status, 303);
    let boss = test.sign_in("supervisor");
    assert!(test.page(&boss, "/on-call").body.contains("covered by Physician"));
    assert!(test.page(&nurse, "/on-call").body.contains("away to"));
}

/// Danger in Ana's record, as a nurse's task that nobody began; the nurse is on call.
fn danger(test: &TestApp) {
    let ana =
        r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
    let boss = test.sign_in("supervisor");
    assert_eq!(test.fhir(&test.token(), "PUT", "/fhir/Patient/ana", ana).status, 201);
    let shift = "form=add-shift&shift_route=safety&shift_days=0&shift_days=1&shift_days=2&shift_days=3&shift_days=4&shift_days=5&shift_days=6&shift_from=8%3A00+am&shift_to=8%3A00+am&shift_who=Practitioner%2Fnurse&shift_then=Practitioner%2Fphysician";
    assert_eq!(test.form(&boss, "/on-call/shifts", shift).status, 303);
    let new = continuo_care::tasks::make::NewTask {
        kind: "suicide-risk-contact".into(),
        what: "Call about item 9".into(),
        person: "Patient/ana".into(),
        owner: "role:nurse".into(),
        ..continuo_care::tasks::make::NewTask::default()
    };
    continuo_care::work::new_task(&test.machine(), new).unwrap();
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
}

#[test]
fn danger_stands_on_every_page_of_whoever_is_on_call_until_somebody_has_it() {
    let test = TestApp::new();
    danger(&test);
    let (nurse, doctor, boss) = (test.sign_in("nurse"), test.sign_in("physician"), test.sign_in("supervisor"));
    let line = "Danger: REYES, Ana 02/12/1960 waits since";
    for page in ["/worklist", "/patients", "/recent", "/on-call", "/help"] {
        let body = test.page(&nurse, page).body;
        assert!(body.contains(line) && body.contains("I have it"), "{page}");
        // It says whose and since when, never what it is (safety.md 14).
        let shown = body.split("data-digest").nth(1).unwrap().split("</aside>").next().unwrap();
        assert!(!shown.contains("item 9") && !shown.to_lowercase().contains("suicide"), "{shown}");
        assert!(!test.page(&doctor, page).body.contains(line), "{page}: the next, when her minutes have passed");
    }
    let front = test.page(&test.sign_in("front-desk"), "/worklist").body;
    assert!(!front.contains("Danger: REYES"));
    let key = test.page(&nurse, "/help").body;
    let key = key.split("name=\"work\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let body = format!("work={}", key.replace('/', "%2F"));
    assert_eq!(test.form(&boss, "/on-call/have-it", &body).status, 409, "the supervisor was not told of it");
    assert_eq!(test.form(&nurse, "/on-call/have-it", &body).status, 303);
    assert!(!test.page(&nurse, "/help").body.contains(line));
    // Nobody began: it comes back, and to the others as well.
    test.clock.set(continuo_fhir::Instant::from_micros(common::NOW + 40 * 60_000_000));
    for cookie in [test.sign_in("nurse"), test.sign_in("physician"), test.sign_in("supervisor")] {
        assert!(test.page(&cookie, "/help").body.contains(line));
    }
}

#[test]
fn the_page_of_hours_on_call_says_that_nothing_rings_without_a_channel() {
    let test = TestApp::new();
    let nurse = test.sign_in("nurse");
    let page = test.page(&nurse, "/on-call").body;
    assert!(page.contains("No telephone rings") && !page.contains("Where I am told"));
    assert!(!page.contains("data-sound"), "silent until its reader turns it on");
    assert_eq!(test.form(&nurse, "/preferences", "sound=on&back=%2Fon-call").status, 303);
    let page = test.page(&nurse, "/on-call").body;
    assert!(page.contains("data-sound=\"on\"") && page.contains("Turn off the sound for danger"));
}
