//! Whose records changed since a snapshot, and whose lost a resource: what assessing beside the writer rests on.

use crate::database::{ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::tables::assessed::{self, Assessed};
use continuo_store::tables::care_gap::{self, CareGap, WAITS};
use continuo_store::{Expect, Rid};
use std::collections::BTreeSet;

const PATIENT: ResourceType = ResourceType::of("Patient");
const OBSERVATION: ResourceType = ResourceType::of("Observation");
const ADA: &str = r#"{"resourceType":"Patient","id":"ada"}"#;
const BEA: &str = r#"{"resourceType":"Patient","id":"bea"}"#;
const PLACE: &str = r#"{"resourceType":"Location","id":"place"}"#;
const RESULT: &str = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/ada"}}"#;

#[test]
fn whose_records_changed_after_a_number() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA, BEA, PLACE]);
        let rid = |id: &str| store.read(|r| r.rid(ORG, PATIENT, id)).unwrap().unwrap();
        let (ada, bea) = (rid("ada"), rid("bea"));
        let seen = store.read(|r| r.last_change(ORG)).unwrap();
        let after = |seen| store.read(|r| r.patients_after(ORG, seen)).unwrap();
        assert_eq!(after(seen), BTreeSet::new());
        put(&store, &[RESULT, PLACE]);
        assert_eq!(after(seen), BTreeSet::from([ada]));
        // Inside the transaction that writes too, before anything is committed.
        let within = store
            .write(&context("within"), move |tx| {
                tx.delete(PATIENT, "bea", Expect::Anything)?;
                tx.reader()?.patients_after(ORG, seen)
            })
            .unwrap();
        assert_eq!(within.value, BTreeSet::from([ada, bea]));
    });
}

#[test]
fn whoever_loses_a_resource_to_another_person_is_looked_at_again() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA, BEA, RESULT]);
        let rid = |id: &str| store.read(|r| r.rid(ORG, PATIENT, id)).unwrap().unwrap();
        let (ada, bea) = (rid("ada"), rid("bea"));
        let row = |patient| Assessed { patient, change: 3, at: 1, next_at: i64::MAX, build: "b".to_owned() };
        store
            .write(&context("assess"), move |tx| {
                assessed::put(tx.conn()?, ORG, &row(ada))?;
                assessed::put(tx.conn()?, ORG, &row(bea))
            })
            .unwrap();
        put(&store, &[&RESULT.replace("final", "amended")]);
        let due = || store.read(|r| assessed::due(r.conn(), ORG, i64::MAX - 1, 10)).unwrap();
        assert_eq!(due(), [], "it stays with the same person: the change feed says so already");
        put(&store, &[&RESULT.replace("Patient/ada", "Patient/bea")]);
        assert_eq!(due(), [ada]);
        // Asked for by name, known or not.
        store
            .write(&context("ask"), move |tx| {
                assessed::ask(tx.conn()?, ORG, bea, 5)?;
                assessed::ask(tx.conn()?, ORG, Rid(99), 7)?;
                assessed::ask(tx.conn()?, ORG, Rid(99), 9)
            })
            .unwrap();
        assert_eq!(due(), [bea, Rid(99), ada]);
        assert!(store.read(|r| r.find(&all(), OBSERVATION, "o")).unwrap().is_some());
    });
}

#[test]
fn only_changed_care_gap_rows_are_written_and_the_rest_stays() {
    on_each(|db| {
        let store = db.open();
        let gap = |rule: &str, why: &str| CareGap {
            patient: Rid(4),
            rule: rule.to_owned(),
            labels: 0,
            state: 1,
            handled: WAITS,
            due: 9,
            until: 0,
            owner: String::new(),
            programme: String::new(),
            team: String::new(),
            practitioner: String::new(),
            why: why.to_owned(),
        };
        let kept = || store.read(|r| care_gap::of_patient(r.conn(), &all(), Rid(4))).unwrap();
        let write = |rows: Vec<CareGap>| {
            let before = kept();
            let wanted = rows.clone();
            store.write(&context("assess"), move |tx| care_gap::change(tx.conn()?, ORG, &before, &rows)).unwrap();
            assert_eq!(kept(), wanted);
        };
        write(vec![gap("a", "1"), gap("b", "1")]);
        write(vec![gap("a", "2"), gap("b", "1"), gap("c", "1")]);
        write(vec![gap("c", "1")]);
        store.write(&context("forget"), |tx| care_gap::remove(tx.conn()?, ORG, Rid(4))).unwrap();
        assert_eq!(kept(), []);
    });
}
