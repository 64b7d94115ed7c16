//! One person, several sources: linked, asked about, kept apart, unlinked, and everything back where it came from.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::assess::worker;
use continuo_care::identity::queue::{self, Choice};
use continuo_care::identity::{matching, sources};
use continuo_care::work;
use continuo_care::{chart, people};
use continuo_fhir::{Json, ResourceType};
use continuo_store::tables::{identity, work as rows};
use continuo_store::{OrgId, Rid, Scope};

const ORG: OrgId = OrgId(1);

fn patient(id: &str, given: &str, family: &str, birth: &str, rest: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","gender":"female","birthDate":"{birth}",
            "name":[{{"family":"{family}","given":["{given}"]}}],
            "address":[{{"line":["9 Oak St"],"city":"Salem","postalCode":"47126"}}]{rest}}}"#
    )
}

const PHONE: &str = r#","telecom":[{"system":"phone","value":"502 555 0142"}]"#;

fn clinic(resources: &[String]) -> Clinic {
    let clinic = Clinic::new("2026-08-18T09:00:00Z");
    put(&clinic, resources);
    clinic
}

fn put(clinic: &Clinic, resources: &[String]) {
    clinic.put(&resources.iter().map(String::as_str).collect::<Vec<_>>());
    worker::catch_up(&clinic.machine()).unwrap();
}

fn person(clinic: &Clinic, id: &str) -> Rid {
    let rid = clinic.rid(id);
    clinic.machine().read(|r| r.person_of(ORG, rid)).unwrap()
}

fn are_one(clinic: &Clinic, a: &str, b: &str) -> bool {
    person(clinic, a) == person(clinic, b)
}

fn discharge(id: &str, patient: &str) -> String {
    format!(
        r#"{{"resourceType":"Encounter","id":"{id}","status":"finished",
            "class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"}},
            "subject":{{"reference":"Patient/{patient}"}},
            "period":{{"start":"2026-08-12T10:00:00Z","end":"2026-08-17T15:00:00Z"}}}}"#
    )
}

fn open_work(clinic: &Clinic, id: &str) -> Vec<String> {
    let person = person(clinic, id);
    let found = clinic.machine().read(|r| rows::of_patients(r.conn(), &Scope::all(ORG), &[person])).unwrap();
    found.into_iter().map(|row| format!("{} {}", row.rule, row.id)).collect()
}

#[test]
fn the_same_person_from_two_sources_is_one_in_lists_search_and_chart() {
    let clinic = clinic(&[
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
        discharge("e1", "h1"),
    ]);
    assert!(are_one(&clinic, "c1", "h1"));
    let nurse = clinic.staff("n", "nurse");
    let found = people::search(&nurse, "reyes", None).unwrap();
    assert_eq!(found.exact.iter().map(|hit| hit.header.id.as_str()).collect::<Vec<_>>(), ["c1"]);
    for id in ["c1", "h1"] {
        let chart = chart::load(&nurse, id).unwrap();
        assert_eq!((chart.header.id.as_str(), chart.sources), ("c1", 2));
        assert!(!chart.work.is_empty(), "the hospital's discharge is this person's work");
    }
    let listed = sources::of_person(&nurse, "h1").unwrap();
    assert_eq!(listed.iter().map(|one| (one.id.as_str(), one.main)).collect::<Vec<_>>(), [("c1", true), ("h1", false)]);
    assert!(listed[1].why.contains("one person") && listed[1].bits.unwrap() > 5.0 && listed[1].since.is_some());
}

#[test]
fn twins_are_asked_about_and_never_linked() {
    let clinic = clinic(&[
        patient("a", "Jason", "Gartistad", "1980-03-14", PHONE),
        patient("b", "Justin", "Gartistad", "1980-03-14", PHONE),
    ]);
    assert!(!are_one(&clinic, "a", "b"));
}

