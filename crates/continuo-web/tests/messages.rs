//! Messages over HTTP: in by the FHIR interface and by hand, read, lit, given to somebody, moved down, answered.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::TestApp;
use continuo_care::assess::worker;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female"}"#;

fn clinic() -> (TestApp, String) {
    let test = TestApp::new();
    let token = test.token();
    assert!(matches!(test.fhir(&token, "PUT", "/fhir/Patient/ana", ANA).status, 200 | 201));
    let message = |id: &str, words: &str| {
        format!(
            r#"{{"resourceType":"Communication","id":"{id}","status":"completed","subject":{{"reference":"Patient/ana"}},"sender":{{"reference":"Patient/ana"}},"sent":"2026-08-18T08:00:00-04:00","payload":[{{"contentString":"{words}"}}]}}"#
        )
    };
    for (id, words) in [
        ("chest", "The bill is wrong again. <b>Also</b> I have crushing chest pain since six."),
        ("ride", "¿Me pueden conseguir un transporte para el jueves? Gracias."),
        ("home", "My husband hit me last night and I am afraid to go home"),
    ] {
        let put = test.fhir(&token, "PUT", &format!("/fhir/Communication/{id}"), &message(id, words));
        assert!(matches!(put.status, 200 | 201), "{}", put.body);
    }
    worker::catch_up(&test.machine()).unwrap();
    let nurse = test.sign_in("nurse");
    (test, nurse)
}

#[test]
fn the_list_is_worst_first_and_private_ones_show_no_words() {
    let (test, nurse) = clinic();
    let page = test.page(&nurse, "/messages").body;
    let place = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what}: {page}"));
    assert!(place("/messages/chest") < place("/messages/ride"));
    assert!(page.contains("Private message: open to read") && !page.contains("hit me"));
    assert!(page.contains("lang=\"es\""), "Spanish is said to be Spanish");
    assert!(page.contains("3 wait"));
}

#[test]
fn a_message_is_shown_as_received_with_the_deciding_words_lit() {
    let (test, nurse) = clinic();
    let page = test.page(&nurse, "/messages/chest").body;
    assert!(page.contains("<mark>") && page.contains("chest pain"), "{page}");
    assert!(page.contains("&lt;b&gt;Also&lt;/b&gt;"));
    assert!(page.contains("May be an emergency"));
    assert!(page.contains("REYES, Ana 02/12/1960"), "name and birth date stand beside the buttons");
    assert!(test.page(&nurse, "/messages/home").body.contains("hit me"), "the page shows the words");
}

#[test]
fn moving_down_asks_why_and_answering_ends_it() {
    let (test, nurse) = clinic();
    let refused = test.form(&nurse, "/messages/chest/not-urgent", "reason=");
    assert!(refused.status == 422 && refused.body.contains("Say why it is not urgent"), "{}", refused.status);
    assert_eq!(test.form(&nurse, "/messages/chest/not-urgent", "reason=seen+in+the+emergency+room").status, 303);
    assert!(test.page(&nurse, "/messages").body.contains("moved down: seen in the emergency room"));
    assert_eq!(test.form(&nurse, "/messages/ride/assign", "to=role%3Asocial-worker").status, 303);
    assert_eq!(test.form(&nurse, "/messages/ride/reply", "reply=").status, 422);
    assert_eq!(test.form(&nurse, "/messages/ride/reply", "reply=S%C3%AD%2C+a+las+8.").status, 303);
    assert!(test.page(&nurse, "/messages/ride").body.contains("Kept, not sent"));
    assert_eq!(test.form(&nurse, "/messages/ride/done", "outcome=answered").status, 303);
    assert!(!test.page(&nurse, "/messages").body.contains("/messages/ride"));
    let supervisor = test.sign_in("supervisor");
    let oversight = test.page(&supervisor, "/oversight").body;
    assert!(oversight.contains("False alarms") && oversight.contains("08/18/2026"), "false alarms stand on oversight");
}

