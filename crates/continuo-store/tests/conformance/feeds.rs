//! What sends records here, on both databases.

use crate::database::{NOW, ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::tables::{feed, person};
use continuo_store::{Persons, Prepared, PutOptions, Rid, Scope};

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

#[test]
fn when_a_source_last_sent_something_of_somebody_is_told_only_of_what_is_in_scope() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"ada"}"#, r#"{"resourceType":"Patient","id":"bo"}"#]);
        let of = |id: &str, security: &str| {
            let text = format!(
                r#"{{"resourceType":"Observation","id":"{id}"{security},"status":"final","code":{{"text":"x"}},"subject":{{"reference":"Patient/ada"}}}}"#
            );
            let one = Prepared::parse(text.as_bytes(), &store.prepare_context(ORG).unwrap()).unwrap();
            let options = PutOptions { source: "recovery".to_owned(), ..PutOptions::default() };
            store.write(&context("import"), move |tx| tx.put(&one, &options).map(|_| ())).unwrap();
        };
        let rid = |id: &str| store.read(|r| r.rid(ORG, ResourceType::of("Patient"), id)).unwrap().unwrap();
        let (ada, bo) = (rid("ada"), rid("bo"));
        let last = |scope: &Scope, people: &[Rid]| {
            store.read(|r| feed::last_about(r.conn(), scope, "recovery", people)).unwrap()
        };
        let closed = Scope { hidden_labels: 1, audiences: vec![7], now: NOW.micros(), ..all() };
        assert_eq!(last(&all(), &[ada]), None, "nobody knows the source yet");
        of("private", r#","meta":{"security":[{"system":"urn:label","code":"part2"}]}"#);
        let now = NOW.micros();
        assert_eq!((last(&all(), &[ada]), last(&closed, &[ada])), (Some(now), None));
        assert_eq!((last(&all(), &[bo, ada]), last(&all(), &[bo]), last(&all(), &[])), (Some(now), None, None));
        let until = now + HOUR;
        store.write(&context("consent"), move |tx| person::open_labels(tx.conn()?, ORG, 7, ada, 1, until)).unwrap();
        assert_eq!(last(&closed, &[ada]), Some(now), "opened to the reader");
        store.write(&context("revoke"), move |tx| person::close_labels(tx.conn()?, ORG, 7, ada)).unwrap();
        of("plain", "");
        assert_eq!(last(&closed, &[ada, bo]), Some(now));
        assert_eq!(last(&Scope { persons: Persons::Only(vec![bo]), ..all() }, &[ada]), None);
    });
}
