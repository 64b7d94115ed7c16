//! Entering by hand: what the forms write is what the rules read, and each entry can be undone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::day::end_of_day;
use continuo_care::entry::{Values, add, register};
use continuo_care::people::caseload::calling;
use continuo_care::problem::WorkError;
use continuo_care::tasks::make::NewTask;
use continuo_care::work::{self, Act};
use continuo_care::worklist::{Filter, Tab, of_person, worklist};
use continuo_fhir::ResourceType;

fn registered(clinic: &Clinic) -> String {
    let ctx = clinic.staff("ortiz", "care-coordinator");
    let values = Values::new([
        ("family", "Muñoz García"),
        ("given", "Ana María"),
        ("birth_date", "1960-02-12"),
        ("former", "Lopez"),
        ("phone", "(555) 555-0142"),
        ("allow", "call"),
        ("language", "es"),
        ("interpreter", "needed"),
    ]);
    register(&ctx, &values).unwrap().value
}

fn kinds(clinic: &Clinic, id: &str) -> Vec<String> {
    let ctx = clinic.staff("ortiz", "care-coordinator");
    of_person(&ctx, clinic.rid(id)).unwrap().into_iter().map(|item| item.kind).collect()
}

#[test]
fn a_registered_person_is_found_and_says_how_to_reach_her() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let id = registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    let callers = calling(&ctx, "0142").unwrap();
    assert_eq!(callers[0].person.id, id);
    assert_eq!(callers[0].person.family, "Muñoz García");
    assert!(callers[0].person.interpreter);
    assert!(callers[0].person.reach.contains("voicemail: no"), "{}", callers[0].person.reach);
    assert_eq!(callers[0].person.allergies, "Not asked");
    for (words, exact) in [("munoz ana", true), ("garcia", true), ("lopez", true), ("munos garcia", false)] {
        let found = continuo_care::people::search(&ctx, words, None).unwrap();
        assert_eq!(found.exact.len(), usize::from(exact), "{words}");
        assert_eq!(found.exact.len() + found.near.len(), 1, "{words}");
    }
}

#[test]
fn a_discharge_entered_by_hand_starts_its_clocks_and_undo_stops_them() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    clinic.open_tasks_directly();
    let id = registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    let values = Values::new([
        ("facility", "Mercy"),
        ("stay", "inpatient"),
        ("admitted", "2026-07-28"),
        ("date", "2026-08-04"),
        ("reason", "heart failure"),
        ("to", "home"),
        ("pending", "results"),
        ("pending", "home-health"),
    ]);
    let done = add(&ctx, &id, "discharge", &values).unwrap();
    let open = kinds(&clinic, &id);
    for kind in ["discharge-call", "chase-result", "start-home-service"] {
        assert!(open.iter().any(|k| k == kind), "{kind} in {open:?}");
    }
    work::undo(&ctx, done.commit.unwrap()).unwrap();
    assert!(kinds(&clinic, &id).is_empty());
}

#[test]
fn every_form_writes_its_resource_and_names_its_missing_field() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let id = registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    type Form<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let forms: [Form<'_>; 13] = [
        ("appointment", &[("with", "Dr. Cho"), ("date", "2026-08-20"), ("time", "09:20")], "Appointment"),
        ("referral", &[("what", "cardiology"), ("reason", "murmur"), ("priority", "urgent")], "ServiceRequest"),
        ("condition", &[("what", "Heart failure"), ("since", "2019"), ("status", "active")], "Condition"),
        ("medicine", &[("what", "furosemide 40 mg"), ("status", "active")], "MedicationStatement"),
        ("allergy", &[("known", "none"), ("said_by", "Ana")], "AllergyIntolerance"),
        ("result", &[("what", "weight"), ("value", "172.2"), ("unit", "lb"), ("date", "2026-08-05")], "Observation"),
        ("contact", &[("name", "Elena Reyes"), ("relation", "daughter"), ("topics", "visits")], "RelatedPerson"),
        ("coverage", &[("plan", "Medicaid"), ("until", "2026-10-31")], "Coverage"),
        ("consent", &[("scope", "texts"), ("answer", "permit"), ("date", "2026-08-05")], "Consent"),
        ("document", &[("title", "Letter"), ("text", "Dear"), ("date", "2026-08-01")], "DocumentReference"),
        ("reminder", &[("what", "Call her"), ("date", "2026-08-11")], "Task"),
        ("note", &[("title", "Ride"), ("text", "Asked about the ride")], "Communication"),
        ("phone", &[("phone", "555 555 0199"), ("unsafe", "unsafe")], "Patient"),
    ];
    for (kind, pairs, type_) in forms {
        let made = add(&ctx, &id, kind, &Values::new(pairs.iter().copied())).unwrap_or_else(|e| panic!("{kind}: {e}"));
        let (found, made_id) = made.value[0].split_once('/').unwrap();
        assert_eq!(found, type_);
        let type_ = ResourceType::find(type_).unwrap();
        assert!(clinic.machine().read(|r| r.get(&ctx.scope, type_, made_id)).is_ok(), "{kind}");
        assert!(matches!(add(&ctx, &id, kind, &Values::default()), Err(WorkError::Field { .. })), "{kind}");
    }
    let header = calling(&ctx, "0199").unwrap().remove(0).person;
    assert!(header.unsafe_);
    assert!(header.allergies.starts_with("No known allergies (ortiz"), "{}", header.allergies);
}

