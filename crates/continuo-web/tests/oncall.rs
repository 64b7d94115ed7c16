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
