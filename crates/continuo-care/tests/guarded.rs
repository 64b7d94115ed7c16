//! Attacks on the line around a role with limited reach, on closed records and on the rules of work: each is tried over
//! the FHIR API's own way in and comes to nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::access::{Grant, Permission, known_as, opened, scope_of};
use continuo_care::assess::worker;
use continuo_care::identity::queue::{self, Choice};
use continuo_care::record::{self, Conditions, RecordError, SentBundle};
use continuo_care::tasks::make::NewTask;
use continuo_care::work;
use continuo_fhir::{Json, ResourceType};
use continuo_store::{Query, Rid};

const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"gender":"female",
    "birthDate":"1960-02-12","telecom":[{"system":"phone","value":"502 555 0142"}]}"#;
const LEE: &str = r#"{"resourceType":"Patient","id":"lee","name":[{"family":"Lee"}],"birthDate":"1955-07-30"}"#;
const PART2: &str = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}"#;

fn clinic() -> (Clinic, Ctx) {
    let clinic = Clinic::new("2026-08-19T13:00:00Z");
    clinic.put(&[
        ANA,
        LEE,
        r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/ana"}}"#,
    ]);
    worker::catch_up(&clinic.machine()).unwrap();
    let kim = assigned(&clinic, "kim");
    (clinic, kim)
}

/// A community health worker as signed in.
fn assigned(clinic: &Clinic, id: &str) -> Ctx {
    let mut ctx = clinic.staff(id, "community-health-worker");
    let scope = scope_of(ctx.org, 9, &[], &ctx.grant, ctx.now());
    let own = ctx.actor.reference.clone();
    ctx.scope = known_as(scope, [own.as_str()], &ctx.grant);
    ctx
}

/// Somebody whose closed labels are closed.
fn hidden(clinic: &Clinic, id: &str, role: &str) -> Ctx {
    let mut ctx = clinic.staff(id, role);
    ctx.scope = scope_of(ctx.org, 1, &[], &ctx.grant, ctx.now());
    ctx
}

fn sees(ctx: &Ctx, type_: &str, id: &str) -> bool {
    let type_ = ResourceType::find(type_).unwrap();
    ctx.read(|r| r.find(&ctx.scope, type_, id)).unwrap().is_some()
}

fn put(ctx: &Ctx, text: &str) -> Result<record::Written, RecordError> {
    let json = Json::parse(text.as_bytes()).unwrap();
    let address = format!("{}/{}", json.resource_type().unwrap(), json.str_at("id").unwrap());
    record::update(ctx, address, json, &Conditions::default())
}

/// Makes it under an id of ours: whoever has something closed to them chooses none.
fn make(ctx: &Ctx, text: &str) -> Result<record::Written, RecordError> {
    let mut json = Json::parse(text.as_bytes()).unwrap();
    json.remove("id");
    let type_ = ResourceType::find(json.resource_type().unwrap()).unwrap();
    record::create(ctx, type_, json, &Conditions::default())
}

fn patch(ctx: &Ctx, address: &str, text: &str) -> Result<record::Written, RecordError> {
    record::patch(ctx, address.to_owned(), Json::parse(text.as_bytes()).unwrap(), &Conditions::default())
}

/// A person like Ana and work for them, by their ids.
fn twin(clinic: &Clinic, kim: &Ctx) -> (String, String) {
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:6b3f7e0a-0000-4000-8000-000000000001","request":{"method":"POST","url":"Patient"},
         "resource":{"resourceType":"Patient","name":[{"family":"Reyes","given":["Ana"]}],"gender":"female",
            "birthDate":"1960-02-12","telecom":[{"system":"phone","value":"502 555 0199"}]}},
        {"request":{"method":"POST","url":"Task"},
         "resource":{"resourceType":"Task","status":"requested","intent":"order",
            "for":{"reference":"urn:uuid:6b3f7e0a-0000-4000-8000-000000000001"},"owner":{"reference":"Practitioner/kim"}}}]}"#;
    let (_, done) = record::execute(kim, SentBundle::parse(bundle.as_bytes()).unwrap()).unwrap();
    worker::catch_up(&clinic.machine()).unwrap();
    let mut ids = done.into_iter().map(|one| match one {
        record::Done::Resource { id, .. } => id,
        other => panic!("not written: {other:?}"),
    });
    (ids.next().unwrap(), ids.next().unwrap())
}

