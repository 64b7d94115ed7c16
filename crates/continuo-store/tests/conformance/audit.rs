//! The audit chain: whole after ordinary work, and every kind of tampering shows (D9).

use crate::database::{Database, ORG, context, on_each, put};
use continuo_store::audit::{Head, head, verify};
use continuo_store::{AuditEntry, Rid, Store};

fn some_work(store: &Store) {
    for n in 0..5 {
        let text = format!(r#"{{"resourceType":"Patient","id":"p{n}","gender":"g{n}"}}"#);
        put(store, &[&text]);
    }
    put(store, &[r#"{"resourceType":"Patient","id":"p1","active":false}"#]);
    store
        .audit_read(AuditEntry {
            org: ORG,
            actor: "Practitioner/p1".to_owned(),
            action: "read".to_owned(),
            patient: Rid(1),
            subject: "Patient/p1".to_owned(),
            detail: String::new(),
        })
        .unwrap();
    put(store, &[r#"{"resourceType":"Patient","id":"p9","active":true}"#]);
}

fn problems(store: &Store, kept: Option<&Head>) -> Vec<String> {
    store.read(|r| verify(r.conn(), ORG, kept, true)).unwrap().problems
}

#[test]
fn ordinary_work_leaves_a_whole_chain() {
    on_each(|db| {
        let store = db.open();
        some_work(&store);
        let report = store.read(|r| verify(r.conn(), ORG, None, true)).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!(report.versions, 7);
        let reads =
            store.read(|r| r.conn().query_int("select count(*) from audit where action = 'read'", &[])).unwrap();
        assert_eq!(reads, 1);
    });
}

/// Each statement is what somebody with the database file could do.
const TAMPERING: &[&str] = &[
    "update audit set actor = 'Practitioner/other' where org = 1 and seq = 2",
    "delete from audit where org = 1 and seq = 3",
    "update commits set action = 'something else' where org = 1 and id = 2",
    "delete from commits where org = 1 and id = 1",
    "update change set patient = 99 where org = 1 and seq = 4",
    "delete from change where org = 1 and seq = 2",
    "update resource set body = (select r.body from resource r where r.id = 'p1') where id = 'p2'",
    "update history set body = (select r.body from resource r where r.id = 'p2')",
    "delete from history",
    "delete from audit_link where org = 1 and link = 3",
    "delete from audit_link where org = 1 and link = (select max(link) from audit_link)",
    "update audit set seq = seq + 1000 where org = 1 and seq = 2",
];

#[test]
fn edits_deletions_and_reordering_show() {
    on_each(|db| {
        let store = db.open();
        some_work(&store);
        for sql in TAMPERING {
            // A closure that fails undoes the tampering after it was looked at.
            let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
            let out = seen.clone();
            let _ = store.write(&context("tamper"), move |tx| {
                tx.conn()?.execute(sql, &[])?;
                *out.lock().unwrap() = verify(tx.conn()?, ORG, None, true)?.problems;
                Err::<(), _>(continuo_store::Error::Refused("only looking".to_owned()))
            });
            assert!(!seen.lock().unwrap().is_empty(), "not noticed: {sql}");
        }
        assert_eq!(problems(&store, None), Vec::<String>::new());
    });
}

/// Somebody cuts the newest link with all its rows and mends the head: only a head kept outside shows it.
#[test]
fn a_cut_tail_shows_against_a_kept_head() {
    on_each(|db: &Database| {
        let store = db.open();
        some_work(&store);
        let kept = store.read(|r| head(r.conn(), ORG)).unwrap();
        assert_eq!(problems(&store, Some(&kept)), Vec::<String>::new());
        let cut = store.write(&context("cut"), move |tx| {
            for sql in [
                "delete from audit_link where link = (select max(link) from audit_link)",
                "delete from audit where seq > (select l.last_audit from audit_link l order by l.link desc limit 1)",
                "delete from change where seq > (select l.last_change from audit_link l order by l.link desc limit 1)",
                "delete from commits where id > (select l.last_commit from audit_link l order by l.link desc limit 1)",
                "update org set last_link = (select max(link) from audit_link),
                    head = (select hash from audit_link order by link desc limit 1)",
            ] {
                tx.conn()?.execute(sql, &[])?;
            }
            let unaware = verify(tx.conn()?, ORG, None, false)?.problems;
            let aware = verify(tx.conn()?, ORG, Some(&kept), false)?.problems;
            Err::<(), _>(continuo_store::Error::Refused(format!("{} {}", unaware.len(), aware.len())))
        });
        assert_eq!(cut.unwrap_err().to_string(), "0 1");
    });
}

/// Somebody puts another whole database in place: an older copy of the same one, or one whose chain is whole in itself.
#[test]
fn a_swapped_database_shows_against_a_kept_head() {
    on_each(|db| {
        let store = db.open();
        some_work(&store);
        let folder = tempfile::tempdir().unwrap();
        let older = folder.path().join("older.db");
        store.backup(&older).unwrap();
        put(&store, &[r#"{"resourceType":"Patient","id":"later"}"#]);
        let kept = store.read(|r| head(r.conn(), ORG)).unwrap();
        assert_eq!(problems(&store, Some(&kept)), Vec::<String>::new());
        on_each(|other| {
            if other.url == continuo_store::DbUrl::Memory {
                return;
            }
            continuo_store::restore(&older, &other.url).unwrap();
            let swapped = other.open();
            assert_eq!(problems(&swapped, None), Vec::<String>::new(), "whole in itself");
            assert_eq!(problems(&swapped, Some(&kept)).len(), 1, "but not what was signed");
        });
        on_each(|other| {
            let another = other.open();
            for n in 0..9 {
                put(&another, &[&format!(r#"{{"resourceType":"Patient","id":"x{n}"}}"#)]);
            }
            assert_eq!(problems(&another, None), Vec::<String>::new());
            assert!(!problems(&another, Some(&kept)).is_empty());
        });
    });
}

#[test]
fn a_crash_leaves_a_recorded_gap() {
    on_each(|db| {
        let store = db.open();
        if db.url == continuo_store::DbUrl::Memory {
            return;
        }
        // The first process is still running for all the second one can tell: it has not ended in order.
        let crashed = db.after_a_crash();
        let again = crashed.open();
        let gaps = again.read(|r| r.conn().query_int("select count(*) from audit where action = 'audit gap'", &[]));
        assert_eq!(gaps.unwrap(), 1);
        assert_eq!(problems(&again, None), Vec::<String>::new());
        drop(store);
    });
}

#[test]
fn one_process_writes_a_file_and_others_only_read_it() {
    on_each(|db| {
        let continuo_store::DbUrl::File(_) = db.url else { return };
        let store = db.open();
        let refused = continuo_store::Store::open(&db.url, db.options()).err().unwrap().to_string();
        assert!(refused.contains("another Continuo has it open"), "{refused}");
        let options = continuo_store::StoreOptions { beside: true, ..db.options() };
        let reader = continuo_store::Store::open(&db.url, options).unwrap();
        assert_eq!(problems(&reader, None), Vec::<String>::new());
        let written = reader.write(&context("beside"), |_| Ok(()));
        assert!(written.is_err_and(|error| error.to_string().contains("another Continuo")));
        drop(reader);
        let gaps = store.read(|r| r.conn().query_int("select count(*) from audit where action = 'audit gap'", &[]));
        assert_eq!(gaps.unwrap(), 0, "a reader beside is no crash");
        drop(store);
        drop(db.open());
    });
}
