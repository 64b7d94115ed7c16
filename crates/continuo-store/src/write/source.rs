//! Imports: what a source last said of a resource, so that the same content again writes no version.
//!
//! Comparing with the current version would not do: a correction made here would be overwritten by every repeat of the
//! import. The ids of imported resources are made by `continuo-exchange` from (organization, source, type, source id).

use super::put::{Outcome, Put, PutOptions};
use super::tx::WriteTx;
use crate::conn::Param;
use crate::error::Result;
use crate::ids::Rid;
use crate::prepare::Prepared;

/// Bytes of the content hash that are kept.
const KEPT: usize = 16;

impl WriteTx<'_> {
    /// Puts an imported resource, unless its source said exactly this the last time. One that was deleted here since
    /// comes back.
    pub fn import(&mut self, prepared: &Prepared, source: &str) -> Result<Put> {
        let content = prepared.hash.get(..KEPT).unwrap_or_default();
        let known = self.state.known_rid(self.conn, self.context.org, prepared.type_, &prepared.id)?;
        if let Some(rid) = known {
            let version = self.conn.query_opt(
                "select r.version from source_key k join resource r on r.rid = k.rid
                 where k.org = ?1 and k.key = ?2 and k.content = ?3 and r.body is not null",
                &[self.context.org.param(), Param::Blob(&rid.0.to_be_bytes()), Param::Blob(content)],
                |row| row.int(0),
            )?;
            if let Some(version) = version {
                return Ok(Put { rid, version, outcome: Outcome::Unchanged });
            }
        }
        let put = self.put(prepared, &PutOptions { source: source.to_owned(), ..PutOptions::default() })?;
        self.remember_source(put.rid, content)?;
        Ok(put)
    }

    fn remember_source(&mut self, rid: Rid, content: &[u8]) -> Result<()> {
        self.conn.execute(
            "insert into source_key (org, key, rid, content) values (?1, ?2, ?3, ?4)
             on conflict (org, key) do update set content = excluded.content",
            &[self.context.org.param(), Param::Blob(&rid.0.to_be_bytes()), rid.param(), Param::Blob(content)],
        )?;
        Ok(())
    }
}
