//! What may happen between thinking and writing: no answer is written on what no longer stands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;

use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_fhir::{DateTime, Json, ResourceType, Zone};
use continuo_store::tables::org::Org;
use continuo_store::{DbUrl, OrgId, Prepared, PutOptions, Scope, Store, StoreOptions};

use super::*;
use crate::access::{Grant, Permission};
use crate::identity::filing::file_changes;
use crate::identity::known::weights;
use crate::identity::think::think;
use crate::outbound::Outside;
use crate::{Actor, Care};

const ORG: OrgId = OrgId(1);

struct NoEntropy;

impl crate::accounts::Entropy for NoEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn site() -> Ctx {
    let now = DateTime::parse("2026-08-05T13:00:00Z").unwrap().low(&Zone::utc());
    let ids = Arc::new(SeededIds::new(7, now));
    let options = StoreOptions {
        labels: crate::access::label_table(),
        ..StoreOptions::new(Arc::new(FixedClock::new(now)) as _, ids)
    };
    let store = Store::open(&DbUrl::parse("sqlite::memory:").unwrap(), options).unwrap();
    store.add_organization(&Org { org: ORG, name: "Test".into(), zone: "UTC".into() }).unwrap();
    let care = Arc::new(Care { store, entropy: Arc::new(NoEntropy), outside: Outside::closed() });
    let actor = Actor { reference: "system/test".into(), name: "Test".into(), account: 0 };
    Ctx::new(care, ORG, Zone::utc(), actor, Grant::machine(&Permission::ALL), Scope::all(ORG))
}

fn put(ctx: &Ctx, id: &str, birth: &str) -> Rid {
    let text = format!(
        r#"{{"resourceType":"Patient","id":"{id}","gender":"female","birthDate":"{birth}",
            "name":[{{"family":"Reyes","given":["Ana"]}}],"telecom":[{{"system":"phone","value":"502 555 0142"}}],
            "address":[{{"line":["9 Oak St"],"city":"Salem","postalCode":"47126"}}]}}"#
    );
    let prepared = Prepared::new(Json::parse(text.as_bytes()).unwrap(), &ctx.prepare_context().unwrap()).unwrap();
    ctx.write("put", move |tx| tx.put(&prepared, &PutOptions::default())).unwrap();
    ctx.read(|r| r.rid(ORG, ResourceType::of("Patient"), id)).unwrap().unwrap()
}

/// Thinks about all that waits, lets something happen, writes; says whether the two are one person then.
fn after(happens: impl Fn(&Ctx, Rid, Rid)) -> bool {
    let ctx = site();
    let (a, b) = (put(&ctx, "a", "1960-02-12"), put(&ctx, "b", "1960-02-12"));
    file_changes(&ctx).unwrap();
    let waiting = ctx.read(|r| identity::waiting(r.conn(), ORG, 10)).unwrap();
    let weights = weights(&ctx).unwrap();
    let (thoughts, rest) = think(&ctx, &weights, &waiting).unwrap();
    assert!(rest.is_empty() && thoughts.records.len() == 2);
    assert!(thoughts.records.iter().all(|one| matches!(one.found.placed, Placed::Link(_))));
    happens(&ctx, a, b);
    settle(&ctx, thoughts, usize::MAX).unwrap();
    let persons = ctx.read(|r| r.persons_of(ORG, &[a, b])).unwrap();
    persons[0] == persons[1]
}

#[test]
fn two_thoughts_of_one_snapshot_make_one_link() {
    assert!(after(|_, _, _| {}));
}

#[test]
fn a_person_who_keeps_two_apart_meanwhile_is_heard() {
    let is_one = after(|ctx, low, high| {
        ctx.write("decide", move |tx| {
            let pair = Pair {
                low,
                high,
                kind: kind::DOUBT.to_owned(),
                state: state::APART.to_owned(),
                bits: 9.0,
                found: 1,
                updated: 1,
                wake: 0,
                model: 0,
                body: Body::default().to_bytes(),
            };
            identity::put_pair(tx.conn()?, ORG, &pair)
        })
        .unwrap();
    });
    assert!(!is_one);
}

#[test]
fn a_record_that_changed_meanwhile_is_looked_at_as_it_is_now() {
    assert!(!after(|ctx, _, _| {
        put(ctx, "a", "1931-07-30");
    }));
}

#[test]
fn a_person_who_was_joined_meanwhile_is_looked_at_whole() {
    let is_one = after(|ctx, a, _| {
        // Somebody else's record, which contradicts the second, becomes the first one's.
        let other = put(ctx, "c", "1931-07-30");
        ctx.write("join", move |tx| group::join(tx, a, other, "said so", Assess::Soon)).unwrap();
    });
    assert!(!is_one, "one of the person's records contradicts");
}
