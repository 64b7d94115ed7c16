//! The PostgreSQL side of a connection.
//!
//! Who asks waits for the answer; what only writes is sent and not waited for (`pipe.rs`), and rows of the writer's
//! transaction are gathered by table (`gather.rs`). So a closure of the writer costs as many round trips as it asks questions.

use super::{
    Step,
    bulk::{Bulk, Column, ColumnKind, OneRow},
    dialect::to_dollar,
    gather::Gathered,
    pipe::Pipe,
    row::Row,
    value::{Param, Value},
};
use crate::error::Result;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::{Statement, types::ToSql};

/// Statements kept prepared on one connection; search SQL varies, so the number is bounded.
const KEPT_STATEMENTS: usize = 1_000;

const SAVEPOINT: &str = "savepoint job";
const RELEASE: &str = "release savepoint job";
const ROLL_BACK: &str = "rollback to savepoint job; release savepoint job";

pub(super) struct PostgresConn {
    pipe: Pipe,
    statements: HashMap<String, Kept>,
    /// Rows that wait for their table, while the writer's transaction is open.
    gathered: Option<Gathered>,
    snapshot: Snapshot,
}

/// A reader's snapshot. It begins with the first question; some ask none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Snapshot {
    None,
    Wanted,
    Begun,
}

#[derive(Clone)]
struct Kept {
    statement: Statement,
    /// The words of the statement, sorted: any of them may name a table.
    words: Arc<[Box<str>]>,
}

impl PostgresConn {
    pub(super) fn new(pipe: Pipe) -> Self {
        Self { pipe, statements: HashMap::new(), gathered: None, snapshot: Snapshot::None }
    }

    fn prepare(&mut self, sql: &str) -> Result<Kept> {
        if let Some(kept) = self.statements.get(sql) {
            return Ok(kept.clone());
        }
        let client = self.pipe.client();
        let statement = self.pipe.wait(sql, client.prepare(&to_dollar(sql)))?;
        if self.statements.len() >= KEPT_STATEMENTS {
            self.statements.clear();
        }
        let kept = Kept { statement, words: words(sql) };
        self.statements.insert(sql.to_owned(), kept.clone());
        Ok(kept)
    }

    /// The statement, once the database has everything that it may see.
    fn ready(&mut self, sql: &str) -> Result<Statement> {
        self.begin()?;
        let kept = self.prepare(sql)?;
        self.send_rows(|table| kept.words.binary_search_by(|word| word.as_ref().cmp(table)).is_ok())?;
        Ok(kept.statement)
    }

    /// As `ready`, for whoever knows the rows that are gathered here.
    fn ready_without_rows(&mut self, sql: &str) -> Result<Statement> {
        self.begin()?;
        Ok(self.prepare(sql)?.statement)
    }

    pub(super) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<()> {
        if self.gathered.is_none() {
            return self.execute_counting(sql, params).map(|_| ());
        }
        let statement = self.ready(sql)?;
        let values: Vec<Value> = params.iter().map(|param| param.to_value()).collect();
        let client = self.pipe.client();
        self.pipe.send(sql, async move {
            let params: Vec<Param<'_>> = values.iter().map(Value::as_param).collect();
            client.execute_raw(&statement, as_sql(&params)).await
        })
    }

    pub(super) fn execute_counting(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let statement = self.ready(sql)?;
        let client = self.pipe.client();
        self.pipe.wait(sql, client.execute_raw(&statement, as_sql(params)))
    }

