//! The after-visit sheet from the record: what the visit changed, in either language, each line with its entries.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::after_visit::{Help, Language, Part, load};

fn medicine(id: &str, status: &str, name: &str, on: &str, directions: &str) -> String {
    format!(
        r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"{status}","intent":"order","subject":{{"reference":"Patient/ana"}},"medicationCodeableConcept":{{"text":"{name}"}},"authoredOn":"{on}","dosageInstruction":[{{"text":"{directions}"}}]}}"#
    )
}

fn clinic() -> Clinic {
    let clinic = Clinic::new("2026-08-20T13:00:00Z");
    let once = "Take 1 tablet by mouth once a day";
    let all = [
        r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12"}"#.to_owned(),
        r#"{"resourceType":"Encounter","id":"v","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/ana"},"participant":[{"individual":{"display":"Dr. Cho"}}],"reasonCode":[{"text":"Congestive heart failure"}],"period":{"start":"2026-08-19T14:00:00Z","end":"2026-08-19T14:30:00Z"}}"#.to_owned(),
        r#"{"resourceType":"Condition","id":"hf","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"text":"Congestive heart failure"},"subject":{"reference":"Patient/ana"}}"#.to_owned(),
        r#"{"resourceType":"Appointment","id":"a","status":"booked","description":"Dr. Cho, heart doctor","start":"2026-09-03T13:20:00Z","end":"2026-09-03T13:40:00Z","participant":[{"actor":{"reference":"Patient/ana"},"status":"accepted"}]}"#.to_owned(),
        r#"{"resourceType":"ServiceRequest","id":"k","status":"active","intent":"order","code":{"text":"Potassium level"},"subject":{"reference":"Patient/ana"},"authoredOn":"2026-08-19"}"#.to_owned(),
        medicine("f1", "stopped", "furosemide 40 mg", "2025-01-02", "Take 1 tablet by mouth each morning"),
        medicine("f2", "active", "furosemide 80 mg", "2026-08-19", "Take 1 tablet by mouth each morning"),
        medicine("l", "active", "lisinopril 10 mg", "2024-05-01", once),
        medicine("s", "active", "spironolactone 25 mg", "2026-08-19", once),
        medicine("n", "stopped", "naproxen 500 mg", "2026-08-19", once),
        medicine("w", "active", "warfarin 5 mg", "2024-05-01", "Take 1 and a half tablets, see plan"),
    ];
    clinic.put(&all.iter().map(String::as_str).collect::<Vec<_>>());
    clinic
}

#[test]
fn a_visit_becomes_a_sheet_in_both_languages() {
    let clinic = clinic();
    let ctx = clinic.staff("ortiz", "nurse");
    let made = load(&ctx, "ana", "", Language::English).unwrap();
    assert_eq!((made.visit.as_str(), made.choices.len()), ("v", 1));
    let part = |part: Part| -> Vec<String> {
        made.sheet.lines.iter().filter(|line| line.part == part).map(|line| line.text.clone()).collect()
    };
    assert_eq!(part(Part::Visit)[0], "You saw Dr. Cho on Wednesday, August 19.");
    assert_eq!(
        part(Part::Changes),
        [
            "Start: spironolactone 25 mg. Take 1 tablet by mouth 1 time a day.",
            "Changed: furosemide 80 mg. Take 1 tablet by mouth each morning.",
            "Stop: naproxen 500 mg. Do not take it any more.",
        ]
    );
    assert_eq!(
        part(Part::Keep),
        [
            "Keep: lisinopril 10 mg. Take 1 tablet by mouth 1 time a day.",
            "Keep: warfarin 5 mg. The order says: “Take 1 and a half tablets, see plan.”",
        ]
    );
    assert!(part(Part::Do).iter().any(|line| line.starts_with("Get this test: potassium test")));
    assert!(part(Part::Next)[0].contains("Thursday, September 3, 1:20 in the afternoon"), "{:?}", part(Part::Next));
    let call = made.sheet.help.iter().find(|(help, _)| *help == Help::Call).unwrap();
    assert!(call.1.contains("3 pounds in 1 day"));
    for line in &made.sheet.lines {
        assert!(line.references.len() == 1 || line.text.contains("Bring all") || line.text.contains("cannot come"));
    }
    let spanish = load(&ctx, "ana", "v", Language::Spanish).unwrap();
    assert!(spanish.sheet.lines.iter().any(|line| line.text == "Usted vio a Dr. Cho el miércoles 19 de agosto."));
    assert!(spanish.sheet.lines.iter().any(|line| line.text.contains("Tome 1 tableta por la boca cada mañana")));
}

