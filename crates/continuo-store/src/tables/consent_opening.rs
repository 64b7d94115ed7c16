//! What Consents opened, with the review each opening must get. A row stays when the Consent is revoked or deleted.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// A Consent that opened labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentOpening {
    /// Number within the organisation.
    pub id: i64,
    /// The Consent.
    pub consent: Rid,
    /// Whose record.
    pub patient: Rid,
    /// Label bits.
    pub labels: u64,
    /// Until when; `i64::MAX` without an end.
    pub until: Micros,
    /// When it first opened them.
    pub at: Micros,
    /// Who wrote it.
    pub actor: String,
    /// Who reviewed it.
    pub reviewed_by: Option<String>,
    /// What the review found.
    pub review: Option<String>,
}

/// Notes that a Consent opens these labels until then; once, however often it is looked at.
pub fn note(conn: &mut Conn, org: OrgId, one: &ConsentOpening) -> Result<()> {
    let key =
        [org.param(), one.consent.param(), one.patient.param(), Param::Int(one.labels as i64), Param::Int(one.until)];
    let known = conn.query_int(
        "select count(*) from consent_opening where org = ?1 and consent = ?2 and patient = ?3 and labels = ?4 and until = ?5",
        &key,
    )?;
    if known > 0 {
        return Ok(());
    }
    let id = conn.query_int("select coalesce(max(id), 0) + 1 from consent_opening where org = ?1", &[org.param()])?;
    let [org, consent, patient, labels, until] = key;
    conn.execute(
        "insert into consent_opening (org, id, consent, patient, labels, until, at, actor) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &[org, Param::Int(id), consent, patient, labels, until, Param::Int(one.at), Param::Text(&one.actor)],
    )?;
    Ok(())
}

/// The newest ones; only those without a review if `only_open`.
pub fn listed(conn: &mut Conn, org: OrgId, only_open: bool, most: i64) -> Result<Vec<ConsentOpening>> {
    conn.query(
        "select id, consent, patient, labels, until, at, actor, reviewed_by, review from consent_opening \
         where org = ?1 and (?2 = 0 or reviewed_by is null) order by id desc limit ?3",
        &[org.param(), Param::Int(i64::from(only_open)), Param::Int(most)],
        |row| {
            Ok(ConsentOpening {
                id: row.int(0)?,
                consent: Rid(row.int(1)?),
                patient: Rid(row.int(2)?),
                labels: row.int(3)? as u64,
                until: row.int(4)?,
                at: row.int(5)?,
                actor: row.text(6)?,
                reviewed_by: row.opt_text(7)?,
                review: row.opt_text(8)?,
            })
        },
    )
}

/// How many nobody has reviewed.
pub fn unreviewed(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select count(*) from consent_opening where org = ?1 and reviewed_by is null", &[org.param()])
}

/// Records a review; says whose record it is, or nothing where there was nothing to review.
pub fn review(conn: &mut Conn, org: OrgId, id: i64, by: &str, at: Micros, found: &str) -> Result<bool> {
    let changed = conn.execute(
        "update consent_opening set reviewed_by = ?3, reviewed_at = ?4, review = ?5 \
         where org = ?1 and id = ?2 and reviewed_by is null",
        &[org.param(), Param::Int(id), Param::Text(by), Param::Int(at), Param::Text(found)],
    )?;
    Ok(changed == 1)
}
