//! The scribe on an in-memory store: words in, proposals beside them, nothing in the record unaccepted, the note, undo.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::assess::worker;
use continuo_care::entry::Values;
use continuo_care::problem::WorkError;
use continuo_care::scribe::decide::{self, Answer};
use continuo_care::scribe::finish::{self, NoteForm};
use continuo_care::scribe::intake::{self, Incoming};
use continuo_care::scribe::propose::Kind;
use continuo_care::scribe::review::{self, Review};
use continuo_care::scribe::source::SourceKind;
use continuo_care::scribe::{ehr, note};
use continuo_care::work::{self, Act};
use continuo_care::worklist::{Filter, Tab, worklist};
use continuo_care::{Ctx, suggestions};
use continuo_fhir::{Json, ResourceType};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"use":"official","family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female","generalPractitioner":[{"reference":"Practitioner/patel"}]}"#;
const HEART: &str = r#"{"resourceType":"Condition","id":"hf","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"text":"Congestive heart failure"},"subject":{"reference":"Patient/ana"}}"#;
const CALL: &str = "[02:14] Patient: I stopped the furosemide Saturday, it makes me go all night.\n\
                    [02:31] Nurse: Any swelling?\n[02:33] Patient: Yes, my ankles, both.\n\
                    [03:10] Patient: My blood pressure was 150 over 90 this morning.\n\
                    [04:02] Patient: I can't get a ride Thursday.\n[04:10] Nurse: I'll call you Friday about the ride.\n";

fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-19T13:00:00Z");
    clinic.put(&[ANA, HEART]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("ortiz", "nurse");
    (clinic, nurse)
}

fn incoming(text: &[u8]) -> Incoming {
    Incoming {
        person: "Patient/ana".into(),
        kind: SourceKind::Call,
        name: "call.txt".into(),
        bytes: text.to_vec(),
        ..Incoming::default()
    }
}

fn taken(ctx: &Ctx, text: &str) -> Review {
    let id = intake::take(ctx, incoming(text.as_bytes())).unwrap().value;
    review::load(ctx, &id).unwrap()
}

fn count(ctx: &Ctx, type_: &str) -> usize {
    ctx.read(|r| {
        let person = r.rid(ctx.org, ResourceType::of("Patient"), "ana")?.unwrap();
        let rows = r.facts(&ctx.scope, &[person])?;
        Ok(continuo_care::assess::person_of(&rows).0.of(type_).len())
    })
    .unwrap()
}

fn provenances(ctx: &Ctx) -> Vec<Json> {
    let all = continuo_care::record::history_all(
        ctx,
        Some(ResourceType::of("Provenance")),
        &continuo_care::record::HistoryRange::all(),
        100,
    )
    .unwrap()
    .0;
    all.into_iter().filter_map(|one| Json::parse(&one.bytes?).ok()).collect()
}

fn resource(ctx: &Ctx, reference: &str) -> Json {
    let (type_, id) = reference.split_once('/').unwrap();
    let stored = ctx.read(|r| r.get(&ctx.scope, ResourceType::find(type_).unwrap(), id)).unwrap();
    Json::parse(&stored.bytes.unwrap()).unwrap()
}

#[test]
fn nothing_enters_the_record_until_a_person_accepts_it() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    assert_eq!(found.progress(), (5, 0, 0, 5), "{:#?}", found.items);
    assert!(found.items.iter().all(|item| item.holds));
    for type_ in ["MedicationStatement", "Observation", "Provenance"] {
        assert_eq!(count(&nurse, type_), 0, "{type_}");
    }
    assert_eq!(count(&nurse, "Condition"), 1);
    let medicine = found.items.iter().find(|item| item.proposal.kind == Kind::Medicine).unwrap();
    let written = decide::accept(&nurse, &found.id, &medicine.id, None).unwrap();
    let statement = resource(&nurse, &written.value);
    assert_eq!(statement.str_at("status"), Some("not-taken"));
    assert_eq!(statement.str_at("effectivePeriod.start"), Some("2026-08-15"));
    assert_eq!(provenances(&nurse).len(), 1);
    assert_eq!(review::load(&nurse, &found.id).unwrap().progress(), (5, 1, 0, 4));

    // Undo takes it out of the record and opens the proposal again.
    work::undo(&nurse, written.commit.unwrap()).unwrap();
    assert_eq!(count(&nurse, "MedicationStatement"), 0);
    assert_eq!(review::load(&nurse, &found.id).unwrap().progress(), (5, 0, 0, 5));
}

