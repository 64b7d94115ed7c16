//! PostgreSQL over TLS: each `sslmode` does what libpq says, against a server that takes nothing else.

use crate::database::NOW;
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_store::{DbUrl, Store, StoreOptions};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A server on a port of this machine that takes TLS connections only; `None` where PostgreSQL is not there.
fn server(certificates: &Path) -> Option<u16> {
    let folder = tempfile::Builder::new().prefix("continuo-tls-").tempdir().ok()?.keep();
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let status = Command::new("sh")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres-for-tests.sh"))
        .arg(&folder)
        .arg(std::process::id().to_string())
        .arg(port.to_string())
        .arg(certificates)
        .stdout(Stdio::null())
        .status()
        .ok()?;
    status.success().then_some(port)
}

#[test]
fn every_sslmode_is_that_of_libpq() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls");
    let Some(port) = server(&folder) else {
        eprintln!("SKIPPED: PostgreSQL (initdb) is not on this machine");
        return;
    };
    let open = |host: &str, query: &str| {
        let url = DbUrl::Postgres(format!("postgres://continuo@{host}:{port}/postgres?{query}"));
        let options = StoreOptions::new(Arc::new(FixedClock::new(NOW)), Arc::new(SeededIds::new(7, NOW)));
        Store::open(&url, options).map(|_| ()).map_err(|e| e.to_string())
    };
    let file = |name: &str| folder.join(name).display().to_string().replace('/', "%2F");
    let (ours, other) = (file("ca.crt"), file("other.crt"));
    // The address is no name of the certificate; `localhost` is.
    for (host, query, works) in [
        ("127.0.0.1", "sslmode=disable".to_owned(), false),
        ("127.0.0.1", String::new(), true),
        ("127.0.0.1", "sslmode=allow".to_owned(), true),
        ("127.0.0.1", "sslmode=require".to_owned(), true),
        ("127.0.0.1", format!("sslmode=require&sslrootcert={other}"), false),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ours}"), true),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={other}"), false),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={ours}"), false),
        ("localhost", format!("sslmode=verify-full&sslrootcert={ours}"), true),
        ("localhost", "sslmode=verify-full".to_owned(), false),
        ("localhost", "sslmode=verify-full&sslrootcert=%2Fnowhere".to_owned(), false),
    ] {
        let outcome = open(host, &query);
        assert_eq!(outcome.is_ok(), works, "{host} {query}: {outcome:?}");
    }
}
