//! A person's whole record, export and history of types.

use crate::database::{ORG, all, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{ChangeSeq, HistorySlice, Scope, Slice};

const RECORD: &[&str] = &[
    r#"{"resourceType":"Practitioner","id":"doc"}"#,
    r#"{"resourceType":"Patient","id":"ana","generalPractitioner":[{"reference":"Practitioner/doc"}]}"#,
    r#"{"resourceType":"Patient","id":"bo"}"#,
    r#"{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/ana"}}"#,
    r#"{"resourceType":"Condition","id":"c2","meta":{"security":[{"system":"urn:label","code":"part2"}]},"subject":{"reference":"Patient/ana"}}"#,
    r#"{"resourceType":"Condition","id":"c3","subject":{"reference":"Patient/bo"}}"#,
];

#[test]
fn a_record_is_listed_by_patient_type_and_page() {
    on_each(|db| {
        let store = db.open();
        put(&store, RECORD);
        let ana = store.read(|r| r.rid(ORG, ResourceType::of("Patient"), "ana")).unwrap().unwrap();
        let list = |scope: &Scope, slice: &Slice| -> Vec<String> {
            store.read(|r| r.compartment_slice(scope, &[ana], slice)).unwrap().into_iter().map(|s| s.id).collect()
        };
        let most = Slice { most: 100, ..Slice::default() };
        let closed = Scope { hidden_labels: 1, ..all() };
        let everything = store.read(|r| r.compartment(&all(), &[ana])).unwrap();
        assert_eq!(everything.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["c1", "c2", "ana"]);
        assert_eq!(list(&all(), &most).len(), 3);
        assert_eq!(list(&closed, &most).len(), 2);
        let conditions = Slice { types: vec![ResourceType::of("Condition")], ..most.clone() };
        assert_eq!(list(&all(), &conditions), ["c1", "c2"]);
        let first = store.read(|r| r.compartment_slice(&all(), &[ana], &Slice { most: 1, ..most.clone() })).unwrap();
        assert_eq!(list(&all(), &Slice { after: first[0].rid, ..most.clone() }).len(), 2);
        assert_eq!(list(&all(), &Slice { since: i64::MAX, ..most.clone() }).len(), 0);
        let export = store.read(|r| r.export(&closed, &most)).unwrap();
        assert_eq!(export.len(), 5);
        let counts = store.read(|r| r.counts_by_type(ORG)).unwrap();
        assert_eq!(
            counts.iter().map(|(t, n)| (t.as_str(), *n)).collect::<Vec<_>>(),
            [("Condition", 3), ("Patient", 2), ("Practitioner", 1)]
        );
    });
}

#[test]
fn history_of_a_type_is_newest_first_and_keeps_to_the_scope() {
    on_each(|db| {
        let store = db.open();
        put(&store, RECORD);
        // The label is gone from the current version; the old version stays closed.
        put(&store, &[r#"{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/ana"}}"#]);
        let history = |scope: &Scope, type_: Option<&str>, before: i64| -> Vec<(String, i64)> {
            let type_ = type_.and_then(ResourceType::find);
            let slice = HistorySlice { before: ChangeSeq(before), since: 0, at: None, most: 100 };
            let rows = store.read(|r| r.history_of(scope, type_, &slice)).unwrap();
            rows.into_iter().map(|(_, s)| (s.id, s.version)).collect()
        };
        let conditions = history(&all(), Some("Condition"), 0);
        let expected = [("c2", 2), ("c3", 1), ("c2", 1), ("c1", 1)];
        assert_eq!(conditions, expected.map(|(id, version)| (id.to_owned(), version)));
        assert_eq!(history(&all(), None, 0).len(), 7);
        assert_eq!(history(&all(), None, 3).len(), 2);
        let closed = Scope { hidden_labels: 1, ..all() };
        let expected = [("c2", 2), ("c3", 1), ("c1", 1)];
        assert_eq!(history(&closed, Some("Condition"), 0), expected.map(|(id, version)| (id.to_owned(), version)));
    });
}
