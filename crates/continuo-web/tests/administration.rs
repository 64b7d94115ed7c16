//! Administration over HTTP: an account from its first password to its second factor, roles, teams, tokens.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::accounts::TotpSecret;
use continuo_care::{members, staff};

fn id_of(test: &TestApp, name: &str) -> i64 {
    let admin = test.sign_in("administrator");
    let body = test.page(&admin, "/admin/people").body;
    let (before, _) = body.split_once(&format!(">{name}</a>")).unwrap();
    before.rsplit_once("/admin/people/").unwrap().1.trim_end_matches('"').parse().unwrap()
}

/// The code an authenticator app would show: found by trying, so that the test needs no second implementation.
fn code(key: &str, seconds: u64) -> String {
    let secret = TotpSecret::parse(key).unwrap();
    let all = (0..1_000_000).map(|code| format!("{code:06}"));
    all.into_iter().find(|code| continuo_care::accounts::totp_matches(&secret, code, seconds, 0).is_some()).unwrap()
}

fn post(test: &TestApp, path: &str, body: &str) -> common::Answer {
    let headers = [("origin", "http://clinic.test"), ("content-type", "application/x-www-form-urlencoded")];
    test.send("POST", path, &headers, body)
}

#[test]
fn somebody_new_sets_up_a_second_factor_and_signs_in() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    let made =
        test.form(&admin, "/admin/people", "name=Kim+Young&login=kyoung&role=nurse&password=correct+horse+battery");
    assert_eq!(made.status, 303);
    let audit = test.page(&test.sign_in("privacy-officer"), "/audit").body;
    assert!(audit.contains("make account"), "who may sign in stands in the audit");
    let sign_in = "account=kyoung&password=correct+horse+battery";
    let answer = post(&test, "/sign-in", sign_in);
    assert_eq!(answer.header("location"), Some("/sign-in/second-factor"));
    let page = test.send("GET", "/sign-in/second-factor", &[], "").body;
    let key = page.split_once("name=\"key\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let seconds = u64::try_from(common::NOW / 1_000_000).unwrap();
    let right = format!("key={}&code={}", key.replace(' ', "+"), code(&key, seconds));
    let wrong = post(&test, "/sign-in/second-factor", &format!("account=kyoung&password=wrong+horse+battery&{right}"));
    assert_eq!(wrong.status, 422);
    let done = post(&test, "/sign-in/second-factor", &format!("{sign_in}&{right}"));
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(done.header("set-cookie").is_some());
    let again = post(&test, "/sign-in/second-factor", &format!("{sign_in}&{right}"));
    assert_eq!(again.status, 422, "an account that has a factor keeps it");
}

#[test]
fn roles_and_teams_change_and_nobody_locks_the_last_door_behind_themselves() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    assert_eq!(test.form(&admin, "/admin/teams", "name=North&kind=team").status, 303);
    let twice = test.form(&admin, "/admin/teams", "name=north&kind=team");
    assert!(twice.status == 422 && twice.body.contains("There is one of this name"));
    let nurse = id_of(&test, "Nurse");
    let path = format!("/admin/people/{nurse}/roles");
    assert_eq!(test.form(&admin, &path, "name=Kim&roles=nurse&roles=supervisor&teams=1").status, 303);
    let page = test.page(&admin, &format!("/admin/people/{nurse}")).body;
    assert!(page.contains("value=\"supervisor\" checked") && page.contains("value=\"1\" checked"), "{page}");
    assert!(test.form(&admin, &path, "name=Kim").body.contains("Choose at least one role"));
    let own = id_of(&test, "Administrator");
    let refused = test.form(&admin, &format!("/admin/people/{own}/roles"), "name=Admin&roles=nurse");
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Somebody else takes this right from you"));
}

#[test]
fn a_new_password_ends_the_sessions() {
    let test = TestApp::new();
    let (admin, nurse) = (test.sign_in("administrator"), test.sign_in("nurse"));
    let id = id_of(&test, "Nurse");
    let path = format!("/admin/people/{id}/password");
    assert_eq!(test.form(&admin, &path, "password=short").status, 422);
    assert_eq!(test.page(&nurse, "/account").status, 200);
    assert_eq!(test.form(&admin, &path, "password=correct+horse+battery").status, 303);
    assert_eq!(test.page(&nurse, "/account").status, 303, "signed out");
}

#[test]
fn a_token_is_shown_once_and_refused_once_withdrawn() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    let refused = test.form(&admin, "/admin/tokens", "label=feed&days=0");
    assert!(refused.status == 422 && refused.body.contains("Choose what it may do"));
    let made = test.form(&admin, "/admin/tokens", "label=feed&may=person-read&days=30").body;
    let token = format!("cst_{}", made.split_once("<code>cst_").unwrap().1.split('<').next().unwrap());
    assert!(!test.page(&admin, "/admin/tokens").body.contains(&token));
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient", "").status, 200);
    let hash = made.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(test.form(&admin, "/admin/tokens/withdraw", &format!("token={hash}")).status, 303);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Patient", "").status, 401);
}

