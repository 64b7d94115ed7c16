//! Emergency access: a ground and a reason, a time limit, Part 2 only for a medical emergency, and a review by somebody else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod clinic;

use clinic::{Clinic, instant};
use continuo_care::access::emergency::{self, Review};
use continuo_care::access::{account_audience, scope_of};
use continuo_care::{Ctx, actions, work};
use continuo_fhir::ResourceType;

const NOW: &str = "2026-08-19T15:00:00Z";

fn clinic() -> Clinic {
    let clinic = Clinic::new(NOW);
    let closed = |id: &str, code: &str| {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","meta":{{"security":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{code}"}}]}},"subject":{{"reference":"Patient/ada"}},"code":{{"text":"private"}}}}"#
        )
    };
    clinic.put(&[
        r#"{"resourceType":"Patient","id":"ada","name":[{"family":"Ada","given":["Bea"]}]}"#,
        &closed("hiv", "HIV"),
        &closed("part2", "42CFRPart2"),
    ]);
    continuo_care::assess::worker::catch_up(&clinic.machine()).unwrap();
    clinic
}

/// Somebody as signed in at this moment: closed labels closed, openings of their own account honored.
fn now(clinic: &Clinic, id: &str, role: &str) -> Ctx {
    let mut ctx = clinic.staff(id, role);
    ctx.scope = scope_of(ctx.org, ctx.actor.account, &[], &ctx.grant, ctx.now());
    assert!(ctx.scope.audiences.contains(&account_audience(1)));
    ctx
}

fn sees(ctx: &Ctx) -> [bool; 2] {
    let type_ = ResourceType::of("Condition");
    ["hiv", "part2"].map(|id| ctx.read(|r| r.find(&ctx.scope, type_, id)).unwrap().is_some())
}

const REASON: &str = "found unresponsive at home";

#[test]
fn it_opens_for_four_hours_and_part_2_only_in_a_medical_emergency() {
    let clinic = clinic();
    let pharmacist = |clinic: &Clinic| now(clinic, "maria", "care-coordinator");
    assert_eq!(sees(&pharmacist(&clinic)), [false, false]);
    emergency::open(&pharmacist(&clinic), "ada", "danger", REASON).unwrap();
    assert_eq!(sees(&pharmacist(&clinic)), [true, false]);
    emergency::open(&pharmacist(&clinic), "ada", "medical", REASON).unwrap();
    assert_eq!(sees(&pharmacist(&clinic)), [true, true]);
    assert_eq!(emergency::active(&pharmacist(&clinic)).unwrap()[0].0, "ada");
    clinic.set(instant("2026-08-19T19:00:01Z"));
    assert_eq!(sees(&pharmacist(&clinic)), [false, false], "four hours later");
    assert!(emergency::active(&pharmacist(&clinic)).unwrap().is_empty());
}

#[test]
fn it_ends_early_and_cannot_be_undone_as_if_it_had_not_been() {
    let clinic = clinic();
    emergency::open(&now(&clinic, "maria", "care-coordinator"), "ada", "medical", REASON).unwrap();
    let ctx = now(&clinic, "maria", "care-coordinator");
    let commit = actions::recent(&ctx, instant("2026-08-19T00:00:00Z"), 5).unwrap();
    assert!(commit.iter().all(|one| one.lasting), "{commit:?}");
    assert!(work::undo(&ctx, continuo_store::CommitId(commit[0].commit)).is_err());
    emergency::end(&ctx, "ada").unwrap();
    assert_eq!(sees(&now(&clinic, "maria", "care-coordinator")), [false, false]);
}

#[test]
fn a_ground_a_reason_and_the_right_are_needed() {
    let clinic = clinic();
    let maria = now(&clinic, "maria", "care-coordinator");
    assert!(emergency::open(&maria, "ada", "", REASON).is_err());
    assert!(emergency::open(&maria, "ada", "medical", "er").is_err());
    assert!(emergency::open(&maria, "nobody", "medical", REASON).is_err());
    assert!(emergency::open(&now(&clinic, "desk", "front-desk"), "ada", "medical", REASON).is_err());
    assert!(emergency::listed(&maria, false, 0).is_err(), "reviewing is the privacy officer's");
}

