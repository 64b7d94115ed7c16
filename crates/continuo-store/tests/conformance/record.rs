//! Versions, history, conditions and rollback.

use crate::database::{ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{ChangeSeq, Error, Expect, Op, Outcome, Prepared, PutOptions, WriteContext};

const PATIENT: ResourceType = ResourceType::of("Patient");
const OBSERVATION: ResourceType = ResourceType::of("Observation");

const ADA: &str =
    r#"{"resourceType":"Patient","id":"ada","meta":{"versionId":"9","tag":[{"code":"x"}]},"active":true}"#;
const ADA_2: &str =
    r#"{"resourceType":"Patient","id":"ada","active":false,"extension":[{"url":"u","valueDecimal":1.00}]}"#;

#[test]
fn a_resource_is_read_as_it_was_written() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA]);
        let found = store.read(|r| r.get(&all(), PATIENT, "ada")).unwrap();
        assert_eq!(found.version, 1);
        let text = String::from_utf8(found.bytes.unwrap()).unwrap();
        assert_eq!(
            text,
            r#"{"resourceType":"Patient","id":"ada","meta":{"versionId":"1","lastUpdated":"2026-08-01T12:00:00Z","tag":[{"code":"x"}]},"active":true}"#
        );
        put(&store, &[ADA_2]);
        let versions = store.read(|r| r.history(&all(), PATIENT, "ada", 10)).unwrap();
        assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
        let newest = String::from_utf8(versions[0].bytes.clone().unwrap()).unwrap();
        assert!(newest.contains(r#""valueDecimal":1.00"#), "{newest}");
        let first = store.read(|r| r.version(&all(), PATIENT, "ada", 1)).unwrap();
        assert_eq!(first.bytes, versions[1].bytes);
    });
}

#[test]
fn the_same_content_writes_no_version() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA]);
        let prepared = Prepared::parse(ADA.as_bytes(), &store.prepare_context(ORG).unwrap()).unwrap();
        let again = store.write(&context("again"), move |tx| tx.put(&prepared, &PutOptions::default())).unwrap();
        assert_eq!((again.value.version, again.value.outcome, again.commit), (1, Outcome::Unchanged, None));
    });
}

#[test]
fn a_stale_version_changes_nothing() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA]);
        put(&store, &[ADA_2]);
        let prepared = Prepared::parse(ADA.as_bytes(), &store.prepare_context(ORG).unwrap()).unwrap();
        let options = PutOptions { expect: Expect::Version(1), ..PutOptions::default() };
        let error = store.write(&context("stale"), move |tx| tx.put(&prepared, &options)).unwrap_err();
        assert!(matches!(error, Error::VersionConflict { expected: 1, current: 2, .. }), "{error}");
        assert_eq!(store.read(|r| r.get(&all(), PATIENT, "ada")).unwrap().version, 2);
    });
}

#[test]
fn a_failing_closure_leaves_nothing_and_disturbs_nobody() {
    on_each(|db| {
        let store = db.open();
        let prepared = Prepared::parse(ADA.as_bytes(), &store.prepare_context(ORG).unwrap()).unwrap();
        let error = store
            .write(&context("fail"), move |tx| {
                tx.put(&prepared, &PutOptions::default())?;
                tx.code("urn:x", "only here");
                tx.conn()?.execute("select no_such_column", &[])?;
                Ok(())
            })
            .unwrap_err();
        assert!(matches!(error, Error::Sql { .. }), "{error}");
        let error = store
            .write(&context("panic"), |_| -> continuo_store::Result<()> { panic!("a mistake in a use case") })
            .unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
        assert!(store.read(|r| r.find(&all(), PATIENT, "ada")).unwrap().is_none());
        put(&store, &[ADA]);
        assert_eq!(store.read(|r| r.get(&all(), PATIENT, "ada")).unwrap().version, 1);
    });
}

#[test]
fn a_deleted_resource_is_gone_and_can_come_back() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA]);
        let deleted = store.write(&context("delete"), |tx| tx.delete(PATIENT, "ada", Expect::Anything)).unwrap();
        assert_eq!(deleted.value, Some(2));
        assert!(matches!(store.read(|r| r.get(&all(), PATIENT, "ada")), Err(Error::Gone(_))));
        put(&store, &[ADA]);
        let versions = store.read(|r| r.history(&all(), PATIENT, "ada", 10)).unwrap();
        let kinds: Vec<_> = versions.iter().map(|v| (v.version, v.bytes.is_some())).collect();
        assert_eq!(kinds, [(3, true), (2, false), (1, true)]);
    });
}

#[test]
fn a_reference_may_come_before_its_target() {
    on_each(|db| {
        let store = db.open();
        put(
            &store,
            &[r#"{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/ada"}}"#],
        );
        assert!(matches!(store.read(|r| r.get(&all(), PATIENT, "ada")), Err(Error::NotFound(_))));
        put(&store, &[ADA]);
        let observation = store.read(|r| r.get(&all(), OBSERVATION, "o")).unwrap();
        let patient = store.read(|r| r.get(&all(), PATIENT, "ada")).unwrap();
        assert_eq!(observation.patient, patient.rid);
        let facts = store.read(|r| r.facts(&all(), &[patient.rid])).unwrap();
        assert_eq!(facts.len(), 2);
    });
}

#[test]
fn the_change_feed_numbers_every_version() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[ADA]);
        put(&store, &[ADA_2]);
        let changes = store.read(|r| r.changes_after(ORG, ChangeSeq(0), 10)).unwrap();
        let seen: Vec<_> = changes.iter().map(|c| (c.seq.0, c.id.as_str(), c.version, c.op)).collect();
        assert_eq!(seen, [(1, "ada", 1, Op::Create), (2, "ada", 2, Op::Update)]);
        let commits = store.read(|r| r.commits_of_actor(ORG, "Practitioner/p1", 10)).unwrap();
        assert_eq!(commits.iter().map(|c| c.id.0).collect::<Vec<_>>(), [2, 1]);
    });
}

#[test]
fn two_organizations_share_nothing() {
    on_each(|db| {
        let store = db.open();
        let other = continuo_store::OrgId(2);
        let org = continuo_store::tables::org::Org { org: other, name: "Other".to_owned(), zone: "UTC".to_owned() };
        store.add_organization(&org).unwrap();
        put(&store, &[ADA]);
        let prepared = Prepared::parse(ADA_2.as_bytes(), &store.prepare_context(other).unwrap()).unwrap();
        let write = WriteContext::new(other, "Practitioner/x", "put");
        store.write(&write, move |tx| tx.put(&prepared, &PutOptions::default())).unwrap();
        let here = store.read(|r| r.get(&all(), PATIENT, "ada")).unwrap();
        let there = store.read(|r| r.get(&continuo_store::Scope::all(other), PATIENT, "ada")).unwrap();
        assert_ne!(here.rid, there.rid);
        assert_eq!((here.version, there.version), (1, 1));
    });
}

#[test]
fn a_newer_schema_is_refused() {
    on_each(|db| {
        if db.url == continuo_store::DbUrl::Memory {
            return;
        }
        let store = db.open();
        store
            .write(&context("pretend"), |tx| {
                tx.conn()?.execute("insert into schema_version (number) values (9999)", &[])
            })
            .unwrap();
        drop(store);
        let ids = std::sync::Arc::new(continuo_fhir::clock::SeededIds::new(1, crate::database::NOW));
        let options = continuo_store::StoreOptions::new(db.clock.clone(), ids);
        let error = continuo_store::Store::open(&db.url, options).err().unwrap();
        assert!(matches!(error, Error::NewerSchema { found: 9999, .. }), "{error}");
    });
}
