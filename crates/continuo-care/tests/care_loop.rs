//! The loop on an in-memory store: findings open work, people decide, undo takes back, projections can be rebuilt.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::assess::worker;
use continuo_care::calls::{CallForm, Outcome};
use continuo_care::problem::WorkError;
use continuo_care::suggestions::{self, Edit};
use continuo_care::tasks::make::NewTask;
use continuo_care::work::{self, Act};
use continuo_care::worklist::{Filter, Tab, of_person, worklist};
use continuo_store::tables::{person_header, registry_row};
use continuo_store::{ChangeSeq, Scope};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"use":"official","family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female"}"#;
const EPISODE: &str = r#"{"resourceType":"EpisodeOfCare","id":"ep","status":"active","patient":{"reference":"Patient/ana"},"careManager":{"reference":"Practitioner/ortiz"}}"#;
const POTASSIUM: &str = r#"{"resourceType":"Observation","id":"k","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}],"text":"Potassium"},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-05T12:00:00Z","valueQuantity":{"value":6.4,"unit":"mmol/L"}}"#;
const MISSED: &str = r#"{"resourceType":"Appointment","id":"a","status":"noshow","start":"2026-07-28T14:00:00Z","end":"2026-07-28T14:30:00Z","participant":[{"actor":{"reference":"Patient/ana"},"status":"accepted"}]}"#;
const SCREEN: &str = r#"{"resourceType":"Observation","id":"q9","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"44260-8"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-08-05T12:30:00Z","valueInteger":2}"#;
/// A field that closes a resource to who may not see behavioral health.
const PSYCHIATRY: &str =
    r#""meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}]}"#;

fn clinic() -> Clinic {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    clinic.put(&[ANA, EPISODE]);
    clinic
}

#[test]
fn a_critical_result_becomes_a_suggestion_and_accepting_it_a_task() {
    let clinic = clinic();
    clinic.put(&[POTASSIUM, MISSED]);
    worker::catch_up(&clinic.machine()).unwrap();
    let nurse = clinic.staff("lee", "physician");
    let open = suggestions::of_person(&nurse, "Patient/ana").unwrap();
    let critical = open.iter().find(|s| s.rule == "critical-result").expect("potassium 6.4 is critical");
    assert!(critical.why.contains("6.4"), "{}", critical.why);
    let accepted =
        suggestions::accept(&nurse, &critical.id, Edit { owner: "Practitioner/lee".into(), ..Edit::default() })
            .unwrap();
    let list = worklist(&nurse, Tab::Mine, &Filter::default()).unwrap();
    assert_eq!(list.rows[0].items[0].id, accepted.value);
    assert!(
        !suggestions::of_person(&nurse, "Patient/ana")
            .unwrap()
            .iter()
            .any(|s| s.rule == "critical-result" && s.state == "open")
    );

    // Undo takes the task away and opens the suggestion again.
    work::undo(&nurse, accepted.commit.unwrap()).unwrap();
    assert!(worklist(&nurse, Tab::Mine, &Filter::default()).unwrap().rows.is_empty());
    let open = suggestions::of_person(&nurse, "Patient/ana").unwrap();
    assert!(open.iter().any(|s| s.rule == "critical-result" && s.state == "open"));
}

