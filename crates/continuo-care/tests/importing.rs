//! Files of a source end in the record once, with their references; what cannot be taken waits for a person.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod clinic;

use std::ops::ControlFlow;

use clinic::Clinic;
use continuo_care::Ctx;
use continuo_care::import::{self, Filing, Retried};
use continuo_care::ingest::{self, Progress};
use continuo_exchange::read::read;
use continuo_exchange::table::Tables;
use continuo_exchange::{Batch, Limits};
use continuo_store::OrgId;
use continuo_store::tables::input_kept;

const STAFF: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"npi","value":"9"}],"name":[{"family":"Patel"}]}}]}"#;
const PERSON: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","generalPractitioner":[{"reference":"Practitioner?identifier=npi|9"}]}},
 {"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Weight"},"subject":{"reference":"urn:uuid:p"}}},
 {"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"npi","value":"9"}]}},
 {"resource":{"id":"nothing"}}]}"#;

fn batches(name: &str, text: &str) -> Vec<Batch> {
    let mut out = Vec::new();
    read(name, &mut text.as_bytes(), &Tables::new(), &Limits::default(), &mut |batch| {
        out.push(batch);
        ControlFlow::Continue(())
    });
    out
}

/// Imports files in this order, as the command does.
fn import(ctx: &Ctx, files: &[(&str, &str)]) -> (Progress, usize, usize) {
    let mut filing = Filing::new(ctx, "mercy").expect("the store answers");
    let (mut chunks, mut kept, mut waiting) = (Vec::new(), 0, Vec::new());
    for batch in files.iter().flat_map(|(name, text)| batches(name, text)) {
        match filing.file(batch.clone(), false) {
            Some(filed) => {
                kept += import::keep(ctx, "mercy", filed.kept).expect("the store answers");
                chunks.push(filed.chunk);
            }
            None => waiting.push(batch),
        }
    }
    let again = waiting.len();
    for batch in waiting {
        let filed = filing.file(batch, true).expect("the last round takes all");
        kept += import::keep(ctx, "mercy", filed.kept).expect("the store answers");
        chunks.push(filed.chunk);
    }
    let sum = ingest::run(ctx, chunks.into_iter(), |_, refused| assert!(refused.is_empty(), "{refused:?}"));
    (sum.expect("the store answers"), kept, again)
}

#[test]
fn the_same_files_twice_write_nothing_new() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let files = [("staff.json", STAFF), ("person.json", PERSON)];
    let (first, kept, again) = import(&ctx, &files);
    // The person's file repeats the practitioner in an abridged form: the first copy counts.
    assert_eq!((first.created, first.updated, first.unchanged, kept, again), (3, 0, 0, 1, 0));
    let (second, kept, _) = import(&ctx, &files);
    assert_eq!((second.created, second.updated, second.unchanged, kept), (0, 0, 3, 0));
}

#[test]
fn a_file_that_refers_to_a_later_one_waits_for_it() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let without_staff = PERSON.replace(r#" {"fullUrl":"urn:uuid:d","resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"npi","value":"9"}]}},"#, "");
    let (sum, _, again) = import(&ctx, &[("a.json", &without_staff), ("b.json", STAFF)]);
    assert_eq!((sum.created, again), (3, 1));
    let (sum, _, _) = import(&ctx, &[("b.json", STAFF), ("a.json", &without_staff)]);
    assert_eq!((sum.unchanged, sum.updated), (3, 0), "order does not matter");
}

#[test]
fn of_two_versions_the_later_stays() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    let chunks: Vec<ingest::Chunk> = (0..40)
        .map(|version| {
            let text = format!(r#"{{"resourceType":"Observation","id":"o","status":"final","code":{{"text":"Weight"}},"valueInteger":{version}}}"#);
            let resource = continuo_fhir::Json::parse(text.as_bytes()).unwrap();
            ingest::Chunk { source: "mercy".into(), resources: vec![resource] }
        })
        .collect();
    let last = chunks.last().cloned().unwrap();
    ingest::run(&ctx, chunks.into_iter(), |_, _| {}).unwrap();
    let again = ingest::run(&ctx, std::iter::once(last), |_, _| {}).unwrap();
    assert_eq!((again.unchanged, again.updated), (1, 0));
}

#[test]
fn what_was_kept_can_be_mended() {
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    import(&ctx, &[("person.json", PERSON)]);
    let waiting = || ctx.read(|r| input_kept::in_state(r.conn(), OrgId(1), input_kept::WAITING, 10)).unwrap();
    let kept = waiting();
    assert_eq!(
        (kept.len(), kept[0].place.as_str(), kept[0].reason.as_str()),
        (1, "person.json, entry 3", "resourceType is missing")
    );
    let still = import::retry(&ctx, &kept[0].id, br#"{"id":"nothing"}"#).unwrap();
    assert_eq!(still, Retried::StillWrong(vec!["resourceType is missing".to_owned()]));
    let mended = br#"{"resourceType":"Observation","id":"nothing","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}}"#;
    assert_eq!(import::retry(&ctx, &kept[0].id, mended).unwrap(), Retried::Filed(1));
    assert!(waiting().is_empty());
}

#[test]
fn what_is_mended_by_hand_is_checked_like_any_change() {
    use continuo_care::kept;
    use continuo_care::problem::WorkError;
    let clinic = Clinic::new("2026-08-05T13:00:00Z");
    let ctx = clinic.machine();
    import(&ctx, &[("person.json", PERSON)]);
    let id = kept::waiting(&ctx, 10).unwrap().0[0].id.clone();
    let good = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"}}"#;
    let mut reads_only = ctx.clone();
    reads_only.grant = continuo_care::access::Grant::machine(&[continuo_care::access::Permission::Import]);
    assert!(matches!(kept::retry(&reads_only, &id, Some(good)), Err(WorkError::Denied(_))));
    let misshapen = r#"{"resourceType":"Observation","id":"o","status":7}"#;
    assert!(matches!(kept::retry(&ctx, &id, Some(misshapen)), Err(WorkError::Field { .. })));
    clinic.put(&[r#"{"resourceType":"Patient","id":"closed"}"#]);
    let mut elsewhere = ctx.clone();
    elsewhere.scope.persons = continuo_store::Persons::Only(Vec::new());
    let over = r#"{"resourceType":"Patient","id":"closed","active":false}"#;
    assert!(matches!(kept::retry(&elsewhere, &id, Some(over)), Err(WorkError::NotFound(_))));
    kept::retry(&ctx, &id, Some(good)).unwrap();
    assert_eq!(kept::waiting(&ctx, 10).unwrap().1, 0);
}