#[test]
fn provenance_names_the_words() {
    let (clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let vital = found.items.iter().find(|item| item.proposal.kind == Kind::Vital).unwrap();
    let written = decide::accept(&nurse, &found.id, &vital.id, None).unwrap();
    let source = provenances(&clinic.machine()).pop().expect("a Provenance");
    assert_eq!(source.at("target.0.reference").and_then(Json::as_str), Some(written.value.as_str()));
    assert_eq!(source.at("entity.0.what.reference").and_then(Json::as_str), Some(found.document.as_str()));
    assert!(source.to_string().contains("150 over 90"));
    assert_eq!(source.at("agent.0.who.reference").and_then(Json::as_str), Some("Practitioner/ortiz"));
}

#[test]
fn an_edit_keeps_the_original_beside_it() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let vital = found.items.iter().find(|item| item.proposal.kind == Kind::Vital).unwrap();
    let changed =
        Values::new([("what", "blood pressure"), ("value", "152/90"), ("unit", "mm[Hg]"), ("date", "2026-08-19")]);
    let written = decide::accept(&nurse, &found.id, &vital.id, Some(changed)).unwrap();
    let text = resource(&nurse, &written.value).to_string();
    assert!(text.contains("152") && text.contains("blood pressure 150/90"), "{text}");
    let again = review::load(&nurse, &found.id).unwrap();
    let item = again.items.iter().find(|item| item.id == vital.id).unwrap();
    assert_eq!(item.state, "changed");
    assert_eq!(item.proposal.what, "blood pressure 150/90 mmHg");
    assert!(item.edited.as_ref().unwrap().contains(&("value".to_owned(), "152/90".to_owned())));
}

#[test]
fn a_rejection_has_a_reason_and_a_grave_one_has_words() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let medicine = found.items.iter().find(|item| item.proposal.kind == Kind::Medicine).unwrap();
    assert!(decide::reject(&nurse, &found.id, &medicine.id, "no-such", "").is_err());
    assert!(decide::reject(&nurse, &found.id, &medicine.id, "wrong-data", "").is_err());
    decide::reject(&nurse, &found.id, &medicine.id, "wrong-data", "she meant last year").unwrap();
    let again = review::load(&nurse, &found.id).unwrap();
    assert_eq!(again.progress(), (5, 0, 1, 4));
    let lines = note::draft(&again);
    let doubted = lines.iter().filter(|line| line.quotes.iter().any(|quote| quote.text.contains("furosemide")));
    assert!(doubted.into_iter().all(|line| line.doubted), "{lines:#?}");
}

#[test]
fn the_loop_never_closes_what_was_proposed_from_words() {
    let (clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let machine = clinic.machine();
    worker::rebuild(&machine).unwrap();
    clinic.set(clinic::instant("2026-10-30T13:00:00Z"));
    worker::catch_up(&machine).unwrap();
    let again = review::load(&nurse, &found.id).unwrap();
    assert_eq!(again.progress(), (5, 0, 0, 5));
    // They stand on their own page, not among the suggestions of rules, and not one by one in the list.
    assert!(suggestions::review(&nurse, 100).unwrap().is_empty());
    let list = worklist(&nurse, Tab::Mine, &Filter::default()).unwrap();
    assert_eq!(list.rows.iter().map(|row| row.items.len()).sum::<usize>(), 1);
    assert_eq!(review::open(&nurse, 10).unwrap()[0].counts, (5, 5));
}

#[test]
fn the_review_s_task_is_not_done_past_its_proposals() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let act = Act::Complete { outcome: "reviewed".into(), words: String::new() };
    assert!(matches!(work::act(&nurse, &found.id, act), Err(WorkError::Not(_))));
}