fn is_one(clinic: &Clinic, twin: &str) -> bool {
    let person = |id| clinic.machine().read(|r| r.person_of(clinic.machine().org, clinic.rid(id))).unwrap();
    person(twin) == person("ana")
}

#[test]
fn a_person_made_up_to_be_like_another_is_not_joined_to_them_by_the_machine() {
    let (clinic, kim) = clinic();
    let (twin, mine) = twin(&clinic, &kim);
    assert!(sees(&kim, "Patient", &twin), "registering is theirs");
    assert!(!is_one(&clinic, &twin));
    assert_eq!([sees(&kim, "Patient", "ana"), sees(&kim, "Observation", "o")], [false, false]);
    // A person who compares the two may say they are one; the machine goes on from there.
    let desk = clinic.staff("desk", "front-desk");
    let asked = queue::waiting(&desk).unwrap();
    let question = asked.first().expect("a person is asked");
    let versions = (question.sides[0].version, question.sides[1].version);
    queue::decide(&desk, &question.id, Choice::Link, "same person, seen with her card", versions).unwrap();
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(is_one(&clinic, &twin));
    // What the worker wrote gives reach to what the worker wrote, whoever it is joined to.
    assert!(sees(&kim, "Patient", &twin) && sees(&kim, "Task", &mine));
    assert_eq!([sees(&kim, "Patient", "ana"), sees(&kim, "Observation", "o")], [false, false]);
    // Work that somebody else gives reaches the person.
    let nurse = clinic.staff("ortiz", "nurse");
    let new = NewTask {
        what: "Bring the walker".into(),
        person: "Patient/ana".into(),
        owner: "Practitioner/kim".into(),
        ..NewTask::default()
    };
    work::new_task(&nurse, new).unwrap();
    assert!(sees(&kim, "Patient", "ana") && sees(&kim, "Observation", "o"));
}

