//! Who said of a danger that they have it.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId};

/// One acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAck {
    /// The piece of work, by the key that whoever pages gave it.
    pub work: String,
    /// When.
    pub at: Micros,
    /// By whom.
    pub actor: String,
}

/// Records that somebody has it.
pub fn add(conn: &mut Conn, org: OrgId, ack: &PageAck, commit: CommitId) -> Result<()> {
    conn.execute(
        "insert into page_ack (org, work, at, actor, commit_id) values (?1, ?2, ?3, ?4, ?5)
         on conflict (org, work, at, actor) do nothing",
        &[org.param(), Param::Text(&ack.work), Param::Int(ack.at), Param::Text(&ack.actor), commit.param()],
    )?;
    Ok(())
}

/// All since a moment, oldest first.
pub fn since(conn: &mut Conn, org: OrgId, since: Micros) -> Result<Vec<PageAck>> {
    conn.query(
        "select work, at, actor from page_ack where org = ?1 and at >= ?2 order by at, work, actor",
        &[org.param(), Param::Int(since)],
        |row| Ok(PageAck { work: row.text(0)?, at: row.int(1)?, actor: row.text(2)? }),
    )
}

/// Part of undoing a commit: nobody said it.
pub fn forget_of_commit(conn: &mut Conn, org: OrgId, commit: CommitId, at: Micros) -> Result<()> {
    conn.execute(
        "delete from page_ack where org = ?1 and at = ?2 and commit_id = ?3",
        &[org.param(), Param::Int(at), commit.param()],
    )?;
    Ok(())
}
