//! "Could not file": input that could not be taken, as received, with the reason. Mended and retried by people.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId};
use sha2::{Digest, Sha256};

/// Waiting for a person.
pub const WAITING: i64 = 0;
/// Filed after mending.
pub const FILED: i64 = 1;
/// Put aside for good by a named person.
pub const DISMISSED: i64 = 2;

/// One kept input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputKept {
    /// UUID.
    pub id: String,
    /// When it came.
    pub at: Micros,
    /// Source system.
    pub source: String,
    /// File and place within.
    pub place: String,
    /// Format: `fhir`, `hl7v2`, `csv`.
    pub format: String,
    /// Why it could not be taken.
    pub reason: String,
    /// `WAITING`, `FILED` or `DISMISSED`.
    pub state: i64,
    /// Who settled it; empty while it waits.
    pub settled_by: String,
    /// When it was settled; 0 while it waits.
    pub settled_at: Micros,
    /// Why it was put aside; empty otherwise.
    pub settled_why: String,
    /// What else is needed to read the bytes again: the mapping of a table.
    pub mapping: String,
    /// The bytes as received.
    pub bytes: Vec<u8>,
}

/// How an input is settled.
#[derive(Clone, Copy, Debug)]
pub struct Settled<'s> {
    /// `FILED` or `DISMISSED`.
    pub state: i64,
    /// By whom.
    pub by: &'s str,
    /// When.
    pub at: Micros,
    /// Why, for what is put aside.
    pub why: &'s str,
    /// The commit, for taking it back.
    pub commit: CommitId,
}

const COLUMNS: &str =
    "id, at, source, place, format, reason, state, settled_by, settled_at, settled_why, mapping, bytes";

fn read(row: &Row<'_>) -> Result<InputKept> {
    Ok(InputKept {
        id: row.text(0)?,
        at: row.int(1)?,
        source: row.text(2)?,
        place: row.text(3)?,
        format: row.text(4)?,
        reason: row.text(5)?,
        state: row.int(6)?,
        settled_by: row.text(7)?,
        settled_at: row.int(8)?,
        settled_why: row.text(9)?,
        mapping: row.text(10)?,
        bytes: row.blob(11)?,
    })
}

/// Keeps an input; the same bytes from the same source and place are kept once. Says whether it was new.
pub fn add(conn: &mut Conn, org: OrgId, new: &InputKept) -> Result<bool> {
    let mut hash = Sha256::new();
    for part in [new.source.as_bytes(), new.place.as_bytes(), &new.bytes] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let added = conn.execute_counting(
        "insert into input_kept (org, id, at, source, place, format, reason, state, settled_by, settled_at, hash, bytes, mapping)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, '', 0, ?8, ?9, ?10) on conflict (org, hash) do nothing",
        &[
            org.param(),
            Param::Text(&new.id),
            Param::Int(new.at),
            Param::Text(&new.source),
            Param::Text(&new.place),
            Param::Text(&new.format),
            Param::Text(&new.reason),
            Param::Blob(&hash.finalize()),
            Param::Blob(&new.bytes),
            Param::Text(&new.mapping),
        ],
    )?;
    Ok(added == 1)
}

/// Inputs in a state, newest first.
pub fn in_state(conn: &mut Conn, org: OrgId, state: i64, most: i64) -> Result<Vec<InputKept>> {
    let sql =
        format!("select {COLUMNS} from input_kept where org = ?1 and state = ?2 order by at desc, id desc limit ?3");
    conn.query(&sql, &[org.param(), Param::Int(state), Param::Int(most)], read)
}

/// How many wait for a person.
pub fn waiting(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select count(*) from input_kept where org = ?1 and state = 0", &[org.param()])
}

/// One kept input.
pub fn by_id(conn: &mut Conn, org: OrgId, id: &str) -> Result<Option<InputKept>> {
    let sql = format!("select {COLUMNS} from input_kept where org = ?1 and id = ?2");
    conn.query_opt(&sql, &[org.param(), Param::Text(id)], read)
}

/// Settles an input that waits. The bytes stay. Says whether it still waited.
pub fn settle(conn: &mut Conn, org: OrgId, id: &str, how: &Settled<'_>) -> Result<bool> {
    let changed = conn.execute_counting(
        "update input_kept set state = ?3, settled_by = ?4, settled_at = ?5, settled_why = ?6, settled_commit = ?7
         where org = ?1 and id = ?2 and state = 0",
        &[
            org.param(),
            Param::Text(id),
            Param::Int(how.state),
            Param::Text(how.by),
            Param::Int(how.at),
            Param::Text(how.why),
            Param::Int(how.commit.0),
        ],
    )?;
    Ok(changed == 1)
}

/// Lets what a commit settled wait again: part of undoing that commit.
pub fn reopen(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<()> {
    conn.execute(
        "update input_kept set state = 0, settled_by = '', settled_at = 0, settled_why = '', settled_commit = 0
         where org = ?1 and settled_commit = ?2 and state <> 0",
        &[org.param(), Param::Int(commit.0)],
    )?;
    Ok(())
}
