//! Work at the desk over HTTP: calls with all they hold, the lock that keeps a form, tasks that return, several at once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{Answer, NOW, TestApp};
use continuo_care::access::Permission as P;
use continuo_care::accounts;
use continuo_care::oncall::{self, Shift};
use continuo_care::tasks::make::NewTask;
use continuo_care::work;
use continuo_fhir::Instant;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"telecom":[{"system":"phone","value":"555-555-0142"}]}"#;

fn clinic() -> (TestApp, String) {
    let test = TestApp::new();
    assert!(test.fhir(&test.token(), "PUT", "/fhir/Patient/ana", ANA).status < 300);
    let cookie = test.sign_in("nurse");
    (test, cookie)
}

fn task(test: &TestApp, kind: &str, what: &str) -> String {
    let new = NewTask {
        kind: kind.into(),
        what: what.into(),
        person: "Patient/ana".into(),
        owner: "Practitioner/nurse".into(),
        due: Some(Instant::from_micros(NOW + 86_400_000_000 * 3)),
        ..NewTask::default()
    };
    work::new_task(&test.machine(), new).unwrap().value
}

/// The values of the hidden fields of a page's form, as a browser posts them.
fn hidden(page: &str, name: &str) -> String {
    let after = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}")).1;
    after.split('"').next().unwrap().replace("&amp;", "&").replace("&quot;", "\"")
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn post(test: &TestApp, cookie: &str, path: &str, body: &str) -> Answer {
    let cookie = format!("continuo={cookie}");
    let headers = [
        ("cookie", cookie.as_str()),
        ("origin", "http://clinic.test"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    test.send("POST", path, &headers, body)
}

#[test]
fn a_call_holds_topics_promises_and_every_task_it_was_made_for() {
    let (test, nurse) = clinic();
    let (ride, scale) = (task(&test, "task", "Arrange the ride"), task(&test, "task", "Ask about the scale"));
    let page = test.page(&nurse, &format!("/patients/ana/call?task={ride}")).body;
    assert!(!page.contains("If nobody can be reached"), "nothing was tried yet");
    // Three keys: the outcome, the rest as proposed.
    let short =
        format!("outcome=no-answer&number=555-555-0142&about={ride}&next_try=08%2F19%2F2026&next_time=2%3A00+pm");
    assert_eq!(test.form(&nurse, "/patients/ana/call", &short).status, 303);
    let shown = test.page(&nurse, &format!("/tasks/{ride}")).body;
    assert!(shown.contains("No answer") && shown.contains("Next try") && shown.contains("2:00 pm"), "{shown}");
    let again = test.page(&nurse, &format!("/patients/ana/call?task={ride}")).body;
    assert!(again.contains("Tried once before") && again.contains("Try another time of day"));

    let long = format!(
        "outcome=reached&direction=out&number=&other_number=555-555-0199&answered_by=Elena%2C+daughter&identity=name\
         &identity=birth-date&interpreter=4411&topics=ride%3B+medicines&minutes=7&note=All+well&about={ride}\
         &about={scale}&promise=Call+about+the+ride&promise_by=Friday&promise_2=Send+the+form&promise_2_by=Thursday"
    );
    assert_eq!(test.form(&nurse, "/patients/ana/call", &long).status, 303);
    let found = test.fhir(&test.token(), "GET", "/fhir/Communication?patient=Patient/ana", "").body;
    for word in ["ride", "medicines", "555-555-0199", "Elena, daughter", "name, birth-date", "4411"] {
        assert!(found.contains(word), "{word}: {found}");
    }
    assert!(found.contains(&format!("Task/{scale}")), "the second task, too");
    let tasks = test.page(&nurse, "/patients/ana/tasks").body;
    assert!(tasks.contains("Call about the ride") && tasks.contains("Send the form"));

    let wrong = test.form(&nurse, "/patients/ana/call", "outcome=reached&identity=name&promise=Call&topics=x%3By");
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("Say by when") && wrong.body.contains("x;y"), "what was entered stands there");
    let later = test.form(&nurse, "/patients/ana/call", "outcome=call-back&next_try=Friday&next_time=half+past");
    assert_eq!(later.status, 422, "a call back needs a time that can be read");
}

#[test]
fn a_form_sent_after_the_idle_lock_is_kept_and_saved_after_unlocking_without_script() {
    let (test, nurse) = clinic();
    let csrf = test.csrf(&nurse);
    test.clock.set(Instant::from_micros(NOW + accounts::IDLE + 1_000_000));
    assert!(test.page(&nurse, "/patients/ana").header("location").unwrap().contains("back=%2Fpatients%2Fana"));

    let body = format!("csrf={csrf}&outcome=refused&direction=out&note=She+said+%22no%22+%26+hung+up");
    let locked = post(&test, &nurse, "/patients/ana/call?back=%2Fworklist", &body);
    assert_eq!(locked.status, 401);
    assert!(locked.body.contains("<h1") && locked.body.contains("Locked"));
    let kept =
        |page: &str| format!("kept_to={}&kept={}", encoded(&hidden(page, "kept_to")), encoded(&hidden(page, "kept")));
    let right = post(&test, &nurse, "/unlock", &format!("password=&{}", kept(&locked.body)));
    assert_eq!(right.status, 200, "{}", right.body);
    assert!(right.body.contains("not saved yet"));
    let again = format!(
        "csrf={}&outcome={}&note={}&direction=out",
        hidden(&right.body, "csrf"),
        hidden(&right.body, "outcome"),
        encoded(&hidden(&right.body, "note"))
    );
    assert!(right.body.contains("action=\"/patients/ana/call?back=%2Fworklist\""), "{}", right.body);
    let saved = post(&test, &nurse, "/patients/ana/call?back=%2Fworklist", &again);
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert_eq!(saved.header("location"), Some("/worklist"));
    let found = test.fhir(&test.token(), "GET", "/fhir/Communication?patient=Patient/ana", "").body;
    assert!(found.contains("hung up"), "{found}");
}

#[test]
fn a_form_that_is_not_of_this_session_is_not_offered_again() {
    let (test, nurse) = clinic();
    test.clock.set(Instant::from_micros(NOW + accounts::IDLE + 1_000_000));
    let foreign = [("cookie", format!("continuo={nurse}")), ("origin", "http://elsewhere.test".to_owned())];
    let headers: Vec<(&str, &str)> = foreign.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(test.send("POST", "/patients/ana/call", &headers, "outcome=refused").status, 403);
}

#[test]
fn a_reminder_returns_and_its_steps_are_to_do_again() {
    let (test, nurse) = clinic();
    let bad = test.form(&nurse, "/patients/ana/add/task", "what=Scale&date=tomorrow&repeats=often&priority=routine");
    assert_eq!(bad.status, 422);
    let made = test.form(
        &nurse,
        "/patients/ana/add/task",
        "what=Check+the+scale&date=tomorrow&priority=routine&repeats=14&steps=Ask+weight%0D%0AAsk+shoes",
    );
    assert_eq!(made.status, 303, "{}", made.body);
    let first = |page: &str| page.split_once("/tasks/").unwrap().1.split(['"', '/', '?']).next().unwrap().to_owned();
    let id = first(&test.page(&nurse, "/patients/ana/tasks").body);
    assert!(test.page(&nurse, &format!("/tasks/{id}")).body.contains("Ask shoes"));
    assert_eq!(test.form(&nurse, &format!("/tasks/{id}/step"), "step=1").status, 303);
    assert_eq!(test.form(&nurse, &format!("/tasks/{id}/comment"), "comment=She+bought+one").status, 303);
    let page = test.page(&nurse, &format!("/tasks/{id}")).body;
    assert!(page.contains("She bought one") && page.matches("Mark done").count() == 1, "{page}");
    assert_eq!(test.form(&nurse, &format!("/tasks/{id}/done"), "outcome=done").status, 303);
    let next = first(&test.page(&nurse, "/patients/ana/tasks").body);
    assert_ne!(next, id);
    let page = test.page(&nurse, &format!("/tasks/{next}")).body;
    assert!(page.matches("Mark done").count() == 2 && !page.contains("She bought one"), "{page}");
}

#[test]
fn several_are_finished_together_only_when_of_one_administrative_kind() {
    let (test, nurse) = clinic();
    let plain = [task(&test, "task", "One"), task(&test, "task", "Two")];
    let clinical = [task(&test, "give-vaccine", "Flu"), task(&test, "give-vaccine", "Tetanus")];
    let other = task(&test, "document", "File it");
    let post = |path: &str, ids: &[&String], more: &str| {
        let picked: String = ids.iter().map(|id| format!("&pick=t:{id}")).collect();
        test.form(&nurse, path, &format!("do=done&back=tab%3Dmine{picked}{more}"))
    };
    let apply = |ids: &[&String]| post("/worklist/bulk/apply", ids, "");
    let kinds = "nly tasks of one administrative kind";
    let outcome = "Its outcome is asked for: finish it by itself";
    for (mixed, why) in [
        (vec![&clinical[0], &clinical[1]], outcome),
        (vec![&plain[0], &clinical[0]], outcome),
        (vec![&plain[0], &other], "Another kind of work: finish it after"),
    ] {
        let asked = post("/worklist/bulk", &mixed, "");
        assert!(asked.status == 200 && asked.body.contains(why), "said before anything is sent: {}", asked.body);
        let answer = apply(&mixed);
        assert_eq!(answer.status, 422, "and never left out in silence");
        assert!(answer.body.contains(why), "{why}");
    }
    // Told what stays, the rest is done, and what stayed is shown again with its reason and whose it is.
    let third = task(&test, "task", "Three");
    let asked = post("/worklist/bulk", &[&third, &clinical[0]], "").body;
    assert!(asked.contains("Mark 1 of 2 done") && asked.contains("REYES, Ana"), "{asked}");
    assert_eq!(hidden(&asked, "stays"), clinical[0]);
    let done = post("/worklist/bulk/apply", &[&third, &clinical[0]], &format!("&stays={}", clinical[0]));
    assert_eq!(done.status, 303, "{}", done.body);
    let next = done.header("location").unwrap().to_owned();
    let stayed = test.page(&nurse, &next).body;
    assert!(next.starts_with("/worklist/bulk?do=done") && stayed.contains(outcome), "{next}: {stayed}");
    assert!(!stayed.contains("Mark done") && stayed.contains("Back to the list"), "{stayed}");
    assert_eq!(test.form(&nurse, &format!("/tasks/{third}/done"), "outcome=done").status, 422, "it is done");
    // One selected twice is one.
    let fourth = task(&test, "task", "Four");
    let twice = post("/worklist/bulk/apply", &[&fourth, &fourth], "");
    assert_eq!(twice.status, 303, "{}", twice.body);
    // With an outcome, too, by whatever way it comes.
    let act = work::Act::Complete { outcome: "given".into(), words: String::new() };
    let refused = work::several(&test.machine(), &clinical, act).unwrap_err();
    assert!(refused.to_string().contains(kinds), "{refused}");
    let to_office = "&do=assign&to=Practitioner%2Fprivacy-officer";
    let picked = format!("back=tab%3Dmine&pick=t:{}{to_office}", plain[0]);
    let refused = test.form(&nurse, "/worklist/bulk/apply", &picked);
    assert!(refused.status == 422 && refused.body.contains("has no worklist to do this from"), "{}", refused.body);
    let one_clinical = apply(&[&clinical[0]]);
    assert_eq!(one_clinical.status, 422, "without an outcome not even one");
    assert_eq!(apply(&[&plain[0], &plain[1]]).status, 303);
    let suggestion = test.form(&nurse, "/worklist/bulk/apply", "do=done&pick=s:x");
    assert_ne!(suggestion.status, 303, "suggestions are decided one by one");
}

#[test]
fn only_the_summary_starts_a_new_since_you_last_looked() {
    let (test, nurse) = clinic();
    let hour = 3_600_000_000;
    test.page(&nurse, "/patients/ana");
    let gout = r#"{"resourceType":"Condition","id":"c1","recordedDate":"2026-08-18T08:15:00-04:00","subject":{"reference":"Patient/ana"},"code":{"text":"Gout"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]}}"#;
    test.clock.set(Instant::from_micros(NOW + hour / 6));
    assert!(test.fhir(&test.token(), "PUT", "/fhir/Condition/c1", gout).status < 300);
    test.clock.set(Instant::from_micros(NOW + 2 * hour));
    let nurse = test.sign_in("nurse");
    for page in ["tasks", "referrals", "documents", "contacts"] {
        assert_eq!(test.page(&nurse, &format!("/patients/ana/{page}")).status, 200, "{page}");
    }
    test.clock.set(Instant::from_micros(NOW + 4 * hour));
    let nurse = test.sign_in("nurse");
    let summary = test.page(&nurse, "/patients/ana").body;
    assert!(!summary.contains("Nothing new.") && !summary.contains("first time"), "new since the first look");
    test.clock.set(Instant::from_micros(NOW + 6 * hour));
    let nurse = test.sign_in("nurse");
    assert!(test.page(&nurse, "/patients/ana").body.contains("Nothing new."), "seen at the second look");
}

#[test]
fn presses_and_seconds_are_counted_by_kind_and_shown() {
    let (test, nurse) = clinic();
    let reminder = task(&test, "reminder", "Send the form");
    let done = test.form(&nurse, &format!("/tasks/{reminder}/done"), "presses=4&millis=12000");
    assert_eq!(done.status, 303, "{}", done.body);
    let call = "outcome=no-answer&number=555-555-0142&presses=3&millis=9000";
    assert_eq!(test.form(&nurse, "/patients/ana/call", call).status, 303);
    let page = test.page(&test.sign_in("supervisor"), "/oversight").body;
    let (_, table) = page.split_once("Presses and seconds by kind of work").expect("the table");
    for part in ["Reminder", ">4.0<", ">12<", "Call", ">3.0<", ">9<"] {
        assert!(table.contains(part), "{part} in {table}");
    }
    let recent = test.page(&nurse, "/recent").body;
    assert!(!recent.contains("ount presses"), "counting is no action of its own");
}

#[test]
fn what_harms_when_it_waits_is_finished_with_an_outcome_and_a_safety_contact_is_never_put_off() {
    let (test, nurse) = clinic();
    let call = task(&test, "return-call", "Call back about the ride");
    assert_eq!(test.form(&nurse, &format!("/tasks/{call}/done"), "").status, 422);
    assert_eq!(test.form(&nurse, &format!("/tasks/{call}/done"), "outcome=spoken+to").status, 303);
    let weight = task(&test, "heart-failure-weight", "Call now: weight is up fast");
    assert_eq!(test.form(&nurse, &format!("/tasks/{weight}/done"), "").status, 422, "clinical");
    let contact = task(&test, "suicide-risk-contact", "Make contact today: safety check by a licensed person");
    let page = test.page(&nurse, &format!("/tasks/{contact}")).body;
    for offered in ["/snooze", "/wait", "/cancel"] {
        assert!(!page.contains(&format!("/tasks/{contact}{offered}")), "{offered} is not offered");
    }
    assert!(test.form(&nurse, &format!("/tasks/{contact}/snooze"), "date=tomorrow&reason=busy").status >= 400);
    let list = test.page(&nurse, "/worklist?tab=mine").body;
    assert!(list.contains("Make contact today") && !list.contains("PHQ-9"), "behavioral health stands in no row");
    let done = format!("/tasks/{contact}/done");
    let (in_page, in_list) = (page.contains(&done), list.contains(&done));
    let taken = test.form(&nurse, &done, "outcome=spoken+to").status == 303;
    assert_eq!((in_page, in_list), (taken, taken), "offered exactly to those whose outcome is taken");
}

#[test]
fn the_audit_says_what_was_touched_by_kind_and_day_and_never_by_its_number() {
    let (test, nurse) = clinic();
    let result = r#"{"resourceType":"Observation","id":"k","status":"final","code":{"text":"Potassium"},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-03T10:00:00Z","valueQuantity":{"value":4.1,"unit":"mmol/L"}}"#;
    assert!(test.fhir(&test.token(), "PUT", "/fhir/Observation/k", result).status < 300);
    assert_eq!(test.fhir(&test.token(), "GET", "/fhir/Observation/k", "").status, 200);
    let call = "outcome=no-answer&number=555-555-0142&next_try=tomorrow&next_time=2:00+pm";
    assert_eq!(test.form(&nurse, "/patients/ana/call", call).status, 303);
    let audit = test.page(&test.sign_in("privacy-officer"), "/audit").body;
    assert!(audit.contains("Result, 08/03/2026") && !audit.contains("Observation/k"), "{audit}");
    assert!(audit.contains("log call") && audit.contains("REYES"), "{audit}");
    assert!(audit.contains("A program with a token") && !audit.contains("Device/token"), "{audit}");
    assert!(!audit.contains("Potassium"), "what it says is not said");
}

#[test]
fn rule_20_danger_in_a_closed_record_is_told_to_the_supervisor_without_a_word_of_it() {
    let (test, nurse) = clinic();
    let closed = r#"{"resourceType":"Observation","id":"k","status":"final","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}],"text":"Potassium"},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-18T10:00:00Z","valueQuantity":{"value":6.8,"unit":"mmol/L"}}"#;
    let token =
        test.token_with(vec![P::RecordRead, P::RecordWrite, P::PersonRead, P::PersonWrite, P::ChooseIds], &["part2"]);
    assert!(test.fhir(&token, "PUT", "/fhir/Observation/k", closed).status < 300);
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    let told = "Something urgent about REYES, Ana";
    assert!(!test.page(&nurse, "/worklist").body.contains(told), "nobody is on call: it is the supervisor's");
    let list = test.page(&test.sign_in("supervisor"), "/worklist").body;
    assert!(list.contains(told) && list.contains("/patients/ana/emergency"), "{list}");
    assert!(!list.contains("otassium"), "{list}");
    let listed = test.page(&test.sign_in("privacy-officer"), "/openings?tab=unseen").body;
    assert!(!listed.contains("was told"), "nothing rings, and who has looked is not known: {listed}");
    assert!(listed.contains("Nobody is on call for it: shown to the supervisors at the top of every page."));
    let shift = Shift {
        route: "critical-result".into(),
        days: vec![0, 1, 2, 3, 4, 5, 6],
        from: 0,
        to: 24 * 60,
        who: "Practitioner/nurse".into(),
        then: String::new(),
    };
    oncall::add_shift(&test.machine(), shift).unwrap();
    let listed = test.page(&test.sign_in("privacy-officer"), "/openings?tab=unseen").body;
    assert!(listed.contains("Shown to whoever is on call at the top of every page."), "{listed}");
    assert!(test.page(&nurse, "/worklist").body.contains(told));
}
