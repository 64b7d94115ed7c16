//! Backup and restore. A backup is always a SQLite file: a copy of the file, or every row of a PostgreSQL database.
//!
//! Restoring a backup into the other database is the way from one to the other. A restored database's audit chain is
//! checked before anybody may use it.

use crate::audit::verify;
use crate::conn::{Bulk, ColumnKind, Conn, Dialect, Param, Value};
use crate::error::{Error, Result};
use crate::migrate::migrate;
use crate::open::Opener;
use crate::start;
use crate::url::DbUrl;
use std::fs::File;
use std::path::Path;

/// Rows in one insert.
const CHUNK: usize = 2_000;

/// Tables a migration fills, or that the restore makes itself.
const NOT_COPIED: [&str; 2] = ["schema_version", "label_bit"];

fn io(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::Invalid(format!("{what} `{}`: {error}", path.display()))
}

/// Copies what `from` holds at this moment into a new file.
pub(crate) fn backup(from: &mut Conn, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::Invalid(format!("backup `{}` exists already", to.display())));
    }
    // One snapshot for the whole copy; readers and the writer go on meanwhile.
    from.batch(from.dialect().begin_read())?;
    let copied = copy_all(from, to);
    from.batch("rollback")?;
    copied?;
    File::open(to).and_then(|file| file.sync_all()).map_err(|e| io("backup", to, &e))
}

fn copy_all(from: &mut Conn, to: &Path) -> Result<()> {
    // The snapshot starts with the first read.
    start::organizations(from)?;
    let Some(source) = from.as_sqlite() else {
        let mut file = Opener::new(&DbUrl::File(to.to_owned()))?.writer()?;
        migrate(&mut file)?;
        copy(from, &mut file)?;
        return file.batch("pragma wal_checkpoint(truncate)");
    };
    crate::open::own_file(to).map_err(|e| io("backup", to, &e))?;
    let mut target = rusqlite::Connection::open(to)?;
    let copy = rusqlite::backup::Backup::new(source, &mut target)?;
    // All pages in one step: the snapshot is held, so nothing can change underneath.
    match copy.step(-1)? {
        rusqlite::backup::StepResult::Done => Ok(()),
        other => Err(Error::sql("backup", format!("{other:?}"))),
    }
}

/// Fills an empty database from a backup file and checks the chain of every organization; says how many rows it wrote.
pub fn restore(from: &Path, to: &DbUrl) -> Result<u64> {
    if !from.is_file() {
        return Err(Error::NotFound(format!("backup `{}`", from.display())));
    }
    if let DbUrl::File(path) = to
        && path.exists()
    {
        return Err(Error::Invalid(format!("database `{}` exists already", path.display())));
    }
    // The backup itself stays as it is: a copy is brought to this build's schema.
    let work = match to {
        DbUrl::File(path) => path.clone(),
        DbUrl::Memory | DbUrl::Postgres(_) => from.with_extension("restoring"),
    };
    crate::open::own_file(&work).and_then(|()| std::fs::copy(from, &work)).map_err(|e| io("restore", &work, &e))?;
    let mut source = Opener::new(&DbUrl::File(work.clone()))?.writer()?;
    migrate(&mut source)?;
    start::integrity(&mut source)?;
    let rows = match to {
        DbUrl::File(_) => {
            File::open(&work).and_then(|file| file.sync_all()).map_err(|e| io("restore", &work, &e))?;
            check(&mut source)?;
            source.query_int("select count(*) from resource where body is not null", &[])? as u64
        }
        DbUrl::Memory | DbUrl::Postgres(_) => {
            let mut target = Opener::new(to)?.writer()?;
            migrate(&mut target)?;
            let rows = fill(&mut source, &mut target);
            drop(source);
            for end in ["restoring", "restoring-wal", "restoring-shm"] {
                // Only a leftover of our own; the backup is untouched either way.
                let _ = std::fs::remove_file(from.with_extension(end));
            }
            rows?
        }
    };
    Ok(rows)
}

fn fill(source: &mut Conn, target: &mut Conn) -> Result<u64> {
    if !start::organizations(target)?.is_empty() {
        return Err(Error::Refused("the database to restore into is not empty".to_owned()));
    }
    target.batch(target.dialect().begin_write())?;
    let filled = copy(source, target).and_then(|rows| {
        if target.dialect() == Dialect::Postgres {
            target.query(
                "select setval('rid_block', (select coalesce(max(rid), 0) + 256 from resource))",
                &[],
                |_| Ok(()),
            )?;
        }
        check(target)?;
        Ok(rows)
    });
    target.batch(if filled.is_ok() { "commit" } else { "rollback" })?;
    filled
}

fn check(conn: &mut Conn) -> Result<()> {
    let organizations = start::organizations(conn)?;
    if organizations.is_empty() {
        return Err(Error::Damaged("the backup holds no organization".to_owned()));
    }
    for org in organizations {
        let report = verify(conn, org, None, true)?;
        if let Some(problem) = report.problems.first() {
            return Err(Error::Damaged(format!("organization {org}: {problem}")));
        }
    }
    Ok(())
}

/// Copies every table; both sides have this build's schema. One of the two is SQLite, which names the columns.
fn copy(from: &mut Conn, to: &mut Conn) -> Result<u64> {
    let mut rows = 0;
    let tables = tables(if from.dialect() == Dialect::Sqlite { from } else { to })?;
    for (table, columns) in tables {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let sql = format!("select {} from {table}", names.join(", "));
        let kinds = columns.iter().map(|(name, kind)| (name.clone().into(), *kind)).collect();
        let mut bulk = Bulk::of(table.clone().into(), kinds);
        from.for_each(&sql, &[], |row| {
            let values: Result<Vec<Value>> = (0..columns.len()).map(|n| row.value(n)).collect();
            let values = values?;
            let params: Vec<Param<'_>> =
                values.iter().zip(&columns).map(|(value, (_, kind))| typed(value, *kind)).collect();
            bulk.push(&params);
            rows += 1;
            if bulk.len() >= CHUNK {
                to.insert_bulk(&bulk)?;
                bulk.clear();
            }
            Ok(())
        })?;
        to.insert_bulk(&bulk)?;
    }
    Ok(rows)
}

/// SQLite hands a whole real back as it likes; the other side wants a real.
fn typed(value: &Value, kind: ColumnKind) -> Param<'_> {
    match (value, kind) {
        (Value::Int(n), ColumnKind::Real) => Param::Real(*n as f64),
        _ => value.as_param(),
    }
}

type Columns = Vec<(String, ColumnKind)>;

fn tables(sqlite: &mut Conn) -> Result<Vec<(String, Columns)>> {
    let names = sqlite.query(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' order by name",
        &[],
        |row| row.text(0),
    )?;
    let mut out = Vec::new();
    for table in names.into_iter().filter(|name| !NOT_COPIED.contains(&name.as_str())) {
        let columns = sqlite.query(&format!("pragma table_info({table})"), &[], |row| {
            let kind = match row.str(2)?.to_ascii_lowercase().as_str() {
                "real" => ColumnKind::Real,
                "text" => ColumnKind::Text,
                "blob" => ColumnKind::Blob,
                _ => ColumnKind::Int,
            };
            Ok((row.text(1)?, kind))
        })?;
        out.push((table, columns));
    }
    Ok(out)
}
