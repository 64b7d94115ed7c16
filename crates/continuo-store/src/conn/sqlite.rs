//! The SQLite side of a connection.

use super::{Step, bulk::Bulk, row::Row, value::Param};
use crate::error::{Error, Result};
use rusqlite::{Connection, params_from_iter};

pub(super) struct SqliteConn {
    connection: Connection,
}

impl SqliteConn {
    pub(super) fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(512);
        Self { connection }
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| named(sql, e))?;
        let rows = statement.execute(params_from_iter(params)).map_err(|e| named(sql, e))?;
        Ok(rows as u64)
    }

    pub(super) fn for_each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| named(sql, e))?;
        let mut rows = statement.query(params_from_iter(params)).map_err(|e| named(sql, e))?;
        while let Some(row) = rows.next().map_err(|e| named(sql, e))? {
            read(&Row::Sqlite(row))?;
        }
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        self.connection.execute_batch(sql).map_err(|e| named(sql, e))
    }

    pub(super) fn step(&mut self, step: Step) -> Result<()> {
        let undo = ["rollback to savepoint job", "release savepoint job"];
        let steps: &[&str] = match step {
            Step::BeginWrite => &["begin immediate"],
            Step::BeginRead => &["begin deferred"],
            Step::Savepoint => &["savepoint job"],
            Step::Release => &["release savepoint job"],
            Step::RollBackTo => &undo,
            Step::Settle => &[],
            Step::Commit | Step::EndRead => &["commit"],
            Step::RollBack => &["rollback"],
        };
        steps.iter().try_for_each(|sql| self.execute(sql, &[]).map(|_| ()))
    }

    pub(super) fn insert_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        let width = bulk.names.len();
        let marks = (1..=width).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
        let names = bulk.column_list();
        let sql = format!("insert into {} ({names}) values ({marks}){}", bulk.table, bulk.conflict());
        self.each_row(&sql, bulk, width)
    }

    pub(super) fn delete_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        let keys = bulk.names.iter().take(bulk.keys).enumerate();
        let tests = keys.map(|(n, (name, _))| format!("{name} = ?{}", n + 1)).collect::<Vec<_>>().join(" and ");
        self.each_row(&format!("delete from {} where {tests}", bulk.table), bulk, bulk.keys)
    }

    fn each_row(&mut self, sql: &str, bulk: &Bulk, width: usize) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| named(sql, e))?;
        for row in 0..bulk.len() {
            for column in 0..width {
                statement.raw_bind_parameter(column + 1, bulk.param(column, row)).map_err(|e| named(sql, e))?;
            }
            statement.raw_execute().map_err(|e| named(sql, e))?;
        }
        Ok(())
    }
}

fn named(sql: &str, error: rusqlite::Error) -> Error {
    match Error::from(error) {
        Error::Sql { cause, .. } => Error::sql(sql, cause),
        other => other,
    }
}
