//! Undo of one user action.

use crate::database::{all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{CommitId, Error};

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
