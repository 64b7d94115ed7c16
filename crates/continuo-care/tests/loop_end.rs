//! A referral's loop ends when its report is named or somebody says why none comes, whoever wrote the order; and what is
//! made from a closed record is as closed as it is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::calls::CallForm;
use continuo_care::entry::{self, Values, correct};
use continuo_care::problem::WorkError;
use continuo_care::tasks::make::NewTask;
use continuo_care::work::referral::{self, End};
use continuo_care::work::{self, Act};
use continuo_care::worklist::of_person;
use continuo_fhir::{Date, Json, ResourceType};
use continuo_store::{Prepared, PutOptions, Scope, Stored};

const ANA: &str =
    r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#;
const VISIT: &str = r#"{"resourceType":"Appointment","id":"a","status":"fulfilled","basedOn":[{"reference":"ServiceRequest/r"}],"start":"2026-07-15T10:00:00Z","end":"2026-07-15T10:30:00Z","participant":[{"actor":{"reference":"Patient/ana"},"status":"accepted"}]}"#;
const LETTER: &str = r#"{"resourceType":"DocumentReference","id":"d","status":"current","description":"Cardiology consult","date":"2026-07-20T10:00:00Z","subject":{"reference":"Patient/ana"},"content":[{"attachment":{"title":"x"}}]}"#;

fn referral(security: &str) -> String {
    format!(
        r#"{{"resourceType":"ServiceRequest","id":"r",{security}"status":"active","intent":"order","category":[{{"coding":[{{"system":"http://snomed.info/sct","code":"3457005"}}]}}],"code":{{"text":"Cardiology"}},"subject":{{"reference":"Patient/ana"}},"authoredOn":"2026-06-22"}}"#
    )
}

/// As another system sends it.
fn import(clinic: &Clinic, text: &str) {
    let ctx = clinic.machine();
    let one = Prepared::new(Json::parse(text.as_bytes()).unwrap(), &ctx.prepare_context().unwrap()).unwrap();
    let options = PutOptions { source: "mercy".into(), ..PutOptions::default() };
    ctx.write("import", move |tx| tx.put(&one, &options).map(|_| ())).unwrap();
}

fn stored(clinic: &Clinic, reference: &str) -> Stored {
    let (type_, id) = reference.split_once('/').unwrap();
    let ctx = clinic.machine();
    ctx.read(|r| r.get(&Scope::all(ctx.org), ResourceType::find(type_).unwrap(), id)).unwrap()
}

fn asks(ctx: &Ctx, clinic: &Clinic) -> Vec<String> {
    let items = of_person(ctx, clinic.rid("ana")).unwrap();
    items.into_iter().filter(|item| item.kind == "ask-for-report").map(|item| item.id).collect()
}

fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-05T14:00:00Z");
    clinic.open_tasks_directly();
    clinic.accounts(&[("nils", "nurse")]);
    clinic.put(&[ANA]);
    import(&clinic, &referral(""));
    clinic.put(&[VISIT]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("nils", "nurse");
    (clinic, nurse)
}

