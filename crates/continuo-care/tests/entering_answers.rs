//! Entering by hand what changes what may be done: a death, a new answer to a question of consent, a number of somebody
//! whose record is closed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::entry::{Values, add};
use continuo_care::tasks::make::NewTask;
use continuo_care::work;
use continuo_care::worklist::of_person;
use continuo_fhir::{Json, ResourceType};
use continuo_store::CommitId;

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female"}"#;

fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    clinic.put(&[ANA]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ctx = clinic.staff("ortiz", "supervisor");
    (clinic, ctx)
}

fn read(ctx: &Ctx, type_: &'static str, id: &str) -> Json {
    let type_ = ResourceType::of(type_);
    let stored = ctx.read(|r| r.get(&ctx.scope, type_, id)).unwrap();
    Json::parse(stored.bytes.as_deref().unwrap()).unwrap()
}

fn entered(ctx: &Ctx, kind: &str, values: &[(&str, &str)]) -> (Vec<String>, CommitId) {
    let done = add(ctx, "ana", kind, &Values::new(values.iter().copied())).unwrap();
    (done.value, done.commit.unwrap())
}

fn kinds(clinic: &Clinic, ctx: &Ctx) -> Vec<String> {
    of_person(ctx, clinic.rid("ana")).unwrap().into_iter().map(|item| item.kind).collect()
}

#[test]
fn a_death_heard_on_the_phone_ends_open_work_and_can_be_taken_back() {
    let (clinic, ctx) = clinic();
    let ride = NewTask { what: "Order the ride".into(), person: "Patient/ana".into(), ..NewTask::default() };
    work::new_task(&ctx, ride).unwrap();
    let before = kinds(&clinic, &ctx);
    let said = [("answer", "died"), ("date", "2026-08-04"), ("said_by", "Elena, daughter")];
    let (_, commit) = entered(&ctx, "death", &said);
    assert_eq!(kinds(&clinic, &ctx), ["bereavement"]);
    assert_eq!(read(&ctx, "Patient", "ana").str_at("deceasedDateTime"), Some("2026-08-04"));
    assert!(add(&ctx, "ana", "death", &Values::new([("answer", "died"), ("said_by", "x")])).is_err(), "once");
    work::undo(&ctx, commit).unwrap();
    assert_eq!(kinds(&clinic, &ctx), before, "undone, everything is open again");
    let (_, _) = entered(&ctx, "death", &said);
    let wrong = [("answer", "alive"), ("said_by", "Ana herself")];
    entered(&ctx, "death", &wrong);
    assert_eq!(kinds(&clinic, &ctx), before, "she lives: everything is open again");
    assert!(add(&ctx, "ana", "death", &Values::new(wrong)).is_err(), "no death stands there any more");
}