#[test]
fn the_end_of_the_day_says_what_was_closed_and_what_comes() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let id = registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    for what in ["First", "Second"] {
        add(&ctx, &id, "reminder", &Values::new([("what", what), ("date", "2026-08-06")])).unwrap();
    }
    let first = worklist(&ctx, Tab::Mine, &Filter::default()).unwrap().rows[0].items[0].id.clone();
    work::act(&ctx, &first, Act::Complete { outcome: String::new(), words: String::new() }).unwrap();
    let call = NewTask {
        kind: "return-call".into(),
        what: "Return a call".into(),
        person: format!("Patient/{id}"),
        owner: ctx.actor.reference.clone(),
        due: Some(ctx.now().plus_seconds(3_600)),
        ..NewTask::default()
    };
    work::new_task(&ctx, call).unwrap();
    let card = end_of_day(&ctx).unwrap();
    assert_eq!((card.closed.len(), card.tomorrow.len(), card.waiting.len()), (1, 1, 0));
    let urgent: Vec<&str> = card.urgent.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(urgent, ["Return a call"], "what does harm by waiting is not for tomorrow");
}

#[test]
fn none_known_never_stands_beside_an_allergy() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let id = registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    let none = Values::new([("known", "none"), ("said_by", "the person")]);
    add(&ctx, &id, "allergy", &none).unwrap();
    let some = Values::new([("known", "yes"), ("what", "penicillin"), ("said_by", "her daughter")]);
    add(&ctx, &id, "allergy", &some).unwrap();
    assert!(matches!(add(&ctx, &id, "allergy", &none), Err(WorkError::Field { field: "known", .. })));
    let rid = clinic.rid(&id);
    let rows = ctx.read(|r| r.facts(&ctx.scope, &[rid])).unwrap();
    let listed = continuo_care::chart::sections::allergies(&continuo_care::assess::person_of(&rows).0);
    assert_eq!(listed.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), ["penicillin"]);
}

#[test]
fn a_result_typed_in_is_judged_by_the_limits_and_named() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let id = registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    for (what, value, unit) in
        [("potassium", "6.8", "mmol/L"), ("blood pressure", "150/90", "mmHg"), ("sodium", "140", "mmol/L")]
    {
        let values = Values::new([("what", what), ("value", value), ("unit", unit), ("date", "2026-08-05")]);
        add(&ctx, &id, "result", &values).unwrap();
    }
    let rid = clinic.rid(&id);
    let rows = ctx.read(|r| r.facts(&ctx.scope, &[rid])).unwrap();
    let (person, _) = continuo_care::assess::person_of(&rows);
    let list = continuo_care::chart::results::results(&person, &ctx.zone, ctx.now());
    assert_eq!(
        (list[0].name.as_str(), list[0].reading),
        ("potassium", continuo_care::chart::results::Reading::CriticalHigh)
    );
    let names: Vec<&str> = list.iter().map(|one| one.name.as_str()).collect();
    assert!(names.contains(&"Systolic blood pressure") && names.contains(&"Diastolic blood pressure"), "{names:?}");
}

#[test]
fn a_number_without_its_area_code_finds_its_people() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    registered(&clinic);
    let ctx = clinic.staff("ortiz", "care-coordinator");
    let phone = calling(&ctx, "0142").unwrap()[0].person.phone.clone();
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let local = digits.get(digits.len().saturating_sub(7)..).unwrap();
    assert_eq!(continuo_care::people::search(&ctx, local, None).unwrap().exact.len(), 1, "{phone}");
    let wrong = format!("999{}", local.get(3..).unwrap());
    let found = continuo_care::people::search(&ctx, &wrong, None).unwrap();
    assert_eq!((found.exact.len(), found.near.len()), (0, 1), "the last four alone stand apart");
}