#[test]
fn a_token_wider_than_its_maker_works_once_somebody_else_has_confirmed_it() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    let made = test.form(&admin, "/admin/tokens", "label=feed&may=record-read&labels=part2&days=30").body;
    assert!(made.contains("works once somebody else has confirmed it") && made.contains("Waits for a second person"));
    let token = format!("cst_{}", made.split_once("<code>cst_").unwrap().1.split('<').next().unwrap());
    assert_eq!(test.fhir(&token, "GET", "/fhir/Condition", "").status, 401);
    let hash = made.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    // Its maker does not confirm it, neither by the page nor past it.
    assert!(!made.contains("/admin/tokens/confirm"));
    assert_eq!(test.form(&admin, "/admin/tokens/confirm", &format!("token={hash}")).status, 409);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Condition", "").status, 401);
    let nurse = test.sign_in("nurse");
    assert_eq!(test.form(&nurse, "/openings/tokens/confirm", &format!("token={hash}")).status, 403);
    let officer = test.sign_in("privacy-officer");
    let list = test.page(&officer, "/openings/tokens").body;
    assert!(
        list.contains("read the clinical record; see substance use treatment records (42 CFR Part 2)")
            && list.contains("by Administrator")
    );
    assert_eq!(test.form(&officer, "/openings/tokens/confirm", &format!("token={hash}")).status, 303);
    assert_eq!(test.fhir(&token, "GET", "/fhir/Condition", "").status, 200);
    let audit = test.page(&officer, "/audit").body;
    assert!(audit.contains("confirm API token") || audit.contains("Confirm API token"), "{audit}");
    assert!(test.page(&officer, "/openings/tokens").body.contains("confirmed by Privacy officer"));
}

#[test]
fn a_token_stops_when_its_maker_leaves_or_may_do_less_until_somebody_takes_it_over() {
    let test = TestApp::new();
    let admin = test.sign_in("administrator");
    let made = test.form(&admin, "/admin/tokens", "label=feed&may=record-read&days=30").body;
    let token = format!("cst_{}", made.split_once("<code>cst_").unwrap().1.split('<').next().unwrap());
    let hash = made.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let (this, officer) = (format!("token={hash}"), test.sign_in("privacy-officer"));
    assert_eq!(test.form(&officer, "/openings/tokens/confirm", &this).status, 303);
    let works = || test.fhir(&token, "GET", "/fhir/Condition", "").status;
    assert_eq!(works(), 200);
    assert_eq!(test.form(&admin, "/admin/tokens/take", &this).status, 404, "it has not stopped");

    let own = format!("/admin/people/{}", id_of(&test, "Administrator"));
    assert!(test.page(&admin, &own).body.contains("An API token stops with this account"));
    let machine = test.machine();
    let id = |login: &str| staff::members(&machine).unwrap().into_iter().find(|one| one.login == login).unwrap().id;
    let roles = |login: &str, roles: &[&str]| {
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        members::set(&machine, id(login), login, &roles, &[]).unwrap();
    };
    roles("administrator", &["nurse"]);
    assert_eq!(works(), 401, "its maker makes no tokens any more");
    roles("administrator", &["administrator"]);
    assert_eq!(works(), 200);
    staff::set_active(&machine, id("administrator"), false).unwrap();
    assert_eq!(works(), 401, "its maker left");

    roles("supervisor", &["administrator"]);
    let other = test.sign_in("supervisor");
    let list = test.page(&other, "/admin/tokens").body;
    assert!(
        list.contains("Stopped: its maker left or may do less now") && list.contains("/admin/tokens/take"),
        "{list}"
    );
    assert_eq!(test.form(&officer, "/admin/tokens/take", &this).status, 403);
    assert_eq!(test.form(&other, "/admin/tokens/take", &this).status, 303);
    assert_eq!(works(), 401, "what goes beyond the new role waits for a second person anew");
    assert_eq!(test.form(&other, "/admin/tokens/confirm", &this).status, 409, "not by whoever took it over");
    assert_eq!(test.form(&officer, "/openings/tokens/confirm", &this).status, 303);
    assert_eq!(works(), 200);
    assert!(test.page(&officer, "/audit").body.to_lowercase().contains("take over api token"));
}

#[test]
fn the_number_for_patients_is_set_checked_and_printed() {
    let test = TestApp::new();
    let (admin, nurse) = (test.sign_in("administrator"), test.sign_in("nurse"));
    assert_eq!(test.page(&nurse, "/admin/site").status, 403);
    assert!(test.page(&admin, "/admin/site").body.contains("No number set"));
    let wrong = test.form(&admin, "/admin/site", "phone=call+us");
    assert!(wrong.status == 422 && wrong.body.contains("Enter a telephone number"), "{}", wrong.body);
    assert_eq!(test.form(&admin, "/admin/site", "phone=555-0142").status, 303);
    assert!(test.page(&admin, "/admin/site").body.contains("Sheets for patients say 555-0142"));
    let token = test.token();
    let ana = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}]}"#;
    assert!(matches!(test.fhir(&token, "PUT", "/fhir/Patient/ana", ana).status, 200 | 201));
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    assert!(test.page(&nurse, "/patients/ana/after-visit").body.contains("555-0142"));
}

#[test]
fn what_was_done_with_one_record_is_read_back_to_its_first_entry_without_a_name_in_the_address() {
    let test = TestApp::new();
    let token = test.token();
    let ana = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes"}]}"#;
    test.fhir(&token, "PUT", "/fhir/Patient/ana", ana);
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    for _ in 0..230 {
        assert_eq!(test.fhir(&token, "GET", "/fhir/Patient/ana", "").status, 200);
    }
    let officer = test.sign_in("privacy-officer");
    let asked = test.form(&officer, "/audit", "person=Reyes");
    let path = asked.header("location").unwrap_or_else(|| panic!("{}", asked.body));
    assert_eq!(path, "/audit?of=ana", "the person stands in the address by an opaque id");
    let newest = test.page(&officer, path).body;
    let next = newest.split("href=\"/audit?").find(|rest| rest.contains("before=")).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert!(next.starts_with("of=ana&before="), "{next}");
    let older = test.page(&officer, &format!("/audit?{next}")).body;
    assert!(!older.contains("200 entries") && older.contains("REYES"), "{older}");
    let rows = |body: &str| body.matches("data-label=\"Did\"").count();
    assert_eq!(rows(&newest), 200);
    assert!(rows(&older) >= 31, "{} rows", rows(&older));
}