#[test]
fn a_record_of_a_feed_is_joined_as_before_and_not_to_what_a_limited_role_wrote() {
    let (clinic, kim) = clinic();
    clinic.put(&[&ANA.replace(r#""id":"ana""#, r#""id":"twin""#)]);
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(is_one(&clinic, "twin"), "both from feeds");
    let bea = r#"{"resourceType":"Patient","id":"bea","name":[{"family":"Moreno","given":["Bea"]}],"gender":"female",
        "birthDate":"1951-03-02","telecom":[{"system":"phone","value":"502 555 0177"}]}"#;
    let own = make(&kim, bea).unwrap().id;
    clinic.put(&[&bea.replace(r#""id":"bea""#, r#""id":"bea2""#)]);
    worker::catch_up(&clinic.machine()).unwrap();
    let person = |id| clinic.machine().read(|r| r.person_of(clinic.machine().org, clinic.rid(id))).unwrap();
    assert_ne!(person(&own), person("bea2"));
}

#[test]
fn a_limited_role_writes_into_nobodys_record_whom_it_does_not_reach() {
    let (clinic, kim) = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    let new = NewTask {
        what: "Call".into(),
        person: "Patient/lee".into(),
        owner: "Practitioner/kim".into(),
        ..NewTask::default()
    };
    let task = work::new_task(&nurse, new).unwrap().value;
    assert!(sees(&kim, "Patient", "lee") && !sees(&kim, "Patient", "ana"));
    let me = r#"{"actor":{"reference":"Practitioner/kim"},"status":"accepted"}"#;
    for text in [
        format!(r#"{{"resourceType":"Appointment","id":"x","status":"booked","start":"2026-09-01T10:00:00Z","end":"2026-09-01T11:00:00Z","participant":[{{"actor":{{"reference":"Patient/ana"}},"status":"accepted"}},{me}]}}"#),
        r#"{"resourceType":"Observation","id":"x","status":"final","code":{"text":"c"},"performer":[{"reference":"Patient/ana"}]}"#.to_owned(),
        r#"{"resourceType":"Observation","id":"x","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/lee"},"performer":[{"reference":"Patient/ana"}]}"#.to_owned(),
        r#"{"resourceType":"Communication","id":"x","status":"completed","sender":{"reference":"Patient/ana"}}"#.to_owned(),
        r#"{"resourceType":"Provenance","id":"x","recorded":"2026-08-19T13:00:00Z","target":[{"reference":"Patient/ana"}],"agent":[{"who":{"reference":"Practitioner/kim"}}]}"#.to_owned(),
        r#"{"resourceType":"Provenance","id":"x","recorded":"2026-08-19T13:00:00Z","target":[{"reference":"Observation/o"}],"agent":[{"who":{"reference":"Practitioner/kim"}}]}"#.to_owned(),
        r#"{"resourceType":"Group","id":"x","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ana"}}]}"#.to_owned(),
        r#"{"resourceType":"List","id":"x","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/ana"}}]}"#.to_owned(),
        r#"{"resourceType":"CareTeam","id":"x","status":"active","subject":{"reference":"Patient/ana"},"participant":[{"member":{"reference":"Practitioner/kim"}}]}"#.to_owned(),
        r#"{"resourceType":"Observation","id":"x","status":"final","code":{"text":"c"},"subject":{"reference":"http://clinic.test/fhir/Patient/ana"}}"#.to_owned(),
        r#"{"resourceType":"Patient","id":"lee","name":[{"family":"Lee"}],"link":[{"type":"seealso","other":{"reference":"Patient/ana"}}]}"#.to_owned(),
    ] {
        let is_there = text.contains(r#""id":"lee""#);
        let tried = if is_there { put(&kim, &text) } else { make(&kim, &text) };
        assert!(matches!(tried, Err(RecordError::NotFound(_))), "{text}");
        assert!(put(&nurse, &text).is_ok(), "{text}");
        clinic.put(&[LEE]);
        let json = Json::parse(text.as_bytes()).unwrap();
        if json.resource_type() != Some("Patient") {
            let type_ = json.resource_type().unwrap();
            record::delete(&nurse, format!("{type_}/x"), &Conditions::default()).unwrap();
        }
    }
    for (body, path) in [
        (r#"{"for":{"reference":"Patient/ana"}}"#, format!("Task/{task}")),
        (r#"[{"op":"replace","path":"/for/reference","value":"Patient/ana"}]"#, format!("Task/{task}")),
    ] {
        assert!(matches!(patch(&kim, &path, body), Err(RecordError::NotFound(_))), "{body}");
    }
    // Nobody's: neither a person's nor the site's own to change.
    let team = r#"{"resourceType":"CareTeam","id":"homes","status":"active","participant":[{"member":{"reference":"Practitioner/kim"}}]}"#;
    assert!(matches!(make(&kim, team), Err(RecordError::Invalid(_))));
    worker::catch_up(&clinic.machine()).unwrap();
    assert!(!sees(&kim, "Patient", "ana"));
    let fine = r#"{"resourceType":"Observation","id":"y","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/lee"},"performer":[{"reference":"Practitioner/kim"}]}"#;
    make(&kim, fine).unwrap();
}

/// A program with a token that opens no label.
fn program(clinic: &Clinic, more: &[Permission]) -> Ctx {
    let all = [&[Permission::RecordRead, Permission::RecordWrite], more].concat();
    let mut ctx = clinic.machine();
    ctx.actor.reference = "Device/token-x".to_owned();
    ctx.grant = Grant::program(&all, 0);
    ctx.scope = scope_of(ctx.org, 0, &[], &ctx.grant, ctx.now());
    ctx
}

#[test]
fn a_put_tells_nobody_which_ids_are_taken_by_what_is_closed_to_them() {
    let (clinic, kim) = clinic();
    clinic.put(&[&format!(
        r#"{{"resourceType":"Condition","id":"closed","meta":{{"security":[{PART2}]}},"code":{{"text":"c"}},"subject":{{"reference":"Patient/ana"}}}}"#
    )]);
    let nurse = hidden(&clinic, "ortiz", "nurse");
    let of = |id: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","code":{{"text":"c"}},"subject":{{"reference":"Patient/ana"}}}}"#
        )
    };
    let told = |ctx: &Ctx, id: &str| -> Vec<String> {
        let json = Json::parse(of(id).as_bytes()).unwrap();
        let none = Conditions { if_none_match: Some("*"), ..Conditions::default() };
        let first = Conditions { if_match: Some("W/\"1\""), ..Conditions::default() };
        let bundle = format!(
            r#"{{"resourceType":"Bundle","type":"transaction","entry":[{{"request":{{"method":"PUT","url":"Condition/{id}"}},"resource":{}}}]}}"#,
            of(id)
        );
        let tried = [
            record::update(ctx, format!("Condition/{id}"), json.clone(), &Conditions::default()).map(|_| ()),
            record::update(ctx, format!("Condition/{id}"), json.clone(), &none).map(|_| ()),
            record::update(ctx, format!("Condition/{id}"), json.clone(), &first).map(|_| ()),
            record::update(ctx, "Condition?code=nothing-like-it".to_owned(), json, &Conditions::default()).map(|_| ()),
            record::execute(ctx, SentBundle::parse(bundle.as_bytes()).unwrap()).map(|_| ()),
        ];
        tried.into_iter().map(|one| one.unwrap_err().to_string().replace(id, "ID")).collect()
    };
    for ctx in [&nurse, &kim, &program(&clinic, &[])] {
        assert_eq!(told(ctx, "closed"), told(ctx, "free"));
        assert!(!sees(&clinic.machine(), "Condition", "free"), "nothing is made");
    }
    assert!(make(&nurse, &of("x")).is_ok(), "under an id of ours it is");
    assert!(put(&nurse, &of(&make(&nurse, &of("x")).unwrap().id)).is_ok(), "and what is seen is changed");
    assert!(make(&program(&clinic, &[]), &of("x")).is_ok(), "so does a program");
    assert!(put(&clinic.machine(), &of("of-a-source")).is_ok(), "whoever sees all brings its own ids");
    let feed = program(&clinic, &[Permission::ChooseIds]);
    assert!(put(&feed, &of("of-a-feed")).is_ok(), "and so does a program that was given it by name");
}

#[test]
fn what_belongs_to_nobody_is_for_those_who_reach_everybody_unless_the_site_shares_it() {
    let (clinic, kim) = clinic();
    clinic.put(&[
        r#"{"resourceType":"Binary","id":"b","contentType":"text/plain","securityContext":{"reference":"Patient/ana"},"data":"QQ=="}"#,
        r#"{"resourceType":"Observation","id":"abs","status":"final","code":{"text":"c"},"subject":{"reference":"http://clinic.test/fhir/Patient/ana"}}"#,
        r#"{"resourceType":"Observation","id":"num","status":"final","code":{"text":"c"},"subject":{"identifier":{"value":"4711"}}}"#,
        r#"{"resourceType":"MessageHeader","id":"m","eventUri":"urn:e","source":{"endpoint":"urn:s"}}"#,
        r#"{"resourceType":"Linkage","id":"l","item":[{"type":"source","resource":{"display":"Ana"}}]}"#,
        r#"{"resourceType":"Organization","id":"org","name":"Clinic"}"#,
        r#"{"resourceType":"ValueSet","id":"vs","status":"active"}"#,
    ]);
    for (type_, id) in
        [("Binary", "b"), ("Observation", "abs"), ("Observation", "num"), ("MessageHeader", "m"), ("Linkage", "l")]
    {
        assert!(!sees(&kim, type_, id), "{type_}/{id}");
        let query = Query::parse(ResourceType::find(type_).unwrap(), "_total=accurate").unwrap();
        let page = kim.read(|r| r.search(&kim.scope, &query)).unwrap();
        assert!(page.matches.is_empty(), "{type_} in a search");
        assert!(sees(&clinic.staff("ortiz", "nurse"), type_, id));
    }
    assert!(sees(&kim, "Organization", "org") && sees(&kim, "ValueSet", "vs"));
}

fn consent(status: &str, type_: &str, id: &str) -> String {
    format!(
        r#"{{"resourceType":"Consent","id":"{id}","status":"{status}",
            "scope":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}}]}},
            "category":[{{"coding":[{{"system":"http://loinc.org","code":"59284-0"}}]}}],
            "policyRule":{{"text":"42 CFR Part 2"}},"patient":{{"reference":"Patient/ana"}},
            "provision":{{"type":"{type_}","securityLabel":[{PART2}]}}}}"#
    )
}