    pub(super) fn for_each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.ready(sql)?;
        self.read_rows(sql, &statement, params, read)
    }

    pub(super) fn for_each_stored(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.ready_without_rows(sql)?;
        self.read_rows(sql, &statement, params, read)
    }

    fn read_rows(
        &mut self,
        sql: &str,
        statement: &Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let client = self.pipe.client();
        let mut stream = Box::pin(self.pipe.wait(sql, client.query_raw(statement, as_sql(params)))?);
        loop {
            let (rows, is_end) = self.pipe.rows(sql, &mut stream)?;
            for row in &rows {
                read(&Row::Postgres(row))?;
            }
            if is_end {
                return Ok(());
            }
        }
    }

    /// Several statements without parameters, outside the writer's transaction.
    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        let client = self.pipe.client();
        self.pipe.wait(sql, client.batch_execute(sql))
    }

    /// As `batch`, and nobody waits.
    fn send_batch(&mut self, sql: &'static str) -> Result<()> {
        let client = self.pipe.client();
        self.pipe.send(sql, async move { client.batch_execute(sql).await.map(|()| 0) })
    }

    /// A step of a transaction.
    pub(super) fn step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::BeginWrite => {
                self.gathered = Some(Gathered::default());
                self.send_batch("begin isolation level read committed")
            }
            Step::BeginRead => {
                self.snapshot = Snapshot::Wanted;
                Ok(())
            }
            // The snapshot must not stay open on the server, but its end is nothing to wait for.
            Step::EndRead => match std::mem::replace(&mut self.snapshot, Snapshot::None) {
                Snapshot::Begun => {
                    self.send_batch("commit")?;
                    self.pipe.push()
                }
                Snapshot::None | Snapshot::Wanted => Ok(()),
            },
            Step::Savepoint => {
                if let Some(gathered) = &mut self.gathered {
                    gathered.set_savepoint();
                }
                Ok(())
            }
            Step::Release => {
                if self.gathered.as_ref().is_some_and(Gathered::is_made) {
                    let is_waited_for = self.pipe.is_waited_for();
                    self.send_batch(RELEASE)?;
                    // A failure must be told to the closure that caused it, not to its neighbors. Where every answer has
                    // come already, nothing can fail any more.
                    if is_waited_for {
                        self.pipe.wait_for_all()?;
                    }
                }
                // Until here the closure can be rolled back.
                if let Some(gathered) = &mut self.gathered {
                    gathered.release();
                }
                Ok(())
            }
            Step::RollBackTo => self.roll_back_to(),
            Step::Settle => {
                self.send_rows(|_| true)?;
                self.pipe.wait_for_all()
            }
            Step::Commit => {
                self.gathered = None;
                self.batch("commit")
            }
            Step::RollBack => {
                self.gathered = None;
                // What failed before is undone with everything else.
                let _ = self.pipe.wait_for_all();
                self.batch("rollback")
            }
        }
    }

    fn roll_back_to(&mut self) -> Result<()> {
        // What failed is undone, and was told to the closure.
        let _ = self.pipe.wait_for_all();
        if self.gathered.as_mut().is_some_and(Gathered::roll_back) {
            self.batch(ROLL_BACK)?;
        }
        // The writer may have forgotten which resources closures before this one made: they are where it can find them.
        self.send_rows(|_| true)
    }

    /// Begins what was only noted so far: a reader's snapshot, a closure's savepoint.
    fn begin(&mut self) -> Result<()> {
        if self.snapshot == Snapshot::Wanted {
            self.snapshot = Snapshot::Begun;
            return self.send_batch("begin isolation level repeatable read read only");
        }
        match &mut self.gathered {
            Some(gathered) if gathered.is_noted() => {
                gathered.made();
                self.send_batch(SAVEPOINT)
            }
            _ => Ok(()),
        }
    }

    /// Inserts one row.
    pub(super) fn insert_row(&mut self, row: &OneRow, values: &[Param<'_>]) -> Result<()> {
        let Some(gathered) = &mut self.gathered else { return self.execute(row.sql, values) };
        gathered.push(row, values);
        self.send_if_much()
    }

    pub(super) fn insert_bulk(&mut self, bulk: &Bulk) -> Result<()> {
        let Some(gathered) = &mut self.gathered else { return self.insert_now(bulk) };
        gathered.add(bulk);
        self.send_if_much()
    }

    fn send_if_much(&mut self) -> Result<()> {
        if self.gathered.as_ref().is_some_and(Gathered::is_much) {
            self.begin()?;
            return self.send_rows(|_| true);
        }
        Ok(())
    }

    /// Sends the rows that wait for these tables.
    fn send_rows(&mut self, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
        let Some(gathered) = &mut self.gathered else { return Ok(()) };
        for bulk in gathered.take(is_wanted) {
            let sql = insert_sql(&bulk);
            let statement = self.prepare(&sql)?.statement;
            let client = self.pipe.client();
            self.pipe.send(&sql, async move {
                let width = bulk.names.len();
                client.execute_raw(&statement, columns(&bulk, width)).await
            })?;
        }
        Ok(())
    }

    fn insert_now(&mut self, bulk: &Bulk) -> Result<()> {
        self.run_bulk(&insert_sql(bulk), bulk, bulk.names.len())
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
        if self.gathered.is_none() {
            return self.run_bulk(&sql, bulk, bulk.keys);
        }
        let statement = self.ready(&sql)?;
        let (client, bulk) = (self.pipe.client(), bulk.clone());
        self.pipe.send(&sql, async move { client.execute_raw(&statement, columns(&bulk, bulk.keys)).await })
    }

    fn run_bulk(&mut self, sql: &str, bulk: &Bulk, width: usize) -> Result<()> {
        let statement = self.ready(sql)?;
        let client = self.pipe.client();
        self.pipe.wait(sql, client.execute_raw(&statement, columns(bulk, width))).map(|_| ())
    }
}

fn insert_sql(bulk: &Bulk) -> String {
    let names = bulk.column_list();
    let arrays = arrays(bulk, bulk.names.len());
    format!("insert into {} ({names}) select * from unnest({arrays}){}", bulk.table, bulk.conflict())
}

fn columns(bulk: &Bulk, width: usize) -> Vec<&(dyn ToSql + Sync)> {
    let columns = bulk.columns.iter().take(width);
    columns
        .map(|column| match column {
            Column::Int(list) => list as &(dyn ToSql + Sync),
            Column::Real(list) => list,
            Column::Text(list) => list,
            Column::Blob(list) => list,
        })
        .collect()
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

/// Every word of a statement that may be a table's name.
fn words(sql: &str) -> Arc<[Box<str>]> {
    let mut words: Vec<Box<str>> = sql
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(Box::from)
        .collect();
    words.sort_unstable();
    words.dedup();
    words.into()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_table_that_a_statement_names_is_among_its_words() {
        let words = super::words("select count(*) from change c, \"resource\" r where r.rid=c.rid and c.org = ?1");
        for table in ["change", "resource"] {
            assert!(words.iter().any(|word| word.as_ref() == table));
        }
        assert!(!words.iter().any(|word| word.as_ref() == "sour"));
    }
}
