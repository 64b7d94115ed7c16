//! Index and facts are derived: dropped and rebuilt they are the same.

use crate::database::{context, on_each, put};
use continuo_store::Store;
use continuo_store::conn::Value;

const TABLES: [&str; 12] = [
    "idx_clinical",
    "idx_code",
    "idx_token",
    "idx_identifier",
    "idx_reference",
    "idx_date",
    "idx_number",
    "idx_text",
    "idx_composite",
    "idx_date_several",
    "idx_label",
    "facts",
];

fn contents(store: &Store) -> Vec<Vec<Vec<Value>>> {
    let columns = |table: &str| match table {
        "facts" => 6,
        "idx_clinical" | "idx_code" => 8,
        "idx_token" | "idx_reference" | "idx_text" => 4,
        "idx_identifier" | "idx_date" | "idx_date_several" | "idx_label" => 5,
        "idx_number" => 6,
        _ => 7,
    };
    let read = |table: &str| {
        let order = (1..=columns(table)).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        let sql = format!("select * from {table} order by {order}");
        store.read(|r| r.conn().query(&sql, &[], |row| (0..columns(table)).map(|n| row.value(n)).collect())).unwrap()
    };
    TABLES.iter().map(|table| read(table)).collect()
}

#[test]
fn rebuilt_rows_are_the_same_rows() {
    on_each(|db| {
        if db.url == continuo_store::DbUrl::Memory {
            return;
        }
        let store = db.open();
        put(&store, crate::search::PEOPLE);
        put(&store, crate::search::OBSERVATIONS);
        put(
            &store,
            &[r#"{"resourceType":"Observation","id":"timed","status":"final","code":{"text":"c"},"effectiveTiming":
                {"event":["2026-01-01"],"repeat":{"boundsPeriod":{"start":"2025-12-01"}}}}"#],
        );
        put(&store, &[r#"{"resourceType":"Patient","id":"bo","gender":"other","name":[{"family":"Lopez"}]}"#]);
        let before = contents(&store);
        assert!(before.iter().all(|table| !table.is_empty()), "every table has rows to compare");
        store
            .write(&context("other build"), |tx| {
                tx.conn()?.execute("update marker set number = 7 where name = 'index'", &[])?;
                tx.conn()?.execute("delete from idx_token", &[])?;
                tx.conn()?.execute("update facts set packed = ?1", &[b"\x01".as_slice().into()])
            })
            .unwrap();
        drop(store);
        assert_eq!(contents(&db.open()), before);
    });
}
