//! Filed documents put to review: from the document inbox in the commit that files them, or later from the document's
//! page; what has no words says so; the plan reaches the primary-care physician at once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::documents::{self, Received};
use continuo_care::entry::Values;
use continuo_care::problem::WorkError;
use continuo_care::scribe::filed::{self, Standing};
use continuo_care::scribe::finish::{self, NoteForm};
use continuo_care::scribe::propose::Kind;
use continuo_care::scribe::{decide, review};
use continuo_care::{Ctx, work, worklist};
use continuo_fhir::Json;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female","generalPractitioner":[{"reference":"Practitioner/patel"}]}"#;

/// A PDF with a text layer of these lines.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let drawn: String = lines.iter().map(|line| format!("({line}) Tj T* ")).collect();
    let content = format!("BT /F1 11 Tf 14 TL 72 700 Td {drawn}ET");
    format!(
        "%PDF-1.4\n1 0 obj << /Pages 2 0 R >> endobj 2 0 obj << /Kids [3 0 R] >> endobj \
         3 0 obj << /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >> endobj \
         4 0 obj << /Subtype /Type1 /Encoding /WinAnsiEncoding >> endobj \
         5 0 obj << >> stream\n{content}\nendstream endobj trailer << /Root 1 0 R >>"
    )
    .into_bytes()
}

const LETTER: [&str; 3] = [
    "Dear Dr. Patel,",
    "I increased her furosemide to 80 mg daily and stopped her ibuprofen.",
    "Plan: basic metabolic panel in one week.",
];

fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-19T15:00:00Z");
    clinic.put(&[ANA]);
    let nurse = clinic.staff("nurse", "nurse");
    (clinic, nurse)
}

fn received(clinic: &Clinic, bytes: Vec<u8>) -> String {
    match documents::receive(&clinic.machine(), "fax", "fax 1.pdf", bytes).unwrap() {
        Received::New(id) => id,
        other => panic!("{other:?}"),
    }
}

fn filing<'a>(more: &[(&'a str, &'a str)]) -> Values {
    let base = [("person", "ana"), ("kind", "consult"), ("date", "2026-08-18"), ("from", "Dr. Cho")];
    Values::new(base.into_iter().chain(more.iter().copied()))
}

