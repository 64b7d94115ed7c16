//! Sign-in through a provider, as the browser sees it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::sync::{Arc, RwLock};

use common::TestApp;
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Outside, Services};
use continuo_fhir::Json;

/// A provider that describes itself and then fails.
struct Half;

impl Outbound for Half {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        if call.url.ends_with("openid-configuration") {
            let body = br#"{"issuer":"https://id.example","authorization_endpoint":"https://id.example/go","token_endpoint":"https://id.example/token","jwks_uri":"https://id.example/keys"}"#;
            return Ok(Answer { body: body.to_vec(), attempts: 1 });
        }
        Err(OutboundError::TimedOut)
    }
}

fn services() -> Services {
    let file = br#"{"sign_in":{"issuer":"https://id.example","client_id":"c","redirect":"https://clinic.test/sign-in/provider/back","label":"Sign in with the county"}}"#;
    Services::read(&Json::parse(file).unwrap(), &|_| Ok(String::new())).unwrap()
}

fn app() -> TestApp {
    TestApp::with(Outside { door: Arc::new(Half), services: services() })
}

#[test]
fn the_button_shows_only_when_configured() {
    let without = TestApp::new();
    assert!(!without.send("GET", "/sign-in", &[], "").body.contains("/sign-in/provider"));
    let page = without.send("GET", "/sign-in/provider", &[("accept", "text/html")], "");
    assert_eq!(page.status, 404);
    let with = app().send("GET", "/sign-in?back=/worklist", &[], "");
    assert!(with.body.contains("Sign in with the county"));
    assert!(with.body.contains("/sign-in/provider?back="), "{}", with.body);
}

#[test]
fn the_browser_is_sent_away_with_a_cookie_and_comes_back_once() {
    let app = app();
    let gone = app.send("GET", "/sign-in/provider?back=https://evil.example/", &[], "");
    assert_eq!(gone.status, 303);
    let to = gone.header("location").unwrap();
    assert!(to.starts_with("https://id.example/go?response_type=code"), "{to}");
    let cookie = gone.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("Path=/sign-in/provider") && cookie.contains("SameSite=Lax")
    );
    let state = to.split("&state=").nth(1).unwrap().split('&').next().unwrap();
    let own = cookie.split(';').next().unwrap();

    let html = ("accept", "text/html");
    let stranger = app.send("GET", &format!("/sign-in/provider/back?state={state}&code=c"), &[html], "");
    assert_eq!(stranger.status, 422);
    assert!(stranger.body.contains("begin again"), "{}", stranger.body);
    let again = app.send("GET", &format!("/sign-in/provider/back?state={state}&code=c"), &[html, ("cookie", own)], "");
    assert!(again.body.contains("begin again"), "a try is used once");

    let gone = app.send("GET", "/sign-in/provider", &[], "");
    let state = gone.header("location").unwrap().split("&state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let own = gone.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let back = app.send("GET", &format!("/sign-in/provider/back?state={state}&code=c"), &[html, ("cookie", &own)], "");
    assert!(back.body.contains("could not be reached"), "{}", back.body);
    assert!(back.header("set-cookie").is_none_or(|cookie| !cookie.starts_with("continuo=")));
    let none = app.send("GET", "/sign-in/provider/back", &[html], "");
    assert_eq!(none.status, 422);
}

#[test]
fn an_administrator_links_an_account_with_the_code_of_the_provider() {
    let app = app();
    let (admin, nurse) = (app.sign_in("administrator"), app.sign_in("nurse"));
    let people = app.page(&admin, "/admin/people").body;
    let (before, _) = people.split_once(">Nurse</a>").unwrap();
    let path = before.rsplit_once("href=\"").unwrap().1.trim_end_matches('"').to_owned();
    let page = app.page(&admin, &path).body;
    assert!(page.contains("value=\"https://id.example\"") && page.contains("Linked now: none"), "{page}");
    let link = format!("{path}/provider");
    let empty = app.form(&admin, &link, "issuer=https://id.example&subject=");
    assert!(empty.status == 422 && empty.body.contains("the code that the sign-in page shows"), "{}", empty.body);
    assert_eq!(app.form(&nurse, &link, "issuer=https://id.example&subject=u-17").status, 403);
    assert_eq!(app.form(&admin, &link, "issuer=https://id.example&subject=u-17").status, 303);
    assert!(app.page(&admin, &path).body.contains("Linked now: u-17"));
    let without = TestApp::new();
    let admin = without.sign_in("administrator");
    assert_eq!(without.form(&admin, "/admin/people/1/provider", "issuer=x&subject=y").status, 404);
}

/// A provider that does not answer until it is let go.
struct Hanging(Arc<RwLock<()>>);

impl Outbound for Hanging {
    fn send(&self, _: &Call) -> Result<Answer, OutboundError> {
        drop(self.0.read());
        Err(OutboundError::TimedOut)
    }
}

#[test]
fn a_provider_that_hangs_takes_no_turn_of_those_who_work() {
    let gate = Arc::new(RwLock::new(()));
    let app = TestApp::with(Outside { door: Arc::new(Hanging(Arc::clone(&gate))), services: services() });
    let nurse = app.sign_in("nurse");
    let closed = gate.write().unwrap();
    std::thread::scope(|scope| {
        let begin = || app.send("GET", "/sign-in/provider", &[("accept", "text/html")], "").status;
        let waiting: Vec<_> = (0..40).map(|_| scope.spawn(begin)).collect();
        // More than there are turns hang at once, and the rest are told to come back.
        while waiting.iter().filter(|one| one.is_finished()).count() < 32 {
            std::thread::yield_now();
        }
        for path in ["/worklist", "/patients", "/account"] {
            assert_eq!(app.page(&nurse, path).status, 200, "{path}");
        }
        drop(closed);
        let told: Vec<u16> = waiting.into_iter().map(|one| one.join().unwrap()).collect();
        assert_eq!(told.iter().filter(|status| **status == 503).count(), 32, "{told:?}");
    });
}
