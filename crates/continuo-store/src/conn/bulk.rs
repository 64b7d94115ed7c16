//! Rows gathered by column for one fast insert.

use super::value::{Param, plain};
use std::borrow::Cow;

/// What a bulk column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// 64-bit integers.
    Int,
    /// Double precision.
    Real,
    /// Text.
    Text,
    /// Bytes.
    Blob,
}

/// One column's values.
#[derive(Clone, Debug)]
pub enum Column {
    /// Integers, null where unknown.
    Int(Vec<Option<i64>>),
    /// Reals, null where unknown.
    Real(Vec<Option<f64>>),
    /// Texts, null where unknown.
    Text(Vec<Option<String>>),
    /// Bytes, null where unknown.
    Blob(Vec<Option<Vec<u8>>>),
}

/// One row at a time for a table: its columns, and the statement that writes it alone.
pub(crate) struct OneRow {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [(&'static str, ColumnKind)],
    pub(crate) sql: &'static str,
}

/// Rows for one table, all with the same columns.
#[derive(Clone, Debug)]
pub struct Bulk {
    pub(super) table: Cow<'static, str>,
    pub(super) names: Vec<(Cow<'static, str>, ColumnKind)>,
    pub(super) ignore_known: bool,
    pub(super) columns: Vec<Column>,
    pub(super) keys: usize,
    rows: usize,
}

impl Bulk {
    /// An empty gathering for `table`.
    pub fn new(table: &'static str, names: &'static [(&'static str, ColumnKind)]) -> Self {
        Self::of(table.into(), names.iter().map(|(name, kind)| ((*name).into(), *kind)).collect())
    }

    /// As `new`, with names known only at run time (backup).
    pub(crate) fn of(table: Cow<'static, str>, names: Vec<(Cow<'static, str>, ColumnKind)>) -> Self {
        let columns = names
            .iter()
            .map(|(_, kind)| match kind {
                ColumnKind::Int => Column::Int(Vec::new()),
                ColumnKind::Real => Column::Real(Vec::new()),
                ColumnKind::Text => Column::Text(Vec::new()),
                ColumnKind::Blob => Column::Blob(Vec::new()),
            })
            .collect();
        Self { table, keys: names.len(), names, ignore_known: false, columns, rows: 0 }
    }

    /// The first `keys` columns are the table's key; rows are deleted by them.
    pub fn keyed(mut self, keys: usize) -> Self {
        self.keys = keys;
        self
    }

    /// Rows whose key is already there are left as they are.
    pub fn ignoring_known(mut self) -> Self {
        self.ignore_known = true;
        self
    }

    /// Adds one row; values stand in column order.
    pub fn push(&mut self, values: &[Param<'_>]) {
        debug_assert_eq!(values.len(), self.columns.len(), "one value a column");
        for (column, value) in self.columns.iter_mut().zip(values) {
            match (column, value) {
                (Column::Int(list), Param::Int(n)) => list.push(Some(*n)),
                (Column::Int(list), _) => list.push(None),
                (Column::Real(list), Param::Real(n)) => list.push(Some(*n)),
                (Column::Real(list), _) => list.push(None),
                (Column::Text(list), Param::Text(s)) => list.push(Some(plain(s).into_owned())),
                (Column::Text(list), _) => list.push(None),
                (Column::Blob(list), Param::Blob(b)) => list.push(Some(b.to_vec())),
                (Column::Blob(list), _) => list.push(None),
            }
        }
        self.rows += 1;
    }

    /// Adds the rows of another gathering for the same columns.
    pub(super) fn append(&mut self, other: &Self) {
        for (column, more) in self.columns.iter_mut().zip(&other.columns) {
            match (column, more) {
                (Column::Int(list), Column::Int(more)) => list.extend_from_slice(more),
                (Column::Real(list), Column::Real(more)) => list.extend_from_slice(more),
                (Column::Text(list), Column::Text(more)) => list.extend_from_slice(more),
                (Column::Blob(list), Column::Blob(more)) => list.extend_from_slice(more),
                _ => debug_assert!(false, "the columns are the same"),
            }
        }
        self.rows += other.rows;
    }

    /// Whether rows of the other belong into this one.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.table == other.table && self.ignore_known == other.ignore_known && self.names == other.names
    }

    /// Whether a single row belongs into this one.
    pub(super) fn is_of(&self, row: &OneRow) -> bool {
        let same = |((name, kind), (other, other_kind)): (&(Cow<'static, str>, ColumnKind), &(&str, ColumnKind))| {
            name == other && kind == other_kind
        };
        self.table == row.table
            && !self.ignore_known
            && self.names.len() == row.columns.len()
            && self.names.iter().zip(row.columns).all(same)
    }

    /// Keeps the first rows.
    pub(super) fn truncate(&mut self, rows: usize) {
        for column in &mut self.columns {
            match column {
                Column::Int(list) => list.truncate(rows),
                Column::Real(list) => list.truncate(rows),
                Column::Text(list) => list.truncate(rows),
                Column::Blob(list) => list.truncate(rows),
            }
        }
        self.rows = self.rows.min(rows);
    }

    /// The rows, leaving none here.
    pub(super) fn take(&mut self) -> Self {
        let empty = Self::of(self.table.clone(), self.names.clone());
        let empty = Self { keys: self.keys, ignore_known: self.ignore_known, ..empty };
        std::mem::replace(self, empty)
    }

    /// How many rows wait.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Forgets the rows, keeping the memory.
    pub fn clear(&mut self) {
        for column in &mut self.columns {
            match column {
                Column::Int(list) => list.clear(),
                Column::Real(list) => list.clear(),
                Column::Text(list) => list.clear(),
                Column::Blob(list) => list.clear(),
            }
        }
        self.rows = 0;
    }

    pub(super) fn param(&self, column: usize, row: usize) -> Param<'_> {
        let value = match self.columns.get(column) {
            Some(Column::Int(list)) => list.get(row).copied().flatten().map(Param::Int),
            Some(Column::Real(list)) => list.get(row).copied().flatten().map(Param::Real),
            Some(Column::Text(list)) => list.get(row).and_then(Option::as_deref).map(Param::Text),
            Some(Column::Blob(list)) => list.get(row).and_then(Option::as_deref).map(Param::Blob),
            None => None,
        };
        value.unwrap_or(Param::Null)
    }

    pub(super) fn column_list(&self) -> String {
        self.names.iter().map(|(name, _)| name.as_ref()).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn conflict(&self) -> &'static str {
        if self.ignore_known { " on conflict do nothing" } else { "" }
    }
}