/// Alike, but the machine must not decide: no birth date on one.
fn doubtful() -> Clinic {
    clinic(&[
        patient("a", "Ana", "Reyes", "1960-02-12", PHONE).replace("female", "male"),
        patient("b", "Ana", "Reyes", "", PHONE).replace("female", "male").replace(r#""birthDate":"","#, ""),
    ])
}

fn only(clinic: &Clinic, ctx: &continuo_care::Ctx) -> queue::Question {
    let mut waiting = queue::waiting(ctx).unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(queue::count(ctx).unwrap(), 1);
    let _ = clinic;
    waiting.remove(0)
}

fn versions(question: &queue::Question) -> (i64, i64) {
    (question.sides[0].version, question.sides[1].version)
}

#[test]
fn a_doubt_waits_for_a_person_who_links_and_takes_it_back() {
    let clinic = doubtful();
    let nurse = clinic.staff("n", "nurse");
    let question = only(&clinic, &nurse);
    assert!(!question.vetoes.is_empty() && !question.reasons.is_empty());
    let seen = versions(&question);
    let refused = queue::decide(&nurse, &question.id, Choice::Link, "", seen).unwrap_err();
    assert!(refused.to_string().contains("speaks against it"), "{refused}");
    let linked = queue::decide(&nurse, &question.id, Choice::Link, "asked her on the phone", seen).unwrap();
    assert!(are_one(&clinic, "a", "b"));
    assert_eq!(queue::count(&nurse).unwrap(), 0);
    work::undo(&nurse, linked.commit.unwrap()).unwrap();
    assert!(!are_one(&clinic, "a", "b"));
    assert_eq!(only(&clinic, &nurse).state, "open");
    assert_eq!(only(&clinic, &nurse).answers.len(), 1);
}

#[test]
fn kept_apart_stays_apart_whatever_comes_and_can_be_taken_back() {
    let clinic = doubtful();
    let nurse = clinic.staff("n", "nurse");
    let question = only(&clinic, &nurse);
    let apart = queue::decide(&nurse, &question.id, Choice::Apart, "mother and daughter", versions(&question)).unwrap();
    put(&clinic, &[patient("b", "Ana", "Reyes", "1960-02-12", PHONE).replace("female", "male")]);
    assert!(!are_one(&clinic, "a", "b"), "even when they have become alike in all");
    assert_eq!(queue::count(&nurse).unwrap(), 0);
    work::undo(&nurse, apart.commit.unwrap()).unwrap();
    assert_eq!(queue::count(&nurse).unwrap(), 1);
}

#[test]
fn put_off_comes_back_and_an_old_page_decides_nothing() {
    let clinic = doubtful();
    let nurse = clinic.staff("n", "nurse");
    let question = only(&clinic, &nurse);
    queue::decide(&nurse, &question.id, Choice::Later, "", versions(&question)).unwrap();
    assert_eq!(queue::count(&nurse).unwrap(), 0);
    clinic.set(instant("2026-08-26T09:00:00Z"));
    assert_eq!(queue::count(&nurse).unwrap(), 1);
    let old = versions(&question);
    clinic.put(&[patient("a", "Ana", "Reyes", "1960-02-13", PHONE).replace("female", "male").as_str()]);
    let refused = queue::decide(&nurse, &question.id, Choice::Apart, "", old).unwrap_err();
    assert!(refused.to_string().contains("changed since"), "{refused}");
}

#[test]
fn who_may_not_decide_sees_no_queue() {
    let clinic = doubtful();
    assert!(queue::waiting(&clinic.staff("d", "dietitian")).is_err());
}

#[test]
fn unlinking_sends_everything_back_and_opens_what_was_decided() {
    let clinic = Clinic::new("2026-08-18T09:00:00Z");
    clinic.open_tasks_directly();
    put(
        &clinic,
        &[
            patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
            patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
            discharge("e1", "h1"),
        ],
    );
    let nurse = clinic.staff("n", "nurse");
    let task = clinic
        .machine()
        .read(|r| r.compartment(&Scope::all(ORG), &[clinic.rid("h1")]))
        .unwrap()
        .into_iter()
        .find(|stored| stored.type_.as_str() == "Task")
        .expect("the Task about the hospital's stay stands in the hospital's record");
    let done = work::Act::Complete { outcome: "reached".to_owned(), words: "spoke with her".to_owned() };
    clinic.set(instant("2026-08-18T10:00:00Z"));
    work::act(&nurse, &task.id, done).unwrap();
    work::write_note(&nurse, "Patient/h1", "", "She sounded well.").unwrap();
    let rests = sources::preview(&nurse, "h1").unwrap();
    let kinds: Vec<&str> = rests.iter().map(|item| item.kind.label()).collect();
    assert!(kinds.contains(&"Task") && kinds.contains(&"Message, call or note"), "{rests:?}");
    assert!(sources::unlink(&nurse, "h1", " ").is_err(), "needs words");
    let unlinked = sources::unlink(&nurse, "h1", "another Ana Reyes").unwrap();
    assert!(!are_one(&clinic, "c1", "h1"));
    let status = |id: &str| {
        let stored = clinic.machine().read(|r| r.get(&Scope::all(ORG), ResourceType::of("Task"), id)).unwrap();
        let json = Json::parse(&stored.bytes.unwrap()).unwrap();
        json.str_at("status").unwrap().to_owned()
    };
    assert_eq!(status(&task.id), "requested");
    assert!(open_work(&clinic, "h1").iter().any(|row| row.ends_with(&task.id)));
    assert!(!open_work(&clinic, "c1").iter().any(|row| row.contains("discharge")), "{:?}", open_work(&clinic, "c1"));
    assert_eq!(open_work(&clinic, "c1").len(), 1, "to check the note");
    worker::catch_up(&clinic.machine()).unwrap();
    put(&clinic, &[patient("h1", "Ana", "Reyes", "1960-02-12", "")]);
    assert!(!are_one(&clinic, "c1", "h1"), "the machine does not link again what a person unlinked");
    assert!(sources::preview(&nurse, "h1").is_err());
    let before: Vec<String> = ["c1", "h1"].iter().flat_map(|id| open_work(&clinic, id)).collect();
    worker::rebuild(&clinic.machine()).unwrap();
    assert_eq!(before, ["c1", "h1"].iter().flat_map(|id| open_work(&clinic, id)).collect::<Vec<_>>());
    let _ = unlinked;
}

#[test]
fn unlinking_can_be_taken_back() {
    let clinic = clinic(&[
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("p1", "Ana", "Reyes", "1960-02-12", PHONE),
        discharge("e1", "h1"),
    ]);
    let nurse = clinic.staff("n", "nurse");
    assert!(are_one(&clinic, "c1", "h1") && are_one(&clinic, "c1", "p1"));
    let main = sources::unlink(&nurse, "c1", "the clinic's is another person").unwrap();
    assert!(!are_one(&clinic, "c1", "h1") && are_one(&clinic, "h1", "p1"));
    assert_eq!(chart::load(&nurse, "p1").unwrap().header.id, "h1", "the rest stands under its first record");
    work::undo(&nurse, main.commit.unwrap()).unwrap();
    assert!(are_one(&clinic, "c1", "h1") && are_one(&clinic, "c1", "p1"));
    assert_eq!(chart::load(&nurse, "p1").unwrap().header.id, "c1");
}

#[test]
fn a_closed_source_closes_nobody_and_is_not_named() {
    let part2 =
        r#","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]}"#;
    let clinic = clinic(&[
        patient("a1", "Ana", "Reyes", "1960-02-12", &format!("{PHONE}{part2}")),
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
    ]);
    assert!(are_one(&clinic, "a1", "c1"));
    let mut nurse = clinic.staff("n", "nurse");
    nurse.scope = Scope { hidden_labels: u64::MAX >> 1, ..Scope::all(ORG) };
    let chart = chart::load(&nurse, "c1").unwrap();
    assert_eq!((chart.header.id.as_str(), chart.sources), ("c1", 1));
    assert_eq!(sources::of_person(&nurse, "c1").unwrap().len(), 1);
    assert!(sources::of_person(&nurse, "a1").is_err());
    assert_eq!(people::search(&nurse, "reyes", None).unwrap().exact.len(), 1);
}

#[test]
fn a_death_in_one_source_is_the_persons() {
    let clinic = Clinic::new("2026-08-18T09:00:00Z");
    clinic.open_tasks_directly();
    put(
        &clinic,
        &[
            patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
            patient("h1", "Ana", "Reyes", "1960-02-12", &format!(r#"{PHONE},"deceasedDateTime":"2026-08-17""#)),
        ],
    );
    assert!(are_one(&clinic, "c1", "h1"));
    assert!(chart::load(&clinic.staff("n", "nurse"), "c1").unwrap().header.deceased);
}

#[test]
fn a_record_that_turned_into_someone_else_is_asked_about_and_not_relinked() {
    let clinic = clinic(&[
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("c2", "Mary", "Jones", "1991-11-30", PHONE),
    ]);
    put(&clinic, &[patient("h1", "Mary", "Jones", "1991-11-30", PHONE)]);
    assert!(are_one(&clinic, "c1", "h1"), "nothing moves by itself");
    let nurse = clinic.staff("n", "nurse");
    let question = only(&clinic, &nurse);
    assert_eq!(question.kind, "changed");
    assert!(question.summary.contains("given name"), "{}", question.summary);
    let question = queue::get(&nurse, &question.id).unwrap();
    assert_eq!(question.sides[0].name.0, "Reyes");
    assert_eq!(question.sides[1].name.0, "Jones");
    queue::decide(&nurse, &question.id, Choice::Apart, "typed over", versions(&question)).unwrap();
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(!are_one(&clinic, "c1", "h1"));
    assert!(are_one(&clinic, "c2", "h1"), "it is compared anew as whom it is now");
}

#[test]
fn a_married_name_is_no_other_person() {
    let clinic = clinic(&[patient("c1", "Ana", "Reyes", "1960-02-12", PHONE)]);
    put(&clinic, &[patient("c1", "Ana", "Smith", "1960-02-12", PHONE)]);
    assert_eq!(queue::count(&clinic.staff("n", "nurse")).unwrap(), 0);
}

#[test]
fn a_deleted_record_leaves_and_the_rest_stays() {
    let clinic = clinic(&[
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("p1", "Ana", "Reyes", "1960-02-12", PHONE),
    ]);
    clinic
        .machine()
        .write("delete", |tx| tx.delete(ResourceType::of("Patient"), "c1", continuo_store::Expect::Anything))
        .unwrap();
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(are_one(&clinic, "h1", "p1") && !are_one(&clinic, "c1", "h1"));
    assert_eq!(chart::load(&clinic.staff("n", "nurse"), "p1").unwrap().header.id, "h1");
}

#[test]
fn a_source_merges_its_own_records_and_takes_it_back() {
    let merged =
        |id: &str, given: &str, link: &str| patient(id, given, "Reyes", "1960-02-12", &format!("{PHONE}{link}"));
    let clinic = clinic(&[
        patient("h1", "Ana", "Reyes", "1960-02-12", ""),
        patient("h2", "Unknown", "Female", "1900-01-01", ""),
    ]);
    assert!(!are_one(&clinic, "h1", "h2"));
    put(
        &clinic,
        &[patient(
            "h2",
            "Unknown",
            "Female",
            "1900-01-01",
            r#","active":false,"link":[{"type":"replaced-by","other":{"reference":"Patient/h1"}}]"#,
        )],
    );
    assert!(are_one(&clinic, "h1", "h2"), "however unlike they are");
    let listed = sources::of_person(&clinic.staff("n", "nurse"), "h1").unwrap();
    assert!(listed.iter().any(|one| one.by.starts_with("source/")), "{listed:?}");
    put(&clinic, &[patient("h2", "Unknown", "Female", "1900-01-01", "")]);
    assert!(!are_one(&clinic, "h1", "h2"));
    let _ = merged;
}

#[test]
fn one_phone_on_everybody_stays_bounded_and_links_nobody_wrongly() {
    let many: Vec<String> = (0..300)
        .map(|n| {
            let birth = format!("19{:02}-{:02}-{:02}", 20 + n % 70, 1 + n % 12, 1 + n % 28);
            format!(
                r#"{{"resourceType":"Patient","id":"p{n}","birthDate":"{birth}",
                    "name":[{{"family":"Family{n}","given":["Given{n}"]}}],
                    "telecom":[{{"system":"phone","value":"502 555 0100"}}]}}"#
            )
        })
        .collect();
    let long = "x".repeat(10_000);
    let clinic = clinic(&many);
    put(
        &clinic,
        &[patient("long", &long, &long, "1960-02-12", ""), r#"{"resourceType":"Patient","id":"empty"}"#.into()],
    );
    let people = clinic.machine().read(|r| continuo_store::tables::assessed::everybody(r.conn(), ORG)).unwrap();
    assert_eq!(people.len(), 302);
    assert_eq!(clinic.machine().read(|r| identity::count(r.conn(), ORG)).unwrap(), 302);
}

#[test]
fn asking_who_somebody_is_grades_and_writes_nothing() {
    let clinic = clinic(&[
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("c2", "Mary", "Jones", "1991-11-30", ""),
    ]);
    let nurse = clinic.staff("n", "nurse");
    let ask = |text: String| matching::find(&nurse, &Json::parse(text.as_bytes()).unwrap(), 5).unwrap();
    let found = ask(patient("x", "Anna", "Reyes", "1960-02-12", PHONE));
    assert_eq!(found.len(), 1, "one person once");
    assert!(found[0].grade != "certainly-not" && found[0].score > 0.9, "{} {}", found[0].grade, found[0].score);
    assert!(ask(patient("x", "Zoe", "Unheard", "2001-01-01", "")).is_empty());
    assert!(ask(r#"{"resourceType":"Patient"}"#.to_owned()).is_empty());
}

#[test]
fn the_same_result_from_two_sources_is_shown_once() {
    let result = |id: &str, patient: &str, value: &str, at: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final",
                "code":{{"coding":[{{"system":"http://loinc.org","code":"2823-3","display":"Potassium"}}]}},
                "subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"{at}",
                "valueQuantity":{{"value":{value},"unit":"mmol/L"}}}}"#
        )
    };
    let clinic = clinic(&[
        patient("c1", "Ana", "Reyes", "1960-02-12", PHONE),
        patient("h1", "Ana", "Reyes", "1960-02-12", PHONE),
        result("o1", "c1", "4.1", "2026-08-17T08:00:00Z"),
        result("o2", "h1", "4.10", "2026-08-17T08:00:00Z"),
        result("o3", "h1", "4.1", "2026-08-17T08:05:00Z"),
        result("o4", "h1", "4.2", "2026-08-17T08:00:00Z"),
    ]);
    let chart = chart::load(&clinic.staff("n", "nurse"), "c1").unwrap();
    let potassium = chart.sections.results.iter().find(|series| series.name == "Potassium").unwrap();
    let mut shown: Vec<f64> = potassium.points.iter().map(|(_, value)| *value).collect();
    shown.sort_by(f64::total_cmp);
    assert_eq!(shown, [4.1, 4.1, 4.2]);
}

