//! A language model beside the triage of messages: it raises, it never lowers, and without it the built-in triage stands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::followup::finding::Band;
use continuo_care::inbox::list;
use continuo_care::inbox::load::load;
use continuo_care::models;
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Outside, Services};
use continuo_fhir::Json;

/// Answers every call the same, or not at all, and counts them.
struct Model(Option<&'static str>, Arc<AtomicUsize>);

impl Outbound for Model {
    fn send(&self, _: &Call) -> Result<Answer, OutboundError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let content = String::from_utf8(Json::string(self.0.ok_or(OutboundError::TimedOut)?).to_bytes()).unwrap();
        let body =
            format!(r#"{{"model":"m-1","choices":[{{"finish_reason":"stop","message":{{"content":{content}}}}}]}}"#);
        Ok(Answer { body: body.into_bytes(), attempts: 1 })
    }
}

const ANA: &str =
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const SECURITY: &str =
    r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]},"#;

fn clinic(answer: Option<&'static str>, words: &str, security: &str) -> (Clinic, Arc<AtomicUsize>) {
    let file = br#"{"language_model":{"kind":"openai","url":"http://127.0.0.1:1/v1","model":"m"}}"#;
    let services = Services::read(&Json::parse(file).unwrap(), &|_| Ok(String::new())).unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let outside = Outside { door: Arc::new(Model(answer, Arc::clone(&calls))), services };
    let clinic = Clinic::with("2026-08-19T13:00:00Z", outside);
    let message = format!(
        r#"{{"resourceType":"Communication","id":"one",{security}"status":"completed","subject":{{"reference":"Patient/ana"}},
        "sender":{{"reference":"Patient/ana"}},"sent":"2026-08-19T12:30:00Z","payload":[{{"contentString":"{words}"}}]}}"#
    );
    clinic.put(&[ANA, &message]);
    worker::catch_up(&clinic.machine()).unwrap();
    (clinic, calls)
}

fn round(ctx: &Ctx) {
    models::messages::gather(ctx).unwrap();
    models::round(ctx).unwrap();
}

const ODD: &str = "Can I get a ride on Thursday?";
const RAISES: &str = r#"{"items":[],"urgency":"emergency","urgency_quote":"a ride on Thursday","red_flags":[{"flag":"stroke_signs","quote":"a ride on Thursday"}]}"#;

#[test]
fn an_answer_raises_the_message_and_names_the_model() {
    let (clinic, calls) = clinic(Some(RAISES), ODD, "");
    let ctx = clinic.machine();
    let before = list(&ctx, 10).unwrap().remove(0);
    assert_ne!(before.band, Band::Danger, "{before:?} {:?}", load(&ctx, "one").unwrap().triage);
    round(&ctx);
    let after = list(&ctx, 10).unwrap().remove(0);
    assert_eq!(after.band, Band::Danger);
    assert!(after.why.contains("raised by the language model m-1"), "{}", after.why);
    assert!(after.due.unwrap() <= before.due.unwrap(), "the clock only comes nearer");
    let page = load(&ctx, "one").unwrap();
    assert_eq!((page.triage.urgency.name(), page.raised_by.as_str()), ("emergency", "m-1"));
    assert!(page.deciding().iter().any(|span| span.of(ODD) == "a ride on Thursday"));
    round(&ctx);
    assert_eq!(calls.load(Ordering::Relaxed), 1, "asked once");
}

fn open_tasks(ctx: &Ctx) -> Vec<(String, Json)> {
    let range = continuo_care::record::HistoryRange::all();
    let (all, _) =
        continuo_care::record::history_all(ctx, Some(continuo_fhir::ResourceType::of("Task")), &range, 100).unwrap();
    let mut newest = std::collections::BTreeMap::new();
    for one in all.iter().rev() {
        newest.insert(one.id.clone(), one.bytes.clone());
    }
    let parsed = newest.into_values().flatten().filter_map(|bytes| Json::parse(&bytes).ok());
    parsed
        .map(|task| (task.at("code.coding.0.code").and_then(Json::as_str).unwrap_or_default().to_owned(), task))
        .collect()
}

