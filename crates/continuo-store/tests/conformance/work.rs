//! The tables of the loop and the work on both databases: same rows, same order, same counts, behind the caller's scope.

use crate::database::{NOW, ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::tables::decision::{self, Decision};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::press_count::{self, PressCount};
use continuo_store::tables::rule_setting::{self, RuleSetting};
use continuo_store::tables::suggestion::{self, NEVER, Suggestion};
use continuo_store::tables::work::{self, Owners, Work};
use continuo_store::tables::{assessed, looked, person_key, saved_view};
use continuo_store::{CommitId, OrgId, Rid, Scope};

fn piece(id: &str, patient: i64, owner: &str, due: i64) -> Work {
    Work {
        kind: work::TASK,
        id: id.to_owned(),
        patient: Rid(patient),
        labels: 0,
        owner: owner.to_owned(),
        state: "open".to_owned(),
        consequence: 1,
        rank: 5,
        due,
        opened: 1,
        until: 0,
        backlog: false,
        sensitive: false,
        attempts: 0,
        rule: "discharge-contact".to_owned(),
        task_kind: "discharge-call".to_owned(),
        what: "Call after discharge".to_owned(),
        why: "Left hospital".to_owned(),
        due_rule: "within 2 business days".to_owned(),
        waiting: String::new(),
        handed_by: String::new(),
        fallback: "role:supervisor".to_owned(),
    }
}

#[test]
fn the_worklist_is_ordered_counted_and_closed_by_labels() {
    on_each(|db| {
        let store = db.open();
        let mine = Owners::Of(vec!["Practitioner/a".to_owned()]);
        let rows = [
            piece("late", 1, "Practitioner/a", 10),
            Work { labels: 1, ..piece("closed", 1, "Practitioner/a", 5) },
            Work { until: 500, ..piece("snoozed", 1, "Practitioner/a", 20) },
            Work { backlog: true, ..piece("old", 1, "Practitioner/a", 1) },
            piece("undated", 1, "Practitioner/a", NEVER),
        ];
        let other = [piece("nobody", 2, "", 7)];
        store
            .write(&context("assess"), move |tx| {
                work::replace(tx.conn()?, ORG, Rid(1), &rows)?;
                work::replace(tx.conn()?, ORG, Rid(2), &other)
            })
            .unwrap();
        let ids = |scope: &Scope, owners: &Owners| -> Vec<String> {
            let found = store.read(|r| work::of_owners(r.conn(), scope, owners, 100)).unwrap();
            found.into_iter().map(|w| w.id).collect()
        };
        assert_eq!(ids(&all(), &mine), ["closed", "late", "snoozed", "undated"]);
        let narrow = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        assert_eq!(ids(&narrow, &mine), ["late", "snoozed", "undated"]);
        assert_eq!(ids(&all(), &Owners::Of(vec![String::new()])), ["nobody"]);
        assert_eq!(ids(&all(), &Owners::Of(Vec::new())), Vec::<String>::new());
        let count = store.read(|r| work::count(r.conn(), &narrow, &mine, false, 100)).unwrap();
        assert_eq!((count.people, count.items, count.snoozed), (1, 2, 1));
        let backlog = store.read(|r| work::count(r.conn(), &all(), &mine, true, 100)).unwrap();
        assert_eq!(backlog.items, 1);
        let listed = |owners: &Owners, now: i64| {
            store.read(|r| work::listed(r.conn(), &narrow, owners, &[Rid(1), Rid(2), Rid(3)], now)).unwrap()
        };
        assert_eq!(listed(&mine, 100), [Rid(1)]);
        assert_eq!(listed(&Owners::Nobody, 100), [Rid(2)]);
        let rising = store
            .read(|r| work::escalated(r.conn(), &all(), &["role:supervisor".to_owned()], false, 8, 0, 10))
            .unwrap();
        assert_eq!(rising.iter().map(|w| w.id.as_str()).collect::<Vec<_>>(), ["closed", "nobody"]);
        // Replacing takes the old rows away.
        store.write(&context("assess"), |tx| work::replace(tx.conn()?, ORG, Rid(1), &[])).unwrap();
        assert_eq!(store.read(|r| work::all(r.conn(), ORG)).unwrap().len(), 1);
    });
}

#[test]
fn suggestions_and_the_ledger_keep_what_was_decided() {
    on_each(|db| {
        let store = db.open();
        let open = Suggestion {
            id: "s1".to_owned(),
            patient: Rid(1),
            labels: 0,
            key: "critical-result|Observation/k".to_owned(),
            rule: "critical-result".to_owned(),
            state: "open".to_owned(),
            consequence: 0,
            rank: 2,
            due: 9,
            began: 1,
            backlog: false,
            owner: "role:physician".to_owned(),
            opened: 3,
            updated: 3,
            as_of: 4,
            ended: 0,
            silent_until: 0,
            body: b"{}".to_vec(),
        };
        let (first, again) = (open.clone(), Suggestion { state: "rejected".to_owned(), ended: 8, ..open.clone() });
        store.write(&context("assess"), move |tx| suggestion::put(tx.conn()?, ORG, &first)).unwrap();
        assert_eq!(store.read(|r| suggestion::open(r.conn(), &all(), 10)).unwrap(), std::slice::from_ref(&open));
        store
            .write(&context("dismiss"), move |tx| {
                let commit = tx.commit_id();
                let conn = tx.conn()?;
                suggestion::put(conn, ORG, &again)?;
                for outcome in ["rejected", "accepted"] {
                    let row = Decision {
                        suggestion: "s1".to_owned(),
                        number: 0,
                        patient: Rid(1),
                        labels: 0,
                        rule: "critical-result".to_owned(),
                        at: 8,
                        actor: "Practitioner/a".to_owned(),
                        role: "physician".to_owned(),
                        outcome: outcome.to_owned(),
                        reason: "wrong-data".to_owned(),
                        words: "hemolyzed".to_owned(),
                        opened: 3,
                        commit,
                        undone: false,
                    };
                    decision::add(conn, ORG, &row)?;
                }
                Ok(())
            })
            .unwrap();
        let ledger = store.read(|r| decision::of_suggestion(r.conn(), ORG, "s1")).unwrap();
        assert_eq!(
            ledger.iter().map(|d| (d.number, d.outcome.as_str())).collect::<Vec<_>>(),
            [(1, "rejected"), (2, "accepted")]
        );
        assert!(store.read(|r| suggestion::listed(r.conn(), &all(), &[Rid(1)], 9)).unwrap().is_empty());
        assert_eq!(store.read(|r| suggestion::listed(r.conn(), &all(), &[Rid(1)], 8)).unwrap().len(), 1);
        let counts = store.read(|r| suggestion::counts(r.conn(), ORG, 0)).unwrap();
        assert_eq!((counts[0].state.as_str(), counts[0].count), ("rejected", 1));
        let commit = ledger[0].commit;
        assert_ne!(commit, CommitId(0));
        store.write(&context("undo"), move |tx| decision::mark_undone(tx.conn()?, ORG, commit)).unwrap();
        assert!(store.read(|r| decision::since(r.conn(), ORG, 0)).unwrap().iter().all(|d| d.undone));
    });
}

#[test]
fn people_are_found_by_their_keys_within_the_scope() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"ada"}"#]);
        let ada = store.read(|r| r.rid(ORG, ResourceType::of("Patient"), "ada")).unwrap().unwrap();
        let header = PersonHeader {
            patient: ada,
            labels: 1,
            id: "ada".to_owned(),
            family: "Muñoz".to_owned(),
            owner: "Practitioner/a".to_owned(),
            ..PersonHeader::default()
        };
        let kept = header.clone();
        store
            .write(&context("assess"), move |tx| {
                let conn = tx.conn()?;
                person_header::put(conn, ORG, &kept)?;
                person_key::replace(
                    conn,
                    ORG,
                    ada,
                    &[("n", "munoz".to_owned()), ("n", "munoz".to_owned()), ("l", "0142".to_owned())],
                )
            })
            .unwrap();
        let closed = Scope { hidden_labels: 1, now: NOW.micros(), ..all() };
        let found = |scope: &Scope, value: &str| {
            store.read(|r| person_key::beginning(r.conn(), scope, &["n"], value, 9)).unwrap()
        };
        assert_eq!(found(&all(), "mun"), [ada]);
        assert!(found(&closed, "mun").is_empty(), "a lock tells no secret");
        assert!(found(&all(), "muo").is_empty());
        assert_eq!(store.read(|r| person_key::equal(r.conn(), &all(), &["t", "l"], "0142", 9)).unwrap(), [ada]);
        assert_eq!(
            store.read(|r| person_header::of_owners(r.conn(), &all(), &["Practitioner/a".to_owned()], 9)).unwrap(),
            [header]
        );
        assert_eq!(store.read(|r| person_header::count(r.conn(), &closed)).unwrap(), 0);
        assert_eq!(store.read(|r| assessed::everybody(r.conn(), ORG)).unwrap(), [ada]);
        assert_ne!(store.read(|r| assessed::last_fact(r.conn(), ORG, &[ada])).unwrap(), 0);
        store.write(&context("drop"), |tx| assessed::drop_projections(tx.conn()?, ORG)).unwrap();
        assert!(found(&all(), "mun").is_empty());
    });
}

