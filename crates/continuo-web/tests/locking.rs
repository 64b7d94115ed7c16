//! The screen lock over HTTP: by hand and by itself, opened again in this tab or another, and the first password.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{Answer, NOW, TestApp};
use continuo_care::accounts::IDLE;
use continuo_fhir::Instant;

const PASSWORD: &str = "correct+horse+battery";
const OWN: &str = "a+password+of+my+own";

fn post(test: &TestApp, cookie: &str, path: &str, body: &str) -> Answer {
    let session = format!("continuo={cookie}");
    let headers = [
        ("origin", "http://clinic.test"),
        ("cookie", session.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    test.send("POST", path, &headers, body)
}

/// Somebody at the front desk with a password of their own, signed in.
fn front(test: &TestApp) -> String {
    let admin = test.sign_in("administrator");
    let new = format!("name=Kim+Young&login=kyoung&role=front-desk&password={PASSWORD}");
    assert_eq!(test.form(&admin, "/admin/people", &new).status, 303);
    let signed = post(test, "", "/sign-in", &format!("account=kyoung&password={PASSWORD}"));
    let cookie = signed.header("set-cookie").unwrap().trim_start_matches("continuo=").split(';').next().unwrap();
    cookie.to_owned()
}

#[test]
fn a_password_given_by_somebody_else_is_changed_before_anything_else() {
    let test = TestApp::new();
    let cookie = front(&test);
    for path in ["/patients", "/worklist", "/"] {
        assert_eq!(test.page(&cookie, path).header("location"), Some("/account"), "{path}");
    }
    assert_eq!(test.form(&cookie, "/patients/new", "family=Reyes&given=Ana").header("location"), Some("/account"));
    assert!(test.page(&cookie, "/account").body.contains("Choose one that only you know"));
    let same = test.form(&cookie, "/account/password", &format!("old={PASSWORD}&new={PASSWORD}"));
    assert_eq!(same.status, 422, "not the same again");
    let done = test.form(&cookie, "/account/password", &format!("old={PASSWORD}&new={OWN}"));
    assert_eq!(done.header("location"), Some("/"));
    assert_eq!(test.page(&cookie, "/patients").status, 200);
    assert!(!test.page(&cookie, "/account").body.contains("Choose one that only you know"));
}

#[test]
fn a_screen_is_locked_by_hand_and_opened_by_its_owners_password() {
    let test = TestApp::new();
    let cookie = front(&test);
    test.form(&cookie, "/account/password", &format!("old={PASSWORD}&new={OWN}"));
    let page = test.page(&cookie, "/patients").body;
    assert!(page.contains("data-lock=\"900\"") && page.contains("Lock the screen"), "{page}");
    let locked = test.form(&cookie, "/lock", "back=/patients");
    assert_eq!(locked.header("location"), Some("/unlock?back=%2Fpatients"));
    let page = test.page(&cookie, "/unlock?back=%2Fpatients").body;
    assert!(page.contains("Kim Young, your work is kept. Enter your password to go on."), "{page}");
    assert!(page.contains("Somebody else"));
    assert_eq!(test.page(&cookie, "/patients").header("location"), Some("/unlock?back=%2Fpatients"));
    assert_eq!(test.page(&cookie, "/here").status, 423);
    let wrong = post(&test, &cookie, "/unlock", "password=wrong&back=/patients");
    assert!(wrong.status == 422 && wrong.body.contains("The password is not right"), "{}", wrong.body);
    assert!(wrong.body.contains("Kim Young"), "whose it is stays said");
    let right = post(&test, &cookie, "/unlock", &format!("password={OWN}&back=/patients"));
    assert_eq!(right.header("location"), Some("/patients"));
    assert_eq!(test.page(&cookie, "/here").status, 204);
}

#[test]
fn what_one_tab_opened_is_open_in_the_other_with_the_form_it_kept() {
    let test = TestApp::new();
    let cookie = front(&test);
    test.form(&cookie, "/account/password", &format!("old={PASSWORD}&new={OWN}"));
    let csrf = test.csrf(&cookie);
    test.clock.set(Instant::from_micros(NOW + IDLE + 1));
    let fields = format!("csrf={csrf}&family=Reyes&given=Ana&birth_date=2%2F12%2F1960");
    let kept = post(&test, &cookie, "/patients/new", &fields);
    assert!(kept.status == 401 && kept.body.contains("name=\"kept\""), "{}", kept.body);
    assert_eq!(post(&test, &cookie, "/unlock", &format!("password={OWN}")).status, 303, "in the other tab");
    let encode = |text: &str| text.replace('%', "%25").replace('&', "%26").replace('=', "%3D").replace('+', "%2B");
    let body = format!("password=&kept_to=%2Fpatients%2Fnew&kept={}", encode(&fields));
    let go_on = post(&test, &cookie, "/unlock", &body);
    assert!(go_on.status == 200 && go_on.body.contains("Save it now"), "{} {}", go_on.status, go_on.body);
    let nobody = post(&test, "invented", "/unlock", &body);
    assert_eq!(nobody.header("location"), Some("/sign-in"), "a session that is not there keeps nothing");
}

#[test]
fn the_script_of_the_lock_asks_without_leaving_the_page() {
    let test = TestApp::new();
    let cookie = front(&test);
    test.form(&cookie, "/account/password", &format!("old={PASSWORD}&new={OWN}"));
    let session = format!("continuo={cookie}");
    let ask = |path: &str, csrf: &str, body: &str| {
        let headers = [
            ("origin", "http://clinic.test"),
            ("cookie", session.as_str()),
            ("x-lock", "yes"),
            ("x-csrf", csrf),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        test.send("POST", path, &headers, body)
    };
    assert_eq!(ask("/lock", "forged", "").status, 403, "nobody else locks it");
    assert_eq!(ask("/lock", &test.csrf(&cookie), "").status, 204);
    let wrong = ask("/unlock", "", "password=wrong");
    assert_eq!((wrong.status, wrong.body.contains("not right")), (422, true));
    assert_eq!(ask("/unlock", "", &format!("password={OWN}")).status, 204);
    assert_eq!(test.page(&cookie, "/here").status, 204);
    assert_eq!(test.page("invented", "/here").status, 401);
}

#[test]
fn the_demos_people_unlock_by_a_press() {
    let test = TestApp::new();
    let nurse = test.sign_in("nurse");
    test.form(&nurse, "/lock", "back=/worklist");
    let page = test.page(&nurse, "/unlock").body;
    assert!(page.contains("Press Unlock to go on.") && !page.contains("type=\"password\""), "{page}");
    assert_eq!(post(&test, &nurse, "/unlock", "back=/worklist").header("location"), Some("/worklist"));
}

/// A screen was covered, and somebody else signed in in the same browser: what was on it is for its own reader.
#[test]
fn a_covered_page_opens_for_nobody_but_whom_it_was_made_for() {
    let test = TestApp::new();
    let (nurse, boss) = (test.sign_in("nurse"), test.sign_in("supervisor"));
    let page = test.page(&nurse, "/worklist").body;
    let who = page.split("data-who=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert!(who.starts_with("Practitioner/"), "a name may be borne by two: {who}");
    test.form(&nurse, "/lock", "back=/worklist");
    let ask = |method: &str, path: &str, session: &str, who: &str| {
        let cookie = format!("continuo={session}");
        let mut headers = vec![
            ("origin", "http://clinic.test"),
            ("cookie", cookie.as_str()),
            ("x-lock", "yes"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        headers.extend((!who.is_empty()).then_some(("x-who", who)));
        test.send(method, path, &headers, "password=").status
    };
    assert_eq!(ask("GET", "/here", &boss, &who), 409, "another's open session does not uncover it");
    assert_eq!(ask("POST", "/unlock", &boss, &who), 409);
    test.form(&boss, "/lock", "back=/worklist");
    assert_eq!(ask("GET", "/here", &boss, &who), 409);
    assert_eq!(ask("POST", "/unlock", &boss, &who), 409, "nor does another's password");
    assert_eq!(ask("GET", "/here", &boss, ""), 423, "their own screen is still locked");
    assert_eq!(ask("GET", "/here", &nurse, &who), 423);
    assert_eq!(ask("POST", "/unlock", &nurse, &who), 204);
    assert_eq!(ask("GET", "/here", &nurse, &who), 204);
}

#[test]
fn a_password_sent_into_a_locked_session_is_written_on_no_page() {
    let test = TestApp::new();
    let cookie = front(&test);
    test.form(&cookie, "/account/password", &format!("old={PASSWORD}&new={OWN}"));
    let csrf = test.csrf(&cookie);
    test.form(&cookie, "/lock", "back=/");
    let body = format!("csrf={csrf}&old={OWN}&new=another+password+of+mine");
    let page = post(&test, &cookie, "/account/password", &body);
    assert!(page.status == 401 && page.body.contains("name=\"kept\""), "{}", page.body);
    assert!(!page.body.contains("password+of") && !page.body.contains("password%20of"), "{}", page.body);
}
