//! Entering by hand over HTTP: what is asked at once, what stays unasked, one after another, putting right.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12",
  "telecom":[{"system":"phone","value":"555-555-0142","use":"mobile"},{"system":"phone","value":"555-555-0143","use":"home"},
  {"system":"email","value":"ana@example.com"},{"system":"phone","value":"555-555-0144","use":"old"}]}"#;
const ELENA: &str = r#"{"resourceType":"RelatedPerson","id":"elena","patient":{"reference":"Patient/ana"},
  "name":[{"family":"Reyes","given":["Elena"]}],"relationship":[{"text":"Daughter"}],
  "telecom":[{"system":"phone","value":"555-555-0178"}]}"#;

fn clinic() -> (TestApp, String) {
    let test = TestApp::new();
    let token = test.token();
    assert!(test.fhir(&token, "PUT", "/fhir/Patient/ana", ANA).status < 300);
    assert!(test.fhir(&token, "PUT", "/fhir/RelatedPerson/elena", ELENA).status < 300);
    let cookie = test.sign_in("care-coordinator");
    (test, cookie)
}

/// Where the first entry of a section leads.
fn source_of(chart: &str, words: &str) -> String {
    let before = chart.split_once(&format!(">{words}")).unwrap_or_else(|| panic!("{words}: {chart}")).0;
    before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

#[test]
fn an_empty_form_names_all_that_is_missing_and_keeps_what_was_typed() {
    let (test, me) = clinic();
    let answer = test.form(&me, "/patients/ana/add/appointment", "reason=Knee&date=never&minutes=20");
    assert_eq!(answer.status, 422);
    for words in
        ["Say with whom", "Enter the date as 8/20", "Give a time, such as 9:20 am", "value=\"Knee\"", "value=\"never\""]
    {
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
    let person = test.form(&me, "/patients/new", "language=es").body;
    assert!(person.contains("Give a name") && person.contains("Give the birth date"), "{person}");
}

#[test]
fn one_entry_leads_to_the_next_and_to_where_the_reader_came_from() {
    let (test, me) = clinic();
    let body = "what=Gout&status=active&certainty=confirmed&back=%2Fpatients%2Fana%2Ftasks";
    let again = test.form(&me, "/patients/ana/add/condition", &format!("{body}&then=another"));
    assert_eq!(again.header("location"), Some("/patients/ana/add/condition?back=%2Fpatients%2Fana%2Ftasks"));
    let done = test.form(&me, "/patients/ana/add/condition", &body.replace("Gout", "Asthma"));
    assert_eq!(done.header("location"), Some("/patients/ana/tasks"));
    let elsewhere = body.replace("Gout", "Cough").replace("%2Fpatients", "https%3A%2F%2Felsewhere.test");
    assert_eq!(test.form(&me, "/patients/ana/add/condition", &elsewhere).header("location"), Some("/"));
}

#[test]
fn a_number_nobody_asked_about_is_not_declined() {
    let (test, me) = clinic();
    let made = test.form(&me, "/patients/new", "given=Rosa&family=Diaz&birth_date=1943&phone=555-555-0150");
    let chart = test.page(&me, made.header("location").unwrap()).body;
    assert!(chart.contains("not asked how it may be used") && !chart.contains("no calls"), "{chart}");
}

#[test]
fn a_call_offers_every_number_that_may_be_called() {
    let (test, me) = clinic();
    let page = test.page(&me, "/patients/ana/call").body;
    assert!(page.contains("555-555-0143 home") && page.contains("555-555-0178 Elena Reyes, daughter"), "{page}");
    assert!(!page.contains("555-555-0144") && !page.contains("ana@example.com"), "{page}");
    assert_eq!(test.form(&me, "/patients/ana/add/phone", "phone=555-555-0143&allow=text").status, 303);
    assert!(!test.page(&me, "/patients/ana/call").body.contains("555-555-0143"), "calls were declined on it");
}

#[test]
fn who_calls_in_was_reached_and_topics_are_kept_in_words() {
    let (test, me) = clinic();
    assert_eq!(test.form(&me, "/patients/ana/add/note", "text=Hello").status, 303, "settles what was received");
    let hits = test.form(&me, "/calling", "digits=0142").body;
    assert!(hits.contains("/patients/ana/call?in=yes"), "{hits}");
    let page = test.page(&me, "/patients/ana/call?in=yes").body;
    let checked = |value: &str| {
        page.split(&format!("value=\"{value}\"")).nth(1).unwrap().split('>').next().unwrap().contains("checked")
    };
    assert!(checked("in") && checked("reached"), "{page}");
    let call = "outcome=reached&direction=in&identity=name&topic=medicines&topic=ride&topics=hearing+aid";
    assert_eq!(test.form(&me, "/patients/ana/call", call).status, 303);
    let found = test.fhir(&test.token(), "GET", "/fhir/Communication?patient=Patient/ana", "").body;
    for words in ["Medicines", "Ride", "hearing aid"] {
        assert!(found.contains(words), "{words}: {found}");
    }
    let wrong = test.form(&me, "/patients/ana/call", "outcome=reached&topic=medicines&topic=ride").body;
    assert_eq!(wrong.matches("name=\"topic\"").count(), 8);
    let kept = |value: &str| {
        wrong.split(&format!("value=\"{value}\"")).nth(1).unwrap().split('>').next().unwrap().contains("checked")
    };
    assert!(kept("medicines") && kept("ride") && !kept("visits"), "both topics stay ticked after an error");
}

#[test]
fn what_was_entered_by_mistake_is_put_right_with_its_reason_and_undone() {
    let (test, me) = clinic();
    assert_eq!(
        test.form(&me, "/patients/ana/add/condition", "what=Gout&status=active&certainty=confirmed").status,
        303
    );
    let chart = test.page(&me, "/patients/ana").body;
    let source = source_of(&chart, "Gout");
    assert!(test.page(&me, &source).body.contains(&format!("href=\"{source}/correct\"")));
    let path = format!("{source}/correct");
    let empty = test.form(&me, &path, "");
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("Choose what is true now") && empty.body.contains("Say why"), "{}", empty.body);
    let done = test.form(&me, &path, "answer=mistake&reason=typed+for+her+sister");
    assert_eq!((done.status, done.header("location")), (303, Some("/patients/ana")));
    assert!(!test.page(&me, "/patients/ana").body.contains(">Gout"));
    let kept = test.page(&me, &source).body;
    assert!(kept.contains("typed for her sister"), "the reason stays with the entry: {kept}");
    let recent = test.page(&me, "/recent").body;
    assert!(recent.contains("Put right"), "{recent}");
    let commit = recent.split_once("name=\"commit\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(test.form(&me, "/undo", &format!("commit={commit}&back=%2F")).status, 303);
    assert!(test.page(&me, "/patients/ana").body.contains(">Gout"));
    let recent = test.page(&me, "/recent").body;
    assert!(recent.contains("Undone (put right): REYES"), "what was taken back is named: {recent}");
    let audit = test.page(&test.sign_in("privacy-officer"), "/audit").body;
    assert!(audit.contains("undo: correct entry"), "{audit}");
    assert_eq!(test.form(&test.sign_in("privacy-officer"), &path, "answer=mistake&reason=x").status, 403);
}

#[test]
fn a_task_says_beside_its_question_what_is_wrong() {
    let (test, me) = clinic();
    assert_eq!(test.form(&me, "/patients/ana/add/task", "what=Get+the+records&date=Friday").status, 303);
    let list = test.page(&me, "/patients/ana/tasks").body;
    let task = list.split_once("href=\"/tasks/").unwrap().1.split('"').next().unwrap().to_owned();
    let wrong = test.form(&me, &format!("/tasks/{task}/snooze"), "date=never&reason=Away");
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("id=\"f-date-error\"") && wrong.body.contains("value=\"never\""), "{}", wrong.body);
    let passed = test.form(&me, &format!("/tasks/{task}/snooze"), "date=8/1/2026&reason=Away");
    assert!(
        passed.body.contains("id=\"f-date-error\"") && passed.body.contains("Choose a later time"),
        "{}",
        passed.body
    );
}

#[test]
fn an_empty_list_says_why_it_is_empty() {
    let test = TestApp::new();
    let me = test.sign_in("care-coordinator");
    let nobody = test.page(&me, "/worklist").body;
    assert!(nobody.contains("Nobody is here yet.") && nobody.contains("Register a person"), "{nobody}");
    assert!(test.page(&me, "/worklist?due=danger").body.contains("Nothing fits these filters."));
    let made = test.form(&me, "/patients/new", "given=Rosa&family=Diaz&birth_date=1943");
    let rosa = made.header("location").unwrap().to_owned();
    assert!(test.page(&me, "/worklist").body.contains("All done."));
    // Whom one opened last stands on the page of people before anything is asked.
    assert!(!test.page(&me, "/patients").body.contains("DIAZ"));
    test.page(&me, &rosa);
    // The look is written right after the page, before what is written next.
    let nurse = test.sign_in("nurse");
    let people = test.page(&me, "/patients").body;
    assert!(people.contains("Opened lately") && people.contains("DIAZ"), "{people}");
    assert!(!test.page(&nurse, "/patients").body.contains("DIAZ"), "another reader opened nobody");
}

#[test]
fn a_role_that_does_not_open_the_record_is_told_no_untruth_about_it() {
    let (test, me) = clinic();
    assert_eq!(
        test.form(&me, "/patients/ana/add/condition", "what=Gout&status=active&certainty=confirmed").status,
        303
    );
    let desk = test.sign_in("front-desk");
    let chart = test.page(&desk, "/patients/ana").body;
    assert!(chart.contains("Clinical parts are not shown."), "{chart}");
    for untrue in
        ["Problems: not received", "Not asked. Ask", "No open promises", "Nothing new", "Medicines: not received"]
    {
        assert!(!chart.contains(untrue), "{untrue}: {chart}");
    }
    let sheet = test.page(&desk, "/patients/ana/print").body;
    assert!(sheet.contains("Clinical parts are not open") && !sheet.contains(">Problems<"), "{sheet}");
    assert!(!test.page(&me, "/patients/ana/print").body.contains("Clinical parts"));
}

#[test]
fn a_flag_stands_on_the_chart_on_paper_and_before_a_call() {
    let (test, me) = clinic();
    let flag = r#"{"resourceType":"Flag","id":"f","status":"active","code":{"text":"Do not call at home"},"subject":{"reference":"Patient/ana"}}"#;
    assert!(test.fhir(&test.token(), "PUT", "/fhir/Flag/f", flag).status < 300);
    for page in ["/patients/ana", "/patients/ana/call", "/patients/ana/print"] {
        assert!(test.page(&me, page).body.contains("Do not call at home"), "{page}");
    }
    let desk = test.page(&test.sign_in("front-desk"), "/patients/ana/call").body;
    assert!(!desk.contains("Do not call at home"), "a flag is part of the record");
}

#[test]
fn a_coordinator_and_tier_are_said_by_hand_changed_and_undone() {
    let (test, me) = clinic();
    let empty = test.form(&me, "/patients/ana/add/coordinator", "owner=&programme=&tier=");
    assert!(empty.status == 422 && empty.body.contains("Choose who coordinates"), "{}", empty.body);
    let body = "owner=Practitioner%2Fcare-coordinator&programme=Transitional+care&tier=tier-high";
    assert_eq!(test.form(&me, "/patients/ana/add/coordinator", body).status, 303);
    let chart = test.page(&me, "/patients/ana").body;
    assert!(chart.contains("Transitional care") && chart.contains("coordinates"), "{chart}");
    assert!(test.page(&me, "/caseload").body.contains("REYES"), "she is on the caseload");
    let form = test.page(&me, "/patients/ana/add/coordinator").body;
    assert!(
        form.contains("value=\"Practitioner/care-coordinator\" selected")
            && form.contains("value=\"tier-high\" selected")
    );
    let lower = body.replace("tier-high", "tier-medium");
    assert_eq!(test.form(&me, "/patients/ana/add/coordinator", &lower).status, 303);
    let flags = test.fhir(&test.token(), "GET", "/fhir/Flag?patient=Patient/ana", "").body;
    assert_eq!(flags.matches("\"status\":\"active\"").count(), 1, "{flags}");
    assert!(flags.contains("tier-medium") && flags.contains("\"status\":\"inactive\""), "{flags}");
    let wrong = test.form(&me, "/patients/ana/add/coordinator", "owner=Practitioner%2Fnobody&tier=");
    assert_eq!(wrong.status, 422);
    let recent = test.page(&me, "/recent").body;
    let commit = recent.split_once("name=\"commit\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(test.form(&me, "/undo", &format!("commit={commit}&back=%2F")).status, 303);
    assert!(test.page(&me, "/patients/ana/add/coordinator").body.contains("value=\"tier-high\" selected"));
}

const REFERRAL: &str = r#"{"resourceType":"ServiceRequest","id":"breast","status":"active","intent":"order","priority":"urgent",
  "category":[{"coding":[{"system":"http://snomed.info/sct","code":"3457005"}]}],"code":{"text":"Referral to breast clinic"},
  "subject":{"reference":"Patient/ana"},"authoredOn":"2026-08-03T10:00:00-04:00","reasonCode":[{"text":"Lump, cancer suspected"}]}"#;

/// What is only said is watched by nobody: the visit is asked for at once, tied to its referral, and so is the report.
#[test]
fn a_referral_said_to_be_booked_is_carried_to_its_report_by_hand() {
    let (test, me) = clinic();
    let token = test.token();
    assert!(test.fhir(&token, "PUT", "/fhir/ServiceRequest/breast", REFERRAL).status < 300);
    continuo_care::assess::worker::catch_up(&test.machine()).unwrap();
    let first = |before: &str| {
        let page = test.page(&me, "/patients/ana/tasks").body;
        let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before}: {page}"));
        rest.split(['"', '/', '?']).next().unwrap().to_owned()
    };
    let suggestion = first("\"/suggestions/");
    assert_eq!(test.form(&me, &format!("/suggestions/{suggestion}"), "do=accept").status, 303);
    let id = first("\"/tasks/");
    let done = test.form(&me, &format!("/tasks/{id}/done"), "outcome=booked&back=%2Fworklist");
    assert_eq!(done.status, 303, "{}", done.body);
    let ask = done.header("location").unwrap().to_owned();
    let form = test.page(&me, &ask).body;
    assert!(
        form.contains("You said that it is booked") && form.contains("breast clinic of Mon 08/03/2026, urgent"),
        "{form}"
    );
    assert!(form.contains("value=\"ServiceRequest/breast\" selected"), "{form}");
    let visit = "with=Breast+clinic&date=tomorrow&time=9%3A20+am&referral=ServiceRequest%2F";
    let elsewhere = test.form(&me, "/patients/ana/add/appointment", &format!("{visit}none"));
    assert!(elsewhere.status == 422 && elsewhere.body.contains("open referral of this person"), "{}", elsewhere.body);
    let made = test.form(&me, "/patients/ana/add/appointment", &format!("{visit}breast&back=%2Fworklist"));
    assert_eq!(made.header("location"), Some("/worklist"), "{}", made.body);
    let chart = test.page(&me, "/patients/ana").body;
    assert!(chart.contains("Scheduled Wed 08/19/2026"), "{chart}");
    let paper = "title=Consult&kind=consult&date=today&text=No+sign+of+cancer&referral=ServiceRequest%2Fbreast";
    assert_eq!(test.form(&me, "/patients/ana/add/document", paper).status, 303);
    assert!(test.page(&me, "/patients/ana").body.contains("Report back, to read"));
    // Who may not read referrals is not asked, and names none.
    let desk = test.sign_in("front-desk");
    assert!(!test.page(&desk, "/patients/ana/add/appointment").body.contains("For the referral"));
    assert_eq!(test.form(&desk, "/patients/ana/add/appointment", &format!("{visit}breast")).status, 403);
}
