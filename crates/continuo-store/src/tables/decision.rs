//! The ledger: who decided what about which suggestion, when and why. Rows are added, never changed, except that an
//! undo marks its decision.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId, Rid};

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Suggestion id.
    pub suggestion: String,
    /// 1 for the first decision about it.
    pub number: i64,
    /// Whose.
    pub patient: Rid,
    /// Labels of the suggestion.
    pub labels: u64,
    /// Rule id.
    pub rule: String,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// `accepted`, `changed`, `rejected`, `closed-by-record`, `nobody-decided`.
    pub outcome: String,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub words: String,
    /// When the suggestion had been opened: time to decision.
    pub opened: Micros,
    /// The commit that carried it out.
    pub commit: CommitId,
    /// Taken back.
    pub undone: bool,
}

const COLUMNS: &str =
    "suggestion, number, patient, labels, rule, at, actor, role, outcome, reason, words, opened, commit_id, undone";

fn read(row: &Row<'_>) -> Result<Decision> {
    Ok(Decision {
        suggestion: row.text(0)?,
        number: row.int(1)?,
        patient: Rid(row.int(2)?),
        labels: row.int(3)? as u64,
        rule: row.text(4)?,
        at: row.int(5)?,
        actor: row.text(6)?,
        role: row.text(7)?,
        outcome: row.text(8)?,
        reason: row.text(9)?,
        words: row.text(10)?,
        opened: row.int(11)?,
        commit: CommitId(row.int(12)?),
        undone: row.int(13)? != 0,
    })
}

/// Adds a decision; its number is given here.
pub fn add(conn: &mut Conn, org: OrgId, d: &Decision) -> Result<()> {
    let number = conn.query_int(
        "select max(number) from decision where org = ?1 and suggestion = ?2",
        &[org.param(), Param::Text(&d.suggestion)],
    )? + 1;
    conn.execute(
        &format!("insert into decision (org, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"),
        &[
            org.param(),
            Param::Text(&d.suggestion),
            Param::Int(number),
            d.patient.param(),
            Param::Int(d.labels as i64),
            Param::Text(&d.rule),
            Param::Int(d.at),
            Param::Text(&d.actor),
            Param::Text(&d.role),
            Param::Text(&d.outcome),
            Param::Text(&d.reason),
            Param::Text(&d.words),
            Param::Int(d.opened),
            d.commit.param(),
            Param::Int(0),
        ],
    )?;
    Ok(())
}

/// All decisions about a suggestion, oldest first.
pub fn of_suggestion(conn: &mut Conn, org: OrgId, suggestion: &str) -> Result<Vec<Decision>> {
    conn.query(
        &format!("select {COLUMNS} from decision where org = ?1 and suggestion = ?2 order by number"),
        &[org.param(), Param::Text(suggestion)],
        read,
    )
}

/// The decisions a commit carried out.
pub fn of_commit(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<Vec<Decision>> {
    conn.query(
        &format!("select {COLUMNS} from decision where org = ?1 and commit_id = ?2 order by suggestion, number"),
        &[org.param(), commit.param()],
        read,
    )
}

/// Marks the decisions of a commit as taken back.
pub fn mark_undone(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<()> {
    conn.execute("update decision set undone = 1 where org = ?1 and commit_id = ?2", &[org.param(), commit.param()])?;
    Ok(())
}

/// All decisions since a moment, in order of rule and time; for oversight.
pub fn since(conn: &mut Conn, org: OrgId, since: Micros) -> Result<Vec<Decision>> {
    conn.query(
        &format!("select {COLUMNS} from decision where org = ?1 and at >= ?2 order by rule, at, suggestion, number"),
        &[org.param(), Param::Int(since)],
        read,
    )
}
