//! The writing child, and what the parent checks afterwards.

use crate::database::{NOW, ORG};
use continuo_fhir::ResourceType;
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_store::audit::verify;
use continuo_store::tables::org::Org;
use continuo_store::{
    AuditEntry, DbUrl, EXIT_COMMIT_FAILED, Prepared, PutOptions, Rid, Scope, StartCheck, Store, StoreOptions,
    WriteContext,
};
use std::io::Write;
use std::sync::Arc;

/// Where the child finds its database; the test below does nothing without it.
pub(crate) const URL: &str = "CONTINUO_CHILD_URL";
/// A number that keeps the ids of one run apart from those of the runs before.
pub(crate) const RUN: &str = "CONTINUO_CHILD_RUN";

const OBSERVATION: ResourceType = ResourceType::of("Observation");

pub(crate) fn open(url: &str, check: StartCheck, exit: bool) -> continuo_store::Result<Store> {
    let mut options = StoreOptions::new(Arc::new(FixedClock::new(NOW)), Arc::new(SeededIds::new(1, NOW)));
    options.check = check;
    if exit {
        options.on_commit_failed = Arc::new(|_| std::process::exit(EXIT_COMMIT_FAILED));
    }
    let store = Store::open(&DbUrl::parse(url)?, options)?;
    store.add_organization(&Org { org: ORG, name: "Clinic".to_owned(), zone: "UTC".to_owned() })?;
    Ok(store)
}

fn text(id: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"urn:x","code":"c{id}"}}]}},"subject":{{"reference":"Patient/p"}},"note":[{{"text":"{}"}}]}}"#,
        id.repeat(30)
    )
}

/// Not a test of its own: the parent starts the test binary with this name and an address.
#[test]
fn writes_until_it_is_ended() {
    let (Ok(url), Ok(run)) = (std::env::var(URL), std::env::var(RUN)) else { return };
    // A process that another test is just starting holds, until it is itself, whatever files its parent had open: the lock
    // beside the database too.
    let mut tries = (0..20).map(|n| {
        std::thread::sleep(std::time::Duration::from_millis(50 * n));
        open(&url, StartCheck::Head, true)
    });
    let Some(store) = tries.find_map(Result::ok) else {
        let error = open(&url, StartCheck::Head, true).err();
        std::io::stdout().write_all(format!("\n{error:?}\n").as_bytes()).unwrap();
        std::process::exit(2)
    };
    let prepare = store.prepare_context(ORG).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (store, prepare, run) = (&store, &prepare, &run);
            scope.spawn(move || {
                for n in 0..5_000_usize {
                    let id = format!("{run}-{thread}-{n}");
                    // Every fifth write is an action of several rows.
                    let rows: Vec<Prepared> = (0..if n.is_multiple_of(5) { 4 } else { 1 })
                        .map(|part| Prepared::parse(text(&format!("{id}-{part}")).as_bytes(), prepare).unwrap())
                        .collect();
                    let key = id.clone();
                    let done = store.write(&WriteContext::new(ORG, "system/child", "write"), move |tx| {
                        for row in &rows {
                            tx.put(row, &PutOptions::default())?;
                        }
                        tx.add_effect("sms", &key, b"payload", 0)
                    });
                    match done {
                        // One write call a line, so that no line is torn.
                        Ok(_) => std::io::stdout().write_all(format!("\nack {id}\n").as_bytes()).unwrap(),
                        Err(error) => std::io::stdout().write_all(format!("\nerr {error}\n").as_bytes()).unwrap(),
                    }
                    let entry = AuditEntry {
                        org: ORG,
                        actor: "system/child".to_owned(),
                        action: "read".to_owned(),
                        patient: Rid(0),
                        subject: id,
                        detail: String::new(),
                    };
                    let _ = store.audit_read(entry);
                }
            });
        }
    });
}

/// The acknowledged ids in what the child printed.
pub(crate) fn acknowledged(output: &str) -> Vec<String> {
    output.lines().filter_map(|line| line.strip_prefix("ack ")).map(ToOwned::to_owned).collect()
}

/// Opens the database with the full check and looks for every acknowledged action, whole.
pub(crate) fn all_there(url: &str, acknowledged: &[String]) {
    let store = open(url, StartCheck::Full, false).unwrap();
    let report = store.read(|r| verify(r.conn(), ORG, None, true)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    store
        .read(|r| {
            for id in acknowledged {
                let n: usize = id.rsplit('-').next().unwrap().parse().unwrap();
                for part in 0..if n.is_multiple_of(5) { 4 } else { 1 } {
                    let id = format!("{id}-{part}");
                    let found = r.get(&Scope::all(ORG), OBSERVATION, &id).unwrap_or_else(|e| panic!("lost: {e}"));
                    let bytes = String::from_utf8(found.bytes.unwrap()).unwrap();
                    assert!(bytes.ends_with(&text(&id)[text(&id).find(r#","status""#).unwrap()..]), "{id} differs");
                }
                let sql = "select count(*) from outbox where kind = 'sms' and key = ?1";
                assert_eq!(r.conn().query_int(sql, &[id.as_str().into()])?, 1, "effect of {id}");
            }
            Ok(())
        })
        .unwrap();
}
