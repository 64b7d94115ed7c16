//! One result row of either database, read by column number.

use super::value::Value;
use crate::error::{Error, Result};
use rusqlite::types::ValueRef;

/// A row while a query runs.
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(&'a rusqlite::Row<'a>),
    /// From PostgreSQL.
    Postgres(&'a tokio_postgres::Row),
}

macro_rules! column {
    ($self:ident, $at:ident, $ty:ty, $read:expr) => {
        match $self {
            Row::Sqlite(row) => {
                let value = row.get_ref($at)?;
                if matches!(value, ValueRef::Null) {
                    return Ok(None);
                }
                let read: fn(ValueRef<'_>) -> Option<$ty> = $read;
                read(value).map(Some).ok_or_else(|| wrong($at))
            }
            Row::Postgres(row) => row.try_get::<_, Option<$ty>>($at).map_err(Error::from),
        }
    };
}

fn wrong(at: usize) -> Error {
    Error::Damaged(format!("column {at} has an unexpected type"))
}

impl Row<'_> {
    /// An integer that may be null.
    pub fn opt_int(&self, at: usize) -> Result<Option<i64>> {
        column!(self, at, i64, |v| v.as_i64().ok())
    }

    /// An integer.
    pub fn int(&self, at: usize) -> Result<i64> {
        self.opt_int(at)?.ok_or_else(|| wrong(at))
    }

    /// A real number that may be null; SQLite may hand a whole number back as an integer.
    pub fn opt_real(&self, at: usize) -> Result<Option<f64>> {
        column!(self, at, f64, |v| v.as_f64().ok().or_else(|| v.as_i64().ok().map(|n| n as f64)))
    }

    /// A real number.
    pub fn real(&self, at: usize) -> Result<f64> {
        self.opt_real(at)?.ok_or_else(|| wrong(at))
    }

    /// Text that may be null, borrowed from the row.
    pub fn opt_str(&self, at: usize) -> Result<Option<&str>> {
        match self {
            Row::Sqlite(row) => match row.get_ref(at)? {
                ValueRef::Null => Ok(None),
                value => value.as_str().map(Some).map_err(|_| wrong(at)),
            },
            Row::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// Text, borrowed from the row.
    pub fn str(&self, at: usize) -> Result<&str> {
        self.opt_str(at)?.ok_or_else(|| wrong(at))
    }

    /// Text, owned.
    pub fn text(&self, at: usize) -> Result<String> {
        self.str(at).map(ToOwned::to_owned)
    }

    /// Text that may be null, owned.
    pub fn opt_text(&self, at: usize) -> Result<Option<String>> {
        Ok(self.opt_str(at)?.map(ToOwned::to_owned))
    }

    /// Bytes that may be null, borrowed from the row.
    pub fn opt_bytes(&self, at: usize) -> Result<Option<&[u8]>> {
        match self {
            Row::Sqlite(row) => match row.get_ref(at)? {
                ValueRef::Null => Ok(None),
                value => value.as_blob().map(Some).map_err(|_| wrong(at)),
            },
            Row::Postgres(row) => Ok(row.try_get(at)?),
        }
    }

    /// Bytes, borrowed from the row.
    pub fn bytes(&self, at: usize) -> Result<&[u8]> {
        self.opt_bytes(at)?.ok_or_else(|| wrong(at))
    }

    /// Bytes, owned.
    pub fn blob(&self, at: usize) -> Result<Vec<u8>> {
        self.bytes(at).map(<[u8]>::to_vec)
    }

    /// Whatever stands in the column (backup and comparison only).
    pub fn value(&self, at: usize) -> Result<Value> {
        match self {
            Row::Sqlite(row) => Ok(match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Real(n) => Value::Real(n),
                ValueRef::Text(_) => Value::Text(self.text(at)?),
                ValueRef::Blob(b) => Value::Blob(b.to_vec()),
            }),
            Row::Postgres(row) => {
                let kind = row.columns().get(at).ok_or_else(|| wrong(at))?.type_().clone();
                Ok(match kind {
                    tokio_postgres::types::Type::INT8 => self.opt_int(at)?.map_or(Value::Null, Value::Int),
                    tokio_postgres::types::Type::FLOAT8 => self.opt_real(at)?.map_or(Value::Null, Value::Real),
                    tokio_postgres::types::Type::BYTEA => {
                        self.opt_bytes(at)?.map_or(Value::Null, |b| Value::Blob(b.to_vec()))
                    }
                    _ => self.opt_text(at)?.map_or(Value::Null, Value::Text),
                })
            }
        }
    }
}