#[test]
fn what_a_model_raises_moves_up_on_the_worklist_at_once() {
    let (clinic, _) = clinic(Some(RAISES), ODD, "");
    let ctx = clinic.machine();
    let person = ctx.read(|r| r.rid(ctx.org, continuo_fhir::ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    let before = continuo_care::worklist::of_person(&ctx, person).unwrap();
    assert!(before.iter().all(|item| item.band != Band::Danger), "{before:?}");
    round(&ctx);
    let after = continuo_care::worklist::of_person(&ctx, person).unwrap();
    assert_eq!(after.len(), 1, "one message, one piece of work: {after:?}");
    assert_eq!((after[0].band, after[0].kind.as_str()), (Band::Danger, "read-urgent-message"));
    // The rules look again and leave it where it stands.
    worker::rebuild(&ctx).unwrap();
    assert_eq!(continuo_care::worklist::of_person(&ctx, person).unwrap()[0].band, Band::Danger);
    assert_eq!(list(&ctx, 10).unwrap().len(), 1);
    let found = load(&ctx, "one").unwrap();
    assert_eq!(found.raised, "the language model m-1");
}

#[test]
fn what_a_person_moved_down_a_model_does_not_raise() {
    let words = "I have crushing chest pain since this morning";
    let worse = r#"{"items":[],"urgency":"emergency","urgency_quote":"chest pain","red_flags":[{"flag":"stroke_signs","quote":"since this morning"}]}"#;
    let (clinic, _) = clinic(Some(worse), words, "");
    let nurse = clinic.staff("ortiz", "nurse");
    continuo_care::inbox::act::not_urgent(&nurse, "one", "an old message, she is here and well").unwrap();
    let before = list(&nurse, 10).unwrap();
    round(&clinic.machine());
    assert_eq!(list(&nurse, 10).unwrap()[0].band, before[0].band);
}

#[test]
fn self_harm_that_only_the_model_saw_opens_the_safety_contact() {
    let answer = r#"{"items":[],"urgency":"emergency","urgency_quote":"a ride on Thursday","red_flags":[{"flag":"suicidal_ideation","quote":"a ride on Thursday"}]}"#;
    let (clinic, _) = clinic(Some(answer), ODD, "");
    round(&clinic.machine());
    let tasks = open_tasks(&clinic.machine());
    let contacts: Vec<_> = tasks.iter().filter(|(code, _)| code == "suicide-risk-contact").collect();
    assert_eq!(contacts.len(), 1, "{tasks:?}");
    assert!(!contacts[0].1.to_string().contains("ride"), "it says no word of the message");
    let rows = list(&clinic.machine(), 10).unwrap();
    assert_eq!((rows.len(), rows[0].band), (1, Band::Danger));
    round(&clinic.machine());
    assert_eq!(open_tasks(&clinic.machine()).len(), tasks.len(), "once");
}

#[test]
fn a_lower_urgency_changes_nothing() {
    let words = "I have crushing chest pain since this morning";
    let calm = r#"{"items":[],"urgency":"admin","urgency_quote":"since this morning","red_flags":[]}"#;
    let (clinic, calls) = clinic(Some(calm), words, "");
    let ctx = clinic.machine();
    let before = (list(&ctx, 10).unwrap(), load(&ctx, "one").unwrap());
    round(&ctx);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!((list(&ctx, 10).unwrap(), load(&ctx, "one").unwrap()), before);
}

#[test]
fn a_model_that_fails_or_answers_nonsense_leaves_the_built_in_triage() {
    for answer in [None, Some("I cannot help with that."), Some(r#"{"items":[],"urgency":"emergency"}"#)] {
        let (clinic, calls) = clinic(answer, ODD, "");
        let ctx = clinic.machine();
        let before = (list(&ctx, 10).unwrap(), load(&ctx, "one").unwrap());
        round(&ctx);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        assert_eq!((list(&ctx, 10).unwrap(), load(&ctx, "one").unwrap()), before, "{answer:?}");
    }
}

#[test]
fn a_labeled_message_never_leaves() {
    let (clinic, calls) = clinic(Some(RAISES), ODD, SECURITY);
    round(&clinic.machine());
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    assert!(!list(&clinic.machine(), 10).unwrap().is_empty(), "it waits for a person as before");
}
