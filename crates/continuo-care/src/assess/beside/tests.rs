//! What may happen between the snapshot and the commit: nothing old overwrites anything new, and nobody is forgotten.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::{DateTime, Json, ResourceType, Zone};
use continuo_store::tables::org::Org;
use continuo_store::tables::{care_gap, rule_setting, work};
use continuo_store::{DbUrl, OrgId, Prepared, PutOptions, Store, StoreOptions};

use super::*;
use crate::access::{Grant, Permission};
use crate::assess::{settle, worker};
use crate::identity::group::{Assess, join};
use crate::outbound::Outside;
use crate::{Actor, Care};

const ORG: OrgId = OrgId(1);
const ANA: &str = r#"{"resourceType":"Patient","id":"ana","name":[{"family":"Reyes","given":["Ana"]}],"birthDate":"1960-02-12","gender":"female"}"#;
const STOOL: &str = r#"{"resourceType":"Observation","id":"fit","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"57905-2"}]},"subject":{"reference":"Patient/ana"},"effectiveDateTime":"2026-04-01","valueCodeableConcept":{"text":"Positive"}}"#;
const RULE: &str = "colonoscopy-after-positive-test";

struct NoEntropy;

impl crate::accounts::Entropy for NoEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

struct Site {
    ctx: Ctx,
    clock: Arc<FixedClock>,
}

impl Site {
    fn new() -> Site {
        let now = DateTime::parse("2026-08-05T13:00:00Z").unwrap().low(&Zone::utc());
        let clock = Arc::new(FixedClock::new(now));
        let ids = Arc::new(SeededIds::new(7, now));
        let options =
            StoreOptions { labels: crate::access::label_table(), ..StoreOptions::new(Arc::clone(&clock) as _, ids) };
        let store = Store::open(&DbUrl::parse("sqlite::memory:").unwrap(), options).unwrap();
        store.add_organization(&Org { org: ORG, name: "Test".into(), zone: "UTC".into() }).unwrap();
        let care = Arc::new(Care { store, entropy: Arc::new(NoEntropy), outside: Outside::closed() });
        let actor = Actor { reference: "system/test".into(), name: "Test".into(), account: 0 };
        let ctx = Ctx::new(care, ORG, Zone::utc(), actor, Grant::machine(&Permission::ALL), Scope::all(ORG));
        Site { ctx, clock }
    }

    fn put(&self, resource: &str) {
        put(&self.ctx, resource);
    }

    fn rid(&self, patient: &str) -> Rid {
        self.ctx.read(|r| r.rid(ORG, ResourceType::of("Patient"), patient)).unwrap().unwrap()
    }

    fn rules_open(&self, person: Rid) -> Vec<String> {
        let rows = self.ctx.read(|r| work::of_patients(r.conn(), &Scope::all(ORG), &[person])).unwrap();
        rows.into_iter().map(|row| row.rule).collect()
    }

    fn last(&self, person: Rid) -> Option<Assessed> {
        self.ctx.read(|r| assessed::of_patient(r.conn(), ORG, person)).unwrap()
    }

    fn looked(&self, person: Rid) -> Batch {
        let people = [person];
        let (batch, rest) = look(&self.ctx, &people).unwrap();
        assert!(rest.is_empty());
        batch
    }
}

fn put(ctx: &Ctx, resource: &str) {
    let prepared = Prepared::new(Json::parse(resource.as_bytes()).unwrap(), &ctx.prepare_context().unwrap()).unwrap();
    ctx.write("put", move |tx| tx.put(&prepared, &PutOptions::default())).unwrap();
}

#[test]
fn a_result_that_comes_between_snapshot_and_commit_is_seen() {
    let site = Site::new();
    site.put(ANA);
    let ana = site.rid("ana");
    let batch = site.looked(ana);
    site.put(STOOL);
    assert_eq!(batch.write(&site.ctx).unwrap(), [ana], "the answer rests on an older record");
    assert_eq!(site.last(ana), None, "nothing of it was written");
    assess(&site.ctx, &[ana], 1).unwrap();
    assert!(site.rules_open(ana).iter().any(|rule| rule == RULE));
}

#[test]
fn a_closing_result_between_snapshot_and_commit_is_not_overwritten() {
    let site = Site::new();
    site.put(ANA);
    site.put(STOOL);
    let ana = site.rid("ana");
    let batch = site.looked(ana);
    site.put(&STOOL.replace("final", "entered-in-error"));
    // Somebody's own action settles in its own commit, on the newer record.
    site.ctx.write("act", move |tx| settle(tx, ana)).unwrap();
    assert!(!site.rules_open(ana).iter().any(|rule| rule == RULE));
    let again = batch.write(&site.ctx).unwrap();
    assert_eq!(again, [ana]);
    assert!(!site.rules_open(ana).iter().any(|rule| rule == RULE), "the older answer would open it again");
}

