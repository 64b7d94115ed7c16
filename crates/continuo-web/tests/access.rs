//! The access matrix (reliability goals A1 and A6), made from the route table: every role at every route, forged
//! requests, no session. A new route is in it by itself; one without a gate cannot be written.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::access;
use continuo_web::route::{Gate, Route};

/// A path of this route with something in each `{name}`.
fn path_of(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| match part {
        "{type}" => "Observation".to_owned(),
        part if part.starts_with('{') => "none-such".to_owned(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_page(route: &Route) -> bool {
    route.gate != Gate::Api && route.gate != Gate::Open
}

#[test]
fn every_role_passes_exactly_the_doors_its_permissions_open() {
    let test = TestApp::new();
    let mut cells = 0;
    for role in access::roles() {
        for route in test.app.routes().iter().filter(|route| is_page(route)) {
            // A session of its own each time: signing out is a route too.
            let cookie = test.sign_in(&role.id);
            let path = path_of(route);
            let answer = if route.method == "GET" { test.page(&cookie, &path) } else { test.form(&cookie, &path, "") };
            let allowed = match route.gate {
                Gate::May(permission) => role.allows(permission),
                _ => true,
            };
            cells += 1;
            if allowed {
                // What is asked for may not exist, or the form be empty, but the door is open. Deeper rules of single
                // actions may still refuse; they have tests of their own.
                assert_ne!(answer.status, 401, "{} at {} {path}", role.id, route.method);
                assert!(answer.status < 500, "{} at {} {path}: {}", role.id, route.method, answer.status);
            } else {
                assert_eq!(answer.status, 403, "{} at {} {path}", role.id, route.method);
            }
        }
    }
    assert!(cells >= access::roles().len(), "the matrix is empty");
    println!("access matrix: {cells} cells");
}

#[test]
fn nobody_gets_past_the_sign_in_page() {
    let test = TestApp::new();
    for route in test.app.routes().iter().filter(|route| route.gate != Gate::Open) {
        let path = path_of(route);
        let answer = test.send(route.method, &path, &[("origin", "http://clinic.test")], "");
        let refused = answer.status == 401 || (answer.status == 303 && answer.header("location") == Some("/sign-in"));
        assert!(refused, "{} {path} answered {}", route.method, answer.status);
    }
}

#[test]
fn a_change_without_our_origin_or_token_is_refused() {
    let test = TestApp::new();
    let cookie = test.sign_in("supervisor");
    let session = format!("continuo={cookie}");
    let csrf = test.csrf(&cookie);
    let form = "application/x-www-form-urlencoded";
    let mut tried = 0;
    for route in test.app.routes().iter().filter(|route| route.method != "GET") {
        let path = path_of(route);
        let with_token = format!("csrf={csrf}");
        let foreign = [("cookie", session.as_str()), ("content-type", form), ("origin", "http://evil.test")];
        // Routes that take no body would refuse any body first.
        let takes_body = route.body_limit > 0;
        let answer = test.send(route.method, &path, &foreign, if takes_body { &with_token } else { "" });
        assert_eq!(answer.status, 403, "foreign origin: {} {path}", route.method);
        tried += 1;
        if route.gate == Gate::Open {
            continue;
        }
        for body in ["", "csrf=", "csrf=0000000000000000"].into_iter().filter(|body| takes_body || body.is_empty()) {
            let own = [("cookie", session.as_str()), ("content-type", form), ("origin", "http://clinic.test")];
            let answer = test.send(route.method, &path, &own, body);
            assert_eq!(answer.status, 403, "token `{body}`: {} {path}", route.method);
        }
    }
    assert!(tried > 0, "no route changes anything");
}

#[test]
fn a_token_that_expired_or_was_never_made_is_refused() {
    let test = TestApp::new();
    let token = test.token();
    test.clock.advance(2 * 3_600_000_000);
    for bad in [token.as_str(), "cst_0000", "", "x"] {
        let answer = test.fhir(bad, "GET", "/fhir/Patient/1", "");
        assert_eq!(answer.status, 401);
        assert!(answer.body.contains("OperationOutcome"));
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}
