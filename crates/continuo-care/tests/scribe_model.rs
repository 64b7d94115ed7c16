//! A language model beside the scribe: its items join the review, marked and checked; danger only rises.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use continuo_care::access;
use continuo_care::accounts::Entropy;
use continuo_care::entry::Values;
use continuo_care::models;
use continuo_care::outbound::{Answer, Call, Outbound, OutboundError, Outside, Services};
use continuo_care::problem::WorkError;
use continuo_care::scribe::decide;
use continuo_care::scribe::intake::{self, Incoming};
use continuo_care::scribe::propose::Kind;
use continuo_care::scribe::review;
use continuo_care::scribe::source::SourceKind;
use continuo_care::{Care, Ctx, setup};
use continuo_fhir::Json;
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::date::Instant;
use continuo_store::{DbUrl, Prepared, PutOptions, Store, StoreOptions};

const NOW: i64 = 1_787_054_700_000_000;
const TALK: &str = "Nurse: How are you?\n\
    Patient: I stopped the furosemide on Saturday.\n\
    Patient: my neighbour will drive me to the clinic.\n\
    Patient: lately everything tastes like metal and my face feels odd.";

struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, out: &mut [u8]) {
        out.fill(3);
    }
}

/// Answers every call with the same completion, or not at all.
struct Model(Option<String>);

impl Outbound for Model {
    fn send(&self, _: &Call) -> Result<Answer, OutboundError> {
        let content = self.0.as_ref().ok_or(OutboundError::TimedOut)?;
        let content = String::from_utf8(Json::string(content.as_str()).to_bytes()).unwrap();
        let body =
            format!(r#"{{"model":"m-1","choices":[{{"finish_reason":"stop","message":{{"content":{content}}}}}]}}"#);
        Ok(Answer { body: body.into_bytes(), attempts: 1 })
    }
}

fn clinic(answer: Option<&str>) -> Ctx {
    let file = br#"{"language_model":{"kind":"openai","url":"http://127.0.0.1:1/v1","model":"m"}}"#;
    let services = Services::read(&Json::parse(file).unwrap(), &|_| Ok(String::new())).unwrap();
    let outside = Outside { door: Arc::new(Model(answer.map(str::to_owned))), services };
    let clock = Arc::new(FixedClock::new(Instant::from_micros(NOW)));
    let mut options = StoreOptions::new(clock, Arc::new(SeededIds::new(7, Instant::from_micros(NOW))));
    options.labels = access::label_table();
    let store = Store::open(&DbUrl::Memory, options).unwrap();
    let care = Arc::new(Care { store, entropy: Arc::new(NoEntropy), outside });
    setup::organization(&care, "Test", "UTC").unwrap();
    let ctx = setup::machine(&care, setup::FIRST, "test").unwrap();
    put(&ctx, r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}]}"#);
    ctx
}

fn put(ctx: &Ctx, json: &str) {
    let one = Prepared::new(Json::parse(json.as_bytes()).unwrap(), &ctx.prepare_context().unwrap()).unwrap();
    ctx.write("put", move |tx| tx.put(&one, &PutOptions::default()).map(|_| ())).unwrap();
}

fn take(ctx: &Ctx) -> String {
    let incoming = Incoming {
        person: "Patient/ana".into(),
        kind: SourceKind::default(),
        bytes: TALK.into(),
        ..Incoming::default()
    };
    intake::take(ctx, incoming).unwrap().value
}

const ANSWER: &str = r#"{"items":[
    {"kind":"medicine","statement":"Stopped furosemide on Saturday","quote":"I stopped the furosemide on Saturday","negated":false,"other_person":false},
    {"kind":"symptom","statement":"Everything tastes like metal","quote":"everything tastes like metal","negated":false,"other_person":false},
    {"kind":"follow_up","statement":"Drive to the clinic in 3 weeks","quote":"my neighbour will drive me to the clinic","negated":false,"other_person":false},
    {"kind":"medicine","statement":"Takes warfarin 5 mg","quote":"I take warfarin","negated":false,"other_person":false}],
    "urgency":"emergency","urgency_quote":"my face feels odd","red_flags":[{"flag":"stroke_signs","quote":"my face feels odd"}]}"#;

#[test]
fn new_items_join_the_review_marked_with_the_model_and_what_differs() {
    let ctx = clinic(Some(ANSWER));
    let id = take(&ctx);
    let before = review::load(&ctx, &id).unwrap();
    assert!(before.items.iter().all(|item| !item.proposal.assertion.contains("language model")));
    assert!(models::standing(&ctx, &format!("Task/{id}")).unwrap().sentence().contains("has not read it yet"));
    models::round(&ctx).unwrap();

    let after = review::load(&ctx, &id).unwrap();
    let by_model: Vec<_> =
        after.items.iter().filter(|item| item.proposal.assertion.contains("language model m-1")).collect();
    assert_eq!(after.items.len(), before.items.len() + by_model.len(), "what stood stands");
    assert!(by_model.iter().all(|item| item.state == "open" && item.holds), "each quote stands in the words");
    let what: Vec<&str> = by_model.iter().map(|item| item.proposal.what.as_str()).collect();
    assert!(what.contains(&"Everything tastes like metal"), "{what:?}");
    assert!(!what.iter().any(|what| what.contains("furosemide")), "the engine found it already: {what:?}");
    assert!(!what.iter().any(|what| what.contains("warfarin")), "no words, no item: {what:?}");
    let drive = by_model.iter().find(|item| item.proposal.what.starts_with("Drive")).unwrap();
    assert!(models::sink::differs(&drive.proposal) && drive.proposal.assertion.contains("number differs"));
    let one_press = decide::accept(&ctx, &id, &drive.id, None);
    assert!(matches!(one_press, Err(WorkError::Not(text)) if text.contains("differs from its words")));
    let right = Values::new([("what", "Arrange: drive to the clinic")]);
    decide::accept(&ctx, &id, &drive.id, Some(right)).unwrap();
    let danger = by_model.iter().find(|item| item.proposal.kind == Kind::Danger).unwrap();
    assert_eq!(after.items[0].id, danger.id, "danger stands first, whoever saw it");
    assert_eq!(danger.proposal.quotes[0].text, "my face feels odd");
    let sentence = models::standing(&ctx, &format!("Task/{id}")).unwrap().sentence();
    assert_eq!(sentence, "Read by the built-in engine and by the language model m-1.");
}

