//! Words of a call or a task, and words closed by a label: what comes of them is tied to the one and as closed as the other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::calls::{CallForm, Outcome};
use continuo_care::problem::WorkError;
use continuo_care::scribe::finish::{self, NoteForm};
use continuo_care::scribe::intake::{self, Incoming};
use continuo_care::scribe::source::SourceKind;
use continuo_care::scribe::{decide, review};
use continuo_care::work;
use continuo_fhir::{Json, ResourceType};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","generalPractitioner":[{"reference":"Practitioner/patel"}]}"#;
const LEE: &str = r#"{"resourceType":"Patient","id":"lee","name":[{"family":"Lee"}],"birthDate":"1955-07-30"}"#;
const CALL: &str = "Patient: I stopped the furosemide Saturday.\nPatient: My weight is one eighty two pounds.\nNurse: I'll call you Friday.\n";

fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-19T13:00:00Z");
    clinic.put(&[ANA, LEE]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = staff(&clinic, "ortiz", "nurse");
    (clinic, nurse)
}

/// Somebody with the labels closed that their role does not see.
fn staff(clinic: &Clinic, id: &str, role: &str) -> Ctx {
    let mut ctx = clinic.staff(id, role);
    ctx.scope.hidden_labels = ctx.grant.hidden_labels();
    ctx
}

fn incoming(person: &str, about: &str, label: &str) -> Incoming {
    Incoming {
        person: format!("Patient/{person}"),
        kind: SourceKind::Call,
        about: about.to_owned(),
        label: label.to_owned(),
        bytes: CALL.as_bytes().to_vec(),
        ..Incoming::default()
    }
}

fn logged(ctx: &Ctx) -> String {
    let call = CallForm {
        person: "Patient/ana".into(),
        outcome: Outcome::Reached,
        identity_check: "name".into(),
        ..CallForm::default()
    };
    format!("Communication/{}", work::log_call(ctx, call).unwrap().value)
}

fn all(ctx: &Ctx, type_: &'static str) -> Vec<Json> {
    let all = continuo_care::record::HistoryRange::all();
    let (rows, _) = continuo_care::record::history_all(ctx, Some(ResourceType::of(type_)), &all, 200).unwrap();
    rows.into_iter().filter_map(|one| Json::parse(&one.bytes?).ok()).collect()
}

#[test]
fn what_is_accepted_from_a_call_names_the_call() {
    let (clinic, nurse) = clinic();
    let call = logged(&nurse);
    let id = intake::take(&nurse, incoming("ana", &call, "")).unwrap().value;
    let found = review::load(&nurse, &id).unwrap();
    assert_eq!(found.of, call);
    decide::accept(&nurse, &id, &found.items[0].id, None).unwrap();
    let source = all(&clinic.machine(), "Provenance").pop().unwrap();
    let entities = source.get("entity").unwrap().items();
    let of = entities.iter().find(|one| one.str_at("what.reference") == Some(call.as_str())).expect("the call");
    assert_eq!(of.str_at("role"), Some("derivation"));
    assert_eq!(entities[0].str_at("what.reference"), Some(found.document.as_str()), "the words first");
}

#[test]
fn words_belong_to_a_call_of_the_same_person_only() {
    let (_clinic, nurse) = clinic();
    let call = logged(&nurse);
    for about in [call.as_str(), "Communication/none", "nonsense", "Nothing/1"] {
        let refused = intake::take(&nurse, incoming("lee", about, ""));
        assert!(matches!(refused, Err(WorkError::NotFound(_))), "{about}");
    }
    assert!(matches!(intake::take(&nurse, incoming("ana", "", "no-such-label")), Err(WorkError::Field { .. })));
}

#[test]
fn a_label_closes_the_words_their_proposals_and_all_that_is_accepted() {
    let (clinic, nurse) = clinic();
    let therapist = staff(&clinic, "cho", "behavioral-health-clinician");
    let id = intake::take(&therapist, incoming("ana", "", "behavioral")).unwrap().value;
    let found = review::load(&therapist, &id).unwrap();
    assert!(found.items.len() >= 3, "{:?}", found.items);
    for item in &found.items {
        decide::accept(&therapist, &id, &item.id, None).unwrap();
    }
    finish::finish(&therapist, &id, &NoteForm { tell: true, ..NoteForm::default() }).unwrap();
    let machine = clinic.machine();
    for type_ in [
        "DocumentReference",
        "Task",
        "MedicationStatement",
        "Observation",
        "Provenance",
        "Composition",
        "Communication",
    ] {
        let made = all(&machine, type_);
        assert!(!made.is_empty(), "{type_}");
        for one in made {
            assert!(one.at("meta.security").is_some(), "{type_} is open: {one}");
        }
    }
    // Whom the label is closed to finds none of it; whose role sees it does.
    let coordinator = staff(&clinic, "kim", "care-coordinator");
    assert!(matches!(review::load(&coordinator, &id), Err(WorkError::NotFound(_))));
    assert!(review::received(&coordinator, &id).is_err());
    assert!(all(&coordinator, "MedicationStatement").is_empty());
    assert!(review::load(&nurse, &id).is_ok());
}

#[test]
fn part_2_words_are_closed_even_to_who_took_them_in_and_danger_in_them_is_not() {
    let (clinic, nurse) = clinic();
    let mut given = incoming("ana", "", "part2");
    given.bytes = b"Patient: I used again and I want to kill myself tonight.\n".to_vec();
    let id = intake::take(&nurse, given).unwrap().value;
    let seen = review::load(&nurse, &id);
    assert!(matches!(seen, Err(WorkError::NotFound(_))), "no consent opens it: {seen:?}");
    let person = nurse.read(|r| r.rid(nurse.org, ResourceType::of("Patient"), "ana")).unwrap().unwrap();
    let items = continuo_care::worklist::of_person(&nurse, person).unwrap();
    assert!(items.iter().any(|item| item.kind == "suicide-risk-contact"), "{items:?}");
    assert!(items.iter().all(|item| item.kind != "review-words"), "{items:?}");
    let contact = all(&clinic.machine(), "Task").into_iter().find(|one| one.to_string().contains("suicide-risk"));
    assert!(!contact.unwrap().to_string().contains("used again"), "it says no word of what was said");
}

#[test]
fn ten_megabytes_of_a_recorder_are_kept_read_in_part_and_bounded() {
    let (_clinic, nurse) = clinic();
    let mut text = "{\"segments\":[".to_owned();
    let mut number = 0;
    while text.len() < 10 << 20 {
        number += 1;
        text.push_str(&format!(
            "{{\"speaker\":\"Nurse\",\"start\":{number},\"text\":\"I will call you about paper {number}.\"}},\
             {{\"speaker\":\"Patient\",\"start\":{number}.5,\"text\":\"{}\"}},",
            "Thank you, that would be kind of you. ".repeat(20)
        ));
    }
    text.push_str("{\"speaker\":\"Patient\",\"start\":1,\"text\":\"End.\"}]}");
    let given = Incoming { name: "call.json".into(), bytes: text.clone().into_bytes(), ..incoming("ana", "", "") };
    let id = intake::take(&nurse, given).unwrap().value;
    let found = review::load(&nurse, &id).unwrap();
    assert_eq!(found.items.len(), continuo_care::scribe::propose::MOST);
    assert!(found.reading.notices.iter().any(|notice| notice.contains("Very long")), "{:?}", found.reading.notices);
    assert!(found.reading.notices.iter().any(|notice| notice.contains("More was found")));
    assert_eq!(review::received(&nurse, &id).unwrap().2.len(), text.len(), "all of it is kept");
}