#[test]
fn small_tables_count_and_remember() {
    on_each(|db| {
        let store = db.open();
        let one = || PressCount { kind: "discharge-call".to_owned(), times: 1, presses: 3, millis: 900 };
        let (first, second) = (one(), one());
        store
            .write(&context("count"), move |tx| {
                let conn = tx.conn()?;
                press_count::add(conn, ORG, 5, "Practitioner/a", &first)?;
                press_count::add(conn, ORG, 5, "Practitioner/a", &second)?;
                saved_view::put(conn, ORG, "Practitioner/a", "late", "band=late")?;
                saved_view::put(conn, ORG, "Practitioner/a", "late", "band=clock")?;
                rule_setting::add(
                    conn,
                    ORG,
                    &RuleSetting {
                        rule: "fax-unanswered".to_owned(),
                        active: false,
                        direct: false,
                        at: 1,
                        actor: "Practitioner/a".to_owned(),
                        reason: "no fax here".to_owned(),
                        params: String::new(),
                    },
                )
            })
            .unwrap();
        let sums = store.read(|r| press_count::since(r.conn(), ORG, 5)).unwrap();
        assert_eq!((sums[0].times, sums[0].presses, sums[0].millis), (2, 6, 1800));
        let views = store.read(|r| saved_view::of_actor(r.conn(), ORG, "Practitioner/a")).unwrap();
        assert_eq!(views, [("late".to_owned(), "band=clock".to_owned())]);
        assert!(!store.read(|r| rule_setting::all(r.conn(), ORG)).unwrap()[0].active);
        let look = |at: i64| {
            store
                .write(&context("look"), move |tx| looked::look(tx.conn()?, ORG, "Practitioner/a", Rid(1), "", at))
                .unwrap()
                .value
        };
        assert_eq!((look(1), look(2), look(7_200_000_000), look(7_200_000_001)), (0, 0, 2, 2));
        let before = |at: i64| store.read(|r| looked::before(r.conn(), ORG, "Practitioner/a", Rid(1), at)).unwrap();
        assert_eq!((before(7_200_000_002), before(20_000_000_000)), (2, 7_200_000_001), "recorded already or not yet");
        store
            .write_later(&context("look"), |tx| {
                looked::look(tx.conn()?, ORG, "Practitioner/b", Rid(2), "", 5).map(|_| ())
            })
            .unwrap();
        store.write(&context("after it"), |_| Ok(())).unwrap();
        assert_eq!(store.read(|r| looked::others(r.conn(), ORG, Rid(2), 0)).unwrap().len(), 1);
        let others = store.read(|r| looked::others(r.conn(), ORG, Rid(1), 0)).unwrap();
        assert_eq!(others, [("Practitioner/a".to_owned(), 7_200_000_001)]);
        store.write(&context("cursor"), |tx| assessed::set_cursor(tx.conn()?, ORG, 7)).unwrap();
        assert_eq!(store.read(|r| assessed::cursor(r.conn(), ORG)).unwrap(), 7);
        assert_eq!(store.read(|r| assessed::cursor(r.conn(), OrgId(2))).unwrap(), 0);
    });
}
