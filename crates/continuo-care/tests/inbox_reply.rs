//! A reply goes back by the channel its message came from: after half a minute, taken back until then, once, and never
//! lost where it cannot be sent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use std::sync::{Arc, Mutex};

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::inbox::act::{self, Way};
use continuo_care::inbox::channel;
use continuo_care::inbox::load::load;
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Outside, Services};
use continuo_care::problem::WorkError;
use continuo_care::work;
use continuo_fhir::Json;

/// A portal that answers, or does not, and keeps what came.
#[derive(Clone)]
struct Portal(bool, Arc<Mutex<Vec<Call>>>);

impl Outbound for Portal {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        self.1.lock().unwrap().push(call.clone());
        if self.0 { Ok(Answer { body: Vec::new(), attempts: 1 }) } else { Err(OutboundError::Unreachable) }
    }
}

const ANA: &str =
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const START: &str = "2026-08-19T13:00:00Z";

fn clinic(answers: bool, from_portal: bool) -> (Clinic, Ctx, Portal) {
    let file = br#"{"messages":{"url":"https://portal.example/fhir","name":"Patient portal","sources":["https://portal.example"],"key_variable":"K"}}"#;
    let services = Services::read(&Json::parse(file).unwrap(), &|_| Ok("secret-key".to_owned())).unwrap();
    let portal = Portal(answers, Arc::default());
    let clinic = Clinic::with(START, Outside { door: Arc::new(portal.clone()), services });
    let identifier =
        if from_portal { r#""identifier":[{"system":"https://portal.example/messages","value":"m-77"}],"# } else { "" };
    let message = format!(
        r#"{{"resourceType":"Communication","id":"one",{identifier}"status":"completed","subject":{{"reference":"Patient/ana"}},
        "sender":{{"reference":"Patient/ana"}},"sent":"2026-08-19T12:30:00Z","payload":[{{"contentString":"Can I get a ride on Thursday?"}}]}}"#
    );
    clinic.put(&[ANA, &message]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    (clinic, nurse, portal)
}

fn calls(portal: &Portal) -> usize {
    portal.1.lock().unwrap().len()
}

fn later(clinic: &Clinic, seconds: i64) {
    clinic.set(clinic::instant(START).plus_seconds(seconds));
}

#[test]
fn a_reply_leaves_after_half_a_minute_once_and_closing_the_message_needs_an_outcome() {
    let (clinic, nurse, portal) = clinic(true, true);
    assert!(load(&nurse, "one").unwrap().can_send);
    act::reply(&nurse, "one", "Yes, at 8. Be ready early.", Way::Channel).unwrap();
    channel::round(&clinic.machine()).unwrap();
    assert_eq!(calls(&portal), 0, "it can still be taken back");
    assert_eq!(load(&nurse, "one").unwrap().replies[0].0, "in-progress");
    later(&clinic, 31);
    channel::round(&clinic.machine()).unwrap();
    channel::round(&clinic.machine()).unwrap();
    assert_eq!(calls(&portal), 1);
    let call = portal.1.lock().unwrap()[0].clone();
    let body = String::from_utf8(call.body.unwrap()).unwrap();
    assert!(body.contains("Yes, at 8.") && body.contains("m-77"), "{body}");
    for hidden in ["Reyes", "1960", "Patient/ana", "secret-key"] {
        assert!(!body.contains(hidden), "{hidden} left with the reply");
    }
    assert_eq!(call.url, "https://portal.example/fhir/Communication");
    assert!(call.headers.iter().any(|(name, _)| *name == "if-none-exist"), "sent twice it arrives once");
    assert_eq!(load(&nurse, "one").unwrap().replies[0].0, "completed");
}

#[test]
fn undo_stops_a_reply_that_has_not_left() {
    let (clinic, nurse, portal) = clinic(true, true);
    let sent = act::reply(&nurse, "one", "Yes.", Way::Channel).unwrap();
    work::undo(&nurse, sent.commit.unwrap()).unwrap();
    later(&clinic, 60);
    channel::round(&clinic.machine()).unwrap();
    assert_eq!(calls(&portal), 0);
}

#[test]
fn what_cannot_be_sent_is_tried_again_and_then_comes_back_to_its_writer() {
    let (clinic, nurse, portal) = clinic(false, true);
    act::reply(&nurse, "one", "Yes.", Way::Channel).unwrap();
    for minute in [1, 3, 10, 40, 200] {
        later(&clinic, minute * 60);
        channel::round(&clinic.machine()).unwrap();
    }
    assert_eq!(calls(&portal), 4);
    let person = nurse.read(|r| r.rid(nurse.org, continuo_fhir::ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    let items = continuo_care::worklist::of_person(&nurse, person).unwrap();
    assert!(items.iter().any(|item| item.what == "A reply did not reach Patient portal: call or write"), "{items:?}");
    assert_eq!(load(&nurse, "one").unwrap().replies[0].0, "not-done");
}

#[test]
fn no_channel_and_unsafe_contact_send_nothing() {
    let (_clinic, nurse, portal) = clinic(true, false);
    assert!(!load(&nurse, "one").unwrap().can_send, "it was entered here, not there");
    assert!(matches!(act::reply(&nurse, "one", "Yes.", Way::Channel), Err(WorkError::Not(_))));
    act::reply(&nurse, "one", "Yes.", Way::ByHand).unwrap();
    assert_eq!(calls(&portal), 0);
}