#[test]
fn an_hl7_merge_is_obeyed_in_either_order_and_an_unlink_ends_it() {
    use continuo_care::import::Filing;
    use continuo_care::ingest;
    use continuo_exchange::{Limits, read::read, table::Tables};
    let clinic = Clinic::new("2026-08-18T09:00:00Z");
    let machine = clinic.machine();
    let take = |text: &str| {
        let mut filing = Filing::new(&machine, "alder").unwrap();
        let mut kept = 0;
        let mut chunks = Vec::new();
        read("x.hl7", &mut text.as_bytes(), &Tables::new(), &Limits::default(), &mut |batch| {
            let filed = filing.file(batch, true).unwrap();
            kept += filed.kept.len();
            chunks.push(filed.chunk);
            std::ops::ControlFlow::Continue(())
        });
        ingest::run(&machine, chunks.into_iter(), |_, refused| assert!(refused.is_empty(), "{refused:?}")).unwrap();
        worker::catch_up(&machine).unwrap();
        kept
    };
    let msh = |event: &str, n: u8| format!("MSH|^~\\&|R|ALDER|||2026081{n}||ADT^{event}|{n}|P|2.5.1\rEVN|{event}\r");
    let merge = format!("{}PID|1||A1^^^ALDER^MR||Reyes^Ana||19600212|F\rMRG|A2^^^ALDER^MR\r", msh("A40", 1));
    let prior = format!("{}PID|1||A2^^^ALDER^MR||Unknown^Female||19000101|F\r", msh("A28", 2));
    let unlink = format!("{}PID|1||A1^^^ALDER^MR\rPID|2||A2^^^ALDER^MR\r", msh("A37", 3));
    let people = || machine.read(|r| continuo_store::tables::assessed::everybody(r.conn(), ORG)).unwrap().len();
    assert_eq!(take(&merge), 0);
    assert_eq!(people(), 1);
    assert_eq!(take(&prior), 0);
    assert_eq!(people(), 1, "the merge came first and waited for the record");
    assert_eq!(take(&unlink), 0);
    assert_eq!(people(), 2);
    assert_eq!(
        take(&format!("{}PID|1||A3^^^ALDER^MR||Lee^Jo||19700101\rPV1|1|I\r", msh("A01", 4))),
        1,
        "the visit is kept"
    );
    assert_eq!(people(), 3);
}