#[test]
fn somebody_assessed_later_meanwhile_is_left_as_they_are() {
    let site = Site::new();
    site.put(ANA);
    let ana = site.rid("ana");
    let batch = site.looked(ana);
    site.clock.set(site.ctx.now().plus_micros(1_000));
    site.ctx.write("act", move |tx| settle(tx, ana)).unwrap();
    let before = site.last(ana);
    assert_eq!(batch.write(&site.ctx).unwrap(), [], "they need no second look");
    assert_eq!(site.last(ana), before);
}

#[test]
fn a_rule_switched_off_between_snapshot_and_commit_counts() {
    let site = Site::new();
    site.put(ANA);
    site.put(STOOL);
    let ana = site.rid("ana");
    let batch = site.looked(ana);
    let off = rule_setting::RuleSetting {
        rule: RULE.to_owned(),
        active: false,
        direct: false,
        at: 1,
        actor: "Practitioner/admin".to_owned(),
        reason: "not here".to_owned(),
        params: String::new(),
    };
    site.ctx.write("set rule", move |tx| rule_setting::add(tx.conn()?, ORG, &off)).unwrap();
    assert_eq!(batch.write(&site.ctx).unwrap(), [ana]);
    assess(&site.ctx, &[ana], 1).unwrap();
    assert!(!site.rules_open(ana).iter().any(|rule| rule == RULE));
}

#[test]
fn records_joined_between_snapshot_and_commit_are_read_as_one() {
    let site = Site::new();
    site.put(ANA);
    site.put(&ANA.replace("\"ana\"", "\"ana-2\""));
    site.put(&STOOL.replace("Patient/ana", "Patient/ana-2"));
    let (ana, second) = (site.rid("ana"), site.rid("ana-2"));
    let people = [ana, second];
    let (batch, _) = look(&site.ctx, &people).unwrap();
    site.ctx.write("link", move |tx| join(tx, ana, second, "one person", Assess::Soon).map(|_| ())).unwrap();
    assert_eq!(batch.write(&site.ctx).unwrap(), [ana, second]);
    assess(&site.ctx, &[ana, second], 1).unwrap();
    assert!(site.rules_open(ana).iter().any(|rule| rule == RULE));
    assert_eq!(site.rules_open(second), Vec::<String>::new());
}

#[test]
fn whoever_a_machine_joins_is_assessed_by_the_worker_right_after() {
    let site = Site::new();
    site.put(ANA);
    site.put(&ANA.replace("\"ana\"", "\"ana-2\"").replace("Reyes", "Okafor").replace("1960-02-12", "1955-09-30"));
    site.put(&STOOL.replace("Patient/ana", "Patient/ana-2"));
    worker::catch_up(&site.ctx).unwrap();
    let (ana, second) = (site.rid("ana"), site.rid("ana-2"));
    assert_eq!(site.rules_open(ana), Vec::<String>::new());
    site.ctx.write("link", move |tx| join(tx, ana, second, "one person", Assess::Soon)).unwrap();
    assert!(site.rules_open(second).iter().any(|rule| rule == RULE), "until then it stays where it was");
    worker::catch_up(&site.ctx).unwrap();
    assert!(site.rules_open(ana).iter().any(|rule| rule == RULE));
    assert_eq!((site.rules_open(second), site.last(second)), (Vec::new(), None));
}