#[test]
fn a_review_that_asks_for_more_stays_on_the_list_and_nobody_reviews_their_own() {
    let clinic = clinic();
    emergency::open(&now(&clinic, "maria", "care-coordinator"), "ada", "medical", REASON).unwrap();
    let mut officer = clinic.staff("officer", "privacy-officer");
    assert!(emergency::review(&officer, 1, false, "in order").is_err(), "the same account opened it");
    officer.actor.account = 2;
    assert_eq!(emergency::unreviewed(&officer).unwrap(), Some(1));
    assert!(emergency::review(&officer, 1, false, " ").is_err());
    let state = || emergency::listed(&officer, false, 0).unwrap().rows[0].state;
    emergency::review(&officer, 1, true, "ask the crew").unwrap();
    assert_eq!((state(), emergency::unreviewed(&officer).unwrap()), (Review::FollowUp, Some(0)));
    emergency::review(&officer, 1, false, "the crew's report is on file").unwrap();
    assert_eq!(state(), Review::Done);
    assert!(
        emergency::listed(&officer, false, 0).unwrap().rows[0].row.review.as_deref().unwrap().contains("ask the crew")
    );
    assert!(emergency::review(&officer, 1, false, "again").is_err());
}

#[test]
fn every_access_is_reviewed_however_many_came_after_it() {
    let clinic = clinic();
    let maria = now(&clinic, "maria", "care-coordinator");
    for _ in 0..120 {
        emergency::open(&maria, "ada", "medical", REASON).unwrap();
    }
    let mut officer = clinic.staff("officer", "privacy-officer");
    officer.actor.account = 2;
    let all = |waiting: bool| {
        let (mut ids, mut before) = (Vec::new(), 0);
        loop {
            let page = emergency::listed(&officer, waiting, before).unwrap();
            assert!(page.rows.len() <= 50, "a page of {}", page.rows.len());
            ids.extend(page.rows.iter().map(|one| one.row.id));
            let Some(next) = page.next else { return ids };
            before = next;
        }
    };
    assert_eq!(all(false), (1..=120).rev().collect::<Vec<_>>());
    assert_eq!(all(true).len(), 120);
    for id in 2..=120 {
        emergency::review(&officer, id, false, "in order").unwrap();
    }
    let page = emergency::listed(&officer, true, 0).unwrap();
    assert_eq!((page.rows[0].row.id, page.rows.len(), page.next, page.waiting), (1, 1, None, 1));
    emergency::review(&officer, 1, true, "ask the crew").unwrap();
    assert_eq!(all(true), [1], "what asked for more stays");
    emergency::review(&officer, 1, false, "asked").unwrap();
    assert_eq!((all(true), all(false).len()), (Vec::new(), 120));
}

#[test]
fn what_was_read_under_an_access_is_counted_in_its_own_time() {
    let clinic = clinic();
    clinic.accounts(&[("maria", "care-coordinator"), ("officer", "privacy-officer")]);
    // What was read is written with the next commit.
    let flush = || clinic.put(&[r#"{"resourceType":"Organization","id":"o","name":"Clinic"}"#]);
    let read = || {
        let maria = clinic.signed_in("maria", "care-coordinator");
        continuo_care::record::read(&maria, ResourceType::of("Patient"), "ada").unwrap();
    };
    read();
    flush();
    clinic.set(instant("2026-08-19T16:00:00Z"));
    emergency::open(&clinic.signed_in("maria", "care-coordinator"), "ada", "medical", REASON).unwrap();
    read();
    read();
    let officer = || clinic.signed_in("officer", "privacy-officer");
    flush();
    clinic.set(instant("2026-08-19T20:00:01Z"));
    read();
    let officer = officer();
    flush();
    let page = emergency::listed(&officer, false, 0).unwrap();
    let done = emergency::reads(&officer, &page.rows[0]).unwrap();
    assert_eq!((done.get("read"), done.get("emergency access")), (Some(&2), Some(&1)), "{done:?}");
    let maria = clinic.signed_in("maria", "care-coordinator");
    assert!(emergency::reads(&maria, &page.rows[0]).is_err(), "reviewing is the privacy officer's");
}