#[test]
fn asking_for_a_report_ends_with_the_report_and_leaves_the_order_as_its_source_wrote_it() {
    let (clinic, nurse) = clinic();
    let [task] = &asks(&nurse, &clinic)[..] else { panic!("the report is asked for") };
    for outcome in ["", "report is back", "no report will come"] {
        let done = Act::Complete { outcome: outcome.into(), words: String::new() };
        let refused = work::act(&nurse, task, done).unwrap_err().to_string();
        assert!(refused.contains("which document"), "{refused}");
    }
    let several = work::parted::part(
        &nurse,
        std::slice::from_ref(task),
        &Act::Complete { outcome: String::new(), words: String::new() },
        "",
    );
    let several = several.unwrap();
    assert!(several.allowed.is_empty() && several.kinds.is_empty(), "nor with others: {several:?}");
    let report = End::Report("DocumentReference/d".into());
    let none = referral::end(&nurse, "r", &report, "", Some(task)).unwrap_err();
    assert!(matches!(none, WorkError::Field { field: "report", .. }), "{none}");
    clinic.put(&[LETTER]);
    let open = referral::open(&nurse, "r").unwrap();
    assert!(open.is_foreign);
    assert_eq!(open.reports, [("DocumentReference/d".to_owned(), "Cardiology consult of Mon 07/20/2026".to_owned())]);
    let before = stored(&clinic, "ServiceRequest/r");
    let done = referral::end(&nurse, "r", &report, "No change of treatment", Some(task)).unwrap();
    assert_eq!(stored(&clinic, "ServiceRequest/r"), before, "the order is its source's");
    assert!(asks(&nurse, &clinic).is_empty());
    let kept = String::from_utf8(stored(&clinic, &format!("Task/{}", done.value)).bytes.unwrap()).unwrap();
    for words in ["loop-closed", "DocumentReference/d", "Practitioner/nils", "No change of treatment"] {
        assert!(kept.contains(words), "{words}: {kept}");
    }
    clinic.set(instant("2026-09-30T14:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(asks(&nurse, &clinic).is_empty(), "it stays closed");
    assert!(referral::end(&nurse, "r", &report, "", None).is_err(), "closed once");

    work::undo(&nurse, done.commit.unwrap()).unwrap();
    assert_eq!(asks(&nurse, &clinic), std::slice::from_ref(task), "one act, taken back as one");
}

#[test]
fn a_report_seen_on_paper_names_who_and_when_and_none_coming_names_why() {
    let (_clinic, nurse) = clinic();
    let day = |text: &str| Date::parse(text).unwrap();
    let paper = |by: &str, on: &str| End::Paper { by: by.into(), on: day(on) };
    let field = |end: &End, words: &str| match referral::end(&nurse, "r", end, words, None) {
        Err(WorkError::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(&paper("", "2026-08-04"), ""), "read_by");
    assert_eq!(field(&paper("Dr. Okafor", "2026-08-06"), ""), "read_on", "a day to come");
    assert_eq!(field(&End::NoReport, " "), "words");
    referral::end(&nurse, "r", &paper("Dr. Okafor", "2026-08-04"), "", None).unwrap();
    let refused = referral::open(&nurse, "r").unwrap_err().to_string();
    assert!(refused.contains("closed already"), "{refused}");
}

#[test]
fn what_was_entered_here_is_completed_with_its_loop_and_not_without() {
    let clinic = Clinic::new("2026-08-05T14:00:00Z");
    clinic.put(&[ANA]);
    let nurse = clinic.staff("nils", "nurse");
    let made = entry::add(
        &nurse,
        "ana",
        "referral",
        &Values::new([("what", "cardiology"), ("reason", "murmur"), ("priority", "routine")]),
    );
    let reference = made.unwrap().value.into_iter().find(|one| one.starts_with("ServiceRequest/")).unwrap();
    let id = reference.strip_prefix("ServiceRequest/").unwrap();
    let said = correct::correct(&nurse, ResourceType::of("ServiceRequest"), id, "kept", None, "told so");
    assert!(matches!(said, Err(WorkError::Field { field: "answer", .. })), "{said:?}");
    assert!(!referral::open(&nurse, id).unwrap().is_foreign);
    referral::end(&nurse, id, &End::NoReport, "The clinic has closed", None).unwrap();
    let order = String::from_utf8(stored(&clinic, &reference).bytes.unwrap()).unwrap();
    assert!(order.contains(r#""status":"completed""#), "{order}");
}

const HIV: &str =
    r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"#;

#[test]
fn what_is_made_from_a_private_referral_is_private() {
    let clinic = Clinic::new("2026-08-05T14:00:00Z");
    clinic.accounts(&[("nils", "nurse")]);
    clinic.put(&[ANA, &referral(HIV)]);
    let nurse = clinic.staff("nils", "nurse");
    let labels = stored(&clinic, "ServiceRequest/r").labels;
    assert_ne!(labels, 0);

    let visit = [("with", "Clinic"), ("date", "2026-08-20"), ("time", "09:20"), ("referral", "ServiceRequest/r")];
    let made = entry::add(&nurse, "ana", "appointment", &Values::new(visit)).unwrap().value;
    assert_eq!(stored(&clinic, &made[0]).labels, labels, "the appointment");

    let new = NewTask {
        what: "Ask".into(),
        person: "Patient/ana".into(),
        about: "ServiceRequest/r".into(),
        ..NewTask::default()
    };
    let task = work::new_task(&nurse, new).unwrap().value;
    assert_eq!(stored(&clinic, &format!("Task/{task}")).labels, labels, "the task about it");

    let call = CallForm { person: "Patient/ana".into(), task: format!("Task/{task}"), ..CallForm::default() };
    let call = work::log_call(&nurse, call).unwrap().value;
    assert_eq!(stored(&clinic, &format!("Communication/{call}")).labels, labels, "the call made for that task");

    let closed = referral::end(&nurse, "r", &End::NoReport, "moved away", None).unwrap().value;
    assert_eq!(stored(&clinic, &format!("Task/{closed}")).labels, labels, "how it ended");
}

#[test]
fn what_is_put_right_keeps_its_label() {
    let clinic = Clinic::new("2026-08-05T14:00:00Z");
    let problem = format!(
        r#"{{"resourceType":"Condition","id":"c",{HIV}"clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"code":{{"text":"Something"}},"subject":{{"reference":"Patient/ana"}}}}"#
    );
    clinic.put(&[ANA, &problem]);
    let labels = stored(&clinic, "Condition/c").labels;
    let nurse = clinic.staff("nils", "nurse");
    correct::correct(&nurse, ResourceType::of("Condition"), "c", "over", None, "told so").unwrap();
    assert_eq!(stored(&clinic, "Condition/c").labels, labels);
    assert_ne!(labels, 0);
}
