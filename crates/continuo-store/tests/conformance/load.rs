//! The end of a large load: the log goes into the file, and what comes after is written and kept as before. And what a
//! start reads ahead.

use crate::database::{ORG, all, context, on_each, put};
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::work::{self, Work};
use continuo_store::{DbUrl, Rid, Slice, Store};

fn people(store: &Store) -> usize {
    let slice = Slice { most: 1_000, ..Slice::default() };
    store.read(|r| r.export(&all(), &slice)).unwrap().len()
}

#[test]
fn what_lists_stand_on_is_read_ahead_and_a_store_can_be_closed_meanwhile() {
    on_each(|db| {
        let store = db.open();
        let header = |n: i64| PersonHeader { patient: Rid(n), id: format!("p{n}"), ..PersonHeader::default() };
        let piece = |n: i64| Work { id: format!("t{n}"), patient: Rid(n), ..Work::default() };
        store
            .write(&context("assess"), move |tx| {
                for n in 1..=3 {
                    person_header::put(tx.conn()?, ORG, &header(n))?;
                    work::replace(tx.conn()?, ORG, Rid(n), &[piece(n)])?;
                }
                Ok(())
            })
            .unwrap();
        let ahead = store.read_ahead();
        assert_eq!(store.read_ahead().run(|| false).unwrap(), 0, "where others read, nothing is read ahead");
        let passed = store.read_ahead().run(|| true).unwrap();
        // Four passes through the work and two through the headers, where the database is a file of ours.
        assert_eq!(passed, if matches!(db.url, DbUrl::File(_)) { 3 * 6 } else { 0 });
        store.close();
        assert_eq!(ahead.run(|| true).unwrap(), passed);
    });
}

#[test]
fn after_a_load_the_log_is_in_the_file_and_writing_goes_on() {
    on_each(|db| {
        let mut options = db.options();
        options.bulk = true;
        let store = db.open_with(options);
        let before = people(&store);
        for n in 0..40 {
            put(&store, &[&format!(r#"{{"resourceType":"Patient","id":"l{n}"}}"#)]);
        }
        store.settle().unwrap();
        if let DbUrl::File(path) = &db.url {
            let log = format!("{}-wal", path.display());
            assert_eq!(std::fs::metadata(log).unwrap().len(), 0, "the log was copied");
        }
        put(&store, &[r#"{"resourceType":"Patient","id":"after"}"#]);
        assert_eq!(people(&store), before + 41);
        store.close();
        store.settle().unwrap_err();
        drop(store);
        if !matches!(db.url, DbUrl::Memory) {
            assert_eq!(people(&db.open()), before + 41);
        }
    });
}

#[test]
fn the_log_is_copied_beside_the_writer_and_stays_short() {
    on_each(|db| {
        let DbUrl::File(path) = &db.url else { return };
        let store = db.open();
        let before = people(&store);
        // About a hundred pages of 4 kB a commit.
        let data = "QUJD".repeat(100_000);
        for n in 0..200 {
            let body = format!(r#"{{"resourceType":"Binary","id":"b{n}","contentType":"text/plain","data":"{data}"}}"#);
            put(&store, &[&body, &format!(r#"{{"resourceType":"Patient","id":"c{n}"}}"#)]);
        }
        let log = std::fs::metadata(format!("{}-wal", path.display())).unwrap().len();
        assert!(log < 6_000 * 4_120, "{log} bytes of log after 80 MB were written");
        // What only the log holds counts as much as what was copied.
        let crashed = db.after_a_crash();
        drop(store);
        for after in [&crashed, db] {
            assert_eq!(people(&after.open()), before + 400);
        }
    });
}
