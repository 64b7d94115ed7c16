//! D10: when the audit cannot be written, the store closes: no read, no write.

use crate::database::{ORG, all, context, on_each, put};
use continuo_fhir::ResourceType;
use continuo_store::{AuditEntry, Error, Rid};

#[test]
fn after_a_failed_audit_commit_every_read_is_refused() {
    on_each(|db| {
        let store = db.open();
        put(&store, &[r#"{"resourceType":"Patient","id":"a"}"#]);
        let entry = AuditEntry {
            org: ORG,
            actor: "Practitioner/p1".to_owned(),
            action: "read".to_owned(),
            patient: Rid(1),
            subject: "Patient/a".to_owned(),
            detail: String::new(),
        };
        store.audit_read(entry.clone()).unwrap();
        let rows =
            || store.read(|r| r.conn().query_int("select count(*) from audit where action = 'read'", &[])).unwrap();
        let started = std::time::Instant::now();
        while rows() == 0 {
            assert!(started.elapsed().as_secs() < 5, "the row never came");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // From here on the audit table refuses rows without a person.
        store
            .write(&context("break"), |tx| {
                tx.conn()?.execute("create unique index broken on audit (org, action, patient)", &[])
            })
            .unwrap();
        store.audit_read(entry).unwrap();
        let started = std::time::Instant::now();
        loop {
            match store.read(|r| r.get(&all(), ResourceType::of("Patient"), "a")) {
                Err(Error::Closed(_)) => break,
                _ => assert!(started.elapsed().as_secs() < 5, "reads go on without audit"),
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert!(matches!(store.write(&context("late"), |_| Ok(())), Err(Error::Closed(_))));
    });
}