#[test]
fn a_danger_stands_on_the_coordinators_list_whoever_owns_it() {
    let clinic = clinic();
    clinic.put(&[POTASSIUM]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let list = worklist(&ortiz, Tab::Mine, &Filter::default()).unwrap();
    let item = &list.rows[0].items[0];
    assert_eq!((item.rule.as_str(), item.owner.as_str()), ("critical-result", "role:physician"));
    assert_eq!((list.counts[0].people, list.counts[0].items), (1, 1));
    let other = clinic.staff("young", "care-coordinator");
    assert!(worklist(&other, Tab::Mine, &Filter::default()).unwrap().rows.is_empty());
}

#[test]
fn a_rejected_suggestion_stays_silent_until_its_anchor_changes() {
    let clinic = clinic();
    clinic.put(&[MISSED]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let id = suggestions::of_person(&ortiz, "Patient/ana").unwrap()[0].id.clone();
    assert!(suggestions::reject(&ortiz, &id, "no-such-reason", "").is_err());
    suggestions::reject(&ortiz, &id, "already-done", "").unwrap();
    let state = |clinic: &Clinic| {
        worker::catch_up(&clinic.machine()).unwrap();
        suggestions::get(&ortiz, &id).unwrap().state
    };
    assert_eq!(state(&clinic), "rejected");
    clinic.put(&[&MISSED.replace("14:30", "15:00")]);
    assert_eq!(state(&clinic), "open");
}

#[test]
fn a_high_consequence_rejection_needs_words() {
    let clinic = clinic();
    clinic.put(&[POTASSIUM]);
    worker::catch_up(&clinic.machine()).unwrap();
    let doctor = clinic.staff("lee", "physician");
    let id = suggestions::of_person(&doctor, "Patient/ana").unwrap()[0].id.clone();
    assert!(suggestions::reject(&doctor, &id, "wrong-data", "").is_err());
    assert!(suggestions::reject(&doctor, &id, "wrong-data", "hemolyzed, repeated").is_ok());
}

#[test]
fn the_record_closes_an_unaccepted_suggestion_and_says_why() {
    let clinic = clinic();
    clinic.put(&[MISSED]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let id = suggestions::of_person(&ortiz, "Patient/ana").unwrap()[0].id.clone();
    clinic.put(&[&MISSED
        .replace(r#""id":"a""#, r#""id":"b""#)
        .replace("noshow", "booked")
        .replace("2026-07-28", "2026-08-20")]);
    worker::catch_up(&clinic.machine()).unwrap();
    let closed = suggestions::get(&ortiz, &id).unwrap();
    assert_eq!(closed.state, "closed");
    assert!(closed.decisions[0].words.contains("booked again"), "{:?}", closed.decisions);
}

#[test]
fn a_clock_opens_a_task_at_once_where_the_site_says_so() {
    let clinic = clinic();
    clinic.open_tasks_directly();
    clinic.put(&[MISSED, SCREEN]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let mine = worklist(&ortiz, Tab::Mine, &Filter::default()).unwrap();
    assert_eq!(mine.rows.len(), 1);
    let kinds: Vec<&str> = mine.rows[0].items.iter().map(|item| item.kind.as_str()).collect();
    assert_eq!(kinds, ["suicide-risk-contact", "rebook-visit"]);
    assert!(!mine.rows[0].items[1].suggestion);
    // The safety contact belongs to a role nobody here has: it also stands where it shouts.
    let nobody = worklist(&ortiz, Tab::Nobody, &Filter::default()).unwrap();
    assert_eq!(nobody.rows[0].items[0].kind, "suicide-risk-contact");
    // Once more: nothing doubles.
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(worklist(&ortiz, Tab::Mine, &Filter::default()).unwrap().counts[0].items, 2);
}

#[test]
fn a_no_answer_is_counted_and_a_promise_becomes_a_task() {
    let clinic = clinic();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let new = NewTask {
        what: "Call her".into(),
        person: "Patient/ana".into(),
        kind: "discharge-call".into(),
        ..NewTask::default()
    };
    let task = work::new_task(&ortiz, new).unwrap().value;
    let form = CallForm {
        person: "Patient/ana".into(),
        outcome: Outcome::NoAnswer,
        next_try: Some(clinic::instant("2026-08-06T15:00:00Z")),
        task: format!("Task/{task}"),
        ..CallForm::default()
    };
    work::log_call(&ortiz, form.clone()).unwrap();
    let patient = clinic.rid("ana");
    let planned = || {
        let calendar = continuo_care::assess::site::calendar(ortiz.zone.clone(), ortiz.now());
        let task = work::tasks_named(&ortiz, &[format!("Task/{task}")]).unwrap();
        let task = continuo_care::tasks::view::view(&task[0], ortiz.now(), &calendar);
        (task.next_try.is_some(), of_person(&ortiz, patient).unwrap()[0].attempts)
    };
    assert_eq!(planned(), (true, 1));
    assert_eq!(of_person(&ortiz, patient).unwrap()[0].attempts, 1);
    let reached = CallForm { outcome: Outcome::Reached, ..form };
    assert!(work::log_call(&ortiz, reached.clone()).is_err(), "identity was not checked");
    let promise = continuo_care::calls::Promise {
        words: "Call Friday about the ride".into(),
        due: Some(clinic::instant("2026-08-07T16:00:00Z")),
        owner: String::new(),
    };
    let reached = CallForm { identity_check: "birth date".into(), promises: vec![promise], ..reached };
    let logged = work::log_call(&ortiz, reached).unwrap();
    assert!(of_person(&ortiz, patient).unwrap().iter().any(|item| item.kind == "promise"));
    assert!(!planned().0, "once she was reached, no next try is planned");
    work::undo(&ortiz, logged.commit.unwrap()).unwrap();
    assert!(!of_person(&ortiz, patient).unwrap().iter().any(|item| item.kind == "promise"));
}

#[test]
fn a_death_ends_open_work_and_leaves_one_task() {
    let clinic = clinic();
    clinic.open_tasks_directly();
    clinic.put(&[MISSED, POTASSIUM]);
    worker::catch_up(&clinic.machine()).unwrap();
    clinic.put(&[&ANA.replace(r#""gender""#, r#""deceasedDateTime":"2026-08-05","gender""#)]);
    worker::catch_up(&clinic.machine()).unwrap();
    let items = of_person(&clinic.staff("ortiz", "care-coordinator"), clinic.rid("ana")).unwrap();
    assert_eq!(items.iter().map(|item| item.kind.as_str()).collect::<Vec<_>>(), ["bereavement"]);
}

#[test]
fn what_a_death_closed_is_one_batch_that_is_reviewed_and_can_be_taken_back() {
    let clinic = clinic();
    clinic.open_tasks_directly();
    clinic.put(&[MISSED]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let oxygen = NewTask { what: "Return the oxygen".into(), person: "Patient/ana".into(), ..NewTask::default() };
    let before = work::new_task(&ortiz, oxygen.clone()).unwrap().value;
    let died = ANA.replace(r#""gender""#, r#""deceasedDateTime":"2026-08-05","gender""#);
    clinic.put(&[&died]);
    worker::catch_up(&clinic.machine()).unwrap();
    let kinds = || {
        let items = of_person(&ortiz, clinic.rid("ana")).unwrap();
        items.into_iter().map(|item| (item.kind, item.id)).collect::<Vec<_>>()
    };
    let [(kind, bereavement)] = &kinds()[..] else { panic!("{:?}", kinds()) };
    assert_eq!(kind, "bereavement");
    let calendar = continuo_care::assess::site::calendar(ortiz.zone.clone(), ortiz.now());
    let read = |id: &str| {
        let named = work::tasks_named(&ortiz, &[format!("Task/{id}")]).unwrap();
        continuo_care::tasks::view::view(&named[0], ortiz.now(), &calendar)
    };
    let closed = read(bereavement).closed;
    assert_eq!(closed.len(), 2, "{closed:?}");
    assert!(closed.contains(&format!("Task/{before}")) && read(&before).ended_by_death);

    // What must still be done is opened again and stays; what is made after a death is not closed by it.
    work::act(&ortiz, &before, Act::KeepAfterDeath).unwrap();
    work::new_task(&ortiz, NewTask { what: "Call the family".into(), ..oxygen }).unwrap();
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(kinds().len(), 3, "{:?}", kinds());
    assert!(work::act(&ortiz, bereavement, Act::KeepAfterDeath).is_err());

    // The wrong Ana: everything is open again and the one task ends.
    clinic.put(&[ANA]);
    worker::catch_up(&clinic.machine()).unwrap();
    let open = kinds();
    assert!(open.len() == 3 && open.iter().all(|(kind, _)| kind != "bereavement"), "{open:?}");
}

#[test]
fn a_task_says_when_the_record_does_not_show_any_more_what_it_was_opened_for() {
    let clinic = clinic();
    clinic.open_tasks_directly();
    let stay = |id: &str, status: &str| {
        format!(
            r#"{{"resourceType":"Encounter","id":"{id}","status":"{status}","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"EMER"}},"subject":{{"reference":"Patient/ana"}},"period":{{"start":"2026-08-04T08:00:00Z","end":"2026-08-04T12:00:00Z"}}}}"#
        )
    };
    clinic.put(&[&stay("er", "finished")]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let why = || {
        let items = of_person(&ortiz, clinic.rid("ana")).unwrap();
        items.iter().find(|item| item.kind == "follow-up-visit").map(|item| (item.suggestion, item.why.clone()))
    };
    let (suggestion, before) = why().expect("the emergency visit opens work");
    assert!(!suggestion && before.starts_with("Emergency visit on"), "{before}");
    clinic.put(&[&stay("er", "entered-in-error")]);
    worker::catch_up(&clinic.machine()).unwrap();
    let (_, after) = why().expect("a task never closes itself");
    assert_eq!(after, format!("{}{before}", continuo_care::assess::project::ANSWERED));
    clinic.put(&[&stay("er", "finished")]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(why().unwrap().1, before);
}

#[test]
fn several_are_finished_together_only_if_one_administrative_kind() {
    let clinic = clinic();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let make = |kind: &str| {
        let new = NewTask { what: "Do".into(), person: "Patient/ana".into(), kind: kind.into(), ..NewTask::default() };
        work::new_task(&ortiz, new).unwrap().value
    };
    let done = Act::Complete { outcome: "done".into(), words: String::new() };
    let (a, b, clinical) = (make("rebook-visit"), make("rebook-visit"), make("discharge-call"));
    assert!(work::several(&ortiz, &[a.clone(), clinical.clone()], done.clone()).is_err());
    work::several(&ortiz, &[a, b], done).unwrap();
    assert_eq!(worklist(&ortiz, Tab::Mine, &Filter::default()).unwrap().counts[0].items, 1);
}

#[test]
fn an_explanation_runs_again_to_the_same_bytes() {
    let clinic = clinic();
    clinic.put(&[POTASSIUM]);
    worker::catch_up(&clinic.machine()).unwrap();
    let doctor = clinic.staff("lee", "physician");
    let id = suggestions::of_person(&doctor, "Patient/ana").unwrap()[0].id.clone();
    let explained = suggestions::explain(&doctor, &id).unwrap();
    assert!(explained.same && explained.changed.is_empty());
    clinic.put(&[&POTASSIUM.replace("6.4", "6.6")]);
    let explained = suggestions::explain(&doctor, &id).unwrap();
    assert_eq!(explained.changed, ["Observation/k"]);
    assert!(explained.same, "on the record as it stood the same build makes the same bytes");
    assert_ne!(explained.now.as_ref(), Some(&explained.stored_bytes), "on the record as it stands now it does not");
}

#[test]
fn a_registry_counts_those_it_cannot_assess() {
    let clinic = clinic();
    let diabetes = |id: &str, patient: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","clinicalStatus":{{"coding":[{{"code":"active"}}]}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"44054006"}}]}},"subject":{{"reference":"Patient/{patient}"}}}}"#
        )
    };
    let a1c = r#"{"resourceType":"Observation","id":"a1c","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-06-01","valueQuantity":{"value":9.4,"unit":"%"}}"#;
    let bo = r#"{"resourceType":"Patient","id":"bo","name":[{"family":"Okafor"}],"birthDate":"1972-03-03"}"#;
    clinic.put(&[bo, &diabetes("d1", "ana"), &diabetes("d2", "bo"), a1c]);
    worker::catch_up(&clinic.machine()).unwrap();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let above = continuo_care::registry::Filter { above: Some(9.0), ..Default::default() };
    let found = continuo_care::registry::registry(&ortiz, "diabetes", &above, 0, 100).unwrap();
    assert_eq!((found.people, found.rows.len(), found.not_assessable), (2, 1, 1));
    assert_eq!(found.rows[0].last.as_ref().unwrap().0, "9.4 %");
    let none = continuo_care::registry::Filter { none_in_months: 6, ..Default::default() };
    let found = continuo_care::registry::registry(&ortiz, "diabetes", &none, 0, 100).unwrap();
    assert_eq!(found.rows[0].person.id, "bo");
    // After an update, until the rows of everybody are made, it is read from the records: the same.
    let machine = clinic.machine();
    let set = |definitions: &'static str| {
        let note = move |tx: &mut continuo_store::WriteTx<'_>| {
            let org = tx.org();
            registry_row::note_made(tx.conn()?, org, definitions, None)
        };
        machine.write("make registries", note).unwrap();
    };
    set("of another build");
    for filter in [&above, &none, &continuo_care::registry::Filter::default()] {
        let before = continuo_care::registry::registry(&ortiz, "diabetes", filter, 0, 100).unwrap();
        worker::catch_up(&machine).unwrap();
        let after = continuo_care::registry::registry(&ortiz, "diabetes", filter, 0, 100).unwrap();
        assert_eq!(before, after);
        set("of another build");
    }
}

#[test]
fn only_a_supervisor_takes_back_what_another_did_and_only_what_they_see() {
    let clinic = clinic();
    let ortiz = clinic.staff("ortiz", "care-coordinator");
    let front = clinic.staff("front", "front-desk");
    let done = work::write_note(&ortiz, "Patient/ana", "", "Rides with her sister").unwrap().commit.unwrap();
    let not_there = |ctx: &Ctx, commit| matches!(work::undo(ctx, commit), Err(WorkError::NotFound(_)));
    for role in ["administrator", "privacy-officer", "care-coordinator", "physician"] {
        assert!(not_there(&clinic.staff("other", role), done), "{role}");
    }
    // The same person in a role that may not write the record.
    assert!(not_there(&clinic.staff("ortiz", "front-desk"), done));

    let secret = MISSED.replace(r#""id":"a""#, &format!(r#""id":"s",{PSYCHIATRY}"#));
    let hidden = clinic.put(&[&secret]).unwrap();
    let mut supervisor = clinic.staff("super", "supervisor");
    supervisor.scope.hidden_labels = continuo_care::access::labels_named(["behavioral"].into_iter());
    assert!(not_there(&supervisor, hidden));
    work::undo(&supervisor, done).unwrap();
    assert!(matches!(work::undo(&supervisor, done), Err(WorkError::Not(_))));
    supervisor.scope.hidden_labels = 0;
    work::undo(&supervisor, hidden).unwrap();

    // Who works on tasks takes their own work back.
    let new = NewTask { what: "Call her".into(), person: "Patient/ana".into(), ..NewTask::default() };
    let made = work::new_task(&front, new).unwrap().commit.unwrap();
    work::undo(&front, made).unwrap();
}

#[test]
fn what_rests_on_a_closed_row_is_as_closed_and_its_reason_is_for_those_who_read_the_record() {
    let clinic = clinic();
    let secret = MISSED.replace(r#""id":"a""#, &format!(r#""id":"s",{PSYCHIATRY}"#));
    clinic
        .put(&[&secret.replace("noshow", "booked").replace("2026-07-28", "2026-08-09").replace(r#""s""#, r#""next""#)]);
    clinic.put(&[&secret]);
    worker::catch_up(&clinic.machine()).unwrap();
    let header =
        |ctx: &Ctx| ctx.read(|r| person_header::of_patients(r.conn(), &ctx.scope, &[clinic.rid("ana")])).unwrap();
    assert_eq!(header(&clinic.machine())[0].next_visit, 0, "a visit under a label shows in the header");

    clinic.put(&[POTASSIUM, &POTASSIUM.replace(r#""id":"k""#, &format!(r#""id":"k2",{PSYCHIATRY}"#))]);
    worker::catch_up(&clinic.machine()).unwrap();
    let doctor = clinic.staff("lee", "physician");
    let open = suggestions::of_person(&doctor, "Patient/ana").unwrap();
    let closed = open.iter().find(|s| s.sensitive && s.rule == "critical-result").expect("a result under a label");

    let front = clinic.staff("front", "front-desk");
    assert!(matches!(suggestions::get(&front, &closed.id), Err(WorkError::Denied(_))));
    assert!(matches!(suggestions::explain(&front, &closed.id), Err(WorkError::Denied(_))));
    assert!(matches!(suggestions::of_person(&front, "Patient/ana"), Err(WorkError::Denied(_))));
    assert!(matches!(continuo_care::why::why(&front, "ana"), Err(WorkError::Denied(_))));
    let rules = ["critical-result"].into();
    assert!(matches!(continuo_care::why::of_rules(&front, "ana", &rules), Err(WorkError::Denied(_))));
    let all = continuo_care::why::why(&doctor, "ana").unwrap().reports;
    let behind = continuo_care::why::of_rules(&doctor, "ana", &rules).unwrap();
    assert!(all.into_iter().filter(|one| one.rule == "critical-result").eq(behind), "as among all rules");
    assert!(continuo_care::why::of_rules(&doctor, "ana", &[].into()).unwrap().is_empty());
    let (read, told) = (of_person(&doctor, clinic.rid("ana")).unwrap(), of_person(&front, clinic.rid("ana")).unwrap());
    assert!(read.iter().all(|item| !item.why.is_empty() && !item.what.starts_with("Private")));
    assert!(told.iter().all(|item| item.why.is_empty() && item.sensitive == item.what.starts_with("Private")));

    suggestions::accept(&doctor, &closed.id, Edit::default()).unwrap();
    let behavioral = continuo_care::access::labels_named(["behavioral"].into_iter());
    for type_ in ["Task", "Provenance"] {
        let of_type = |scope: &Scope| {
            let scope = scope.clone();
            let changes = doctor.read(|r| r.changes_after(doctor.org, ChangeSeq(0), 9_999)).unwrap();
            let changes = changes.iter().filter(|one| one.type_.as_str() == type_);
            changes.filter(|one| doctor.read(|r| r.find(&scope, one.type_, &one.id)).unwrap().is_some()).count()
        };
        assert_eq!(of_type(&doctor.scope), 1, "{type_}");
        assert_eq!(of_type(&Scope { hidden_labels: behavioral, ..doctor.scope.clone() }), 0, "{type_}");
    }
}
