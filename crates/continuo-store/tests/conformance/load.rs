//! The end of a large load: the log goes into the file, and what comes after is written and kept as before.

use crate::database::{all, on_each, put};
use continuo_store::{DbUrl, Slice, Store};

fn people(store: &Store) -> usize {
    let slice = Slice { most: 1_000, ..Slice::default() };
    store.read(|r| r.export(&all(), &slice)).unwrap().len()
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