fn is_open(clinic: &Clinic) -> bool {
    let ana = clinic.rid("ana");
    let officer = clinic.staff("shah", "privacy-officer");
    opened::running(&officer).unwrap().iter().any(|one| one.to == "everybody here") && ana != Rid(0)
}

fn confirm(clinic: &Clinic) -> usize {
    let doctor = clinic.staff("okafor", "physician");
    let waiting = opened::waiting(&doctor).unwrap();
    for one in &waiting {
        opened::confirm(&doctor, one.row.id).unwrap();
    }
    waiting.len()
}

#[test]
fn a_consent_that_was_revoked_opens_again_only_with_a_second_person_and_a_review() {
    let (clinic, _) = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    put(&nurse, &consent("active", "permit", "c")).unwrap();
    assert!(!is_open(&clinic));
    assert_eq!(confirm(&clinic), 1);
    assert!(is_open(&clinic));
    // A word set right keeps what was confirmed.
    put(&nurse, &consent("active", "permit", "c").replace("42 CFR Part 2\"", "42 CFR Part 2, form 7\"")).unwrap();
    assert!(is_open(&clinic));
    put(&nurse, &consent("inactive", "permit", "c")).unwrap();
    assert!(!is_open(&clinic));
    put(&nurse, &consent("active", "permit", "c")).unwrap();
    assert!(!is_open(&clinic), "opening again waits again");
    assert_eq!(confirm(&clinic), 1);
    assert!(is_open(&clinic));
    let officer = clinic.staff("shah", "privacy-officer");
    assert_eq!(opened::consents(&officer, true).unwrap().len(), 2, "and is reviewed anew");
    // The same between two looks: nobody saw it closed.
    clinic.put(&[&consent("inactive", "permit", "c")]);
    clinic.put(&[&consent("active", "permit", "c")]);
    let by_hand = clinic.staff("ortiz", "nurse");
    patch(&by_hand, "Consent/c", r#"{"dateTime":"2026-08-19"}"#).unwrap();
    assert!(!is_open(&clinic));
}

#[test]
fn ending_what_denies_needs_the_permission_to_open_and_a_second_person() {
    let (clinic, _) = clinic();
    let (nurse, dietitian) = (clinic.staff("ortiz", "nurse"), clinic.staff("ivy", "dietitian"));
    put(&nurse, &consent("active", "permit", "c")).unwrap();
    assert_eq!(confirm(&clinic), 1);
    put(&nurse, &consent("active", "deny", "d")).unwrap();
    assert!(!is_open(&clinic));
    let denied = |result: Result<(), RecordError>| matches!(result, Err(RecordError::Denied(_)));
    let other = consent("active", "deny", "d").replace("Patient/ana", "Patient/lee");
    for text in [consent("inactive", "deny", "d"), consent("active", "permit", "d"), other] {
        assert!(denied(put(&dietitian, &text).map(|_| ())), "{text}");
    }
    assert!(denied(record::delete(&dietitian, "Consent/d".into(), &Conditions::default())));
    assert!(denied(patch(&dietitian, "Consent/d", r#"{"status":"inactive"}"#).map(|_| ())));
    assert!(!is_open(&clinic));
    record::delete(&nurse, "Consent/d".into(), &Conditions::default()).unwrap();
    assert!(!is_open(&clinic), "it waits for a second person");
    assert_eq!(confirm(&clinic), 1);
    assert!(is_open(&clinic));
}

/// Who ends the denial opens what it held closed: they do not confirm that themselves, whoever wrote the consent.
#[test]
fn whoever_ends_a_denial_does_not_confirm_what_it_opens() {
    let (clinic, _) = clinic();
    clinic.accounts(&[("ortiz", "nurse"), ("lee", "nurse")]);
    // A program that may open wrote it: no second person was needed.
    put(&clinic.machine(), &consent("active", "permit", "c")).unwrap();
    assert!(is_open(&clinic));
    let lee = clinic.staff("lee", "nurse");
    put(&clinic.staff("ortiz", "nurse"), &consent("active", "deny", "d")).unwrap();
    record::delete(&lee, "Consent/d".into(), &Conditions::default()).unwrap();
    assert!(!is_open(&clinic), "it waits for a second person");
    let waiting = opened::waiting(&lee).unwrap();
    assert_eq!(waiting.iter().map(|one| one.row.actor.as_str()).collect::<Vec<_>>(), ["Practitioner/lee"]);
    assert!(opened::confirm(&lee, waiting[0].row.id).is_err(), "they would open it alone");
    assert!(!is_open(&clinic));
    assert_eq!(confirm(&clinic), 1);
    assert!(is_open(&clinic));
}

#[test]
fn work_ends_over_the_api_by_its_own_rules_and_a_plain_task_freely() {
    let (clinic, _) = clinic();
    let (nurse, dietitian) = (clinic.staff("ortiz", "nurse"), clinic.staff("ivy", "dietitian"));
    let made = |kind: &str| {
        let new = NewTask {
            kind: kind.into(),
            what: "Do it".into(),
            person: "Patient/ana".into(),
            owner: "Practitioner/ortiz".into(),
            ..NewTask::default()
        };
        format!("Task/{}", work::new_task(&nurse, new).unwrap().value)
    };
    let refused = |result: Result<record::Written, RecordError>| match result {
        Err(RecordError::Invalid(issues)) => issues.first().is_some_and(|issue| issue.text.contains("/tasks/")),
        _ => false,
    };
    for kind in ["suicide-risk-contact", "discharge-call"] {
        let task = made(kind);
        for body in [
            r#"{"status":"completed"}"#,
            r#"{"status":"cancelled"}"#,
            r#"{"status":"on-hold"}"#,
            r#"{"owner":{"reference":"Practitioner/ivy"}}"#,
            r#"{"restriction":{"period":{"end":"2027-01-01"}}}"#,
            r#"{"code":{"text":"other"}}"#,
        ] {
            assert!(refused(patch(&dietitian, &task, body)), "{kind} {body}");
        }
        let gone = record::delete(&dietitian, task, &Conditions::default());
        assert!(matches!(gone, Err(RecordError::Invalid(_))), "{gone:?}");
    }
    patch(&dietitian, &made("reminder"), r#"{"status":"completed"}"#).unwrap();
    let plain =
        r#"{"resourceType":"Task","id":"p","status":"requested","intent":"order","for":{"reference":"Patient/ana"}}"#;
    put(&dietitian, plain).unwrap();
    put(&dietitian, &plain.replace("requested", "completed")).unwrap();
}

#[test]
fn definitions_are_written_by_whoever_sets_rules() {
    let (clinic, _) = clinic();
    let text = r#"{"resourceType":"ValueSet","id":"vs","status":"active"}"#;
    for role in ["physician", "nurse", "dietitian", "front-desk"] {
        assert!(matches!(put(&clinic.staff("a", role), text), Err(RecordError::Denied(_))), "{role}");
    }
    put(&clinic.staff("b", "administrator"), text).unwrap();
}

#[test]
fn the_front_desk_makes_nobody_vanish_and_an_emergency_finds_whom_a_label_closes() {
    let (clinic, _) = clinic();
    let desk = hidden(&clinic, "desk", "front-desk");
    let label = format!(r#"{{"meta":{{"security":[{PART2}]}}}}"#);
    assert!(matches!(patch(&desk, "Patient/ana", &label), Err(RecordError::Invalid(_))));
    let visit = format!(
        r#"{{"resourceType":"Appointment","id":"v","meta":{{"security":[{PART2}]}},"status":"booked","start":"2026-09-01T10:00:00Z","end":"2026-09-01T11:00:00Z","participant":[{{"actor":{{"reference":"Patient/ana"}},"status":"accepted"}}]}}"#
    );
    assert!(matches!(make(&desk, &visit), Err(RecordError::Invalid(_))));
    assert!(sees(&desk, "Patient", "ana"));
    // A source that says so is believed, listed, and opened in an emergency.
    let closed = ANA.replace(r#""id":"ana","#, &format!(r#""id":"ana","meta":{{"security":[{PART2}]}},"#));
    clinic.put(&[&closed]);
    worker::catch_up(&clinic.machine()).unwrap();
    let mut nurse = hidden(&clinic, "ortiz", "nurse");
    assert!(!sees(&nurse, "Patient", "ana"));
    let officer = clinic.staff("shah", "privacy-officer");
    let listed = opened::closed_people(&officer).unwrap();
    assert_eq!(listed.iter().map(|one| one.patient.as_str()).collect::<Vec<_>>(), ["Patient/ana"]);
    continuo_care::access::emergency::open(&nurse, "ana", "medical", "found unresponsive at home").unwrap();
    nurse.scope = scope_of(nurse.org, 1, &[], &nurse.grant, nurse.now());
    assert!(sees(&nurse, "Patient", "ana"));
}

#[test]
fn a_closed_id_answers_like_a_free_one_and_the_try_is_noted() {
    let (clinic, _) = clinic();
    let note = |id: &str, number: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"{id}","meta":{{"security":[{PART2}]}},"identifier":[{{"value":"{number}"}}],"status":"final","code":{{"text":"c"}},"subject":{{"reference":"Patient/ana"}}}}"#
        )
    };
    clinic.put(&[&note("hid", "n1")]);
    let nurse = hidden(&clinic, "ortiz", "nurse");
    let open = |id: &str| note(id, "n2").replace(&format!(r#""meta":{{"security":[{PART2}]}},"#), "");
    let absent = Conditions { if_none_match: Some("*"), ..Conditions::default() };
    let tried = |address: &str| {
        let json = Json::parse(open("hid").as_bytes()).unwrap();
        record::update(&nurse, address.to_owned(), json, &absent)
    };
    for address in ["Observation/hid", "Observation?identifier=n2"] {
        let error = tried(address).unwrap_err();
        assert!(matches!(error, RecordError::NotFound(_)), "{error}");
        assert!(!error.to_string().contains("version"), "{error}");
    }
    for id in ["hid", "free"] {
        record::delete(&nurse, format!("Observation/{id}"), &Conditions::default()).unwrap();
    }
    assert!(
        clinic
            .machine()
            .read(|r| r.get(&continuo_store::Scope::all(nurse.org), ResourceType::of("Observation"), "hid"))
            .is_ok()
    );
    let ana = clinic.rid("ana");
    let rows = audited(&clinic, "refused, closed record");
    assert_eq!(rows, vec![ana; 3]);
}

#[test]
fn a_search_stands_in_the_audit_of_everybody_it_answered_about() {
    let (clinic, _) = clinic();
    let nurse = clinic.staff("ortiz", "nurse");
    let ask = |type_: &str, query: &str| {
        record::search(&nurse, &Query::parse(ResourceType::find(type_).unwrap(), query).unwrap()).unwrap();
    };
    let (ana, lee) = (clinic.rid("ana"), clinic.rid("lee"));
    ask("Observation", "patient=ana,lee");
    ask("Observation", "subject=Patient/lee&_summary=count");
    ask("Patient", "_id=lee&_has:Observation:patient:code=x");
    let mut rows = audited(&clinic, "search");
    rows.sort_unstable();
    assert_eq!(rows, [ana, lee, lee, lee]);
}

/// Whom the audit rows of this action name.
fn audited(clinic: &Clinic, action: &str) -> Vec<Rid> {
    clinic.put(&[&format!(r#"{{"resourceType":"Basic","id":"b-{}","code":{{"text":"x"}}}}"#, action.len())]);
    let officer = clinic.staff("shah", "privacy-officer");
    let entries = continuo_care::auditing::entries(&officer, "", "", 0, 500).unwrap();
    entries.rows.into_iter().filter(|row| row.action == action).map(|row| row.patient).collect()
}
