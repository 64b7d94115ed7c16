//! A site's own days, hours and thresholds are set on their pages, with a reason, and stand there afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;

#[test]
fn days_and_hours_are_set_and_what_is_unsafe_keeps_what_was_typed() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    assert_eq!(test.page(&test.sign_in("nurse"), "/admin/days").status, 403);
    let shown = test.page(&admin, "/admin/days");
    assert!(shown.status == 200 && shown.body.contains("Thanksgiving Day"), "{}", shown.body);
    let kept = "kept=new-year&kept=memorial-day&kept=thanksgiving&kept=christmas";
    let wrong =
        test.form(&admin, "/admin/days", &format!("{kept}&own=Christmas+Eve&opens=8:00+am&closes=5:00+pm&reason=x+y"));
    assert!(wrong.status == 422 && wrong.body.contains("is no day with its name"), "{}", wrong.body);
    let early =
        test.form(&admin, "/admin/days", &format!("{kept}&own=12/24+Eve&opens=3:00+am&closes=5:00+pm&reason=ours"));
    assert!(early.status == 422 && early.body.contains("12/24 Eve"), "what was typed stays");
    let right = format!(
        "{kept}&own=12/24+Christmas+Eve%0A11/27/2026+Day+after+Thanksgiving&opens=7:30+am&closes=6:00+pm&reason=county+calendar"
    );
    let saved = test.form(&admin, "/admin/days", &right);
    assert_eq!(saved.status, 303, "{}", saved.body);
    let page = test.page(&admin, "/admin/days").body;
    for part in ["Day after Thanksgiving", "12/24 Christmas Eve", "county calendar", "7:30 am"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("Oct 12") && !page.contains("10/12/2026: Columbus"), "Columbus Day is worked");
    let audit = test.page(&test.sign_in("privacy-officer"), "/audit").body;
    assert!(audit.contains("change setting"), "{audit}");
}

#[test]
fn thresholds_of_a_follow_up_rule_stand_on_its_page() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    let page = test.page(&admin, "/rules/discharge-contact").body;
    assert!(page.contains("Due after, business days") && page.contains("1 to 2; shipped 2"), "{page}");
    let path = "/rules/discharge-contact/thresholds";
    let wrong = test.form(&admin, path, "business_days=9&attempts=2&lookback=30&why=more+time");
    assert!(wrong.status == 422 && wrong.body.contains("a whole number from 1 to 2"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"9\"") && wrong.body.contains("more time"), "what was typed stays");
    assert_eq!(test.form(&admin, path, "business_days=1&attempts=2&lookback=30&why=our+promise").status, 303);
    let nurse = test.sign_in("nurse");
    let page = test.page(&nurse, "/rules/discharge-contact").body;
    assert!(page.contains("1 (set here; shipped 2)"), "{page}");
    let page = test.page(&admin, "/rules/discharge-contact").body;
    assert!(page.contains("our promise"), "{page}");
}
