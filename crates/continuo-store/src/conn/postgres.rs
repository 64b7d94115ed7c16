//! The PostgreSQL side of a connection.

use super::{
    bulk::{Bulk, Column, ColumnKind},
    dialect::to_dollar,
    row::Row,
    value::Param,
};
use crate::error::{Error, Result};
use fallible_iterator::FallibleIterator;
use postgres::{Client, Statement, types::ToSql};
use std::collections::HashMap;

/// Statements kept prepared on one connection; search SQL varies, so the number is bounded.
const KEPT_STATEMENTS: usize = 1_000;

pub(super) struct PostgresConn {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl PostgresConn {
    pub(super) fn new(client: Client) -> Self {
        Self { client, statements: HashMap::new() }
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&to_dollar(sql)).map_err(|e| named(sql, e))?;
        if self.statements.len() >= KEPT_STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let statement = self.prepare(sql)?;
        self.client.execute(&statement, &as_sql(params)).map_err(|e| named(sql, e))
    }

    pub(super) fn for_each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.prepare(sql)?;
        let list = as_sql(params);
        let mut rows = self.client.query_raw(&statement, list.iter().copied()).map_err(|e| named(sql, e))?;
        while let Some(row) = rows.next().map_err(|e| named(sql, e))? {
            read(&Row::Postgres(&row))?;
        }
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|e| named(sql, e))
    }

    pub(super) fn insert_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        let names = bulk.column_list();
        let arrays = arrays(bulk, bulk.names.len());
        let conflict = bulk.conflict();
        let sql = format!("insert into {} ({names}) select * from unnest({arrays}){conflict}", bulk.table);
        self.run_bulk(&sql, bulk, bulk.names.len())
    }

    pub(super) fn delete_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        let keys: Vec<&str> = bulk.names.iter().take(bulk.keys).map(|(name, _)| name.as_ref()).collect();
        let tests: Vec<String> = keys.iter().map(|name| format!("t.{name} = u.{name}")).collect();
        let sql = format!(
            "delete from {} t using unnest({}) as u ({}) where {}",
            bulk.table,
            arrays(bulk, bulk.keys),
            keys.join(", "),
            tests.join(" and ")
        );
        self.run_bulk(&sql, bulk, bulk.keys)
    }

    fn run_bulk(&mut self, sql: &str, bulk: &Bulk, width: usize) -> Result<()> {
        let statement = self.prepare(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = bulk
            .columns
            .iter()
            .take(width)
            .map(|column| match column {
                Column::Int(list) => list as &(dyn ToSql + Sync),
                Column::Real(list) => list,
                Column::Text(list) => list,
                Column::Blob(list) => list,
            })
            .collect();
        self.client.execute(&statement, &params).map_err(|e| named(sql, e))?;
        Ok(())
    }
}

fn arrays(bulk: &Bulk, width: usize) -> String {
    let columns = bulk.names.iter().take(width).enumerate();
    let list: Vec<String> = columns.map(|(n, (_, kind))| format!("?{}::{}[]", n + 1, array_type(*kind))).collect();
    list.join(", ")
}

fn as_sql<'a>(params: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

fn array_type(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Int => "bigint",
        ColumnKind::Real => "double precision",
        ColumnKind::Text => "text",
        ColumnKind::Blob => "bytea",
    }
}

fn named(sql: &str, error: postgres::Error) -> Error {
    match Error::from(error) {
        Error::Sql { cause, .. } => Error::sql(sql, cause),
        other => other,
    }
}
