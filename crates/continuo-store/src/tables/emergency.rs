//! Emergency accesses with their reason, and the review each must get.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// One emergency access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyAccess {
    /// Number within the organization.
    pub id: i64,
    /// Whose account.
    pub account: i64,
    /// Whose record.
    pub patient: Rid,
    /// Why.
    pub reason: String,
    /// From when.
    pub since: Micros,
    /// Until when.
    pub until: Micros,
    /// Who reviewed it.
    pub reviewed_by: Option<String>,
    /// What the review found.
    pub review: Option<String>,
}

/// Records one.
pub fn add(
    conn: &mut Conn,
    org: OrgId,
    account: i64,
    patient: Rid,
    reason: &str,
    since: Micros,
    until: Micros,
) -> Result<()> {
    let id = conn.query_int("select coalesce(max(id), 0) + 1 from emergency_access where org = ?1", &[org.param()])?;
    conn.execute(
        "insert into emergency_access (org, id, account, patient, reason, since, until) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &[
            org.param(),
            Param::Int(id),
            Param::Int(account),
            patient.param(),
            Param::Text(reason),
            Param::Int(since),
            Param::Int(until),
        ],
    )?;
    Ok(())
}

const COLUMNS: &str = "id, account, patient, reason, since, until, reviewed_by, review";
/// What waits for a review, or whose review begins with `?2` and asked for more.
const WAITS: &str = "(reviewed_by is null or review like ?2)";

fn read(row: &Row<'_>) -> Result<EmergencyAccess> {
    Ok(EmergencyAccess {
        id: row.int(0)?,
        account: row.int(1)?,
        patient: Rid(row.int(2)?),
        reason: row.text(3)?,
        since: row.int(4)?,
        until: row.int(5)?,
        reviewed_by: row.opt_text(6)?,
        review: row.opt_text(7)?,
    })
}

/// Those before a number, newest first.
pub fn before(conn: &mut Conn, org: OrgId, before: i64, most: i64) -> Result<Vec<EmergencyAccess>> {
    let sql = format!("select {COLUMNS} from emergency_access where org = ?1 and id < ?2 order by id desc limit ?3");
    conn.query(&sql, &[org.param(), Param::Int(before), Param::Int(most)], read)
}

/// Those before a number that nobody has reviewed, or whose review begins with `open_again`, newest first.
pub fn waiting_before(
    conn: &mut Conn,
    org: OrgId,
    open_again: &str,
    before: i64,
    most: i64,
) -> Result<Vec<EmergencyAccess>> {
    let sql = format!(
        "select {COLUMNS} from emergency_access where org = ?1 and {WAITS} and id < ?3 order by id desc limit ?4"
    );
    let again = format!("{open_again}%");
    conn.query(&sql, &[org.param(), Param::Text(&again), Param::Int(before), Param::Int(most)], read)
}

/// How many those are.
pub fn waiting(conn: &mut Conn, org: OrgId, open_again: &str) -> Result<i64> {
    let sql = format!("select count(*) from emergency_access where org = ?1 and {WAITS}");
    conn.query_int(&sql, &[org.param(), Param::Text(&format!("{open_again}%"))])
}

/// The one of this number.
pub fn by_id(conn: &mut Conn, org: OrgId, id: i64) -> Result<Option<EmergencyAccess>> {
    let sql = format!("select {COLUMNS} from emergency_access where org = ?1 and id = ?2");
    conn.query_opt(&sql, &[org.param(), Param::Int(id)], read)
}

/// Ends the running accesses of an account to a patient.
pub fn end(conn: &mut Conn, org: OrgId, account: i64, patient: Rid, now: Micros) -> Result<()> {
    conn.execute(
        "update emergency_access set until = ?4 where org = ?1 and account = ?2 and patient = ?3 and until > ?4",
        &[org.param(), Param::Int(account), patient.param(), Param::Int(now)],
    )?;
    Ok(())
}

/// The accesses of an account that run now: whose record, when it was last opened, until when.
pub fn running(conn: &mut Conn, org: OrgId, account: i64, now: Micros) -> Result<Vec<(Rid, Micros, Micros)>> {
    conn.query(
        "select patient, max(since), max(until) from emergency_access where org = ?1 and account = ?2 and until > ?3 \
         group by patient order by patient",
        &[org.param(), Param::Int(account), Param::Int(now)],
        |row| Ok((Rid(row.int(0)?), row.int(1)?, row.int(2)?)),
    )
}

/// How many nobody has reviewed.
pub fn unreviewed(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select count(*) from emergency_access where org = ?1 and reviewed_by is null", &[org.param()])
}

/// Records a review; says whether there was something to review. A review that begins with `open_again` asked for more
/// and may be followed by another.
pub fn review(
    conn: &mut Conn,
    org: OrgId,
    id: i64,
    by: &str,
    at: Micros,
    finding: &str,
    open_again: &str,
) -> Result<bool> {
    let changed = conn.execute_counting(
        "update emergency_access set reviewed_by = ?3, reviewed_at = ?4, review = ?5 \
         where org = ?1 and id = ?2 and (reviewed_by is null or review like ?6)",
        &[
            org.param(),
            Param::Int(id),
            Param::Text(by),
            Param::Int(at),
            Param::Text(finding),
            Param::Text(&format!("{open_again}%")),
        ],
    )?;
    Ok(changed == 1)
}
