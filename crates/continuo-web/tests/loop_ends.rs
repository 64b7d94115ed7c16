//! Over HTTP: a referral's loop is closed with its report, a caseload changes hands, the audit is narrowed by its address.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;

const ANA: &str =
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const REFERRAL: &str = r#"{"resourceType":"ServiceRequest","id":"eye","status":"active","intent":"order","category":[{"coding":[{"system":"http://snomed.info/sct","code":"3457005"}]}],"code":{"text":"Eye clinic"},"subject":{"reference":"Patient/ana"},"authoredOn":"2026-06-01"}"#;
const REPORT: &str = r#"{"resourceType":"DocumentReference","id":"rep","status":"current","subject":{"reference":"Patient/ana"},"description":"Eye report","date":"2026-07-01T10:00:00Z","content":[{"attachment":{"title":"x"}}]}"#;

fn clinic() -> (TestApp, String) {
    let test = TestApp::new();
    let token = test.token();
    for (path, body) in [("Patient/ana", ANA), ("ServiceRequest/eye", REFERRAL), ("DocumentReference/rep", REPORT)] {
        let answer = test.fhir(&token, "PUT", &format!("/fhir/{path}"), body);
        assert!(answer.status < 300, "{path}: {}", answer.body);
    }
    (test, token)
}

