//! A specialist's plan reaches the primary-care physician at once: on taking a letter in, or by one press while the
//! review goes on; as closed as the words, undone with its commit, never twice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::problem::WorkError;
use continuo_care::scribe::decide;
use continuo_care::scribe::intake::{self, Incoming};
use continuo_care::scribe::propose::Kind;
use continuo_care::scribe::review;
use continuo_care::scribe::source::SourceKind;
use continuo_care::scribe::tell;
use continuo_care::work;
use continuo_fhir::{Date, Json, ResourceType};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female","generalPractitioner":[{"reference":"Practitioner/patel"}]}"#;
const LETTER: &str = "Dear Dr. Patel,\nI saw Mrs. Reyes today. I increased her furosemide to 80 mg daily and stopped her ibuprofen.\n\
                      Plan: basic metabolic panel in one week. Refer to cardiac rehabilitation.\nHelen Cho, MD\n";

fn clinic() -> (Clinic, Ctx, Ctx) {
    let clinic = Clinic::new("2026-08-19T13:00:00Z");
    clinic.put(&[ANA]);
    worker::catch_up(&clinic.machine()).unwrap();
    let (nurse, patel) = (clinic.staff("ortiz", "nurse"), clinic.staff("patel", "physician"));
    (clinic, nurse, patel)
}

fn letter(tell: bool) -> Incoming {
    Incoming {
        person: "Patient/ana".into(),
        kind: SourceKind::Document,
        title: "Heart clinic letter".into(),
        from: "Dr. Cho".into(),
        day: Date::parse("2026-08-17"),
        tell,
        bytes: LETTER.as_bytes().to_vec(),
        ..Incoming::default()
    }
}

/// The resources of a type in Ana's record.
fn all(ctx: &Ctx, type_: &str) -> Vec<Json> {
    let ids: Vec<String> = ctx
        .read(|r| {
            let person = r.rid(ctx.org, ResourceType::of("Patient"), "ana")?.unwrap();
            let rows = r.facts(&ctx.scope, &[person])?;
            Ok(continuo_care::assess::person_of(&rows)
                .0
                .of(type_)
                .iter()
                .map(continuo_care::followup::person::Resource::reference)
                .collect())
        })
        .unwrap();
    ids.iter()
        .map(|reference| {
            let (type_, id) = reference.split_once('/').unwrap();
            let stored = ctx.read(|r| r.get(&ctx.scope, ResourceType::find(type_).unwrap(), id)).unwrap();
            Json::parse(&stored.bytes.unwrap()).unwrap()
        })
        .collect()
}

/// What was sent, and the tasks that somebody reads or carries it.
fn sent(ctx: &Ctx) -> (Vec<String>, usize) {
    let texts = all(ctx, "Communication")
        .into_iter()
        .map(|one| one.at("payload.0.contentString").and_then(Json::as_str).unwrap_or_default().to_owned());
    let tasks = all(ctx, "Task");
    let tasks =
        tasks.iter().filter(|one| one.str_at("focus.reference").is_some_and(|at| at.starts_with("Communication/")));
    (texts.collect(), tasks.count())
}

#[test]
fn a_letter_s_plan_reaches_the_physician_before_it_is_reviewed_and_says_so() {
    let (_clinic, nurse, _) = clinic();
    let taken = intake::take(&nurse, letter(true)).unwrap();
    let found = review::load(&nurse, &taken.value).unwrap();
    let told = found.told.clone().expect("told");
    assert_eq!(told.physician, "Practitioner/patel");
    let (texts, tasks) = sent(&nurse);
    let text = texts.first().unwrap();
    assert!(text.starts_with("Heart clinic letter of 08/17/2026, by Dr. Cho.") && text.contains("not reviewed yet"));
    for words in ["furosemide: changed", "ibuprofen: stopped", "metabolic panel", "cardiac rehabilitation"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!((texts.len(), tasks), (1, 1));
    // Nothing entered the record by it, and nobody is told twice.
    assert!(found.items.iter().all(|item| item.state == "open"));
    assert!(matches!(tell::tell(&nurse, &found.id, "again"), Err(WorkError::Not(_))));
    work::undo(&nurse, taken.commit.unwrap()).unwrap();
    assert_eq!(sent(&nurse), (Vec::new(), 0));
}

#[test]
fn one_press_tells_what_was_not_rejected_while_the_review_goes_on() {
    let (_clinic, nurse, _) = clinic();
    let id = intake::take(&nurse, letter(false)).unwrap().value;
    let found = review::load(&nurse, &id).unwrap();
    assert_eq!((found.told.clone(), sent(&nurse).1), (None, 0));
    let ibuprofen = found
        .items
        .iter()
        .find(|item| item.proposal.kind == Kind::Medicine && item.proposal.what.contains("ibuprofen"));
    decide::reject(&nurse, &id, &ibuprofen.unwrap().id, "wrong-data", "she never took it").unwrap();
    let draft = tell::draft(&review::load(&nurse, &id).unwrap());
    assert!(draft.contains("furosemide") && !draft.contains("ibuprofen"), "{draft}");
    assert!(matches!(tell::tell(&nurse, &id, "  "), Err(WorkError::Field { .. })));
    let told = tell::tell(&nurse, &id, &draft).unwrap();
    assert_eq!(sent(&nurse).0, [draft]);
    let found = review::load(&nurse, &id).unwrap();
    assert!(found.told.is_some_and(|told| !told.at.is_empty()) && found.task.status != "completed");
    work::undo(&nurse, told.commit.unwrap()).unwrap();
    assert!(review::load(&nurse, &id).unwrap().told.is_none());
}

#[test]
fn what_is_told_is_as_closed_as_the_letter() {
    let (_clinic, nurse, patel) = clinic();
    let incoming = Incoming { label: "hiv".into(), ..letter(true) };
    intake::take(&nurse, incoming).unwrap();
    let open = all(&patel, "Communication");
    let closed = open.iter().all(|one| one.at("meta.security").is_some());
    assert!(closed && all(&nurse, "Task").iter().all(|one| one.at("meta.security").is_some()), "{open:?}");
}