#[test]
fn what_was_not_said_is_asked_never_filled_in() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let weight = found.unsaid.iter().find(|one| one.ask == "Weight today?").expect("heart failure and no weight");
    assert_eq!(weight.because, ["Condition/hf"]);
    decide::question(&nurse, &found.id, &weight.id, Answer::NotAsked).unwrap();
    let allergies = found.unsaid.iter().find(|one| one.ask == "Any allergies?").unwrap();
    decide::question(&nurse, &found.id, &allergies.id, Answer::Ask).unwrap();
    let again = review::load(&nurse, &found.id).unwrap();
    assert!(note::draft(&again).iter().any(|line| line.text == "Not asked: Weight today"));
    let list = worklist(&nurse, Tab::Mine, &Filter::default()).unwrap();
    assert!(list.rows.iter().flat_map(|row| &row.items).any(|item| item.what == "Ask: Any allergies?"));
    assert_eq!(count(&nurse, "Observation"), 0);
    let said = taken(&nurse, "Patient: My weight is 172 pounds. No allergies.\n");
    assert!(said.unsaid.iter().all(|one| one.ask != "Weight today?" && one.ask != "Any allergies?"));
}

#[test]
fn finishing_makes_the_note_and_tells_the_physician() {
    let (clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let form = NoteForm { tell: true, ..NoteForm::default() };
    assert!(matches!(finish::finish(&nurse, &found.id, &form), Err(WorkError::Field { .. })), "five are undecided");
    for item in &found.items {
        decide::accept(&nurse, &found.id, &item.id, None).unwrap();
    }
    let again = review::load(&nurse, &found.id).unwrap();
    let lines = note::draft(&again);
    let accepted = lines.iter().find(|line| line.text.starts_with("Measured")).unwrap();
    let form = NoteForm {
        statements: vec![(accepted.number, "Blood pressure 150/90 at home.".to_owned())],
        added: vec![("plan".to_owned(), "Talk to Dr. Patel about the water pill.".to_owned())],
        tell: true,
        leave_open: false,
    };
    finish::save(&nurse, &found.id, &form).unwrap();
    assert_eq!(resource(&nurse, &format!("Composition/note-{}", found.id)).str_at("status"), Some("preliminary"));
    let done = finish::finish(&nurse, &found.id, &form).unwrap();
    assert_eq!(done.value.told, "Practitioner/patel");
    let composition = resource(&nurse, &done.value.note);
    assert_eq!(composition.str_at("status"), Some("final"));
    let text = composition.to_string();
    assert!(text.contains("Blood pressure 150/90 at home.") && text.contains("water pill"));
    assert!(text.contains("urn:continuo:ext:words") && text.contains("urn:continuo:ext:proposed"));
    let copy = ehr::text(&nurse, "Composition", done.value.note.strip_prefix("Composition/").unwrap()).unwrap();
    assert!(copy.text.contains("OBJECTIVE") && copy.text.contains("- Blood pressure 150/90 at home."), "{}", copy.text);
    assert!(review::load(&nurse, &found.id).unwrap().is_finished());
    assert!(review::open(&nurse, 10).unwrap().is_empty());
    // Patel has no account here: the message waits in preparation, and sending it is a task.
    let machine = clinic.machine();
    let waiting = machine
        .read(|r| {
            let person = r.rid(machine.org, ResourceType::of("Patient"), "ana")?.unwrap();
            let rows = r.facts(&machine.scope, &[person])?;
            Ok(continuo_care::assess::person_of(&rows)
                .0
                .of("Communication")
                .iter()
                .map(|one| one.status().to_owned())
                .collect::<Vec<_>>())
        })
        .unwrap();
    assert_eq!(waiting, ["preparation"]);
    assert!(finish::finish(&nurse, &found.id, &form).is_err(), "finished once");
    work::undo(&nurse, done.commit.unwrap()).unwrap();
    assert!(!review::load(&nurse, &found.id).unwrap().is_finished());
}

#[test]
fn what_stays_undecided_is_recorded_as_nobody_decided() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let form = NoteForm { leave_open: true, ..NoteForm::default() };
    finish::finish(&nurse, &found.id, &form).unwrap();
    let again = review::load(&nurse, &found.id).unwrap();
    assert!(again.items.iter().all(|item| item.state == "lapsed"));
    assert!(again.items[0].decisions.iter().any(|one| one.outcome == "nobody-decided"));
}

