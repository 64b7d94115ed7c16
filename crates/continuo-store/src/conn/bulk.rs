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
