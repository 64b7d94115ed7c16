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

/// What somebody does while a reply is on its way.
type Meanwhile = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

/// A portal that answers, or does not, and keeps what came.
#[derive(Clone)]
struct Portal(bool, Arc<Mutex<Vec<Call>>>, Meanwhile);

impl Outbound for Portal {
    fn send(&self, call: &Call) -> Result<Answer, OutboundError> {
        self.1.lock().unwrap().push(call.clone());
        if let Some(meanwhile) = self.2.lock().unwrap().take() {
            meanwhile();
        }
        if self.0 { Ok(Answer { body: Vec::new(), attempts: 1 }) } else { Err(OutboundError::Unreachable) }
    }
}

const ANA: &str =
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const START: &str = "2026-08-19T13:00:00Z";

fn clinic(answers: bool, from_portal: bool) -> (Clinic, Ctx, Portal) {
    let file = br#"{"messages":{"url":"https://portal.example/fhir","name":"Patient portal","sources":["https://portal.example"],"key_variable":"K"}}"#;
    let services = Services::read(&Json::parse(file).unwrap(), &|_| Ok("secret-key".to_owned())).unwrap();
    let portal = Portal(answers, Arc::default(), Arc::default());
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

/// Writes a reply anew with another status or more words, as somebody does on the record.
fn change(ctx: &Ctx, id: &str, name: &'static str, value: Json) {
    let context = ctx.prepare_context().unwrap();
    let type_ = continuo_fhir::ResourceType::of("Communication");
    let stored = ctx.read(|r| r.get(&ctx.scope, type_, id)).unwrap();
    let mut json = Json::parse(stored.bytes.as_deref().unwrap()).unwrap();
    json.set(name, value);
    let made = continuo_store::Prepared::new(json, &context).unwrap();
    ctx.write("change", move |tx| tx.put(&made, &continuo_store::PutOptions::default()).map(drop)).unwrap();
}

fn reply_of(ctx: &Ctx, id: &str) -> Option<Json> {
    let type_ = continuo_fhir::ResourceType::of("Communication");
    let stored = ctx.read(|r| r.find(&ctx.scope, type_, id)).unwrap()?;
    Json::parse(stored.bytes.as_deref()?).ok()
}

#[test]
fn a_reply_that_was_withdrawn_does_not_leave() {
    let (clinic, nurse, portal) = clinic(true, true);
    let id = act::reply(&nurse, "one", "Yes.", Way::Channel).unwrap().value;
    change(&clinic.machine(), &id, "status", Json::string("entered-in-error"));
    for seconds in [31, 600] {
        later(&clinic, seconds);
        channel::round(&clinic.machine()).unwrap();
    }
    assert_eq!(calls(&portal), 0);
    assert_eq!(reply_of(&nurse, &id).unwrap().str_at("status"), Some("entered-in-error"));
}

#[test]
fn what_somebody_writes_while_a_reply_leaves_is_kept_and_what_they_delete_stays_gone() {
    for (answers, deleted) in [(true, false), (true, true), (false, true)] {
        let (clinic, nurse, portal) = clinic(answers, true);
        let reply = act::reply(&nurse, "one", "Yes.", Way::Channel).unwrap().value;
        let (machine, id) = (clinic.machine(), reply.clone());
        *portal.2.lock().unwrap() = Some(Box::new(move || {
            if deleted {
                let type_ = continuo_fhir::ResourceType::of("Communication");
                let gone = move |tx: &mut continuo_store::WriteTx<'_>| {
                    tx.delete(type_, &id, continuo_store::Expect::Anything).map(drop)
                };
                machine.write("delete", gone).unwrap();
            } else {
                change(&machine, &id, "topic", Json::parse(br#"{"text":"rides"}"#).unwrap());
            }
        }));
        for seconds in [31, 600] {
            later(&clinic, seconds);
            channel::round(&clinic.machine()).unwrap();
        }
        assert_eq!(calls(&portal), 1);
        let found = reply_of(&nurse, &reply);
        assert_eq!(found.is_none(), deleted);
        if let Some(found) = found {
            assert_eq!((found.str_at("topic.text"), found.str_at("status")), (Some("rides"), Some("completed")));
        }
    }
}

#[test]
fn a_mark_of_a_moment_ago_stops_a_reply_and_nothing_leaves_where_nothing_is_known() {
    let (clinic, nurse, portal) = clinic(true, true);
    let id = act::reply(&nurse, "one", "Yes.", Way::Channel).unwrap().value;
    let safety = r#","telecom":[{"system":"phone","value":"1","extension":[{"url":"urn:continuo:ext:contact-safety",
        "extension":[{"url":"unsafe","valueBoolean":true}]}]}]}"#;
    clinic.put(&[&format!("{}{safety}", ANA.trim_end_matches('}'))]);
    later(&clinic, 31);
    channel::round(&clinic.machine()).unwrap();
    assert_eq!(calls(&portal), 0);
    assert_eq!(reply_of(&nurse, &id).unwrap().str_at("status"), Some("not-done"));

    // Not looked at yet: neither death nor danger can be read.
    clinic.put(&[
        &ANA.replace("\"ana\"", "\"new\""),
        r#"{"resourceType":"Communication","id":"two","identifier":[{"system":"https://portal.example/messages","value":"m-78"}],
            "status":"completed","subject":{"reference":"Patient/new"},"sender":{"reference":"Patient/new"},
            "payload":[{"contentString":"Hello?"}]}"#,
    ]);
    for way in [Way::Channel, Way::ByHand] {
        let refused = act::reply(&nurse, "two", "Yes.", way).err().map(|why| why.to_string()).unwrap_or_default();
        assert!(refused.contains("cannot be read"), "{refused}");
    }
}

/// What the hospital wrote down as a death and nobody has confirmed holds every reply to the person, with the reason.
#[test]
fn while_a_death_is_unconfirmed_nothing_leaves_and_the_writer_learns_why() {
    const STAY: &str = r#"{"resourceType":"Encounter","id":"stay","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"Patient/ana"},"period":{"start":"2026-08-18T10:00:00Z","end":"2026-08-19T12:45:00Z"},"hospitalization":{"dischargeDisposition":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/discharge-disposition","code":"exp"}]}}}"#;
    let (clinic, nurse, portal) = clinic(true, true);
    act::reply(&nurse, "one", "Yes.", Way::Channel).unwrap();
    clinic.put(&[STAY]);
    later(&clinic, 31);
    channel::round(&clinic.machine()).unwrap();
    assert_eq!(calls(&portal), 0, "it was on its way, and is held");
    let person = nurse.read(|r| r.rid(nurse.org, continuo_fhir::ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    let items = continuo_care::worklist::of_person(&nurse, person).unwrap();
    assert!(items.iter().any(|item| item.what.starts_with("A reply did not reach")), "{items:?}");
    worker::catch_up(&clinic.machine()).unwrap();
    for way in [Way::Channel, Way::ByHand] {
        let refused = act::reply(&nurse, "one", "Yes.", way).unwrap_err().to_string();
        assert!(refused.contains("a death is reported and not confirmed"), "{refused}");
    }
}
