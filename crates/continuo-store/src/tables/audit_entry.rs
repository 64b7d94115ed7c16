//! Reading the audit: who did what to whose record. Written by the writer alone, in `crate::audit`.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntryRow {
    /// Number within the organization.
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Whose record; 0 when nobody's.
    pub patient: Rid,
    /// What was touched: `Type/id`.
    pub subject: String,
    /// The commit; 0 for reads.
    pub commit: i64,
    /// Further words: the reason of an emergency access.
    pub detail: String,
}

/// Entries before a number, newest first: of one person's record, or of everybody's where `patient` is 0.
pub fn before(
    conn: &mut Conn,
    org: OrgId,
    patient: Rid,
    actor: &str,
    before: i64,
    most: i64,
) -> Result<Vec<AuditEntryRow>> {
    let of_patient = if patient.0 == 0 { "" } else { " and patient = ?4 and patient <> 0" };
    let sql = format!(
        "select seq, at, actor, action, patient, subject, commit_id, detail from audit
         where org = ?1 and seq < ?2 and (?3 = '' or actor = ?3) and ?4 >= 0{of_patient} order by seq desc limit ?5"
    );
    let params = [org.param(), Param::Int(before), Param::Text(actor), Param::Int(patient.0), Param::Int(most)];
    conn.query(&sql, &params, |row| {
        Ok(AuditEntryRow {
            seq: row.int(0)?,
            at: row.int(1)?,
            actor: row.text(2)?,
            action: row.text(3)?,
            patient: Rid(row.int(4)?),
            subject: row.text(5)?,
            commit: row.int(6)?,
            detail: row.text(7)?,
        })
    })
}
