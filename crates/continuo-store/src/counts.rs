//! How many resources of each type there are: a row of each, kept by the writer in the commit that changes it.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::OrgId;
use crate::write::{CREATE, DELETE};
use std::collections::BTreeMap;

/// What a batch changes of the numbers.
#[derive(Clone, Default)]
pub(crate) struct Changed(BTreeMap<i64, i64>);

impl Changed {
    /// A change of a resource of this type.
    pub(crate) fn add(&mut self, type_: i64, op: i64) {
        let more = match op {
            CREATE => 1,
            DELETE => -1,
            _ => return,
        };
        *self.0.entry(type_).or_default() += more;
    }

    /// Writes the numbers of the batch.
    pub(crate) fn store(&mut self, conn: &mut Conn, org: OrgId) -> Result<()> {
        for (type_, more) in std::mem::take(&mut self.0) {
            if more != 0 {
                conn.execute(
                    "insert into type_count (org, type, number) values (?1, ?2, ?3)
                     on conflict (org, type) do update set number = type_count.number + excluded.number",
                    &[org.param(), Param::Int(type_), Param::Int(more)],
                )?;
            }
        }
        Ok(())
    }
}

/// How many there are of a type on this snapshot; the running batch of the writer is not in it.
pub(crate) fn of_type(conn: &mut Conn, org: OrgId, type_: i64) -> Result<i64> {
    conn.query_int("select number from type_count where org = ?1 and type = ?2", &[org.param(), Param::Int(type_)])
}
