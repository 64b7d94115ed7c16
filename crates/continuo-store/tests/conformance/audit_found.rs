//! The audit narrowed by days, by who did it and by what was done, page by page, on both databases.

use crate::database::{ORG, on_each, put};
use continuo_store::tables::audit_entry::{AuditEntryRow, Filter, actions, found};
use continuo_store::{AuditEntry, DbUrl, Rid, Store};

fn read(store: &Store, actor: &str, action: &str, patient: i64) {
    store
        .audit_read(AuditEntry {
            org: ORG,
            actor: actor.to_owned(),
            action: action.to_owned(),
            patient: Rid(patient),
            subject: "Patient/p1".to_owned(),
            detail: String::new(),
        })
        .unwrap();
}

fn asked(store: &Store, filter: &Filter<'_>, most: i64) -> Vec<AuditEntryRow> {
    // What is read is audited beside the reader: a write waits for it.
    put(store, &[r#"{"resourceType":"Patient","id":"last","active":true}"#]);
    store.read(|r| found(r.conn(), ORG, filter, most)).unwrap()
}

#[test]
fn entries_are_found_by_each_filter_and_page_by_page_in_one_order() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"p1","gender":"male"}"#]);
        for at in 0..7 {
            read(&store, if at % 2 == 0 { "Practitioner/a" } else { "Practitioner/b" }, "read chart", 1);
        }
        read(&store, "Practitioner/a", "emergency access", 77);
        let all = asked(&store, &Filter::default(), 100);
        assert!(all.len() >= 9);
        assert!(all.windows(2).all(|two| (two[0].at, two[0].seq) > (two[1].at, two[1].seq)), "the newest first");

        let of_a = Filter { actor: "Practitioner/a", ..Filter::default() };
        assert_eq!(asked(&store, &of_a, 100).len(), 5);
        let kind = Filter { action: "read chart", ..of_a.clone() };
        assert_eq!(asked(&store, &kind, 100).len(), 4);
        let person = Filter { patient: Rid(77), ..Filter::default() };
        assert_eq!(asked(&store, &person, 100).len(), 1);
        let first = all.last().unwrap().at;
        assert!(asked(&store, &Filter { to: Some(first), ..Filter::default() }, 100).is_empty());
        assert!(asked(&store, &Filter { from: Some(i64::MAX), ..Filter::default() }, 100).is_empty());

        let whole: Vec<i64> = asked(&store, &kind, 100).iter().map(|row| row.seq).collect();
        let mut paged = Vec::new();
        let mut before = 0;
        loop {
            let page = asked(&store, &Filter { before, ..kind.clone() }, 3);
            let Some(last) = page.last() else { break };
            before = last.seq;
            paged.extend(page.iter().map(|row| row.seq));
        }
        assert_eq!(paged, whole, "no entry twice, none left out");

        let kinds = store.read(|r| actions(r.conn(), ORG, 100)).unwrap();
        assert!(
            kinds.contains(&"read chart".to_owned()) && kinds.contains(&"emergency access".to_owned()),
            "{kinds:?}"
        );
        assert!(kinds.windows(2).all(|two| two[0] != two[1]), "each once: {kinds:?}");
    });
}

/// Among millions of entries each question is a range of an index in the order in which it is shown: nothing is sorted.
#[test]
fn each_filter_of_the_audit_is_an_index_in_its_order() {
    on_each(|db| {
        if !matches!(db.url, DbUrl::File(_)) {
            return;
        }
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"p1"}"#]);
        for (asked, index) in [
            (" and at >= 5 and at < 9", "audit_by_time (org=? AND at>? AND at<?)"),
            (" and actor = 'a'", "audit_by_actor (org=? AND actor=?)"),
            (" and actor = 'a' and at >= 5 and at < 9", "audit_by_actor (org=? AND actor=? AND at>? AND at<?)"),
            (" and action = 'read' and at < 9", "audit_by_action (org=? AND action=? AND at<?)"),
        ] {
            let sql = format!(
                "explain query plan select seq, at, actor, action, patient, subject, commit_id, detail from audit
                 where org = 1{asked} order by at desc, seq desc limit 200"
            );
            let plan = store.read(|r| r.conn().query(&sql, &[], |row| row.text(3))).unwrap().join("; ");
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{asked}: {plan}");
        }
        for (asked, index) in [("", "PRIMARY KEY (org=?)"), (" and patient = 3 and patient <> 0", "audit_by_patient")] {
            let sql =
                format!("explain query plan select detail from audit where org = 1{asked} order by seq desc limit 200");
            let plan = store.read(|r| r.conn().query(&sql, &[], |row| row.text(3))).unwrap().join("; ");
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{asked}: {plan}");
        }
    });
}