#[test]
fn words_of_self_harm_open_the_safety_contact_at_once() {
    let (_clinic, nurse) = clinic();
    let found = taken(&nurse, "Nurse: How are you?\nPatient: I want to kill myself, I have the pills here.\n");
    assert_eq!(found.items[0].proposal.kind, Kind::Danger);
    let items = work_of(&nurse);
    assert!(items.iter().any(|(kind, _)| kind == "suicide-risk-contact"), "{items:?}");
    let form = NoteForm { leave_open: true, ..NoteForm::default() };
    assert!(finish::finish(&nurse, &found.id, &form).is_err(), "danger cannot stay undecided");
}

#[test]
fn words_of_self_harm_that_are_taken_back_leave_somebody_to_look() {
    let (_clinic, nurse) = clinic();
    let words = "Nurse: How are you?\nPatient: I want to kill myself, I have the pills here.\n";
    let taken = intake::take(&nurse, incoming(words.as_bytes())).unwrap();
    work::undo(&nurse, taken.commit.unwrap()).unwrap();
    let items = work_of(&nurse);
    let contacts: Vec<_> = items.iter().filter(|(kind, _)| kind == "suicide-risk-contact").collect();
    assert_eq!(contacts.len(), 1, "{items:?}");
    assert!(contacts[0].1.contains("taken back"), "{items:?}");
}

fn work_of(ctx: &Ctx) -> Vec<(String, String)> {
    let person = ctx.read(|r| r.rid(ctx.org, ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    let items = continuo_care::worklist::of_person(ctx, person).unwrap();
    items.into_iter().map(|item| (item.kind, item.what)).collect()
}

#[test]
fn what_came_in_is_kept_byte_for_byte_and_bad_input_is_said() {
    let (_clinic, nurse) = clinic();
    for empty in [&b""[..], b" \n\t "] {
        assert!(matches!(intake::take(&nurse, incoming(empty)), Err(WorkError::Field { .. })));
    }
    let binary: Vec<u8> = (0..5000u32).map(|n| (n * 31 % 251) as u8).collect();
    for bytes in
        [binary, b"one line without any speaker at all".to_vec(), "\u{0}\u{1b}[31mred".into(), vec![b'x'; 1 << 21]]
    {
        let id = intake::take(&nurse, incoming(&bytes)).unwrap().value;
        let (name, _, kept) = review::received(&nurse, &id).unwrap();
        assert_eq!((name.as_str(), kept == bytes), ("call.txt", true));
        let found = review::load(&nurse, &id).unwrap();
        assert_eq!(found.received.2, intake::sha256(&bytes));
        let document = resource(&nurse, &found.document).to_string();
        assert!(document.contains(&intake::sha256(&bytes)) && document.contains("Binary/"));
    }
    assert!(matches!(intake::take(&nurse, incoming(&vec![b'x'; intake::LARGEST + 1])), Err(WorkError::Field { .. })));
}

#[test]
fn who_may_not_decide_does_not_and_who_does_not_see_finds_nothing() {
    let (clinic, nurse) = clinic();
    let found = taken(&nurse, CALL);
    let id = &found.items[0].id;
    let worker = clinic.staff("kim", "community-health-worker");
    assert!(matches!(decide::accept(&worker, &found.id, id, None), Err(WorkError::Denied(_))));
    let desk = clinic.staff("desk", "front-desk");
    assert!(matches!(review::load(&desk, &found.id), Err(WorkError::Denied(_))));
    assert!(matches!(intake::take(&desk, incoming(b"x")), Err(WorkError::Denied(_))));
    assert!(matches!(review::load(&nurse, "none-such"), Err(WorkError::NotFound(_))));
}