#[test]
fn the_loop_of_another_systems_referral_is_closed_by_name_and_its_order_stays() {
    let (test, token) = clinic();
    let me = test.sign_in("care-coordinator");
    let source = test.page(&me, "/source/ServiceRequest/eye").body;
    assert!(source.contains("href=\"/referrals/eye/close?back="), "{source}");
    let form = test.page(&me, "/referrals/eye/close").body;
    for words in [
        "Close the loop of a referral: Eye clinic of Mon 06/01/2026",
        "Eye report of Wed 07/01/2026",
        "stays as the other system wrote it",
    ] {
        assert!(form.contains(words), "{words}: {form}");
    }
    for (body, sentence) in [
        ("", "Choose how it ended"),
        ("how=report", "Choose which one is the report"),
        ("how=report&report=DocumentReference%2Fother", "Choose which document or result is the report"),
        ("how=paper&read_by=", "Say who has read it"),
        ("how=paper&read_by=Dr.+Okafor&read_on=never", "Enter the day as"),
        ("how=no-report", "Say why, and who said so"),
    ] {
        let answer = test.form(&me, "/referrals/eye/close", body);
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.body.contains(sentence), "{sentence}: {}", answer.body);
    }
    let done = test.form(&me, "/referrals/eye/close", "how=report&report=DocumentReference%2Frep&words=New+glasses");
    assert_eq!((done.status, done.header("location")), (303, Some("/patients/ana/referrals")), "{}", done.body);
    let list = test.page(&me, "/patients/ana/referrals").body;
    assert!(list.contains("Closed, report read"), "{list}");
    let order = test.fhir(&token, "GET", "/fhir/ServiceRequest/eye", "").body;
    assert!(order.contains(r#""status":"active""#), "{order}");
    assert!(!test.page(&me, "/source/ServiceRequest/eye").body.contains("/referrals/eye/close"));
    assert_eq!(test.page(&me, "/referrals/eye/close").status, 409);
}

#[test]
fn the_audit_is_narrowed_by_days_actor_and_kind_in_its_address_and_no_name_stands_there() {
    let (test, _) = clinic();
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    let me = test.sign_in("privacy-officer");
    let nurse = test.sign_in("nurse");
    assert_eq!(test.page(&nurse, "/patients/ana").status, 200);
    let asked = test.form(&me, "/audit", "person=Reyes&actor=&kind=&from=8%2F1&to=today");
    let path = asked.header("location").unwrap_or_else(|| panic!("{}", asked.body)).to_owned();
    assert_eq!(asked.status, 303);
    assert!(path.starts_with("/audit?of=ana&from=2026-08-01&to=") && !path.contains("Reyes"), "{path}");
    let list = test.page(&me, &path).body;
    assert!(list.contains("Record of REYES, Ana") && list.contains("from 08/01/2026"), "{list}");
    let did = |body: &str| {
        let cells = body
            .split("data-label=\"Did\"")
            .skip(1)
            .map(|rest| rest.split('>').nth(1).unwrap().split('<').next().unwrap());
        cells.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(!did(&list).is_empty() && !did(&list).contains(&"sign in".to_owned()), "{:?}", did(&list));
    let kinds = test.page(&me, "/audit?kind=sign+in&from=2026-08-01").body;
    assert!(kinds.contains("Sign in, from 08/01/2026"), "{kinds}");
    assert!(!did(&kinds).is_empty() && did(&kinds).iter().all(|one| one == "sign in"), "{:?}", did(&kinds));
    let before = test.page(&me, "/audit?to=2026-01-31").body;
    assert!(before.contains("No entries."), "{before}");
    let wrong = test.form(&me, "/audit", "from=never");
    assert!(wrong.body.contains("Enter the day as"), "{}", wrong.body);
    let turned = test.form(&me, "/audit", "from=8%2F10&to=8%2F2");
    assert!(turned.body.contains("before the first day"), "{}", turned.body);
}

#[test]
fn a_caseload_is_looked_at_before_it_is_handed_over_and_answered_by_its_receiver() {
    let (test, token) = clinic();
    let owners = continuo_care::staff::owners(&test.machine()).unwrap();
    let who = |role: &str| owners.iter().find(|one| one.label.ends_with(role)).unwrap().reference.clone();
    let (from, to) = (who(", care coordinator"), who(", nurse"));
    let episode = format!(
        r#"{{"resourceType":"EpisodeOfCare","id":"e","status":"active","patient":{{"reference":"Patient/ana"}},"careManager":{{"reference":"{from}"}}}}"#
    );
    assert!(test.fhir(&token, "PUT", "/fhir/EpisodeOfCare/e", &episode).status < 300);
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    let (me, nurse) = (test.sign_in("supervisor"), test.sign_in("nurse"));
    assert!(test.page(&me, "/caseload").body.contains("/caseload/hand-over"));
    let page = test.page(&me, "/caseload/hand-over").body;
    assert!(page.contains("Whose caseload") && page.contains("To whom"), "{page}");
    let encoded = |text: &str| text.replace('/', "%2F");
    let chosen = format!("from={}&to={}", encoded(&from), encoded(&to));
    let none = test.form(&me, "/caseload/hand-over", &format!("from={}", encoded(&from)));
    assert!(none.status == 422 && none.body.contains("Choose to whom"), "{}", none.body);
    let look = test.form(&me, "/caseload/hand-over", &chosen).body;
    for words in
        ["Who gets what", "1 person, 0 tasks, 0 promises", "REYES, Ana", "Nothing is sent yet", "Hand over 1 person"]
    {
        assert!(look.contains(words), "{words}: {look}");
    }
    let seen = look.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let stale = test.form(&me, "/caseload/hand-over/send", &format!("{chosen}&seen=0"));
    assert!(stale.status == 422 && stale.body.contains("Something changed since you looked"), "{}", stale.body);
    let sent = test.form(&me, "/caseload/hand-over/send", &format!("{chosen}&seen={seen}&words=She+is+away"));
    assert_eq!((sent.status, sent.header("location")), (303, Some("/caseload/handed")), "{}", sent.body);
    let mine = test.page(&nurse, "/caseload").body;
    assert!(mine.contains("A caseload was handed to you (1 person)") && mine.contains("REYES"), "{mine}");
    let handed = test.page(&nurse, "/caseload/handed").body;
    assert!(handed.contains("She is away"), "{handed}");
    let path = handed.split("action=\"/caseload/handed/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/caseload/handed/{path}");
    let wrong = test.form(&nurse, &path, "answer=accept&words=ok");
    assert!(wrong.status == 422 && wrong.body.contains("own words"), "{}", wrong.body);
    assert_eq!(test.form(&nurse, &path, "answer=accept&words=I+call+her+today").status, 303);
    assert!(!test.page(&nurse, "/caseload").body.contains("was handed to you"));
    assert!(test.page(&me, "/caseload/handed").body.contains("accepted"));
    assert_eq!(test.page(&test.sign_in("front-desk"), "/caseload/hand-over").status, 403);
}
