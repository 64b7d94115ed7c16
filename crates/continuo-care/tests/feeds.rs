//! Silence is not normal (safety.md rule 17): a source that stops sending is noticed, told and looked into.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::access::scope_of;
use continuo_care::assess::worker;
use continuo_care::feeds::{self, Said, Watch};
use continuo_care::import;
use continuo_care::ingest::{self, Chunk};
use continuo_care::problem::WorkError;
use continuo_care::{Ctx, work};
use continuo_exchange::{Kept, Place};
use continuo_fhir::{Instant, Json};

const DAY: i64 = 86_400_000_000;

/// A Tuesday.
const NOW: &str = "2026-08-18T10:05:00Z";

fn take_in(ctx: &Ctx, source: &str, value: i64) {
    let text = format!(
        r#"{{"resourceType":"Observation","id":"o","status":"final","code":{{"text":"x"}},"valueInteger":{value}}}"#
    );
    let chunk =
        Chunk { source: source.into(), resources: vec![Json::parse(text.as_bytes()).unwrap()], ..Chunk::default() };
    ingest::run(ctx, std::iter::once(chunk), |_, refused| assert!(refused.is_empty())).unwrap();
}

/// A clinic where `mercy` was heard each hour for three weeks.
fn clinic() -> Clinic {
    let clinic = Clinic::new(NOW);
    let now = instant(NOW);
    let hours: Vec<Instant> = (0..21 * 24).rev().map(|back| now.plus_micros(-(back + 1) * DAY / 24)).collect();
    feeds::heard_at(&clinic.machine(), "mercy", hours).unwrap();
    take_in(&clinic.machine(), "mercy", 1);
    worker::catch_up(&clinic.machine()).unwrap();
    clinic
}

