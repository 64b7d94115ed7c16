//! Signing in by password: whose wrong tries keep whom waiting.

mod common;

use common::{Answer, TestApp};
use continuo_care::setup::{self, NewAccount};

const PASSWORD: &str = "a long enough one";

fn clinic() -> TestApp {
    let test = TestApp::new();
    let account = NewAccount {
        login: "visitor".to_owned(),
        name: "Val Visitor".to_owned(),
        reference: "Practitioner/visitor".to_owned(),
        roles: Vec::new(),
        teams: Vec::new(),
        one_click: false,
    };
    setup::accounts(&test.machine(), vec![(account, PASSWORD.to_owned())]).expect("the account is made");
    test
}

fn sign_in(test: &TestApp, cookie: &str, password: &str) -> Answer {
    let headers =
        [("cookie", cookie), ("origin", "http://clinic.test"), ("content-type", "application/x-www-form-urlencoded")];
    test.send("POST", "/sign-in", &headers, &format!("account=visitor&password={}", password.replace(' ', "+")))
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect()
}

#[test]
fn a_browser_that_signed_in_before_is_not_kept_out_by_others() {
    let test = clinic();
    let first = sign_in(&test, "", PASSWORD);
    assert_eq!(first.status, 303);
    let browser = cookies(&first).into_iter().find(|cookie| cookie.starts_with("continuo-browser=")).expect("is given");
    for part in ["Path=/sign-in", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"] {
        assert!(browser.contains(part), "{browser}");
    }
    let browser = browser.split(';').next().unwrap_or_default().to_owned();
    for _ in 0..6 {
        assert_eq!(sign_in(&test, "", "wrong").status, 422);
    }
    assert_eq!(sign_in(&test, "", PASSWORD).status, 422, "strangers wait");
    let again = sign_in(&test, &browser, PASSWORD);
    assert_eq!(again.status, 303);
    assert_eq!(cookies(&again).len(), 1, "the session; the browser is known");
    let made_up = format!("continuo-browser={}", "a".repeat(64));
    assert_eq!(sign_in(&test, &made_up, PASSWORD).status, 422, "nobody makes one up");
}

#[test]
fn what_a_client_says_of_a_proxy_stands_in_no_link() {
    let test = TestApp::new();
    let bearer = format!("Bearer {}", test.token());
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example"),
    ];
    let found = test.send("GET", "/fhir/Patient", &headers, "");
    assert_eq!(found.status, 200);
    assert!(found.body.contains("http://clinic.test/fhir/Patient") && !found.body.contains("evil.example"));
}
