//! What sends records here, on both databases.

use crate::database::{NOW, ORG, context, on_each};
use continuo_store::tables::feed;

const HOUR: i64 = 3_600_000_000;

#[test]
fn a_source_is_heard_once_a_minute_and_its_silence_is_kept() {
    on_each(|db| {
        let store = db.open();
        let now = NOW.micros();
        for _ in 0..3 {
            store.write(&context("import"), |tx| tx.heard("mercy")).unwrap();
        }
        // A closure that fails heard nothing.
        let failed = store.write(&context("import"), |tx| {
            tx.heard("county")?;
            Err::<(), _>(continuo_store::Error::Refused("no".to_owned()))
        });
        assert!(failed.is_err());
        store.write(&context("import"), move |tx| feed::heard(tx.conn()?, ORG, "mercy", now - 30 * HOUR)).unwrap();
        let all = store.read(|r| feed::all(r.conn(), ORG)).unwrap();
        let [mercy] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((mercy.first, mercy.last, mercy.silent_after), (now - 30 * HOUR, now, 0));
        let hours = store.read(|r| feed::hours(r.conn(), ORG, "mercy", 0)).unwrap();
        assert_eq!(hours.len(), 2);

        let worked_out = feed::Feed { silent_after: now + HOUR, usual: "hourly".to_owned(), ..mercy.clone() };
        store.write(&context("listen"), move |tx| feed::work_out(tx.conn()?, ORG, &worked_out)).unwrap();
        let silent = |at: i64| store.read(|r| feed::silent(r.conn(), ORG, at)).unwrap().len();
        assert_eq!((silent(now), silent(now + HOUR)), (0, 1));
        let noticed = feed::Silence {
            source: "mercy".to_owned(),
            since: now,
            noticed: now + HOUR,
            ended: 0,
            taken_by: String::new(),
            taken_at: 0,
            note: String::new(),
            task: "t1".to_owned(),
            people: 12,
            brings: "results".to_owned(),
        };
        let row = noticed.clone();
        store.write(&context("listen"), move |tx| feed::notice(tx.conn()?, ORG, &row)).unwrap();
        assert_eq!(store.read(|r| feed::open_silences(r.conn(), ORG)).unwrap(), [noticed]);
        store.write(&context("listen"), move |tx| feed::end(tx.conn()?, ORG, "mercy", now + 2 * HOUR)).unwrap();
        assert_eq!(store.read(|r| feed::open_silences(r.conn(), ORG)).unwrap(), []);
        assert_eq!(store.read(|r| feed::silences_of(r.conn(), ORG, "mercy", 5)).unwrap().len(), 1);
        // Nothing of it is known as a source of resources, so it brings nothing.
        assert_eq!(store.read(|r| feed::sent_of(r.conn(), ORG, "mercy", "Observation", 10)).unwrap(), []);
    });
}
