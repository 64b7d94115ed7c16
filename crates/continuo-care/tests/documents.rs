//! The document inbox: received once, read, filed to a person with a task, taken back, closed with a reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::documents::{self, Received};
use continuo_care::entry::Values;
use continuo_care::problem::WorkError;
use continuo_care::{work, worklist};
use continuo_fhir::{Json, ResourceType};
use continuo_store::Scope;

const NOW: &str = "2026-08-19T15:00:00Z";
const ADA: &str =
    r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada","given":["Bea"]}],"birthDate":"1960-02-12"}"#;
const PDF: &[u8] = b"%PDF-1.4 a fax";

fn clinic() -> Clinic {
    let clinic = Clinic::new(NOW);
    clinic.put(&[ADA]);
    clinic
}

fn one(clinic: &Clinic) -> String {
    match documents::receive(&clinic.machine(), "fax", "fax 1.pdf", PDF.to_vec()).unwrap() {
        Received::New(id) => id,
        other => panic!("{other:?}"),
    }
}

fn filing<'a>(more: &[(&'a str, &'a str)]) -> Values {
    let base = [("person", "ada"), ("kind", "discharge"), ("date", "2026-08-18")];
    Values::new(base.into_iter().chain(more.iter().copied()))
}

#[test]
fn the_same_bytes_wait_once_and_what_is_no_document_is_refused() {
    let clinic = clinic();
    let id = one(&clinic);
    let ctx = clinic.machine();
    assert_eq!(documents::receive(&ctx, "scanner", "again.pdf", PDF.to_vec()).unwrap(), Received::Known(id));
    let html = b"<html><script>alert(1)</script>".to_vec();
    assert!(matches!(documents::receive(&ctx, "fax", "x.pdf", html).unwrap(), Received::Refused(_)));
    assert_eq!(documents::waiting(&clinic.staff("nurse", "nurse"), 10).unwrap().1, 1);
}

#[test]
fn filing_makes_the_document_and_a_task_and_undo_lets_it_wait_again() {
    let clinic = clinic();
    let id = one(&clinic);
    let nurse = clinic.staff("nurse", "nurse");
    let act = [("act", "yes"), ("what", "Read the new medicines"), ("due", "2026-08-20"), ("owner", "role:nurse")];
    let done = documents::file(&nurse, &id, &filing(&act)).unwrap();
    assert_eq!(documents::waiting(&nurse, 10).unwrap().1, 0);
    let document = ResourceType::of("DocumentReference");
    let stored = nurse.read(|r| r.get(&nurse.scope, document, &done.value)).unwrap();
    let json = Json::parse(stored.bytes.as_deref().unwrap()).unwrap();
    assert_eq!(json.str_at("subject.reference"), Some("Patient/ada"));
    assert_eq!(json.str_at("content.0.attachment.url"), Some(format!("Binary/{id}").as_str()));
    let open = worklist::of_person(&nurse, clinic.rid("ada")).unwrap();
    assert_eq!(open.iter().map(|item| item.what.as_str()).collect::<Vec<_>>(), ["Read the new medicines"]);
    assert_eq!(documents::content(&nurse, &id).unwrap(), ("application/pdf".to_owned(), PDF.to_vec()));

    work::undo(&nurse, done.commit.unwrap()).unwrap();
    assert_eq!(documents::waiting(&nurse, 10).unwrap().1, 1);
    assert!(nurse.read(|r| r.find(&nurse.scope, document, &done.value)).unwrap().is_none_or(|one| one.bytes.is_none()));
    assert!(worklist::of_person(&nurse, clinic.rid("ada")).unwrap().is_empty());
}

#[test]
fn a_document_is_settled_once() {
    let clinic = clinic();
    let id = one(&clinic);
    let nurse = clinic.staff("nurse", "nurse");
    assert!(matches!(documents::close(&nurse, &id, " "), Err(WorkError::Field { field: "reason", .. })));
    let closed = documents::close(&nurse, &id, "advertising").unwrap();
    assert!(matches!(documents::file(&nurse, &id, &filing(&[])), Err(WorkError::Not(_))));
    assert_eq!(documents::settled(&nurse, 10).unwrap()[0].row.reason, "advertising");
    work::undo(&nurse, closed.commit.unwrap()).unwrap();
    documents::file(&nurse, &id, &filing(&[])).unwrap();
}

#[test]
fn a_private_document_is_closed_from_then_on() {
    let clinic = clinic();
    let id = one(&clinic);
    let nurse = clinic.staff("nurse", "nurse");
    documents::file(&nurse, &id, &filing(&[("label", "part2"), ("act", "yes")])).unwrap();
    let hidden = Scope { hidden_labels: nurse.grant.hidden_labels(), ..nurse.scope.clone() };
    let closed = continuo_care::Ctx::new(
        nurse.care().clone(),
        nurse.org,
        nurse.zone.clone(),
        nurse.actor.clone(),
        nurse.grant.clone(),
        hidden,
    );
    assert!(matches!(documents::content(&closed, &id), Err(WorkError::NotFound(_))));
    assert!(matches!(documents::open(&closed, &id), Err(WorkError::NotFound(_))));
    let told = documents::settled(&closed, 10).unwrap();
    assert!(!told[0].open && told[0].row.document.is_empty(), "only the fact is told");
    assert!(worklist::of_person(&closed, clinic.rid("ada")).unwrap().is_empty(), "its task carries the label");
}

#[test]
fn who_reads_it_now_is_told_to_the_others() {
    let clinic = clinic();
    let id = one(&clinic);
    let (nurse, other) = (clinic.staff("nurse", "nurse"), clinic.staff("other", "nurse"));
    documents::open(&nurse, &id).unwrap();
    let row = documents::open(&other, &id).unwrap();
    assert_eq!(documents::read_by(&other, &row), Some("Practitioner/nurse"));
    assert_eq!(documents::read_by(&nurse, &row), None);
}

#[test]
fn whoever_does_not_open_the_record_does_not_open_what_waits_for_it() {
    let clinic = clinic();
    let id = one(&clinic);
    for role in ["administrator", "front-desk", "physician"] {
        let ctx = clinic.staff(role, role);
        assert!(matches!(documents::open(&ctx, &id), Err(WorkError::Denied(_))), "{role}");
        assert!(matches!(documents::content(&ctx, &id), Err(WorkError::Denied(_))), "{role}");
        assert_eq!(documents::count(&ctx).unwrap(), None, "{role}");
    }
}
