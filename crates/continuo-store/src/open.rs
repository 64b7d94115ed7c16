//! Opens connections: pragmas for SQLite, session settings for PostgreSQL.

use crate::conn::{Conn, Dialect};
use crate::error::{Error, Result};
use crate::url::DbUrl;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Opens any number of connections to one database.
#[derive(Clone)]
pub(crate) struct Opener {
    url: DbUrl,
    /// The file or the name of the database in memory.
    sqlite: String,
    /// The largest file that readers map into memory, in bytes.
    mapped: u64,
    /// For one command that writes very much.
    bulk: bool,
}

/// The writer's page cache in KiB, and pages of the log after which it is copied into the file. Copied often, the same
/// busy index pages are written again and again: a large load wrote twelve times what it left. Of the writer's usual cache
/// 12 MiB more bought nothing that could be measured.
const USUAL: (u32, u32) = (20_480, 4_000);
const BULK: (u32, u32) = (262_144, 65_536);

/// A reader's page cache in KiB: what a page of a large clinic looks at, and no more, since there are many readers.
const READERS_KEEP: u32 = 4_096;

/// The largest file that is mapped: its pages count as the process's memory but are the system's to take back. A larger file
/// is not mapped at all. Mapping a part of it saves nothing that can be measured, and on a disk that is not in memory each
/// page looked at brings its whole neighborhood: up to 8 MiB, 10 ms of a fast disk, where the page itself takes a tenth of
/// one. The first chart took 69 ms instead of 8.
pub(crate) const MAPPED: u64 = 1 << 30;

static MEMORY: AtomicU64 = AtomicU64::new(0);

/// Ends what `bulk` began. Every page that a reader asks for is first looked for in the log, a table of 4,096 at a time:
/// with a log of 65,536 pages that was half of the time of linking and assessing after a load.
pub(crate) fn after_load(conn: &mut Conn) -> Result<()> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let (cache, pages) = USUAL;
            conn.batch(&format!(
                "pragma wal_checkpoint(truncate); pragma wal_autocheckpoint = {pages}; pragma cache_size = -{cache}"
            ))
        }
        Dialect::Postgres => Ok(()),
    }
}

impl Opener {
    pub(crate) fn new(url: &DbUrl) -> Result<Self> {
        let sqlite = match url {
            DbUrl::File(path) => {
                path.to_str().ok_or_else(|| Error::Invalid("database path is not UTF-8".to_owned()))?.to_owned()
            }
            // `memdb` shares one database between the connections of this process; it lives as long as one is open.
            DbUrl::Memory => format!("file:/continuo-{}?vfs=memdb", MEMORY.fetch_add(1, Ordering::Relaxed)),
            DbUrl::Postgres(_) => String::new(),
        };
        Ok(Self { url: url.clone(), sqlite, mapped: MAPPED, bulk: false })
    }

    pub(crate) fn mapping(self, mapped: u64) -> Self {
        Self { mapped, ..self }
    }

    pub(crate) fn bulk(self, bulk: bool) -> Self {
        Self { bulk, ..self }
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.url, DbUrl::File(_))
    }

    pub(crate) fn writer(&self) -> Result<Conn> {
        self.open(true)
    }

    pub(crate) fn reader(&self) -> Result<Conn> {
        self.open(false)
    }

    /// A connection for what several processes share; SQLite has one process.
    pub(crate) fn shared(&self) -> Result<Option<Conn>> {
        match self.url {
            DbUrl::Postgres(_) => self.open(true).map(Some),
            DbUrl::File(_) | DbUrl::Memory => Ok(None),
        }
    }

    fn open(&self, writes: bool) -> Result<Conn> {
        let failed = |cause: String| Error::Open { url: self.url.shown(), cause };
        match &self.url {
            DbUrl::Postgres(text) => {
                let pipe = crate::conn::tls::connect(text).map_err(|e| failed(e.to_string()))?;
                let mut conn = Conn::postgres(pipe);
                // synchronous_commit=on whatever the server's default: what is acknowledged is on disk.
                conn.batch("set synchronous_commit = on; set timezone = 'UTC'; set jit = off")
                    .map_err(|e| failed(e.to_string()))?;
                Ok(conn)
            }
            DbUrl::File(_) | DbUrl::Memory => {
                let mut flags =
                    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                if writes {
                    flags |= OpenFlags::SQLITE_OPEN_CREATE;
                }
                if writes && let DbUrl::File(path) = &self.url {
                    own_file(path).map_err(|e| failed(e.to_string()))?;
                }
                let connection = Connection::open_with_flags(&self.sqlite, flags).map_err(|e| failed(e.to_string()))?;
                // A plan that hangs on bound values is made anew at each call: with a bound `limit`, every time.
                connection
                    .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
                    .map_err(|e| failed(e.to_string()))?;
                connection.busy_timeout(Duration::from_secs(10)).map_err(|e| failed(e.to_string()))?;
                connection.execute_batch(&self.pragmas(writes)).map_err(|e| failed(e.to_string()))?;
                Ok(Conn::sqlite(connection))
            }
        }
    }

    /// Bytes to map: all that may be, of a file that fits in it.
    fn mapping_now(&self) -> u64 {
        let DbUrl::File(path) = &self.url else { return self.mapped };
        let fits = path.metadata().is_ok_and(|file| file.len() <= self.mapped);
        if fits { self.mapped } else { 0 }
    }

    /// synchronous=FULL: in a power-cut trial NORMAL lost acknowledged writes.
    fn pragmas(&self, writes: bool) -> String {
        let journal = match self.url {
            DbUrl::File(_) => "pragma journal_mode = wal;",
            _ => "",
        };
        let query_only = if writes { "" } else { "pragma query_only = on;" };
        // Readers look into the mapped file and copy what is still in the log.
        let (written, pages) = if self.bulk { BULK } else { USUAL };
        let (cache, mapped) = if writes { (written, 0) } else { (READERS_KEEP, self.mapping_now()) };
        // Looking every cell of a page over took 4 % of the time of pages: readers begin anew after each commit.
        // What the writer builds on is looked over, and the whole file when the server starts.
        let checked = if writes { "on" } else { "off" };
        format!(
            "{journal} pragma synchronous = full; pragma temp_store = memory; pragma cache_size = -{cache};
             pragma mmap_size = {mapped}; pragma wal_autocheckpoint = {pages}; pragma foreign_keys = off;
             pragma trusted_schema = off; pragma cell_size_check = {checked}; {query_only}"
        )
    }
}

/// Makes a file that only its owner reads, where there is none: it holds everybody's records, and SQLite gives its log the
/// same rights. A file that is there keeps its own; one that others may read is named in the log.
#[cfg(unix)]
pub(crate) fn own_file(path: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(path)?.permissions().mode();
            if mode & 0o077 != 0 {
                tracing::warn!(
                    mode = format!("{:o}", mode & 0o777),
                    "others on this machine may read the database file"
                );
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Elsewhere the folder's own rights count.
#[cfg(not(unix))]
pub(crate) fn own_file(_: &std::path::Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_new_file_is_its_owners_alone() {
        let folder = std::env::temp_dir().join(format!("continuo-own-file-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("a.db");
        for _ in 0..2 {
            super::own_file(&path).expect("made, and left as it is");
            assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
