//! What Consents opened, with the review each opening must get. A row stays when the Consent is revoked or deleted.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// A Consent that opened labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentOpening {
    /// Number within the organization.
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
    /// It opens nothing until a second person confirms it.
    pub waits: bool,
    /// Who confirmed it; empty for one that did not wait.
    pub confirmed_by: String,
    /// The version of the Consent that says so.
    pub version: i64,
    /// It opens nothing any more.
    pub ended: bool,
}

/// Notes that a Consent opens labels.
pub fn add(conn: &mut Conn, org: OrgId, one: &ConsentOpening) -> Result<()> {
    let id = conn.query_int("select coalesce(max(id), 0) + 1 from consent_opening where org = ?1", &[org.param()])?;
    conn.execute(
        "insert into consent_opening (org, id, consent, patient, labels, until, at, actor, waits, version, ended) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
        &[
            org.param(),
            Param::Int(id),
            one.consent.param(),
            one.patient.param(),
            Param::Int(one.labels as i64),
            Param::Int(one.until),
            Param::Int(one.at),
            Param::Text(&one.actor),
            Param::Int(i64::from(one.waits)),
            Param::Int(one.version),
        ],
    )?;
    Ok(())
}

/// Those of a patient that are not over.
pub fn running(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<ConsentOpening>> {
    let sql =
        format!("select {COLUMNS} from consent_opening where org = ?1 and patient = ?2 and ended = 0 order by id");
    conn.query(&sql, &[org.param(), patient.param()], read)
}

/// The current version of a resource.
pub fn version_of(conn: &mut Conn, resource: Rid) -> Result<i64> {
    conn.query_int("select version from resource where rid = ?1", &[resource.param()])
}

/// A later version of the Consent says the same.
pub fn carry(conn: &mut Conn, org: OrgId, id: i64, version: i64) -> Result<()> {
    conn.execute(
        "update consent_opening set version = ?3 where org = ?1 and id = ?2",
        &[org.param(), Param::Int(id), Param::Int(version)],
    )?;
    Ok(())
}

/// It opens nothing any more. The row stays for its review.
pub fn end(conn: &mut Conn, org: OrgId, id: i64) -> Result<()> {
    conn.execute("update consent_opening set ended = 1 where org = ?1 and id = ?2", &[org.param(), Param::Int(id)])?;
    Ok(())
}

/// What ended before anybody confirmed it opened nothing: there is nothing to review.
const PENDING: &str = "not (waits = 1 and ended = 1)";

/// The newest ones; only those without a review if `only_open`.
pub fn listed(conn: &mut Conn, org: OrgId, only_open: bool, most: i64) -> Result<Vec<ConsentOpening>> {
    conn.query(
        &format!(
            "select {COLUMNS} from consent_opening where org = ?1 and (?2 = 0 or (reviewed_by is null and {PENDING})) order by id desc limit ?3"
        ),
        &[org.param(), Param::Int(i64::from(only_open)), Param::Int(most)],
        read,
    )
}

const COLUMNS: &str =
    "id, consent, patient, labels, until, at, actor, reviewed_by, review, waits, confirmed_by, version, ended";

fn read(row: &Row<'_>) -> Result<ConsentOpening> {
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
        waits: row.int(9)? != 0,
        confirmed_by: row.text(10)?,
        version: row.int(11)?,
        ended: row.int(12)? != 0,
    })
}

/// Those that open nothing yet, oldest first.
pub fn waiting(conn: &mut Conn, org: OrgId, most: i64) -> Result<Vec<ConsentOpening>> {
    let sql = format!(
        "select {COLUMNS} from consent_opening where org = ?1 and waits = 1 and ended = 0 order by id limit ?2"
    );
    conn.query(&sql, &[org.param(), Param::Int(most)], read)
}

/// Records who confirmed one that waits; says whether there was one.
pub fn confirm(conn: &mut Conn, org: OrgId, id: i64, by: &str) -> Result<bool> {
    let changed = conn.execute_counting(
        "update consent_opening set waits = 0, confirmed_by = ?3 where org = ?1 and id = ?2 and waits = 1",
        &[org.param(), Param::Int(id), Param::Text(by)],
    )?;
    Ok(changed == 1)
}

/// Who wrote the version of a resource that is stored; nothing while its commit is not ended.
pub fn writer(conn: &mut Conn, org: OrgId, resource: Rid) -> Result<Option<String>> {
    conn.query_opt(
        "select c.actor from resource r join change h on h.org = r.org and h.seq = r.change \
         join commits c on c.org = h.org and c.id = h.commit_id where r.org = ?1 and r.rid = ?2",
        &[org.param(), resource.param()],
        |row| row.text(0),
    )
}

/// Resources of a type that carry a label, newest first: key, labels, when it was last written.
pub fn labeled(conn: &mut Conn, org: OrgId, type_: &str, most: i64) -> Result<Vec<(Rid, u64, Micros)>> {
    conn.query(
        "select l.rid, l.labels, r.updated from idx_label l join resource r on r.rid = l.rid \
         where l.org = ?1 and l.type = (select id from name where name = ?2) order by r.updated desc limit ?3",
        &[org.param(), Param::Text(type_), Param::Int(most)],
        |row| Ok((Rid(row.int(0)?), row.int(1)? as u64, row.int(2)?)),
    )
}

/// How many nobody has reviewed.
pub fn unreviewed(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int(
        &format!("select count(*) from consent_opening where org = ?1 and reviewed_by is null and {PENDING}"),
        &[org.param()],
    )
}

/// Records a review; says whose record it is, or nothing where there was nothing to review.
pub fn review(conn: &mut Conn, org: OrgId, id: i64, by: &str, at: Micros, found: &str) -> Result<bool> {
    let changed = conn.execute_counting(
        "update consent_opening set reviewed_by = ?3, reviewed_at = ?4, review = ?5 \
         where org = ?1 and id = ?2 and reviewed_by is null",
        &[org.param(), Param::Int(id), Param::Text(by), Param::Int(at), Param::Text(found)],
    )?;
    Ok(changed == 1)
}
