//! Product tables on both databases, and the tables behind a scope.

use crate::database::{NOW, ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::tables::llm_call::LlmCall;
use continuo_store::tables::{
    account, document_blob, document_inbox, input_kept, limited_write, llm_call, person, setting,
};
use continuo_store::{Persons, Prepared, PutOptions, Rid, Scope, WriteContext, WriteTx};

const PATIENT: ResourceType = ResourceType::of("Patient");

#[test]
fn openings_and_reach_decide_what_is_read() {
    on_each(|db| {
        let store = db.open();
        put(
            &store,
            &[
                r#"{"resourceType":"Patient","id":"ada"}"#,
                r#"{"resourceType":"Patient","id":"bo","meta":{"security":[{"system":"urn:label","code":"part2"}]}}"#,
                r#"{"resourceType":"Patient","id":"cy","meta":{"security":[{"system":"urn:label","code":"part2"},{"system":"urn:label","code":"hiv"}]}}"#,
            ],
        );
        let rid = |id: &str| store.read(|r| r.rid(ORG, PATIENT, id)).unwrap().unwrap();
        let (ada, bo, cy) = (rid("ada"), rid("bo"), rid("cy"));
        let seen = |scope: &Scope| -> Vec<bool> {
            ["ada", "bo", "cy"].iter().map(|id| store.read(|r| r.find(scope, PATIENT, id)).unwrap().is_some()).collect()
        };
        let open = |patient: Rid, labels: u64, until: i64| {
            store
                .write(&context("consent"), move |tx| person::open_labels(tx.conn()?, ORG, 7, patient, labels, until))
                .unwrap();
        };
        let closed = Scope { hidden_labels: 0b1001, audiences: vec![7], now: NOW.micros(), ..all() };
        assert_eq!(seen(&all()), [true, true, true]);
        assert_eq!(seen(&closed), [true, false, false]);
        open(bo, 1, NOW.micros() - 1);
        assert_eq!(seen(&closed), [true, false, false], "an opening that has ended");
        open(bo, 1, NOW.micros() + 1);
        open(cy, 1, NOW.micros() + 1);
        assert_eq!(seen(&closed), [true, true, false], "one of two labels");
        open(cy, 0b1001, NOW.micros() + 1);
        assert_eq!(seen(&closed), [true, true, true]);
        store.write(&context("revoke"), move |tx| person::close_labels(tx.conn()?, ORG, 7, bo)).unwrap();
        assert_eq!(seen(&closed), [true, false, true]);
        let reach = |audience| Scope { persons: Persons::Audiences(vec![audience]), ..all() };
        store.write(&context("reach"), move |tx| person::add_reach(tx.conn()?, ORG, 5, ada)).unwrap();
        assert_eq!(seen(&reach(5)), [true, false, false]);
        assert_eq!(seen(&reach(6)), [false, false, false]);
        assert_eq!(seen(&Scope { persons: Persons::Only(vec![bo]), ..all() }), [false, true, false]);
        assert_eq!(seen(&Scope { persons: Persons::Only(vec![]), ..all() }), [false, false, false]);
    });
}

#[test]
fn holders_of_a_role_are_found_among_all_accounts_whatever_else_they_hold() {
    on_each(|db| {
        let store = db.open();
        let written = store.write(&context("staff"), |tx| {
            for (id, roles, active) in [
                (1, "nurse", true),
                (2, "care-coordinator nurse", false),
                (3, "nurse-aide", true),
                (4, "physician", true),
            ] {
                let row = account::Account {
                    org: ORG,
                    id,
                    login: format!("p{id}"),
                    reference: format!("Practitioner/p{id}"),
                    roles: roles.to_owned(),
                    active,
                    ..account::Account::default()
                };
                account::put_account(tx.conn()?, &row)?;
            }
            let mut of = |roles: &[&str]| {
                let roles: Vec<String> = roles.iter().map(|&role| role.to_owned()).collect();
                account::holders(tx.conn()?, ORG, &roles)
            };
            Ok((of(&["nurse"])?, of(&["physician", "nurse"])?, of(&["pharmacist"])?))
        });
        let (nurses, both, none) = written.unwrap().value;
        assert_eq!(nurses, ["Practitioner/p1", "Practitioner/p2"]);
        assert_eq!(both, ["Practitioner/p1", "Practitioner/p2", "Practitioner/p4"]);
        assert!(none.is_empty());
    });
}

#[test]
fn what_reaches_one_source_patient_alone_reaches_no_other_of_the_person() {
    on_each(|db| {
        let store = db.open();
        put(
            &store,
            &[
                r#"{"resourceType":"Patient","id":"ada"}"#,
                r#"{"resourceType":"Patient","id":"twin"}"#,
                r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/ada"}}"#,
                r#"{"resourceType":"Binary","id":"b","contentType":"text/plain","data":"QQ=="}"#,
                r#"{"resourceType":"Organization","id":"org","name":"Clinic"}"#,
            ],
        );
        let rid = |id: &str| store.read(|r| r.rid(ORG, PATIENT, id)).unwrap().unwrap();
        let (ada, twin) = (rid("ada"), rid("twin"));
        let scope = Scope { persons: Persons::Audiences(vec![5]), ..all() };
        let seen = || {
            [("Patient", "ada"), ("Patient", "twin"), ("Observation", "o"), ("Binary", "b"), ("Organization", "org")]
                .map(|(type_, id)| {
                    let type_ = ResourceType::find(type_).unwrap();
                    store.read(|r| r.find(&scope, type_, id)).unwrap().is_some()
                })
        };
        let joined = move |tx: &mut WriteTx<'_>| {
            let commit = tx.commit_id();
            person::link(tx.conn()?, ORG, ada, ada, 5, commit, "same number")?;
            person::link(tx.conn()?, ORG, twin, ada, 5, commit, "same number")?;
            person::add_reach(tx.conn()?, ORG, continuo_store::alone(5), twin)
        };
        store.write(&context("link"), joined).unwrap();
        assert_eq!(seen(), [false, true, false, false, true]);
        store.write(&context("reach"), move |tx| person::add_reach(tx.conn()?, ORG, 5, twin)).unwrap();
        assert_eq!(seen(), [true, true, true, false, true], "the whole person, and nothing that is nobody's");
    });
}

