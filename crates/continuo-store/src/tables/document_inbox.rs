//! The document inbox: which received documents wait for a person, who looks at one now, and how each was settled.
//! The bytes are in [`super::document_blob`]; nothing is ever deleted here.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId, Rid};

/// Waiting for a person.
pub const WAITING: i64 = 0;
/// Filed to a person.
pub const FILED: i64 = 1;
/// Closed with a reason: not ours, a cover sheet, a copy.
pub const CLOSED: i64 = 2;

/// One received document, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    /// Id, also of the blob.
    pub id: String,
    /// When it came.
    pub at: Micros,
    /// Where it came from: `upload`, `fax`, the name of an import.
    pub source: String,
    /// [`WAITING`], [`FILED`] or [`CLOSED`].
    pub state: i64,
    /// Who looks at it.
    pub taken_by: String,
    /// Since when.
    pub taken_at: Micros,
    /// Id of the `DocumentReference`, once filed.
    pub document: String,
    /// Who settled it.
    pub settled_by: String,
    /// When.
    pub settled_at: Micros,
    /// Why it was closed.
    pub reason: String,
    /// Media type of the bytes.
    pub type_: String,
    /// File name as received; may hold a name, so it never stands in a list.
    pub name: String,
    /// Length in bytes.
    pub size: i64,
    /// Whose, once filed.
    pub patient: Rid,
    /// Labels, once filed.
    pub labels: u64,
}

const COLUMNS: &str = "i.id, i.at, i.source, i.state, i.taken_by, i.taken_at, i.document, i.settled_by, i.settled_at, \
                       i.reason, b.type, b.name, cast(length(b.bytes) as bigint), b.patient, b.labels";
const FROM: &str = "from document_inbox i join document_blob b on b.org = i.org and b.id = i.id";

fn read(row: &Row<'_>) -> Result<InboxRow> {
    Ok(InboxRow {
        id: row.text(0)?,
        at: row.int(1)?,
        source: row.text(2)?,
        state: row.int(3)?,
        taken_by: row.text(4)?,
        taken_at: row.int(5)?,
        document: row.text(6)?,
        settled_by: row.text(7)?,
        settled_at: row.int(8)?,
        reason: row.text(9)?,
        type_: row.text(10)?,
        name: row.text(11)?,
        size: row.int(12)?,
        patient: Rid(row.int(13)?),
        labels: row.int(14)? as u64,
    })
}

/// Lets a kept blob wait for a person.
pub fn add(conn: &mut Conn, org: OrgId, id: &str, at: Micros, source: &str) -> Result<()> {
    conn.execute(
        "insert into document_inbox (org, id, at, source, state, taken_by, taken_at, document, settled_by, settled_at,
             reason, commit_id) values (?1, ?2, ?3, ?4, 0, '', 0, '', '', 0, '', 0)",
        &[org.param(), Param::Text(id), Param::Int(at), Param::Text(source)],
    )?;
    Ok(())
}

/// What waits, oldest first.
pub fn waiting(conn: &mut Conn, org: OrgId, most: i64) -> Result<Vec<InboxRow>> {
    let sql = format!("select {COLUMNS} {FROM} where i.org = ?1 and i.state = 0 order by i.at, i.id limit ?2");
    conn.query(&sql, &[org.param(), Param::Int(most)], read)
}

/// What was settled, newest first.
pub fn settled(conn: &mut Conn, org: OrgId, most: i64) -> Result<Vec<InboxRow>> {
    let sql = format!(
        "select {COLUMNS} {FROM} where i.org = ?1 and i.state > 0 order by i.settled_at desc, i.id desc limit ?2"
    );
    conn.query(&sql, &[org.param(), Param::Int(most)], read)
}

/// How many wait, and since when the oldest does.
pub fn count_waiting(conn: &mut Conn, org: OrgId) -> Result<(i64, Option<Micros>)> {
    let found = conn.query_opt(
        "select count(*), min(at) from document_inbox where org = ?1 and state = 0",
        &[org.param()],
        |row| Ok((row.int(0)?, row.opt_int(1)?)),
    )?;
    Ok(found.unwrap_or((0, None)))
}

/// One received document.
pub fn by_id(conn: &mut Conn, org: OrgId, id: &str) -> Result<Option<InboxRow>> {
    let sql = format!("select {COLUMNS} {FROM} where i.org = ?1 and i.id = ?2");
    conn.query_opt(&sql, &[org.param(), Param::Text(id)], read)
}

/// Notes who looks at a waiting document.
pub fn take(conn: &mut Conn, org: OrgId, id: &str, by: &str, at: Micros) -> Result<()> {
    conn.execute(
        "update document_inbox set taken_by = ?3, taken_at = ?4 where org = ?1 and id = ?2 and state = 0",
        &[org.param(), Param::Text(id), Param::Text(by), Param::Int(at)],
    )?;
    Ok(())
}

/// How a document was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<'s> {
    /// [`FILED`] or [`CLOSED`].
    pub state: i64,
    /// Id of the `DocumentReference`; empty when closed.
    pub document: &'s str,
    /// By whom.
    pub by: &'s str,
    /// When.
    pub at: Micros,
    /// Why it was closed.
    pub reason: &'s str,
    /// In which commit, for undo.
    pub commit: CommitId,
}

/// Settles a waiting document; says whether it still waited.
pub fn settle(conn: &mut Conn, org: OrgId, id: &str, how: &Settled<'_>) -> Result<bool> {
    let changed = conn.execute_counting(
        "update document_inbox set state = ?3, document = ?4, settled_by = ?5, settled_at = ?6, reason = ?7, commit_id = ?8
         where org = ?1 and id = ?2 and state = 0",
        &[
            org.param(),
            Param::Text(id),
            Param::Int(how.state),
            Param::Text(how.document),
            Param::Text(how.by),
            Param::Int(how.at),
            Param::Text(how.reason),
            how.commit.param(),
        ],
    )?;
    Ok(changed == 1)
}

/// Lets what a commit settled wait again; its blobs belong to nobody. Returns how many.
pub fn reopen(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<u64> {
    let key = [org.param(), commit.param()];
    conn.execute(
        "update document_blob set patient = 0, labels = 0 where org = ?1 and id in
             (select id from document_inbox where org = ?1 and commit_id = ?2)",
        &key,
    )?;
    conn.execute_counting(
        "update document_inbox set state = 0, document = '', settled_by = '', settled_at = 0, reason = '', commit_id = 0
         where org = ?1 and commit_id = ?2",
        &key,
    )
}
