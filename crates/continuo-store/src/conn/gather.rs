//! Rows that wait in the writer's transaction until their table is asked, or the commit comes.
//!
//! On PostgreSQL a statement costs the same for one row as for fifty. So what the closures of one batch insert is gathered by
//! table over all of them and goes in one statement a table. No statement may miss a row: one that names a table sends its
//! rows first. There are no views, triggers or foreign keys by which a statement could see a table it does not name.
//!
//! A closure that fails takes back what it gathered. Rows of closures before it that had to be sent on its behalf, inside its
//! savepoint, are undone with it and so wait again.

use super::bulk::{Bulk, OneRow};
use super::value::Param;

/// Rows that wait, at most: more gain nothing and take memory.
const MOST_ROWS: usize = 4_096;

#[derive(Default)]
pub(super) struct Gathered {
    tables: Vec<Bulk>,
    /// Rows in `tables`.
    rows: usize,
    savepoint: Savepoint,
    /// How many rows of each table were there when the savepoint was set.
    marks: Vec<usize>,
    /// Rows older than the savepoint that were sent inside it.
    before: Vec<Bulk>,
}

/// The savepoint of the closure at hand. Many need none: they ask nothing and only gather.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Savepoint {
    /// Between closures.
    #[default]
    None,
    /// Set here; the database does not know of it.
    Noted,
    /// Set there.
    Made,
}

impl Gathered {
    /// Takes rows over.
    pub(super) fn add(&mut self, rows: &Bulk) {
        self.table(rows).append(rows);
        self.rows += rows.len();
    }

    /// Takes one row over.
    pub(super) fn push(&mut self, row: &OneRow, values: &[Param<'_>]) {
        let at = self.tables.iter().position(|bulk| bulk.is_of(row));
        match at.and_then(|at| self.tables.get_mut(at)) {
            Some(bulk) => bulk.push(values),
            None => {
                let mut bulk = Bulk::new(row.table, row.columns);
                bulk.push(values);
                self.tables.push(bulk);
            }
        }
        self.rows += 1;
    }

    fn table(&mut self, rows: &Bulk) -> &mut Bulk {
        let at = self.tables.iter().position(|bulk| bulk.is_like(rows)).unwrap_or_else(|| {
            let mut empty = rows.clone();
            empty.clear();
            self.tables.push(empty);
            self.tables.len() - 1
        });
        &mut self.tables[at]
    }

    /// Whether so much waits that it should go.
    pub(super) fn is_much(&self) -> bool {
        self.rows >= MOST_ROWS
    }

    /// The rows of the tables that `is_wanted` names, for sending now.
    pub(super) fn take(&mut self, is_wanted: impl Fn(&str) -> bool) -> Vec<Bulk> {
        let mut out = Vec::new();
        if self.rows == 0 {
            return out;
        }
        for (at, bulk) in self.tables.iter_mut().enumerate() {
            if bulk.is_empty() || !is_wanted(&bulk.table) {
                continue;
            }
            let rows = bulk.take();
            self.rows -= rows.len();
            if let Some(mark) = self.marks.get_mut(at).map(std::mem::take).filter(|mark| *mark > 0)
                && self.savepoint != Savepoint::None
            {
                let mut older = rows.clone();
                older.truncate(mark);
                self.before.push(older);
            }
            out.push(rows);
        }
        out
    }

    /// A closure begins.
    pub(super) fn set_savepoint(&mut self) {
        self.savepoint = Savepoint::Noted;
        self.marks = self.tables.iter().map(Bulk::len).collect();
        self.before.clear();
    }

    /// Whether the database must hear of the savepoint now.
    pub(super) fn is_noted(&self) -> bool {
        self.savepoint == Savepoint::Noted
    }

    /// The database heard of it.
    pub(super) fn made(&mut self) {
        self.savepoint = Savepoint::Made;
    }

    /// Whether the database has a savepoint of the closure at hand.
    pub(super) fn is_made(&self) -> bool {
        self.savepoint == Savepoint::Made
    }

    /// The closure is through.
    pub(super) fn release(&mut self) {
        self.before.clear();
        self.marks.clear();
        self.savepoint = Savepoint::None;
    }

    /// The closure failed: what it gathered goes, what it sent of others waits again. Says whether the database has a
    /// savepoint to go back to.
    pub(super) fn roll_back(&mut self) -> bool {
        let is_made = self.is_made();
        let marks = std::mem::take(&mut self.marks);
        for (at, bulk) in self.tables.iter_mut().enumerate() {
            bulk.truncate(marks.get(at).copied().unwrap_or(0));
        }
        for older in std::mem::take(&mut self.before) {
            self.table(&older).append(&older);
        }
        self.rows = self.tables.iter().map(Bulk::len).sum();
        self.release();
        is_made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conn::ColumnKind;

    const ONE: OneRow = OneRow { table: "one", columns: &[("n", ColumnKind::Int)], sql: "" };
    const TWO: OneRow = OneRow { table: "two", columns: &[("n", ColumnKind::Int)], sql: "" };

    fn rows(bulks: &[Bulk]) -> Vec<(String, Vec<Option<i64>>)> {
        let numbers = |bulk: &Bulk| match bulk.columns.first() {
            Some(crate::conn::Column::Int(list)) => list.clone(),
            _ => Vec::new(),
        };
        bulks.iter().map(|bulk| (bulk.table.to_string(), numbers(bulk))).collect()
    }

    #[test]
    fn a_closure_that_fails_takes_its_own_rows_back_and_those_sent_for_it_wait_again() {
        let mut gathered = Gathered::default();
        gathered.set_savepoint();
        gathered.push(&ONE, &[Param::Int(1)]);
        gathered.push(&TWO, &[Param::Int(1)]);
        assert!(!gathered.is_made(), "nothing was asked");
        gathered.release();

        gathered.set_savepoint();
        gathered.push(&ONE, &[Param::Int(2)]);
        let sent = gathered.take(|table| table == "one");
        assert_eq!(rows(&sent), [("one".to_owned(), vec![Some(1), Some(2)])]);
        gathered.made();
        gathered.push(&ONE, &[Param::Int(3)]);
        gathered.push(&TWO, &[Param::Int(3)]);
        assert!(gathered.roll_back());

        let left = gathered.take(|_| true);
        assert_eq!(rows(&left), [("one".to_owned(), vec![Some(1)]), ("two".to_owned(), vec![Some(1)])]);
        assert!(gathered.take(|_| true).is_empty());
    }
}