#[test]
fn a_death_tells_whoever_reviews_it_what_nobody_had_decided() {
    let (clinic, ctx) = clinic();
    clinic.put(&[r#"{"resourceType":"Observation","id":"k","status":"final","subject":{"reference":"Patient/ana"},"code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}],"text":"Potassium"},"effectiveDateTime":"2026-08-05T11:00:00Z","issued":"2026-08-05T12:30:00Z","valueQuantity":{"value":6.4,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"HH"}]}]}"#]);
    worker::catch_up(&clinic.machine()).unwrap();
    let open = of_person(&ctx, clinic.rid("ana")).unwrap();
    assert_eq!(open.len(), 1, "proposed, not yet a task");
    entered(&ctx, "death", &[("answer", "died"), ("date", "2026-08-05"), ("said_by", "her son")]);
    let left = of_person(&ctx, clinic.rid("ana")).unwrap();
    assert_eq!(left.iter().map(|item| item.kind.as_str()).collect::<Vec<_>>(), ["bereavement"]);
    let task = read(&ctx, "Task", &left[0].id);
    let said = task.str_at("note.0.text").unwrap();
    assert!(said.contains("No task was open. Proposed before the death and decided by nobody: "), "{said}");
    assert!(said.contains("6.4 mmol/L"), "{said}");
}

#[test]
fn a_number_is_not_unsafe_and_allowed_at_once() {
    let (_clinic, ctx) = clinic();
    let refused = |values: &[(&str, &str)]| {
        let values = Values::new([("phone", "555 555 0166")].into_iter().chain(values.iter().copied()));
        add(&ctx, "ana", "phone", &values).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(refused(&[("allow", "call"), ("unsafe", "unsafe")]).contains("take one of the two back"));
    assert!(refused(&[("allow", "none"), ("allow", "text")]).contains("none of these"));
    assert_eq!(refused(&[("allow", "none"), ("unsafe", "unsafe")]), "");
}

#[test]
fn a_death_with_nothing_open_still_leaves_one_task_unless_it_is_history() {
    let (clinic, ctx) = clinic();
    entered(&ctx, "death", &[("answer", "died"), ("date", "2026-08-04"), ("said_by", "St. Mary")]);
    assert_eq!(kinds(&clinic, &ctx), ["bereavement"]);
    let other = |id: &str, family: &str, birth: &str| {
        ANA.replace("ana", id).replace("Reyes", family).replace("1960-02-12", birth)
    };
    let old =
        other("old", "Ortega", "1931-07-01").replace(r#""gender""#, r#""deceasedDateTime":"2011-01-03","gender""#);
    clinic.put(&[&old]);
    let visit = r#"{"resourceType":"Appointment","id":"v","status":"booked","start":"2026-08-20T10:00:00Z","serviceType":[{"text":"Cardiology"}],"participant":[{"actor":{"reference":"Patient/booked"},"status":"accepted"}]}"#;
    let dead = other("booked", "Lee", "1944-11-30").replace(r#""gender""#, r#""deceasedBoolean":true,"gender""#);
    clinic.put(&[&dead, visit]);
    worker::catch_up(&clinic.machine()).unwrap();
    let asked = of_person(&ctx, clinic.rid("old")).unwrap();
    assert!(asked.is_empty(), "a death of 2011 asks nothing of anybody: {asked:?}");
    let task = &of_person(&ctx, clinic.rid("booked")).unwrap()[0];
    let task = read(&ctx, "Task", &task.id);
    assert!(task.to_string().contains("Still booked: Thu 08/20/2026 (Cardiology)"), "{task}");
}

#[test]
fn the_newest_answer_to_a_question_of_consent_counts() {
    let (_clinic, ctx) = clinic();
    let answer = |scope: &str, answer: &str, date: &str| {
        let values = [("scope", scope), ("answer", answer), ("how", "written"), ("date", date)];
        let (made, commit) = entered(&ctx, "consent", &values);
        (made[0].trim_start_matches("Consent/").to_owned(), commit)
    };
    let status = |id: &str| read(&ctx, "Consent", id).str_at("status").unwrap().to_owned();
    let (no, _) = answer("part2", "deny", "2026-07-01");
    let (other, _) = answer("texts", "permit", "2026-07-01");
    let (yes, commit) = answer("part2", "permit", "2026-08-01");
    assert_eq!(
        (status(&no).as_str(), status(&yes).as_str(), status(&other).as_str()),
        ("inactive", "active", "active")
    );
    work::undo(&ctx, commit).unwrap();
    assert_eq!(status(&no), "active", "undone, the earlier answer counts again");
    let (late, _) = answer("part2", "permit", "2026-06-01");
    assert_eq!(
        (status(&no).as_str(), status(&late).as_str()),
        ("active", "active"),
        "an older answer replaces no newer one"
    );
}

#[test]
fn a_label_stays_on_a_record_whose_phone_is_changed() {
    let (clinic, ctx) = clinic();
    let label =
        r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]},"gender""#;
    clinic.put(&[&ANA.replace(r#""gender""#, label)]);
    worker::catch_up(&clinic.machine()).unwrap();
    entered(&ctx, "phone", &[("phone", "(555) 555-0199"), ("use", "mobile")]);
    let patient = read(&ctx, "Patient", "ana");
    assert_eq!(patient.str_at("meta.security.0.code"), Some("PSY"), "{patient}");
}