#[test]
fn what_a_limited_writer_makes_is_noted_until_a_person_confirms_it() {
    on_each(|db| {
        let store = db.open();
        let limited = WriteContext { limited: true, ..context("put") };
        let prepare = store.prepare_context(ORG).unwrap();
        let ada = Prepared::parse(br#"{"resourceType":"Patient","id":"ada"}"#, &prepare).unwrap();
        let rid = store.write(&limited, move |tx| Ok(tx.put(&ada, &PutOptions::default())?.rid)).unwrap().value;
        put(&store, &[r#"{"resourceType":"Patient","id":"bo"}"#]);
        let bo = store.read(|r| r.rid(ORG, PATIENT, "bo")).unwrap().unwrap();
        let open = |rid| store.read(|r| limited_write::any_open(r.conn(), ORG, &[rid])).unwrap();
        assert_eq!([open(rid), open(bo)], [true, false]);
        store.write(&context("same"), move |tx| limited_write::confirm(tx.conn()?, ORG, rid)).unwrap();
        assert!(!open(rid));
        assert_eq!(store.read(|r| limited_write::among(r.conn(), ORG, &[rid, bo])).unwrap().len(), 1, "still theirs");
    });
}

#[test]
fn linking_patients_is_versioned() {
    on_each(|db| {
        let store = db.open();
        store
            .write(&context("link"), |tx| {
                let commit = tx.commit_id();
                person::link(tx.conn()?, ORG, Rid(1), Rid(9), 5, commit, "same number")?;
                person::link(tx.conn()?, ORG, Rid(2), Rid(9), 5, commit, "same number")
            })
            .unwrap();
        assert_eq!(store.read(|r| r.members(ORG, Rid(9))).unwrap(), [Rid(1), Rid(2)]);
        assert_eq!(store.read(|r| r.person_of(ORG, Rid(2))).unwrap(), Rid(9));
        store.write(&context("unlink"), |tx| person::unlink(tx.conn()?, ORG, Rid(2), 6)).unwrap();
        assert_eq!(store.read(|r| r.members(ORG, Rid(9))).unwrap(), [Rid(1)]);
        assert_eq!(store.read(|r| r.person_of(ORG, Rid(2))).unwrap(), Rid(2));
        assert_eq!(store.read(|r| r.members(ORG, Rid(2))).unwrap(), [Rid(2)]);
    });
}

#[test]
fn settings_keep_their_versions() {
    on_each(|db| {
        let store = db.open();
        store
            .write(&context("set"), |tx| {
                setting::set(tx.conn()?, ORG, "late", 1, "a", "3")?;
                setting::set(tx.conn()?, ORG, "late", 2, "b", "4")?;
                Ok(())
            })
            .unwrap();
        let now = store.read(|r| setting::newest(r.conn(), ORG, "late")).unwrap().unwrap();
        assert_eq!((now.version, now.value.as_str()), (2, "4"));
        assert_eq!(store.read(|r| setting::all(r.conn(), ORG)).unwrap(), [now]);
        let before = store.read(|r| setting::at(r.conn(), ORG, "late", 1)).unwrap().unwrap();
        assert_eq!((before.version, before.value.as_str()), (1, "3"));
        assert_eq!(store.read(|r| setting::history(r.conn(), ORG, "late")).unwrap().len(), 2);
    });
}

#[test]
fn kept_input_and_documents() {
    on_each(|db| {
        let store = db.open();
        store
            .write(&context("keep"), |tx| {
                let kept = input_kept::InputKept {
                    id: "i1".to_owned(),
                    at: 1,
                    source: "lab".to_owned(),
                    place: "a.json".to_owned(),
                    format: "fhir".to_owned(),
                    reason: "no id".to_owned(),
                    state: 0,
                    settled_by: String::new(),
                    settled_at: 0,
                    settled_why: String::new(),
                    mapping: String::new(),
                    bytes: b"{\xff".to_vec(),
                };
                assert!(input_kept::add(tx.conn()?, ORG, &kept)?);
                assert!(!input_kept::add(tx.conn()?, ORG, &input_kept::InputKept { id: "i2".to_owned(), ..kept })?);
                let commit = tx.commit_id();
                let how = input_kept::Settled { state: input_kept::FILED, by: "me", at: 2, why: "", commit };
                assert!(input_kept::settle(tx.conn()?, ORG, "i1", &how)?);
                assert!(!input_kept::settle(tx.conn()?, ORG, "i1", &how)?, "once");
                input_kept::reopen(tx.conn()?, ORG, commit)?;
                assert_eq!(input_kept::waiting(tx.conn()?, ORG)?, 1);
                input_kept::settle(tx.conn()?, ORG, "i1", &how)?;
                let blob = document_blob::DocumentBlob {
                    id: "d".to_owned(),
                    at: 1,
                    patient: Rid(0),
                    labels: 0,
                    type_: "application/pdf".to_owned(),
                    name: "fax.pdf".to_owned(),
                    bytes: vec![0, 1],
                };
                document_blob::add(tx.conn()?, ORG, &blob)?;
                document_blob::file_to(tx.conn()?, ORG, "d", Rid(3), 1)
            })
            .unwrap();
        assert_eq!(store.read(|r| input_kept::waiting(r.conn(), ORG)).unwrap(), 0);
        assert_eq!(
            store.read(|r| input_kept::in_state(r.conn(), ORG, input_kept::FILED, 9)).unwrap()[0].bytes,
            b"{\xff"
        );
        assert!(store.read(|r| document_blob::by_id(r.conn(), &all(), "d")).unwrap().is_some());
        let closed = Scope { hidden_labels: 1, ..all() };
        assert!(store.read(|r| document_blob::by_id(r.conn(), &closed, "d")).unwrap().is_none());
    });
}

#[test]
fn a_received_document_waits_is_settled_once_and_waits_again_after_undo() {
    on_each(|db| {
        let store = db.open();
        let blob = |id: &str, bytes: &[u8]| document_blob::DocumentBlob {
            id: id.to_owned(),
            at: 5,
            patient: Rid(0),
            labels: 0,
            type_: "application/pdf".to_owned(),
            name: "fax.pdf".to_owned(),
            bytes: bytes.to_vec(),
        };
        let (one, two) = (blob("a", b"%PDF-1"), blob("b", b"%PDF-2"));
        store
            .write(&context("receive"), move |tx| {
                for (blob, at) in [(&one, 7), (&two, 5)] {
                    document_blob::add(tx.conn()?, ORG, blob)?;
                    document_inbox::add(tx.conn()?, ORG, &blob.id, at, "fax")?;
                }
                Ok(())
            })
            .unwrap();
        let ids = || {
            let rows = store.read(|r| document_inbox::waiting(r.conn(), ORG, 10)).unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(), ["b", "a"], "oldest first");
        assert_eq!(store.read(|r| document_blob::known(r.conn(), ORG, b"%PDF-2")).unwrap().as_deref(), Some("b"));
        assert_eq!(store.read(|r| document_inbox::count_waiting(r.conn(), ORG)).unwrap(), (2, Some(5)));
        let settle = || {
            store
                .write(&context("file document"), |tx| {
                    let commit = tx.commit_id();
                    document_blob::file_to(tx.conn()?, ORG, "b", Rid(9), 2)?;
                    let how = document_inbox::Settled {
                        state: document_inbox::FILED,
                        document: "d",
                        by: "Practitioner/p",
                        at: 8,
                        reason: "",
                        commit,
                    };
                    Ok((document_inbox::settle(tx.conn()?, ORG, "b", &how)?, commit))
                })
                .unwrap()
                .value
        };
        let (first, commit) = settle();
        assert!(first);
        assert!(!settle().0, "it does not wait any more");
        assert_eq!(ids(), ["a"]);
        let row = store.read(|r| document_inbox::by_id(r.conn(), ORG, "b")).unwrap().unwrap();
        assert_eq!((row.document.as_str(), row.patient, row.labels, row.size), ("d", Rid(9), 2, 6));
        assert_eq!(store.read(|r| document_inbox::settled(r.conn(), ORG, 10)).unwrap().len(), 1);
        store.write(&context("undo"), move |tx| document_inbox::reopen(tx.conn()?, ORG, commit)).unwrap();
        assert_eq!(ids(), ["b", "a"]);
    });
}

#[test]
fn what_a_model_was_asked_waits_and_is_seen_in_scope() {
    on_each(|db| {
        let store = db.open();
        let row = |id: &str, labels: u64, due: i64| LlmCall {
            id: id.to_owned(),
            patient: Rid(7),
            labels,
            state: "waiting".to_owned(),
            subject: "Task/1".to_owned(),
            at: due,
            due,
            prompt: "día".to_owned(),
            ..LlmCall::default()
        };
        let rows = [row("a", 0, 20), row("b", 1, 10), row("c", 0, 99)];
        store
            .write(&context("ask"), move |tx| {
                for row in &rows {
                    llm_call::put(tx.conn()?, ORG, row)?;
                }
                let done = LlmCall { state: "done".to_owned(), answer: "{}".to_owned(), ..row("c", 0, 99) };
                llm_call::put(tx.conn()?, ORG, &done)
            })
            .unwrap();
        let ids = |rows: Vec<LlmCall>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(store.read(|r| llm_call::waiting(r.conn(), ORG, 50, 9)).unwrap()), ["b", "a"]);
        assert_eq!(ids(store.read(|r| llm_call::waiting(r.conn(), ORG, 10, 9)).unwrap()), ["b"]);
        let closed = Scope { hidden_labels: 1, ..all() };
        assert_eq!(ids(store.read(|r| llm_call::of_subject(r.conn(), &all(), "Task/1")).unwrap()), ["c", "a", "b"]);
        assert_eq!(ids(store.read(|r| llm_call::newest(r.conn(), &closed, 9)).unwrap()), ["c", "a"]);
        assert!(store.read(|r| llm_call::find(r.conn(), &closed, "b")).unwrap().is_none());
        assert_eq!(store.read(|r| llm_call::find(r.conn(), &all(), "c")).unwrap().unwrap().answer, "{}");
    });
}
