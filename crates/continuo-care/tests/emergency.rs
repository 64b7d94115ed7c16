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
    assert!(emergency::listed(&maria, false).is_err(), "reviewing is the privacy officer's");
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
    let state = || emergency::listed(&officer, false).unwrap()[0].state;
    emergency::review(&officer, 1, true, "ask the crew").unwrap();
    assert_eq!((state(), emergency::unreviewed(&officer).unwrap()), (Review::FollowUp, Some(0)));
    emergency::review(&officer, 1, false, "the crew's report is on file").unwrap();
    assert_eq!(state(), Review::Done);
    assert!(emergency::listed(&officer, false).unwrap()[0].row.review.as_deref().unwrap().contains("ask the crew"));
    assert!(emergency::review(&officer, 1, false, "again").is_err());
}
