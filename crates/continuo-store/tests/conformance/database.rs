//! Databases for the suite: a temporary SQLite file, one in memory, and a PostgreSQL server started for this run.

use continuo_fhir::Instant;
use continuo_fhir::clock::{FixedClock, SeededIds};
use continuo_store::tables::org::Org;
use continuo_store::{DbUrl, OrgId, Prepared, PutOptions, Scope, Store, StoreOptions, WriteContext};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

pub(crate) const ORG: OrgId = OrgId(1);
/// 2026-08-01T12:00:00Z
pub(crate) const NOW: Instant = Instant::from_micros(1_785_585_600_000_000);

/// One database under test.
pub(crate) struct Database {
    pub(crate) url: DbUrl,
    pub(crate) clock: Arc<FixedClock>,
    _kept: Kept,
}

/// What holds the database and takes it away when the test is done with it.
#[expect(dead_code, reason = "held for what happens when it is dropped")]
enum Kept {
    Folder(tempfile::TempDir),
    OnServer(Dropped),
    Elsewhere,
}

/// A database of the server of this test run.
struct Dropped {
    admin: String,
    name: String,
}

impl Drop for Dropped {
    /// A run makes hundreds; all of them at once would fill a small disk.
    fn drop(&mut self) {
        let sql = format!("drop database if exists {} with (force)", self.name);
        let done = postgres::Client::connect(&self.admin, postgres::NoTls).and_then(|mut db| db.batch_execute(&sql));
        if let Err(error) = done {
            eprintln!("{} stays until the server ends: {error}", self.name);
        }
    }
}

impl Database {
    pub(crate) fn options(&self) -> StoreOptions {
        let ids = Arc::new(SeededIds::new(7, NOW));
        let mut options = StoreOptions::new(self.clock.clone(), ids);
        options.labels =
            vec![("urn:label".to_owned(), "part2".to_owned(), 0), ("urn:label".to_owned(), "hiv".to_owned(), 3)];
        options
    }

    /// The database as a crash would leave it now; a server's own where several processes may use it.
    pub(crate) fn after_a_crash(&self) -> Database {
        let (mut url, mut kept) = (self.url.clone(), Kept::Elsewhere);
        if let DbUrl::File(path) = &self.url {
            let to = tempfile::tempdir().unwrap();
            let copied = to.path().join("continuo.db");
            for end in ["", "-wal"] {
                let with = |path: &std::path::Path| format!("{}{end}", path.display());
                std::fs::copy(with(path), with(&copied)).unwrap();
            }
            (url, kept) = (DbUrl::File(copied), Kept::Folder(to));
        }
        Database { url, clock: self.clock.clone(), _kept: kept }
    }

    pub(crate) fn open(&self) -> Store {
        self.open_with(self.options())
    }

    pub(crate) fn open_with(&self, options: StoreOptions) -> Store {
        let store = Store::open(&self.url, options).unwrap();
        store
            .add_organization(&Org { org: ORG, name: "Clinic".to_owned(), zone: "America/New_York".to_owned() })
            .unwrap();
        store
    }
}

/// Runs a test on every database there is.
pub(crate) fn on_each(test: impl Fn(&Database)) {
    let clock = || Arc::new(FixedClock::new(NOW));
    test(&Database { url: DbUrl::Memory, clock: clock(), _kept: Kept::Elsewhere });
    let folder = tempfile::tempdir().unwrap();
    let url = DbUrl::File(folder.path().join("continuo.db"));
    test(&Database { url, clock: clock(), _kept: Kept::Folder(folder) });
    match postgres_database() {
        Some((url, dropped)) => test(&Database { url, clock: clock(), _kept: Kept::OnServer(dropped) }),
        None => eprintln!("SKIPPED: PostgreSQL (initdb) is not on this machine"),
    }
}

pub(crate) fn context(action: &str) -> WriteContext {
    WriteContext::new(ORG, "Practitioner/p1", action)
}

/// Puts resources in one commit, by their JSON.
pub(crate) fn put(store: &Store, texts: &[&str]) {
    let prepare = store.prepare_context(ORG).unwrap();
    let ready: Vec<Prepared> = texts.iter().map(|t| Prepared::parse(t.as_bytes(), &prepare).unwrap()).collect();
    store
        .write(&context("put"), move |tx| {
            for prepared in &ready {
                tx.put(prepared, &PutOptions::default())?;
            }
            Ok(())
        })
        .unwrap();
}

pub(crate) fn all() -> Scope {
    Scope::all(ORG)
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();
static NUMBER: AtomicU64 = AtomicU64::new(0);

struct Server {
    socket: PathBuf,
}

/// A fresh database on the server of this test run.
fn postgres_database() -> Option<(DbUrl, Dropped)> {
    let server = SERVER.get_or_init(start_server).as_ref()?;
    let host = server.socket.to_str()?.replace('/', "%2F");
    let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let admin = format!("postgres://continuo@{host}/postgres");
    let mut client = postgres::Client::connect(&admin, postgres::NoTls).unwrap();
    client.batch_execute(&format!("create database {name} template template0 encoding 'UTF8'")).unwrap();
    Some((DbUrl::Postgres(format!("postgres://continuo@{host}/{name}")), Dropped { admin, name }))
}

/// Starts a server that ends with this process (`tests/postgres-for-tests.sh` watches it).
fn start_server() -> Option<Server> {
    let folder = tempfile::Builder::new().prefix("continuo-pg-").tempdir().ok()?.keep();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres-for-tests.sh");
    let status = Command::new("sh")
        .arg(script)
        .arg(&folder)
        .arg(std::process::id().to_string())
        .stdout(Stdio::null())
        .status()
        .ok()?;
    status.success().then_some(Server { socket: folder })
}
