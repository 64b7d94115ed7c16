//! Backup under load and restore into either database (D8).

use crate::database::{Database, ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::audit::verify;
use continuo_store::tables::input_kept;
use continuo_store::{DbUrl, Error, Query, Slice, Store, restore};
use std::sync::atomic::{AtomicBool, Ordering};

fn export(store: &Store) -> Vec<(String, Vec<u8>)> {
    let slice = Slice { most: 100_000, ..Slice::default() };
    let rows = store.read(|r| r.export(&all(), &slice)).unwrap();
    rows.into_iter().map(|r| (r.id, r.bytes.unwrap())).collect()
}

#[test]
fn a_backup_taken_under_load_restores_into_either_database() {
    on_each(|db| {
        let store = db.open();
        for n in 0..20 {
            put(
                &store,
                &[&format!(
                    r#"{{"resourceType":"Patient","id":"p{n}","name":[{{"family":"F{n}"}}],"multipleBirthInteger":{n}}}"#
                )],
            );
        }
        put(&store, &[r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Changed"}]}"#]);
        put(
            &store,
            &[
                r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":70,"unit":"kg"},"subject":{"reference":"Patient/p1"}}"#,
            ],
        );
        store
            .write(&context("keep"), |tx| {
                let kept = input_kept::InputKept {
                    id: "i".to_owned(),
                    at: 1,
                    source: "s".to_owned(),
                    place: "p".to_owned(),
                    format: "fhir".to_owned(),
                    reason: "r".to_owned(),
                    state: 0,
                    settled_by: String::new(),
                    settled_at: 0,
                    settled_why: String::new(),
                    mapping: String::new(),
                    bytes: vec![0, 255, 7],
                };
                input_kept::add(tx.conn()?, ORG, &kept)
            })
            .unwrap();
        let before = export(&store);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.db");
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    n += 1;
                    put(&store, &[&format!(r#"{{"resourceType":"Patient","id":"later{n}"}}"#)]);
                }
            });
            if db.url != DbUrl::Memory {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            let done = store.backup(&file);
            stop.store(true, Ordering::Relaxed);
            done.unwrap();
        });
        assert!(store.backup(&file).is_err(), "a backup is never overwritten");
        on_each(|other| {
            if other.url != DbUrl::Memory {
                restored_is_the_same(other, &file, &before);
            }
        });
    });
}

fn restored_is_the_same(target: &Database, file: &std::path::Path, before: &[(String, Vec<u8>)]) {
    restore(file, &target.url).unwrap();
    let store = target.open();
    let after = export(&store);
    assert_eq!(&after[..before.len()], before);
    assert!(after[before.len()..].iter().all(|(id, _)| id.starts_with("later")));
    let report = store.read(|r| verify(r.conn(), ORG, None, true)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    let query = Query::parse(ResourceType::of("Observation"), "patient=p1&value-quantity=70").unwrap();
    assert_eq!(store.read(|r| r.search(&all(), &query)).unwrap().total, Some(1));
    assert_eq!(store.read(|r| input_kept::by_id(r.conn(), ORG, "i")).unwrap().unwrap().bytes, [0, 255, 7]);
    assert_eq!(store.read(|r| r.history(&all(), ResourceType::of("Patient"), "p1", 9)).unwrap().len(), 2);
    // Writing goes on: no number or key is given twice.
    put(&store, &[r#"{"resourceType":"Patient","id":"new","gender":"brand-new-code"}"#]);
    assert_eq!(store.read(|r| r.get(&all(), ResourceType::of("Patient"), "new")).unwrap().version, 1);
    let again = restore(file, &target.url).unwrap_err();
    assert!(matches!(again, Error::Invalid(_) | Error::Refused(_)), "{again}");
}

#[test]
fn a_damaged_backup_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    on_each(|db| {
        if !matches!(db.url, DbUrl::File(_)) {
            return;
        }
        let store = db.open();
        for n in 0..50 {
            put(&store, &[&format!(r#"{{"resourceType":"Patient","id":"p{n}","gender":"g{n}"}}"#)]);
        }
        store.backup(&file).unwrap();
    });
    let whole = std::fs::read(&file).unwrap();
    let marker = br#""gender":"g17"#;
    let at = whole.windows(marker.len()).position(|w| w == marker).unwrap();
    let mut flipped = whole.clone();
    flipped[at + marker.len() - 1] ^= 1;
    for (name, bytes) in [("truncated", &whole[..whole.len() / 2]), ("flipped", &flipped[..]), ("empty", b"")] {
        let damaged = folder.path().join(name);
        std::fs::write(&damaged, bytes).unwrap();
        let to = DbUrl::File(folder.path().join(format!("{name}-restored")));
        assert!(restore(&damaged, &to).is_err(), "{name}");
    }
}