#[test]
fn a_calm_answer_takes_nothing_away() {
    let calm = r#"{"items":[],"urgency":"admin","urgency_quote":"How are you","red_flags":[]}"#;
    let ctx = clinic(Some(calm));
    let id = take(&ctx);
    let before = review::load(&ctx, &id).unwrap().items;
    models::round(&ctx).unwrap();
    assert_eq!(review::load(&ctx, &id).unwrap().items, before);
}

#[test]
fn a_model_that_fails_leaves_the_review_as_it_is_and_says_so() {
    let ctx = clinic(None);
    let id = take(&ctx);
    let before = review::load(&ctx, &id).unwrap().items;
    models::round(&ctx).unwrap();
    assert_eq!(review::load(&ctx, &id).unwrap().items, before);
    let sentence = models::standing(&ctx, &format!("Task/{id}")).unwrap().sentence();
    assert!(sentence.contains("no answer in time") && sentence.contains("tried again"), "{sentence}");
}

const GRAVE: &str = r#"{"items":[],"urgency":"emergency","urgency_quote":"my face feels odd",
    "red_flags":[{"flag":"suicidal_ideation","quote":"my face feels odd"}]}"#;

fn open_kinds(ctx: &Ctx) -> Vec<String> {
    let rid = ctx.read(|r| r.rid(setup::FIRST, continuo_fhir::ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    continuo_care::worklist::of_person(ctx, rid).unwrap().into_iter().map(|item| item.kind).collect()
}

#[test]
fn words_of_self_harm_that_only_the_model_saw_open_the_safety_contact_once() {
    let ctx = clinic(Some(GRAVE));
    take(&ctx);
    assert!(!open_kinds(&ctx).iter().any(|kind| kind == "suicide-risk-contact"));
    models::round(&ctx).unwrap();
    models::round(&ctx).unwrap();
    let contacts = open_kinds(&ctx).iter().filter(|kind| *kind == "suicide-risk-contact").count();
    assert_eq!(contacts, 1, "{:?}", open_kinds(&ctx));
}

#[test]
fn danger_found_after_the_review_was_finished_is_somebodys_work() {
    use continuo_care::scribe::finish::{NoteForm, finish};
    let ctx = clinic(Some(GRAVE));
    let id = take(&ctx);
    finish(&ctx, &id, &NoteForm { leave_open: true, ..NoteForm::default() }).unwrap();
    models::round(&ctx).unwrap();
    let kinds = open_kinds(&ctx);
    assert!(kinds.iter().any(|kind| kind == "read-urgent-message"), "{kinds:?}");
    assert!(kinds.iter().any(|kind| kind == "suicide-risk-contact"), "{kinds:?}");
}

#[test]
fn words_that_were_taken_back_are_sent_to_nobody() {
    let ctx = clinic(Some(ANSWER));
    let incoming = Incoming { person: "Patient/ana".into(), bytes: TALK.into(), ..Incoming::default() };
    let taken = intake::take(&ctx, incoming).unwrap();
    continuo_care::work::undo(&ctx, taken.commit.unwrap()).unwrap();
    models::round(&ctx).unwrap();
    let calls = models::newest(&ctx, 10).unwrap();
    assert_eq!((calls[0].state.as_str(), calls[0].tries, calls[0].prompt.as_str()), ("failed", 0, ""));
}

const SECURITY: &str =
    r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]}"#;

#[test]
fn words_of_a_labeled_record_or_call_never_leave() {
    let person = format!(r#"{{"resourceType":"Patient","id":"ana",{SECURITY},"name":[{{"family":"Reyes"}}]}}"#);
    let call = format!(
        r#"{{"resourceType":"Communication","id":"c",{SECURITY},"status":"completed","subject":{{"reference":"Patient/ana"}}}}"#
    );
    for labeled in [&person, &call] {
        let ctx = clinic(Some(ANSWER));
        put(&ctx, labeled);
        let incoming = Incoming {
            person: "Patient/ana".into(),
            about: if labeled == &call { "Communication/c".into() } else { String::new() },
            bytes: TALK.into(),
            ..Incoming::default()
        };
        let id = intake::take(&ctx, incoming).unwrap().value;
        let before = review::load(&ctx, &id).unwrap().items;
        assert!(!models::round(&ctx).unwrap());
        assert_eq!(review::load(&ctx, &id).unwrap().items, before, "the model was not asked");
        let sentence = models::standing(&ctx, &format!("Task/{id}")).unwrap().sentence();
        assert!(sentence.contains("a label that keeps them here"), "{sentence}");
    }
}
