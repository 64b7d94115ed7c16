//! Effects: in the commit, leased, sent once by key.

use crate::database::{NOW, context, on_each};
use continuo_store::{CommitId, Error};

const MINUTE: i64 = 60_000_000;

#[test]
fn an_effect_is_leased_once_and_again_when_its_worker_goes_silent() {
    on_each(|db| {
        let store = db.open();
        let now = NOW.micros();
        db.clock.set(NOW);
        let added = store.write(&context("send"), move |tx| {
            let first = tx.add_effect("sms", "k1", b"hello", now)?;
            let again = tx.add_effect("sms", "k1", b"hello", now)?;
            Ok((first, again))
        });
        assert_eq!(added.unwrap().value, (true, false));
        let lease = |worker: &'static str| {
            store.write(&context("lease"), move |tx| tx.lease_effects("sms", worker, now + MINUTE, 10)).unwrap().value
        };
        assert_eq!(lease("w1").len(), 1);
        assert_eq!(lease("w2").len(), 0);
        db.clock.advance(2 * MINUTE);
        let again = lease("w2");
        assert_eq!((again.len(), again[0].attempts), (1, 1));
        let id = again[0].id;
        store.write(&context("done"), move |tx| tx.finish_effect(id)).unwrap();
        db.clock.advance(10 * MINUTE);
        assert_eq!(lease("w3").len(), 0);
    });
}

#[test]
fn undo_takes_back_an_effect_that_has_not_left_and_is_refused_after() {
    on_each(|db| {
        let store = db.open();
        let now = NOW.micros();
        db.clock.set(NOW);
        for key in ["a", "b"] {
            store.write(&context("send"), move |tx| tx.add_effect("sms", key, b"", now)).unwrap();
        }
        store.write(&context("undo"), |tx| tx.undo(CommitId(1))).unwrap();
        let leased = store.write(&context("lease"), move |tx| tx.lease_effects("sms", "w", now + 1, 10)).unwrap().value;
        assert_eq!(leased.iter().map(|e| e.key.as_str()).collect::<Vec<_>>(), ["b"]);
        let error = store.write(&context("undo"), |tx| tx.undo(CommitId(2))).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
    });
}