#[test]
fn news_of_somebody_known_does_not_wait_behind_records_that_are_compared() {
    let site = Site::new();
    site.put(ANA);
    worker::catch_up(&site.ctx).unwrap();
    site.put(r#"{"resourceType":"Patient","id":"new"}"#);
    site.put(STOOL);
    let (ana, new) = (site.rid("ana"), site.rid("new"));
    worker::known_first(&site.ctx, worker::BESIDE).unwrap();
    assert!(site.rules_open(ana).iter().any(|rule| rule == RULE));
    assert_eq!(site.last(new), None, "whoever may be part of another person waits for that");
    worker::catch_up(&site.ctx).unwrap();
    assert!(site.last(new).is_some(), "and is not forgotten");
}

#[test]
fn another_look_asked_for_meanwhile_is_not_forgotten() {
    let site = Site::new();
    site.put(ANA);
    let ana = site.rid("ana");
    assess(&site.ctx, &[ana], 1).unwrap();
    let batch = site.looked(ana);
    let now = site.ctx.now().micros();
    site.ctx.write("look again", move |tx| assessed::look_again(tx.conn()?, ORG, now)).unwrap();
    assert_eq!(batch.write(&site.ctx).unwrap(), [ana]);
}

#[test]
fn a_moved_result_leaves_the_list_of_whoever_lost_it() {
    let site = Site::new();
    site.put(ANA);
    site.put(&ANA.replace("\"ana\"", "\"eve\"").replace("Reyes", "Okafor").replace("1960-02-12", "1955-09-30"));
    site.put(STOOL);
    worker::catch_up(&site.ctx).unwrap();
    let (ana, eve) = (site.rid("ana"), site.rid("eve"));
    assert!(site.rules_open(ana).iter().any(|rule| rule == RULE));
    let batch = site.looked(ana);
    // Filed with the wrong person: mended at the source.
    site.put(&STOOL.replace("Patient/ana", "Patient/eve"));
    assert_eq!(batch.write(&site.ctx).unwrap(), [ana], "the result is not theirs any more");
    worker::catch_up(&site.ctx).unwrap();
    assert!(!site.rules_open(ana).iter().any(|rule| rule == RULE));
    assert!(site.rules_open(eve).iter().any(|rule| rule == RULE));
}

#[test]
fn somebody_deleted_is_not_looked_at_for_ever() {
    let site = Site::new();
    site.put(ANA);
    worker::catch_up(&site.ctx).unwrap();
    let ana = site.rid("ana");
    let gone = |tx: &mut WriteTx<'_>| tx.delete(ResourceType::of("Patient"), "ana", continuo_store::Expect::Anything);
    site.ctx.write("delete", gone).unwrap();
    site.clock.set(site.ctx.now().plus_micros(400 * crate::followup::calendar::DAY));
    worker::catch_up(&site.ctx).unwrap();
    assert_eq!(site.last(ana), None);
    assert_eq!(site.rules_open(ana), Vec::<String>::new());
}

#[test]
fn people_who_change_while_everybody_is_assessed_end_as_a_rebuild_would_have_them() {
    // Nobody like another: this is not about linking.
    const NAMES: [&str; 9] =
        ["Reyes", "Okafor", "Lindqvist", "Baptiste", "Novak", "Tanaka", "Haddad", "Whitehorse", "Silva"];
    const PEOPLE: usize = NAMES.len();
    let site = Site::new();
    for (n, name) in NAMES.iter().enumerate() {
        let person = ANA.replace("\"ana\"", &format!("\"p{n}\"")).replace("Reyes", name);
        site.put(
            &person.replace("1960-02-12", &format!("19{}-0{}-1{n}", 51 + 2 * n, n + 1)).replace("Ana", NAMES[8 - n]),
        );
    }
    let ctx = site.ctx.clone();
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            for n in 0..PEOPLE * 6 {
                let result = STOOL.replace("\"fit\"", &format!("\"fit{}\"", n % PEOPLE));
                let status = if (n / PEOPLE).is_multiple_of(2) { "final" } else { "entered-in-error" };
                let status = if (n % PEOPLE).is_multiple_of(3) { "final" } else { status };
                put(&ctx, &result.replace("Patient/ana", &format!("Patient/p{}", n % PEOPLE)).replace("final", status));
            }
        });
        while !busy.is_finished() {
            worker::catch_up(&site.ctx).unwrap();
        }
    });
    worker::catch_up(&site.ctx).unwrap();
    let state = || {
        let people: Vec<Rid> = (0..PEOPLE).map(|n| site.rid(&format!("p{n}"))).collect();
        let gaps: Vec<_> = people
            .iter()
            .map(|person| site.ctx.read(|r| care_gap::of_patient(r.conn(), &Scope::all(ORG), *person)).unwrap())
            .collect();
        (site.ctx.read(|r| work::all(r.conn(), ORG)).unwrap(), gaps)
    };
    let before = state();
    assert_eq!(before.0.iter().filter(|row| row.rule == RULE).count(), PEOPLE.div_ceil(3));
    worker::rebuild(&site.ctx).unwrap();
    assert_eq!(before, state());
}

#[test]
fn several_threads_leave_what_one_leaves() {
    let after = |thinkers: usize| {
        let site = Site::new();
        let mut people = Vec::new();
        for number in 0..TOGETHER * 3 + 7 {
            let name = format!("p{number}");
            site.put(&ANA.replace("\"ana\"", &format!("\"{name}\"")));
            if number % 3 == 0 {
                let result = STOOL.replace("\"fit\"", &format!("\"fit{number}\""));
                site.put(&result.replace("Patient/ana", &format!("Patient/{name}")));
            }
            people.push(site.rid(&name));
        }
        assess(&site.ctx, &people, thinkers).unwrap();
        let rows = site.ctx.read(|r| work::of_patients(r.conn(), &Scope::all(ORG), &people)).unwrap();
        let order = site.ctx.read(|r| r.changes_after(ORG, ChangeSeq(0), 10_000)).unwrap();
        let order: Vec<_> = order.into_iter().map(|change| (change.seq, change.type_, change.patient)).collect();
        let open: Vec<_> = rows.into_iter().map(|row| (row.patient, row.rule)).collect();
        assert_eq!(people.iter().filter(|person| site.last(**person).is_none()).count(), 0, "nobody is left out");
        (open, order)
    };
    let one = after(1);
    assert!(one.0.iter().filter(|(_, rule)| rule == RULE).count() > TOGETHER, "there is work in every share");
    assert_eq!(after(2), one);
    assert_eq!(after(3), one);
}