#[test]
fn a_record_without_visits_still_gives_a_sheet_and_a_stranger_none() {
    let clinic = Clinic::new("2026-08-20T13:00:00Z");
    clinic.put(&[r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes"}]}"#]);
    let made = load(&clinic.staff("ortiz", "nurse"), "ana", "nothing", Language::English).unwrap();
    assert!(made.visit.is_empty() && made.sheet.help.len() == 2);
    assert!(load(&clinic.staff("ortiz", "nurse"), "nobody", "", Language::English).is_err());
    assert!(load(&clinic.staff("desk", "front-desk"), "ana", "", Language::English).is_err());
}

#[test]
fn a_medicine_the_person_left_off_is_asked_about_and_never_ordered_to_stop() {
    let clinic = clinic();
    let left_off = r#"{"resourceType":"MedicationStatement","id":"m","status":"not-taken","subject":{"reference":"Patient/ana"},"medicationCodeableConcept":{"text":"furosemide 80 mg"},"dateAsserted":"2026-08-20T12:00:00Z"}"#;
    clinic.put(&[left_off]);
    let ctx = clinic.staff("ortiz", "nurse");
    let changes = |language| -> Vec<String> {
        let made = load(&ctx, "ana", "", language).unwrap();
        let lines = made.sheet.lines.into_iter().filter(|line| line.part == Part::Changes);
        lines.map(|line| line.text).filter(|text| text.contains("furosemide")).collect()
    };
    assert_eq!(
        changes(Language::English),
        ["Ask us: furosemide 80 mg. Our list says you do not take it now. Call us to check if that is right."]
    );
    assert_eq!(
        changes(Language::Spanish),
        ["Pregunte: furosemide 80 mg. Nuestra lista dice que no la toma ahora. Llámenos para ver si está bien."]
    );
}

#[test]
fn every_medicine_in_force_is_on_the_sheet_once() {
    let clinic = clinic();
    let order = |id: &str, name: &str| {
        format!(
            r#"{{"resourceType":"MedicationRequest","id":"{id}","status":"active","intent":"order","subject":{{"reference":"Patient/ana"}},"medicationCodeableConcept":{{"text":"{name}"}},"authoredOn":"2026-03-02"}}"#
        )
    };
    let orders = [
        order("x1", "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet"),
        order("x2", "0.4 ML enoxaparin sodium 100 MG/ML Prefilled Syringe"),
        order("x3", "3 ML insulin lispro 100 UNT/ML Pen Injector"),
        order("x4", "tacrolimus 1 mg"),
        order("x5", "tacrolimus 0.5 mg"),
        order("x6", "Lasix 40 mg"),
    ];
    clinic.put(&orders.iter().map(String::as_str).collect::<Vec<_>>());
    let ctx = clinic.staff("ortiz", "nurse");
    let made = load(&ctx, "ana", "v", Language::English).unwrap();
    let lines = |part| made.sheet.lines.iter().filter(move |line| line.part == part).map(|line| line.text.as_str());
    for name in ["metformin", "enoxaparin", "insulin lispro", "tacrolimus 1 mg", "tacrolimus 0.5 mg"] {
        assert_eq!(lines(Part::Keep).filter(|line| line.contains(name)).count(), 1, "{name}");
    }
    // The furosemide of this visit is what Lasix is: two lines would be a double dose.
    assert!(lines(Part::Changes).any(|line| line.starts_with("Changed: furosemide")));
    assert!(!lines(Part::Keep).any(|line| line.contains("Lasix")));
}

#[test]
fn what_is_only_proposed_is_not_told_and_a_nurse_at_home_is_no_test() {
    let clinic = clinic();
    let order = |id: &str, status: &str, intent: &str, what: &str| {
        format!(
            r#"{{"resourceType":"ServiceRequest","id":"{id}","status":"{status}","intent":"{intent}","code":{{"text":"{what}"}},"subject":{{"reference":"Patient/ana"}},"authoredOn":"2026-08-19"}}"#
        )
    };
    let orders = [
        order("o1", "active", "order", "Home health nursing"),
        order("o2", "draft", "order", "HIV antibody test"),
        order("o3", "active", "proposal", "Stress test"),
    ];
    clinic.put(&orders.iter().map(String::as_str).collect::<Vec<_>>());
    let sheet = load(&clinic.staff("ortiz", "nurse"), "ana", "v", Language::English).unwrap().sheet.text();
    assert!(sheet.contains("We ordered this for you: Home health nursing."), "{sheet}");
    assert!(!sheet.contains("HIV") && !sheet.contains("Stress"), "{sheet}");
}

/// What the sheet of the newest visit says of a medicine.
fn says(clinic: &Clinic, name: &str, language: Language) -> Vec<String> {
    let made = load(&clinic.staff("ortiz", "nurse"), "ana", "", language).unwrap();
    let lines = made.sheet.lines.into_iter().filter(|line| line.text.contains(name));
    lines.map(|line| line.text).collect()
}

#[test]
fn an_order_that_the_record_saw_stopped_is_told_to_stop() {
    let clinic = clinic();
    let once = "Take 1 tablet by mouth once a day";
    let old = |status: &str| medicine("a", status, "amlodipine 5 mg", "2025-10-02", once);
    clinic.set(instant("2026-08-21T13:00:00Z"));
    clinic.put(&[&old("active")]);
    assert_eq!(says(&clinic, "amlodipine", Language::English).len(), 1);
    clinic.set(instant("2026-08-21T15:00:00Z"));
    clinic.put(&[&old("stopped")]);
    // A correction of its directions since is no second stopping.
    clinic.set(instant("2026-08-22T15:00:00Z"));
    clinic.put(&[&medicine("a", "stopped", "amlodipine 5 mg", "2025-10-02", "Take 1 tablet")]);
    assert_eq!(says(&clinic, "amlodipine", Language::English), ["Stop: amlodipine 5 mg. Do not take it any more."]);
    // Given again by a new order, the old one says nothing.
    clinic.put(&[&medicine("a2", "active", "amlodipine 5 mg", "2026-08-19", once)]);
    let now = says(&clinic, "amlodipine", Language::English);
    assert!(now.len() == 1 && !now[0].starts_with("Stop"), "{now:?}");
}

#[test]
fn a_stop_of_no_known_day_is_asked_about_where_the_bottle_may_be_at_home() {
    let clinic = clinic();
    clinic.put(&[
        &medicine("g", "stopped", "glipizide 5 mg", "2026-01-02", "Take 1 tablet"),
        &medicine("o", "stopped", "omeprazole 20 mg", "2023-01-02", "Take 1 capsule"),
        &medicine("l2", "stopped", "lisinopril 10 mg", "2025-12-01", "Take 1 tablet"),
    ]);
    assert_eq!(
        says(&clinic, "glipizide", Language::English),
        ["Ask us: glipizide 5 mg. Our list says it was stopped. It does not say when. If you still take it, call us."]
    );
    assert_eq!(
        says(&clinic, "glipizide", Language::Spanish),
        [
            "Pregunte: glipizide 5 mg. Nuestra lista dice que ya no se toma. No dice desde cuándo. Si aún la toma, llámenos."
        ]
    );
    assert!(says(&clinic, "omeprazole", Language::English).is_empty(), "years ago");
    let kept = says(&clinic, "lisinopril", Language::English);
    assert!(kept.len() == 1 && kept[0].starts_with("Keep"), "another order of it is in force: {kept:?}");
}

#[test]
fn what_stays_in_force_beside_an_order_that_ended_is_on_the_sheet() {
    let clinic = clinic();
    clinic.put(&[
        &medicine("c1", "active", "carvedilol 12.5 mg", "2025-05-01", "Take 1 tablet"),
        &medicine("c2", "cancelled", "carvedilol 12.5 mg", "2026-08-19", "Take 1 tablet"),
        &medicine("w2", "stopped", "warfarin 2.5 mg", "2026-08-19", "Take 1 tablet"),
        &medicine("m1", "active", "metformin 500 mg", "2025-05-01", "Take 1 tablet"),
        &medicine("m2", "stopped", "metformin 500 mg", "2026-08-19", "Take 1 tablet"),
    ]);
    let one = |name| says(&clinic, name, Language::English);
    assert!(one("carvedilol").len() == 1 && one("carvedilol")[0].starts_with("Keep"), "{:?}", one("carvedilol"));
    let warfarin = one("warfarin");
    assert!(warfarin.iter().any(|line| line.starts_with("Keep: warfarin 5 mg")), "{warfarin:?}");
    assert!(warfarin.iter().any(|line| line.starts_with("Stop: warfarin 2.5 mg")), "{warfarin:?}");
    assert!(one("metformin").len() == 1 && one("metformin")[0].starts_with("Ask us"), "{:?}", one("metformin"));
}
