//! Undo of one user action.

use crate::database::{all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{CommitId, Error, Expect, Prepared, PutOptions};

const PATIENT: ResourceType = ResourceType::of("Patient");

#[test]
fn undo_writes_the_inverse_versions() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"a","active":true}"#]);
        put(
            &store,
            &[
                r#"{"resourceType":"Patient","id":"a","active":false}"#,
                r#"{"resourceType":"Patient","id":"b","active":true}"#,
            ],
        );
        store.write(&context("undo"), |tx| tx.undo(CommitId(2))).unwrap();
        let first = store.read(|r| r.get(&all(), PATIENT, "a")).unwrap();
        assert_eq!(first.version, 3);
        assert!(String::from_utf8(first.bytes.unwrap()).unwrap().contains("true"));
        assert!(matches!(store.read(|r| r.get(&all(), PATIENT, "b")), Err(Error::Gone(_))));
        let commit = store.read(|r| r.commit(crate::database::ORG, CommitId(2))).unwrap().unwrap();
        assert_eq!(commit.undone_by, Some(CommitId(3)));
        let error = store.write(&context("undo"), |tx| tx.undo(CommitId(2))).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
        // The undo itself can be undone.
        store.write(&context("redo"), |tx| tx.undo(CommitId(3))).unwrap();
        assert_eq!(store.read(|r| r.get(&all(), PATIENT, "b")).unwrap().version, 3);
    });
}

#[test]
fn what_was_touched_since_is_not_undone() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"a","active":true}"#]);
        put(&store, &[r#"{"resourceType":"Patient","id":"a","active":false}"#]);
        let error = store.write(&context("undo"), |tx| tx.undo(CommitId(1))).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
        assert_eq!(store.read(|r| r.get(&all(), PATIENT, "a")).unwrap().version, 2);
    });
}

#[test]
fn what_came_later_and_was_taken_back_does_not_stand_in_the_way() {
    on_each(|db| {
        let store = db.open();
        let undo = |commit: i64| store.write(&context("undo"), move |tx| tx.undo(CommitId(commit)));
        put(&store, &[r#"{"resourceType":"Patient","id":"a","active":true}"#]);
        put(&store, &[r#"{"resourceType":"Patient","id":"a","active":false}"#]);
        put(&store, &[r#"{"resourceType":"Patient","id":"a","gender":"other"}"#]);
        store.write(&context("delete"), |tx| tx.delete(PATIENT, "a", Expect::Anything).map(|_| ())).unwrap();
        assert!(undo(2).is_err());
        undo(4).unwrap();
        assert!(undo(2).is_err(), "the third stands");
        undo(3).unwrap();
        undo(2).unwrap();
        assert!(matches!(undo(2), Err(Error::Refused(_))), "once only");
        undo(1).unwrap();
        assert!(matches!(store.read(|r| r.get(&all(), PATIENT, "a")), Err(Error::Gone(_))));
        // Taken back in turn, each brings back what it took.
        let last = store.read(|r| r.commit(crate::database::ORG, CommitId(1))).unwrap().unwrap().undone_by.unwrap();
        undo(last.0).unwrap();
        let back = store.read(|r| r.get(&all(), PATIENT, "a")).unwrap();
        assert!(String::from_utf8(back.bytes.unwrap()).unwrap().contains("true"));
    });
}

#[test]
fn what_is_taken_back_keeps_the_source_it_came_from() {
    on_each(|db| {
        let store = db.open();
        let prepare = store.prepare_context(crate::database::ORG).unwrap();
        let sent = Prepared::parse(br#"{"resourceType":"Patient","id":"a","active":true}"#, &prepare).unwrap();
        let options = PutOptions { source: "laboratory".to_owned(), ..PutOptions::default() };
        store.write(&context("sent"), move |tx| tx.put(&sent, &options)).unwrap();
        store.write(&context("delete"), |tx| tx.delete(PATIENT, "a", Expect::Anything)).unwrap();
        store.write(&context("undo"), |tx| tx.undo(CommitId(2))).unwrap();
        let source = "select s.name from resource r join name s on s.id = r.source where r.id = 'a'";
        let found = store.read(|r| r.conn().query_opt(source, &[], |row| row.text(0))).unwrap();
        assert_eq!(found.as_deref(), Some("laboratory"));
    });
}
