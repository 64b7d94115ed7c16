//! How many resources of a type there are, remembered: counting four million reads a whole index.
//!
//! A number stands with the last change it knows of. Asked again, only what was written since is looked at. Nothing here is
//! truth: it is counted anew when it is not at hand, and by a reader whose snapshot is older than the number.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::OrgId;
use crate::write::{CREATE, DELETE};

/// Changes looked at to bring a number up to date, at most; after more, all is counted again.
const MOST_CHANGES: i64 = 100_000;

/// See the module.
#[derive(Default)]
pub(crate) struct Counts {
    /// By organization and number of the type: the last change, and how many there were then.
    known: Mutex<BTreeMap<(OrgId, i64), (i64, i64)>>,
}

impl Counts {
    /// How many there are of a type on this snapshot, if it is known without counting.
    pub(crate) fn known(&self, conn: &mut Conn, org: OrgId, type_: i64) -> Result<Option<i64>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&(org, type_)).copied();
        let Some((seen, count)) = known else { return Ok(None) };
        let now = last_change(conn, org)?;
        if !(0..=MOST_CHANGES).contains(&(now - seen)) {
            return Ok(None);
        }
        let since = conn.query_int(
            &format!(
                "select cast(coalesce(sum(case op when {CREATE} then 1 when {DELETE} then -1 else 0 end), 0) as bigint)
                 from change where org = ?1 and seq > ?2 and type = ?3"
            ),
            &[org.param(), Param::Int(seen), Param::Int(type_)],
        )?;
        self.keep(org, type_, now, count + since);
        Ok(Some(count + since))
    }

    /// The same, counted by `make` if it is not known.
    pub(crate) fn of(
        &self,
        conn: &mut Conn,
        org: OrgId,
        type_: i64,
        make: impl FnOnce(&mut Conn) -> Result<i64>,
    ) -> Result<i64> {
        if let Some(count) = self.known(conn, org, type_)? {
            return Ok(count);
        }
        let (now, count) = (last_change(conn, org)?, make(conn)?);
        self.keep(org, type_, now, count);
        Ok(count)
    }

    /// The newest number stays.
    fn keep(&self, org: OrgId, type_: i64, now: i64, count: i64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known.entry((org, type_)).or_insert((now, count));
        if kept.0 < now {
            *kept = (now, count);
        }
    }
}

fn last_change(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select coalesce(max(seq), 0) from change where org = ?1", &[org.param()])
}