fn review_of(ctx: &Ctx, document: &str) -> String {
    match filed::standing(ctx, document).unwrap() {
        Standing::Review(id) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fax_is_filed_and_put_to_review_in_one_commit_and_its_plan_reaches_the_physician() {
    let (clinic, nurse) = clinic();
    let id = received(&clinic, pdf(&LETTER));
    let done = documents::file(&nurse, &id, &filing(&[("read", "yes"), ("tell", "yes")])).unwrap();
    let review = review_of(&nurse, &done.value);
    let found = review::load(&nurse, &review).unwrap();
    assert_eq!((found.day.as_str(), found.from.as_str()), ("2026-08-18", "Dr. Cho"));
    assert!(found.told.is_some(), "the physician has it before anybody reviewed it");
    let medicine = found.items.iter().find(|item| item.proposal.kind == Kind::Medicine).unwrap();
    assert!(found.items.iter().all(|item| item.holds && item.state == "open"));
    assert!(medicine.proposal.quotes[0].text.contains("80 mg daily"), "{:?}", medicine.proposal.quotes);
    // Dr. Patel has no account here: the word is kept, and sending it is somebody's task.
    let waits = worklist::of_person(&nurse, clinic.rid("ana")).unwrap();
    assert!(waits.iter().any(|item| item.what.starts_with("Send a note to the physician")), "{waits:?}");

    let accepted = decide::accept(&nurse, &review, &medicine.id, None).unwrap().value;
    assert!(accepted.starts_with("Medication"), "{accepted}");
    assert_eq!(review::received(&nurse, &review).unwrap().2, pdf(&LETTER), "as received");
}

#[test]
fn taking_the_filing_back_takes_its_review_back() {
    let (clinic, nurse) = clinic();
    let id = received(&clinic, pdf(&LETTER));
    let done = documents::file(&nurse, &id, &filing(&[("read", "yes")])).unwrap();
    let review = review_of(&nurse, &done.value);
    work::undo(&nurse, done.commit.unwrap()).unwrap();
    assert!(review::load(&nurse, &review).is_err());
    assert_eq!(documents::waiting(&nurse, 10).unwrap().1, 1);
    documents::file(&nurse, &id, &filing(&[("read", "yes")])).unwrap();
}

#[test]
fn filing_is_not_taken_back_while_what_was_decided_on_its_words_stands() {
    for later in [false, true] {
        let (clinic, nurse) = clinic();
        let id = received(&clinic, pdf(&LETTER));
        let more: &[(&str, &str)] = if later { &[] } else { &[("read", "yes")] };
        let filed = documents::file(&nurse, &id, &filing(more)).unwrap();
        let review =
            if later { filed::take(&nurse, &filed.value).unwrap().value } else { review_of(&nurse, &filed.value) };
        let items = review::load(&nurse, &review).unwrap().items;
        let medicines: Vec<_> = items.iter().filter(|item| item.proposal.kind == Kind::Medicine).take(2).collect();
        assert_eq!(medicines.len(), 2, "{items:?}");
        let accept = |at: usize| decide::accept(&nurse, &review, &medicines[at].id, None).unwrap();
        let commits = [accept(0), accept(1)].map(|done| done.commit.unwrap());
        let undo = || work::undo(&nurse, filed.commit.unwrap());
        let refused = undo().unwrap_err().to_string();
        assert!(refused.starts_with("2 decisions stand in the review of its words. Undo first: "), "{refused}");
        assert!(medicines.iter().all(|one| refused.contains(&one.proposal.what)), "{refused}");
        assert!(review::load(&nurse, &review).is_ok(), "nothing was taken back by half");
        work::undo(&nurse, commits[0]).unwrap();
        let refused = undo().unwrap_err().to_string();
        assert!(
            refused.starts_with("1 decision stands") && !refused.contains(&medicines[0].proposal.what),
            "{refused}"
        );
        // Whom the words are closed to, is told no word of them.
        let mut closed = clinic.staff("nurse", "nurse");
        closed.scope.hidden_labels = u64::MAX;
        assert!(work::undo(&closed, filed.commit.unwrap()).is_err());
        work::undo(&nurse, commits[1]).unwrap();
        let undone = undo().unwrap();
        assert!(filed::standing(&nurse, &filed.value).is_err() && documents::waiting(&nurse, 10).unwrap().1 == 1);
        assert!(review::open(&nurse, 10).unwrap().is_empty(), "no review is left that nobody could open");
        assert!(worklist::of_person(&nurse, clinic.rid("ana")).unwrap().is_empty());
        // Filing it after all brings the review back as it was.
        work::undo(&nurse, undone.commit.unwrap()).unwrap();
        assert_eq!(review::load(&nurse, &review).unwrap().progress().3, items.len());
        assert_eq!(review::open(&nurse, 10).unwrap().len(), 1);
    }
}

#[test]
fn a_finished_review_or_a_kept_note_stands_in_the_way_of_taking_its_document_back() {
    let (clinic, nurse) = clinic();
    let id = received(&clinic, pdf(&LETTER));
    let filed = documents::file(&nurse, &id, &filing(&[("read", "yes")])).unwrap();
    let review = review_of(&nurse, &filed.value);
    let form = NoteForm { leave_open: true, ..NoteForm::default() };
    let kept = finish::save(&nurse, &review, &form).unwrap();
    let refused = || work::undo(&nurse, filed.commit.unwrap()).unwrap_err().to_string();
    assert_eq!(refused(), "a note was kept in the review of its words: undo that first");
    let finished = finish::finish(&nurse, &review, &form).unwrap();
    assert_eq!(refused(), "the review of its words is finished: undo that first");
    for commit in [finished.commit, kept.commit, filed.commit] {
        work::undo(&nurse, commit.unwrap()).unwrap();
    }
    assert!(review::load(&nurse, &review).is_err());
}

#[test]
fn a_document_filed_before_is_put_to_review_once() {
    let (clinic, nurse) = clinic();
    let id = received(&clinic, pdf(&LETTER));
    let document = documents::file(&nurse, &id, &filing(&[])).unwrap().value;
    assert_eq!(filed::standing(&nurse, &document).unwrap(), Standing::Free);
    let review = filed::take(&nurse, &document).unwrap().value;
    assert_eq!(review_of(&nurse, &document), review);
    assert!(!review::load(&nurse, &review).unwrap().items.is_empty());
    assert!(matches!(filed::take(&nurse, &document), Err(WorkError::Not(text)) if text.contains("in review already")));
    let desk = clinic.staff("desk", "front-desk");
    assert!(matches!(filed::take(&desk, &document), Err(WorkError::Denied(_))));
}

#[test]
fn a_letter_that_another_system_sent_with_its_text_is_put_to_review() {
    let (clinic, nurse) = clinic();
    // "Plan: start metoprolol 25 mg twice a day." in base64.
    clinic.put(&[r#"{"resourceType":"DocumentReference","id":"sent","status":"current","subject":{"reference":"Patient/ana"},"date":"2026-08-17T10:00:00Z","description":"Heart clinic","content":[{"attachment":{"contentType":"text/plain; charset=utf-8","data":"UGxhbjogc3RhcnQgbWV0b3Byb2xvbCAyNSBtZyB0d2ljZSBhIGRheS4="}}]}"#]);
    let review = filed::take(&nurse, "sent").unwrap().value;
    let found = review::load(&nurse, &review).unwrap();
    assert_eq!(found.day, "2026-08-17");
    assert!(found.items.iter().any(|item| item.proposal.what.contains("metoprolol")), "{:?}", found.items);
}

#[test]
fn a_picture_says_that_its_words_are_not_read_and_is_filed_all_the_same() {
    let (clinic, nurse) = clinic();
    let scan = received(&clinic, b"%PDF-1.4 a scan without text".to_vec());
    let wrong = documents::file(&nurse, &scan, &filing(&[("read", "yes")]));
    assert!(matches!(&wrong, Err(WorkError::Field { field: "read", text }) if text.contains("picture of a page")));
    assert_eq!(documents::waiting(&nurse, 10).unwrap().1, 1, "nothing was filed by half");
    let document = documents::file(&nurse, &scan, &filing(&[])).unwrap().value;
    assert!(matches!(filed::take(&nurse, &document), Err(WorkError::Not(text)) if text.contains("picture of a page")));

    let fax = match documents::receive(&clinic.machine(), "fax", "f.tiff", b"II*\0\x08 fax".to_vec()).unwrap() {
        Received::New(id) => id,
        other => panic!("{other:?}"),
    };
    let document = documents::file(&nurse, &fax, &filing(&[])).unwrap().value;
    assert_eq!(filed::standing(&nurse, &document).unwrap(), Standing::NotRead);
}

#[test]
fn a_private_letter_s_review_is_as_closed_as_the_letter() {
    let (clinic, nurse) = clinic();
    let id = received(&clinic, pdf(&LETTER));
    let document =
        documents::file(&nurse, &id, &filing(&[("label", "part2"), ("read", "yes"), ("tell", "yes")])).unwrap();
    let review = review_of(&nurse, &document.value);
    let stored = nurse.read(|r| r.get(&nurse.scope, continuo_fhir::ResourceType::of("Task"), &review)).unwrap();
    let task = Json::parse(stored.bytes.as_deref().unwrap()).unwrap();
    assert!(task.at("meta.security.0").is_some(), "the review's task carries the label");
}
