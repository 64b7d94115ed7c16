//! One connection, two dialects.
//!
//! SQL is written once, in lower case, with `?1` parameters; the PostgreSQL side rewrites them to `$1`.
//! What the dialects do not share is listed in `dialect.rs`. Statements are prepared once a connection.
//! Used by every file of this crate; nothing above the crate sees SQL.

mod bulk;
mod dialect;
mod gather;
pub(crate) mod pipe;
mod postgres;
mod row;
mod sqlite;
pub(crate) mod tls;
mod value;

pub(crate) use bulk::OneRow;
pub use bulk::{Bulk, Column, ColumnKind};
pub use dialect::Dialect;
pub use row::Row;
pub use value::{Param, Value};

use crate::error::Result;

/// A step of a transaction of the writer or of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The writer's transaction begins. Until it ends, PostgreSQL tells of a statement that failed at the next answer that
    /// somebody waits for, at the latest at `Release` and `Settle`.
    BeginWrite,
    /// A closure of it begins.
    Savepoint,
    /// A closure is through.
    Release,
    /// A closure failed: what it did is undone.
    RollBackTo,
    /// Everything was said: what was gathered is written, and every statement went well.
    Settle,
    /// What was settled becomes durable.
    Commit,
    /// Nothing of the transaction remains.
    RollBack,
    /// A reader's snapshot begins.
    BeginRead,
    /// It ends.
    EndRead,
}

/// A connection to either database.
pub struct Conn(Inner);

enum Inner {
    Sqlite(sqlite::SqliteConn),
    Postgres(Box<postgres::PostgresConn>),
}

impl Conn {
    pub(crate) fn sqlite(connection: rusqlite::Connection) -> Self {
        Self(Inner::Sqlite(sqlite::SqliteConn::new(connection)))
    }

    pub(crate) fn postgres(pipe: pipe::Pipe) -> Self {
        Self(Inner::Postgres(Box::new(postgres::PostgresConn::new(pipe))))
    }

    /// Which database this is, for the few statements that differ.
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The SQLite connection, for what only it can do (online backup).
    pub(crate) fn as_sqlite(&mut self) -> Option<&mut rusqlite::Connection> {
        match &mut self.0 {
            Inner::Sqlite(conn) => Some(conn.connection()),
            Inner::Postgres(_) => None,
        }
    }

    /// Runs one statement that changes rows. In the writer's transaction PostgreSQL is not waited for: a failure shows at the
    /// next question, at the latest at the end of the closure, and undoes it.
    pub fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.execute(sql, params).map(|_| ()),
            Inner::Postgres(conn) => conn.execute(sql, params),
        }
    }

    /// Runs one statement and says how many rows it touched.
    pub fn execute_counting(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.execute(sql, params),
            Inner::Postgres(conn) => conn.execute_counting(sql, params),
        }
    }

    /// Runs one query; `read` turns each row into a value.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.for_each(sql, params, |row| {
            out.push(read(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Runs one query and hands each row over as it comes, so a long result needs no memory.
    pub fn for_each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.for_each(sql, params, read),
            Inner::Postgres(conn) => conn.for_each(sql, params, read),
        }
    }

    /// The first row, if there is one.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, params, read)?.into_iter().next())
    }

    /// As `query`, of what was written before this transaction: rows that it inserted may be missing. For whoever knows
    /// those anyway.
    pub(crate) fn query_stored<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        let add = |row: &Row<'_>| {
            out.push(read(row)?);
            Ok(())
        };
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.for_each(sql, params, add)?,
            Inner::Postgres(conn) => conn.for_each_stored(sql, params, add)?,
        }
        Ok(out)
    }

    /// One integer: a count or a maximum; 0 where the database says null.
    pub fn query_int(&mut self, sql: &str, params: &[Param<'_>]) -> Result<i64> {
        Ok(self.query_opt(sql, params, |row| row.opt_int(0))?.flatten().unwrap_or(0))
    }

    /// Runs several statements without parameters (migrations, transaction control).
    pub fn batch(&mut self, sql: &str) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.batch(sql),
            Inner::Postgres(conn) => conn.batch(sql),
        }
    }

    /// A step of a transaction.
    pub(crate) fn step(&mut self, step: Step) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.step(step),
            Inner::Postgres(conn) => conn.step(step),
        }
    }

    /// Whether a transaction is open. SQLite may end one itself when the disk is full.
    pub(crate) fn in_transaction(&mut self) -> bool {
        match &mut self.0 {
            Inner::Sqlite(conn) => !conn.connection().is_autocommit(),
            Inner::Postgres(_) => true,
        }
    }

    /// Inserts one row: at once on SQLite; in the writer's transaction on PostgreSQL with other rows of the table.
    pub(crate) fn insert_row(&mut self, row: &OneRow, values: &[Param<'_>]) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.execute(row.sql, values).map(|_| ()),
            Inner::Postgres(conn) => conn.insert_row(row, values),
        }
    }

    /// Inserts the gathered rows: one statement on PostgreSQL, in the writer's transaction together with those of other
    /// closures; one prepared statement in a loop on SQLite.
    pub fn insert_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        if bulk.is_empty() {
            return Ok(());
        }
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.insert_bulk(bulk),
            Inner::Postgres(conn) => conn.insert_bulk(bulk),
        }
    }

    /// Brings a table's rows from `before` to `rows`: what is no longer there goes, what is new comes, by an empty keyed
    /// `bulk` and how a row is added to one.
    pub fn change_bulk<R: PartialEq>(
        &mut self,
        bulk: &Bulk,
        before: &[R],
        rows: &[R],
        add: impl Fn(&mut Bulk, &R),
    ) -> Result<()> {
        let (mut gone, mut new) = (bulk.clone(), bulk.clone());
        before.iter().filter(|old| !rows.contains(old)).for_each(|old| add(&mut gone, old));
        rows.iter().filter(|row| !before.contains(row)).for_each(|row| add(&mut new, row));
        self.delete_bulk(&gone)?;
        self.insert_bulk(&new)
    }

    /// Deletes the rows whose keys were gathered.
    pub fn delete_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        if bulk.is_empty() {
            return Ok(());
        }
        match &mut self.0 {
            Inner::Sqlite(conn) => conn.delete_bulk(bulk),
            Inner::Postgres(conn) => conn.delete_bulk(bulk),
        }
    }
}
