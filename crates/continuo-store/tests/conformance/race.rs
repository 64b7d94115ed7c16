//! Races, repeats and half-failures: the same import again, conditional create by 64 clients (M5), a failing entry at each position (M6).

use crate::database::{ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{Error, Expect, Outcome, Prepared, PutOptions, Query};
use std::sync::Barrier;

const PATIENT: ResourceType = ResourceType::of("Patient");

#[test]
fn sixty_four_conditional_creates_make_one_resource() {
    on_each(|db| {
        let store = db.open();
        let prepare = store.prepare_context(ORG).unwrap();
        let barrier = Barrier::new(64);
        std::thread::scope(|scope| {
            for n in 0..64 {
                let (store, prepare, barrier) = (&store, &prepare, &barrier);
                scope.spawn(move || {
                    let text = format!(
                        r#"{{"resourceType":"Patient","id":"c{n}","identifier":[{{"system":"urn:mrn","value":"1"}}]}}"#
                    );
                    let prepared = Prepared::parse(text.as_bytes(), prepare).unwrap();
                    barrier.wait();
                    store
                        .write(&context("create"), move |tx| {
                            let found = tx.reader()?.matching_ids(&all(), PATIENT, "identifier=urn:mrn|1", 1)?;
                            match found.first() {
                                Some(id) => Ok(id.clone()),
                                None => tx
                                    .put(&prepared, &PutOptions { expect: Expect::Absent, ..PutOptions::default() })
                                    .map(|_| prepared.id().to_owned()),
                            }
                        })
                        .unwrap();
                });
            }
        });
        let query = Query::parse(PATIENT, "").unwrap();
        assert_eq!(store.read(|r| r.search(&all(), &query)).unwrap().total, Some(1));
    });
}

#[test]
fn a_failing_entry_at_any_position_leaves_nothing() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"p2"}"#]);
        let prepare = store.prepare_context(ORG).unwrap();
        for failing in 0..4 {
            let entries: Vec<Prepared> = (0..4)
                .map(|n| {
                    let id = if n == failing { "p2".to_owned() } else { format!("f{failing}-{n}") };
                    let text = format!(r#"{{"resourceType":"Patient","id":"{id}","gender":"new-{failing}-{n}"}}"#);
                    Prepared::parse(text.as_bytes(), &prepare).unwrap()
                })
                .collect();
            let error = store
                .write(&context("bundle"), move |tx| {
                    for prepared in &entries {
                        tx.put(prepared, &PutOptions { expect: Expect::Absent, ..PutOptions::default() })?;
                        tx.add_effect("assess", prepared.id(), b"", 0)?;
                    }
                    Ok(())
                })
                .unwrap_err();
            assert!(matches!(error, Error::VersionConflict { .. }), "{error}");
        }
        let query = Query::parse(PATIENT, "").unwrap();
        assert_eq!(store.read(|r| r.search(&all(), &query)).unwrap().total, Some(1));
        for table in ["outbox", "history"] {
            let sql = format!("select count(*) from {table}");
            assert_eq!(store.read(|r| r.conn().query_int(&sql, &[])).unwrap(), 0, "{table}");
        }
        assert_eq!(store.read(|r| r.last_change(ORG)).unwrap().0, 1);
        // The codes interned on the way are usable by the next commit.
        put(&store, &[r#"{"resourceType":"Patient","id":"after","gender":"new-0-1"}"#]);
        let query = Query::parse(PATIENT, "gender=new-0-1").unwrap();
        assert_eq!(store.read(|r| r.search(&all(), &query)).unwrap().total, Some(1));
    });
}

#[test]
fn the_same_import_again_writes_nothing_and_keeps_corrections() {
    on_each(|db| {
        let store = db.open();
        let prepare = store.prepare_context(ORG).unwrap();
        let import = |content: &str| {
            let prepared = Prepared::parse(content.as_bytes(), &prepare).unwrap();
            let done = store.write(&context("import"), move |tx| tx.import(&prepared, "hospital")).unwrap();
            (done.value.outcome, done.value.version, done.commit.is_some())
        };
        let first = r#"{"resourceType":"Patient","id":"7","active":true}"#;
        let second = r#"{"resourceType":"Patient","id":"7","active":true,"gender":"female"}"#;
        assert_eq!(import(first), (Outcome::Created, 1, true));
        assert_eq!(import(first), (Outcome::Unchanged, 1, false));
        put(&store, &[r#"{"resourceType":"Patient","id":"7","active":false}"#]);
        assert_eq!(import(first), (Outcome::Unchanged, 2, false), "a correction stays");
        assert_eq!(import(second), (Outcome::Updated, 3, true), "the source says something new");
        store.write(&context("delete"), |tx| tx.delete(PATIENT, "7", Expect::Anything)).unwrap();
        assert_eq!(import(second), (Outcome::Created, 5, true), "deleted here, brought again");
        put(
            &store,
            &[r#"{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/8"}}"#],
        );
        let referred_to = import(r#"{"resourceType":"Patient","id":"8"}"#);
        assert_eq!(referred_to, (Outcome::Created, 1, true), "only referred to before");
    });
}

/// Several closures share a commit, and on PostgreSQL the answers to what they write come late: what fails is undone with
/// its own closure, whether it shows at a question or at the end, and the neighbors on both sides stay.
#[test]
fn a_statement_that_fails_undoes_its_own_closure_and_no_other() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"p0"}"#]);
        let prepare = store.prepare_context(ORG).unwrap();
        let patient = |n: usize| {
            let text = format!(r#"{{"resourceType":"Patient","id":"n{n}","gender":"other"}}"#);
            Prepared::parse(text.as_bytes(), &prepare).unwrap()
        };
        std::thread::scope(|scope| {
            for n in 0..24 {
                let (store, prepared) = (&store, patient(n));
                let is_bad = n % 3 == 1;
                scope.spawn(move || {
                    let done = store.write(&context("write"), move |tx| {
                        if n == 0 {
                            // The others come meanwhile.
                            std::thread::sleep(std::time::Duration::from_millis(20));
                        }
                        tx.put(&prepared, &PutOptions::default())?;
                        if is_bad {
                            let taken = "insert into name (id, name) select id, name from name";
                            tx.conn()?.execute(taken, &[])?;
                        }
                        if n % 2 == 0 {
                            let seen = tx.reader()?.get(&all(), PATIENT, prepared.id())?;
                            assert_eq!(seen.version, 1);
                        }
                        Ok(())
                    });
                    assert_eq!(done.is_err(), is_bad, "{n}: {done:?}");
                });
            }
        });
        let query = Query::parse(PATIENT, "gender=other&_count=100").unwrap();
        let page = store.read(|r| r.search(&all(), &query)).unwrap();
        assert_eq!((page.total, page.matches.len()), (Some(16), 16), "on {}", db.url.shown());
        let count = Query::parse(PATIENT, "_summary=count").unwrap();
        assert_eq!(store.read(|r| r.search(&all(), &count)).unwrap().total, Some(17));
        let report = store.read(|r| continuo_store::audit::verify(r.conn(), ORG, None, true)).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
    });
}