#[test]
fn a_feed_that_has_gone_silent_is_noticed_looked_into_and_heard_again() {
    let clinic = clinic();
    let nurse = clinic.staff("nurse", "nurse");
    assert_eq!(feeds::silent(&nurse).unwrap(), Vec::new());

    clinic.set(instant("2026-08-18T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    let silent = feeds::silent(&nurse).unwrap();
    let one = silent.first().unwrap();
    assert_eq!((one.name.as_str(), one.since), ("Mercy", instant(NOW)));
    assert_eq!(one.usual, "usually sends at least every hour");
    assert!(one.is_nobodys() && one.duty.owner == "role:supervisor", "{:?}", one.duty);
    assert_eq!(
        one.duty.due.map(|due| due.micros() / 1_000_000),
        Some(instant("2026-08-18T17:00:00Z").micros() / 1_000_000)
    );

    let supervisor = clinic.staff("sam", "supervisor");
    assert!(matches!(feeds::take(&nurse, "mercy", ""), Err(WorkError::Denied(_))));
    feeds::take(&supervisor, "mercy", "their interface engine is down, back at 3 pm").unwrap();
    let told = feeds::silent(&nurse).unwrap();
    assert_eq!(told.first().unwrap().duty.owner, "Practitioner/sam");
    assert_eq!(told.first().unwrap().duty.note, "their interface engine is down, back at 3 pm");
    let task = told.first().unwrap().duty.task.clone();

    // The same file again is a sign of life: nothing new is written, and the silence ends.
    take_in(&clinic.machine(), "mercy", 1);
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(feeds::silent(&nurse).unwrap(), Vec::new());
    let all = feeds::all(&supervisor).unwrap();
    let past = all.first().unwrap().past.first().unwrap();
    let ended = work::tasks_named(&nurse, &[format!("Task/{task}")]).unwrap().remove(0);
    assert_eq!(ended.str_at("status"), Some("completed"), "{ended}");
    assert!(ended.to_string().contains("sends again"), "it ends by itself: {ended}");
    let past = &past.silence;
    assert_eq!((past.since, past.ended), (instant(NOW).micros(), instant("2026-08-18T13:00:00Z").micros()));
    assert!(matches!(feeds::take(&supervisor, "mercy", ""), Err(WorkError::NotFound(_))));
}

#[test]
fn what_was_said_of_a_silence_can_be_taken_back_and_closing_needs_a_reason() {
    let clinic = clinic();
    clinic.set(instant("2026-08-18T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    let admin = clinic.staff("ada", "administrator");
    let stands = || feeds::silent(&admin).unwrap().remove(0).duty;
    let taken = feeds::take(&admin, "mercy", "calling them").unwrap();
    assert!(stands().taken);
    work::undo(&admin, taken.commit.unwrap()).unwrap();
    assert!(!stands().taken && stands().owner == "role:supervisor", "{:?}", stands());

    feeds::take(&admin, "mercy", "").unwrap();
    feeds::give_back(&admin, "mercy", "off duty").unwrap();
    assert!(!stands().taken && stands().note == "off duty", "{:?}", stands());
    assert!(matches!(feeds::close(&admin, "mercy", " "), Err(WorkError::Field { field: "why", .. })));
    let closed = feeds::close(&admin, "mercy", "they move, back on Monday").unwrap();
    assert_eq!(stands().closed, "they move, back on Monday");
    assert!(matches!(feeds::take(&admin, "mercy", ""), Err(WorkError::Not(_))), "it is closed");
    assert_eq!(feeds::silent(&admin).unwrap().len(), 1, "it is silent all the same");
    work::undo(&admin, closed.commit.unwrap()).unwrap();
    assert_eq!(stands().closed, "");
}

#[test]
fn it_is_worked_out_what_a_silent_feed_brings_and_of_whom() {
    let clinic = clinic();
    let ctx = clinic.machine();
    let resources = [
        r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada"}]}"#,
        r#"{"resourceType":"Observation","id":"k","status":"final","code":{"text":"Potassium"},"subject":{"reference":"Patient/ada"},"effectiveDateTime":"2026-08-17"}"#,
    ];
    let resources = resources.iter().map(|text| Json::parse(text.as_bytes()).unwrap()).collect();
    ingest::run(
        &ctx,
        std::iter::once(Chunk { source: "mercy".into(), resources, ..Chunk::default() }),
        |_, refused| {
            assert!(refused.is_empty());
        },
    )
    .unwrap();
    clinic.put(&[r#"{"resourceType":"Patient","id":"bo","name":[{"family":"Bo"}]}"#]);
    worker::catch_up(&ctx).unwrap();
    clinic.set(instant("2026-08-18T14:00:00Z"));
    worker::catch_up(&ctx).unwrap();
    let silent = feeds::silent(&ctx).unwrap();
    let one = silent.first().unwrap();
    assert_eq!((one.brings.as_str(), one.people), ("results", 1));
    let last = |id: &str| feeds::last_about(&ctx, &silent, clinic.rid(id)).unwrap();
    assert_eq!(last("ada"), [Some(instant(NOW))]);
    assert_eq!(last("bo"), [None]);
}

#[test]
fn that_a_closed_source_sent_something_of_somebody_is_told_to_nobody_who_may_not_read_it() {
    let clinic = clinic();
    let texts = [
        r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada"}]}"#,
        r#"{"resourceType":"Observation","id":"k","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"42CFRPart2"}]},"status":"final","code":{"text":"Screen"},"subject":{"reference":"Patient/ada"}}"#,
    ];
    clinic.put(&texts[..1]);
    let resources = texts[1..].iter().map(|text| Json::parse(text.as_bytes()).unwrap()).collect();
    let chunk = Chunk { source: "mercy".into(), resources, ..Chunk::default() };
    ingest::run(&clinic.machine(), std::iter::once(chunk), |_, refused| assert!(refused.is_empty())).unwrap();
    clinic.set(instant("2026-08-18T14:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    let silent = feeds::silent(&clinic.machine()).unwrap();
    assert_eq!(silent.len(), 1);
    let last = |ctx: &Ctx| feeds::last_about(ctx, &silent, clinic.rid("ada")).unwrap();
    // As signed in: Part 2 is closed to every role.
    let signed_in = |role: &str| {
        let mut ctx = clinic.staff("somebody", role);
        ctx.scope = scope_of(ctx.org, 9, &[], &ctx.grant, ctx.now());
        ctx
    };
    for role in ["nurse", "front-desk", "scheduler", "administrator"] {
        assert_eq!(last(&signed_in(role)), [None], "{role}");
    }
    assert_eq!(last(&clinic.machine()), [Some(instant(NOW))]);
    // Even what is open is of the record: where somebody was treated is not told at the desk.
    assert_eq!(last(&clinic.staff("nils", "nurse")), [Some(instant(NOW))]);
    assert_eq!(last(&clinic.staff("fay", "front-desk")), [None]);
}

#[test]
fn a_site_says_how_often_a_feed_must_send_and_undo_takes_that_back() {
    let clinic = clinic();
    let admin = clinic.staff("ada", "administrator");
    let watch = |watch| Said { source: "mercy".into(), name: "Mercy Hospital".into(), watch };
    let every = |hours| watch(Watch::Every { hours, quiet_nights: false, quiet_weekends: false });
    assert!(matches!(feeds::set(&admin, every(1000), "slow"), Err(WorkError::Field { field: "hours", .. })));
    assert!(matches!(feeds::set(&admin, every(12), ""), Err(WorkError::Field { field: "reason", .. })));
    let supervisor = clinic.staff("sam", "supervisor");
    assert!(matches!(feeds::set(&supervisor, every(12), "as agreed"), Err(WorkError::Denied(_))));
    let done = feeds::set(&admin, every(12), "as agreed with them").unwrap();

    clinic.set(instant("2026-08-18T21:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(feeds::silent(&admin).unwrap(), Vec::new(), "eleven of twelve hours");
    clinic.set(instant("2026-08-18T22:06:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    let silent = feeds::silent(&admin).unwrap();
    assert_eq!(silent.first().unwrap().name, "Mercy Hospital");
    assert_eq!(silent.first().unwrap().usual, "must send at least every 12 hours");

    feeds::set(&admin, watch(Watch::Off), "replaced by another feed").unwrap();
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(feeds::silent(&admin).unwrap(), Vec::new());

    let clinic = self::clinic();
    let admin = clinic.staff("ada", "administrator");
    let off = feeds::set(&admin, watch(Watch::Off), "not needed").unwrap();
    work::undo(&admin, off.commit.unwrap()).unwrap();
    clinic.set(instant("2026-08-18T13:00:00Z"));
    worker::catch_up(&clinic.machine()).unwrap();
    assert_eq!(feeds::silent(&admin).unwrap().len(), 1, "watched by its habit again");
    assert!(done.commit.is_some());
}

#[test]
fn what_could_not_be_filed_is_heard_too_and_a_single_import_is_no_feed() {
    let clinic = Clinic::new(NOW);
    let ctx = clinic.machine();
    let kept = Kept { place: Place::whole("a.json"), bytes: b"{".to_vec(), issues: Vec::new(), mapping: String::new() };
    import::keep(&ctx, "county", vec![kept]).unwrap();
    worker::catch_up(&ctx).unwrap();
    let admin = clinic.staff("ada", "administrator");
    let all = feeds::all(&admin).unwrap();
    assert_eq!(all.first().unwrap().feed.source, "county");
    clinic.set(instant("2026-12-01T00:00:00Z"));
    worker::catch_up(&ctx).unwrap();
    assert_eq!(feeds::silent(&admin).unwrap(), Vec::new());
}