#[test]
fn a_message_is_entered_by_hand() {
    let (test, nurse) = clinic();
    assert_eq!(test.page(&nurse, "/patients/ana/message").status, 200);
    assert_eq!(test.form(&nurse, "/patients/ana/message", "words=").status, 422);
    let entered = test.form(&nurse, "/patients/ana/message", "words=I+fainted+twice+today&from=Elena");
    assert_eq!(entered.status, 303);
    let page = test.page(&nurse, entered.header("location").unwrap());
    assert!(page.status == 200 && page.body.contains("<mark>"), "{}", page.body);
    let template = test.page(&nurse, &format!("{}?template=call-reminder", entered.header("location").unwrap()));
    assert!(template.body.contains("Test clinic: ") && template.body.contains("{phone}"));
}

#[test]
fn the_limits_are_a_setting() {
    let (test, nurse) = clinic();
    let admin = test.sign_in("administrator");
    assert_eq!(test.page(&nurse, "/admin/message-limits").status, 403);
    let wrong =
        test.form(&admin, "/admin/message-limits", "emergency_minutes=600&routine_days=1&admin_days=2&reason=x+y+z");
    assert_eq!(wrong.status, 422);
    let silent = test.form(&admin, "/admin/message-limits", "emergency_minutes=15&routine_days=1&admin_days=3");
    assert_eq!(silent.status, 422, "a reason is asked for");
    let right = test.form(
        &admin,
        "/admin/message-limits",
        "emergency_minutes=15&routine_days=1&admin_days=3&reason=new+reader",
    );
    assert_eq!(right.status, 303);
    assert!(test.page(&admin, "/admin/message-limits").body.contains("new reader"));
    assert!(test.page(&nurse, "/rules/red-flag-message").body.contains("an emergency 15 minutes"));
    assert!(test.page(&nurse, "/messages").body.contains("within 15 minutes"));
}

#[test]
fn a_message_is_raised_by_a_person_and_the_button_goes_when_it_stands_highest() {
    let (test, nurse) = clinic();
    let page = test.page(&nurse, "/messages/ride").body;
    assert!(page.contains("action=\"/messages/ride/raise\"") && page.contains("More urgent than triage says"));
    assert_eq!(test.form(&nurse, "/messages/ride/raise", "urgency=nonsense").status, 422);
    let raised = test.form(&nurse, "/messages/ride/raise", "urgency=emergency&words=confused+on+the+phone");
    assert_eq!(raised.status, 303);
    let page = test.page(&nurse, "/messages/ride").body;
    assert!(page.contains("confused on the phone") && page.contains("Emergency"), "{page}");
    assert!(!page.contains("/messages/ride/raise"), "it stands as high as can be");
    let desk = test.sign_in("front-desk");
    assert_eq!(test.form(&desk, "/messages/ride/raise", "urgency=emergency").status, 403);
}

#[test]
fn a_draft_comes_in_the_language_of_the_message_and_leaves_only_filled_in() {
    let (test, nurse) = clinic();
    let page = test.page(&nurse, "/messages/ride").body;
    let fits = page.split("href=\"/messages/ride?template=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    assert!(fits.starts_with("reply-"), "an answer stands before letters: {fits}");
    let page = test.page(&nurse, "/messages/ride?template=reply-ride").body;
    assert!(page.contains("Le\u{ed} su mensaje sobre el transporte") && page.contains("Hola, Ana"), "{page}");
    assert!(page.contains("{answer}"), "the answer is a person's");
    let refused = test.form(&nurse, "/messages/ride/reply", "reply=Hola+%7Banswer%7D");
    assert!(refused.status == 422 && refused.body.contains("in braces"));
    assert!(!page.contains("Send reply"), "no channel is configured");
    assert_eq!(test.form(&nurse, "/messages/ride/reply", "reply=Hola&do=send").status, 422);
}
