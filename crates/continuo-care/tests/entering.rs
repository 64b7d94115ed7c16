//! Entering by hand: what the forms write is what the rules read, and each entry can be undone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::day::end_of_day;
use continuo_care::entry::{Values, add, register};
use continuo_care::people::caseload::calling;
use continuo_care::problem::WorkError;
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
    let card = end_of_day(&ctx).unwrap();
    assert_eq!((card.closed.len(), card.tomorrow.len(), card.waiting.len()), (1, 1, 0));
}
