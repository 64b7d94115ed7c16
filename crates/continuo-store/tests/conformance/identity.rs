//! Keys, pairs, answers and weights on both databases.

use crate::database::{NOW, ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::tables::identity::{self, Answer, Filed, Pair};
use continuo_store::tables::person;
use continuo_store::{Persons, Rid, Scope};

const PATIENT: ResourceType = ResourceType::of("Patient");

fn filed(patient: i64, version: i64, keys: &[u64]) -> Filed {
    Filed { patient: Rid(patient), version, placed: 0, keys: keys.to_vec() }
}

#[test]
fn keys_follow_their_record_and_blocks_are_bounded() {
    on_each(|db| {
        let store = db.open();
        let high = u64::MAX - 3;
        store
            .write(&context("file"), move |tx| {
                let mut records = vec![filed(1, 1, &[7, high])];
                records.extend((2..200).map(|patient| filed(patient, 1, &[7])));
                identity::file(tx.conn()?, ORG, &records)
            })
            .unwrap();
        let block = |key, most| store.read(|r| identity::block(r.conn(), ORG, key, most)).unwrap();
        assert_eq!(block(high, 10), [Rid(1)], "a key above the signed range comes back");
        assert_eq!(block(7, 121).len(), 121, "no more is read than asked for");
        store.write(&context("file"), |tx| identity::file(tx.conn()?, ORG, &[filed(1, 2, &[8])])).unwrap();
        assert!(block(high, 10).is_empty());
        assert_eq!(block(8, 10), [Rid(1)]);
        assert_eq!(store.read(|r| identity::waiting(r.conn(), ORG, 2)).unwrap().len(), 2);
        store.write(&context("place"), |tx| identity::placed(tx.conn()?, ORG, &[(Rid(1), 2), (Rid(2), 9)])).unwrap();
        let waiting = store.read(|r| identity::waiting(r.conn(), ORG, 1)).unwrap();
        assert_eq!(waiting[0].patient, Rid(2), "a version filed since stays waiting");
        store.write(&context("remove"), |tx| identity::remove(tx.conn()?, ORG, Rid(1))).unwrap();
        assert!(block(8, 10).is_empty());
        assert_eq!(store.read(|r| identity::count(r.conn(), ORG)).unwrap(), 198);
    });
}

#[test]
fn the_queue_shows_only_pairs_whose_both_records_are_in_scope() {
    on_each(|db| {
        let store = db.open();
        put(
            &store,
            &[
                r#"{"resourceType":"Patient","id":"ada"}"#,
                r#"{"resourceType":"Patient","id":"bo"}"#,
                r#"{"resourceType":"Patient","id":"cy","meta":{"security":[{"system":"urn:label","code":"part2"}]}}"#,
            ],
        );
        let rid = |id: &str| store.read(|r| r.rid(ORG, PATIENT, id)).unwrap().unwrap();
        let (ada, bo, cy) = (rid("ada"), rid("bo"), rid("cy"));
        let pair = |low: Rid, high: Rid, state: &str, bits: f64, wake: i64| Pair {
            low,
            high,
            kind: "doubt".to_owned(),
            state: state.to_owned(),
            bits,
            found: 1,
            updated: 1,
            wake,
            model: 0,
            body: b"{}".to_vec(),
        };
        let rows = [
            pair(ada, bo, "open", 2.5, 0),
            pair(ada, cy, "open", 4.0, 0),
            pair(bo, cy, "later", 1.0, 50),
            pair(bo, bo, "apart", 1.0, 0),
        ];
        let written = rows.clone();
        store
            .write(&context("queue"), move |tx| {
                for row in &written {
                    identity::put_pair(tx.conn()?, ORG, row)?;
                }
                Ok(())
            })
            .unwrap();
        let queue = |scope: &Scope, now| store.read(|r| identity::queue(r.conn(), scope, now, 10)).unwrap();
        assert_eq!(queue(&all(), 10), [rows[1].clone(), rows[0].clone()]);
        assert_eq!(queue(&all(), 50).len(), 3, "a pair put off comes back");
        let closed = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        assert_eq!(queue(&closed, 50), [rows[0].clone()]);
        let reach = Scope { persons: Persons::Audiences(vec![5]), ..all() };
        store.write(&context("reach"), move |tx| person::add_reach(tx.conn()?, ORG, 5, ada)).unwrap();
        assert!(queue(&reach, 50).is_empty(), "one of two is not enough");
        assert_eq!(store.read(|r| identity::pairs_of(r.conn(), ORG, bo)).unwrap().len(), 3);
    });
}

#[test]
fn answers_and_weights_keep_their_history() {
    on_each(|db| {
        let store = db.open();
        let commit = store
            .write(&context("answer"), |tx| {
                let commit = tx.commit_id();
                for outcome in ["later", "apart"] {
                    let answer = Answer {
                        low: Rid(1),
                        high: Rid(2),
                        at: 5,
                        actor: "Practitioner/p".to_owned(),
                        outcome: outcome.to_owned(),
                        why: "two people".to_owned(),
                        before: "open".to_owned(),
                        bits: 1.5,
                        model: 1,
                        commit,
                        undone: false,
                    };
                    identity::answer(tx.conn()?, ORG, &answer)?;
                }
                identity::keep_weights(tx.conn()?, ORG, 5, 100, b"one")?;
                identity::keep_weights(tx.conn()?, ORG, 6, 200, b"two")?;
                Ok(commit)
            })
            .unwrap()
            .value;
        let answers = store.read(|r| identity::answers(r.conn(), ORG, Rid(1), Rid(2))).unwrap();
        assert_eq!(answers.iter().map(|a| a.outcome.as_str()).collect::<Vec<_>>(), ["later", "apart"]);
        store.write(&context("undo"), move |tx| identity::take_back(tx.conn()?, ORG, commit)).unwrap();
        assert!(store.read(|r| identity::answers_of_commit(r.conn(), ORG, commit)).unwrap().iter().all(|a| a.undone));
        assert_eq!(store.read(|r| identity::newest_weights(r.conn(), ORG)).unwrap(), Some((2, 6, 200)));
        assert_eq!(store.read(|r| identity::weights(r.conn(), ORG, 1)).unwrap().unwrap().body, b"one");
    });
}

#[test]
fn whoever_reaches_one_record_of_a_person_reaches_the_person_while_it_lasts() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"ada"}"#, r#"{"resourceType":"Patient","id":"bo"}"#]);
        let rid = |id: &str| store.read(|r| r.rid(ORG, PATIENT, id)).unwrap().unwrap();
        let (ada, bo) = (rid("ada"), rid("bo"));
        let reach = Scope { persons: Persons::Audiences(vec![5]), ..all() };
        let seen = || ["ada", "bo"].map(|id| store.read(|r| r.find(&reach, PATIENT, id)).unwrap().is_some());
        store.write(&context("reach"), move |tx| person::add_reach(tx.conn()?, ORG, 5, bo)).unwrap();
        assert_eq!(seen(), [false, true]);
        let link = |patient: Rid, person: Rid, at: i64| {
            store
                .write(&context("link"), move |tx| {
                    let commit = tx.commit_id();
                    person::link(tx.conn()?, ORG, patient, person, at, commit, "same")
                })
                .unwrap();
        };
        link(ada, ada, 5);
        link(bo, ada, 5);
        assert_eq!(seen(), [true, true]);
        link(bo, bo, 6);
        assert_eq!(seen(), [false, true], "unlinking takes the reach back");
        let history = store.read(|r| person::memberships(r.conn(), ORG, bo)).unwrap();
        assert_eq!(history.iter().map(|m| (m.person, m.until)).collect::<Vec<_>>(), [(ada, Some(6)), (bo, None)]);
    });
}
