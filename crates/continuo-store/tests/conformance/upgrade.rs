//! Upgrades: a database that stands at any earlier migration, with data in it, opens at the newest with all of it.
//!
//! An earlier database is made from its own migrations and filled with the rows of today's that fit its columns: what
//! was there then, in the form it had.

use std::path::PathBuf;

use continuo_fhir::ResourceType;
use continuo_store::audit::verify;
use continuo_store::{DbUrl, Query, StartCheck, Store, StoreOptions, newest_schema};

use crate::database::{Database, ORG, all, context, on_each, put};

const PATIENT: ResourceType = ResourceType::of("Patient");

/// The migrations of a dialect up to a number, in order.
fn migrations(dialect: &str, most: i64) -> Vec<(i64, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(dialect);
    let mut found: Vec<(i64, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            (name[..4].parse().unwrap(), std::fs::read_to_string(&path).unwrap())
        })
        .filter(|(number, _)| *number <= most)
        .collect();
    found.sort();
    found
}

/// Some of everything that the first schema held: versions, a deletion, effects, reads in the audit.
fn fill(store: &Store) {
    for n in 0..30 {
        let text = format!(
            r#"{{"resourceType":"Patient","id":"p{n}","name":[{{"family":"Früh{n}","given":["Ada"]}}],"birthDate":"1960-02-{:02}"}}"#,
            1 + n % 28
        );
        put(store, &[&text]);
    }
    put(store, &[r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Später"}],"birthDate":"1961-01-01"}"#]);
    let observation = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"urn:c","code":"x"}]},"subject":{"reference":"Patient/p2"},"valueQuantity":{"value":1.00,"unit":"kg"}}"#;
    put(store, &[observation]);
    store
        .write(&context("delete"), |tx| {
            tx.add_effect("sms", "k", b"payload", 0)?;
            tx.delete(PATIENT, "p3", continuo_store::Expect::Anything)
        })
        .unwrap();
}

fn options(db: &Database) -> StoreOptions {
    StoreOptions { check: StartCheck::Full, ..db.options() }
}

fn check(db: &Database, url: &DbUrl, number: i64) {
    let store = Store::open(url, options(db)).unwrap_or_else(|error| panic!("from migration {number}: {error}"));
    let report = store.read(|r| verify(r.conn(), ORG, None, true)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new(), "from migration {number}");
    let now = store.read(|r| r.conn().query_int("select max(number) from schema_version", &[])).unwrap();
    assert_eq!(now, newest_schema());
    let family = |id: &str| {
        let stored = store.read(|r| r.get(&all(), PATIENT, id)).unwrap();
        String::from_utf8(stored.bytes.unwrap()).unwrap()
    };
    assert!(family("p1").contains("Später") && family("p29").contains("Früh29"));
    assert_eq!(store.read(|r| r.history(&all(), PATIENT, "p1", 9)).unwrap().len(), 2);
    assert!(store.read(|r| r.get(&all(), PATIENT, "p3")).is_err(), "the deleted one stays deleted");
    let found = |type_: ResourceType, query: &str| {
        store.read(|r| r.search(&all(), &Query::parse(type_, query).unwrap())).unwrap().total
    };
    assert_eq!(found(PATIENT, "family=fruh7"), Some(1), "from migration {number}");
    assert_eq!(found(ResourceType::of("Observation"), "patient=p2&code=urn:c|x"), Some(1));
    put(&store, &[r#"{"resourceType":"Patient","id":"after","gender":"female"}"#]);
    assert_eq!(found(PATIENT, "gender=female"), Some(1));
    let report = store.read(|r| verify(r.conn(), ORG, None, true)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

#[test]
fn a_database_of_each_earlier_migration_opens_at_the_newest_with_its_data() {
    on_each(|db| {
        let store = db.open();
        fill(&store);
        drop(store);
        match &db.url {
            DbUrl::Memory => {}
            DbUrl::File(path) => {
                for number in 1..newest_schema() {
                    let old = path.with_file_name(format!("old-{number}.db"));
                    earlier_file(path, &old, number);
                    check(db, &DbUrl::File(old), number);
                }
            }
            DbUrl::Postgres(text) => {
                // A database of its own each would do, but one can be turned back: today's rows wait in a schema.
                for number in 1..newest_schema() {
                    earlier_schema(text, number);
                    check(db, &db.url, number);
                }
            }
        }
    });
}

fn earlier_file(path: &std::path::Path, old: &std::path::Path, number: i64) {
    let conn = rusqlite::Connection::open(old).unwrap();
    conn.execute_batch("pragma journal_mode = wal; create table schema_version (number integer primary key)").unwrap();
    for (number, sql) in migrations("sqlite", number) {
        conn.execute_batch(&sql).unwrap();
        conn.execute("insert into schema_version values (?1)", [number]).unwrap();
    }
    conn.execute("attach ?1 as today", [path.to_str().unwrap()]).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let tables = names("select name from main.sqlite_master where type = 'table' and name not like 'sqlite_%'");
    for table in tables.iter().filter(|table| *table != "schema_version") {
        let of = |schema: &str| names(&format!("select name from pragma_table_info('{table}', '{schema}')"));
        let today = of("today");
        let columns: Vec<String> = of("main").into_iter().filter(|column| today.contains(column)).collect();
        let list = columns.join(", ");
        conn.execute_batch(&format!(
            "delete from main.{table}; insert into main.{table} ({list}) select {list} from today.{table}"
        ))
        .unwrap();
    }
}

fn earlier_schema(url: &str, number: i64) {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    let has = |client: &mut postgres::Client, schema: &str| {
        !client.query("select 1 from pg_namespace where nspname = $1", &[&schema]).unwrap().is_empty()
    };
    if !has(&mut client, "today") {
        client.batch_execute("alter schema public rename to today; create schema public").unwrap();
    } else {
        client.batch_execute("drop schema public cascade; create schema public").unwrap();
    }
    client.batch_execute("set search_path = public; create table schema_version (number bigint primary key)").unwrap();
    for (number, sql) in migrations("postgres", number) {
        client.batch_execute(&sql).unwrap();
        client.execute("insert into schema_version values ($1)", &[&number]).unwrap();
    }
    let tables = client
        .query("select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_version'", &[])
        .unwrap();
    for row in tables {
        let table: String = row.get(0);
        let columns = client
            .query(
                "select o.column_name from information_schema.columns o
                 join information_schema.columns t on t.table_schema = 'today' and t.table_name = o.table_name
                     and t.column_name = o.column_name
                 where o.table_schema = 'public' and o.table_name = $1",
                &[&table],
            )
            .unwrap();
        let list: Vec<String> = columns.iter().map(|row| format!("\"{}\"", row.get::<_, String>(0))).collect();
        let list = list.join(", ");
        client
            .batch_execute(&format!(
                "delete from public.{table};
                 insert into public.{table} ({list}) overriding system value select {list} from today.{table}"
            ))
            .unwrap();
    }
    // A number that the database itself gives goes on after the last.
    let sequences = client
        .query(
            "select s.sequencename from pg_sequences s join pg_sequences t on t.sequencename = s.sequencename
             where s.schemaname = 'public' and t.schemaname = 'today'",
            &[],
        )
        .unwrap();
    for row in sequences {
        let name: String = row.get(0);
        let last = format!("select setval('public.{name}', (select last_value from today.{name}) + 1000)");
        client.batch_execute(&last).unwrap();
    }
}
