//! A clock that jumps (D7): order comes from numbers, never from the time of day.

use continuo_fhir::ResourceType;
use continuo_store::ChangeSeq;
use continuo_store::audit::{head, verify};

use crate::database::{NOW, ORG, all, context, on_each, put};

const DAY: i64 = 86_400_000_000;

#[test]
fn a_jumping_clock_changes_no_order_and_breaks_no_chain() {
    on_each(|db| {
        let store = db.open();
        let mut kept = None;
        for (n, days) in [0.0, -400.0, 400.0, 1.0 / 24.0, -1.0 / 24.0, -400.0, 0.0].into_iter().enumerate() {
            db.clock.set(NOW.plus_micros((days * DAY as f64) as i64));
            put(&store, &[&format!(r#"{{"resourceType":"Patient","id":"p","multipleBirthInteger":{n}}}"#)]);
            let id = store
                .write(&context("effect"), move |tx| tx.add_effect("sms", &format!("k{n}"), b"", tx.now()).map(|_| n))
                .unwrap();
            assert_eq!(id.value, n);
            // An effect that is due is leased once, whatever the clock says.
            let lease = |worker: &'static str| {
                let work = move |tx: &mut continuo_store::WriteTx<'_>| {
                    let until = tx.now() + 60_000_000;
                    tx.lease_effects("sms", worker, until, 9)
                };
                store.write(&context("lease"), work).unwrap().value
            };
            let leased = lease("a");
            assert!(leased.iter().any(|effect| effect.key == format!("k{n}")), "jump {n}: {leased:?}");
            assert!(!lease("b").iter().any(|effect| effect.key == format!("k{n}")), "leased once");
            for effect in leased {
                store.write(&context("done"), move |tx| tx.finish_effect(effect.id)).unwrap();
            }
            let report = store.read(|r| verify(r.conn(), ORG, kept.as_ref(), true)).unwrap();
            assert_eq!(report.problems, Vec::<String>::new(), "jump {n}");
            kept = Some(store.read(|r| head(r.conn(), ORG)).unwrap());
        }
        let changes = store.read(|r| r.changes_after(ORG, ChangeSeq(0), 100)).unwrap();
        let versions: Vec<i64> = changes.iter().map(|change| change.version).collect();
        assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7], "in the order written");
        let history = store.read(|r| r.history(&all(), ResourceType::of("Patient"), "p", 20)).unwrap();
        let newest: Vec<i64> = history.iter().map(|stored| stored.version).collect();
        assert_eq!(newest, [7, 6, 5, 4, 3, 2, 1], "newest first by number");
    });
}
