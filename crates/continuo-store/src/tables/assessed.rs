//! When each person was assessed, on which change number, and when the answer may change by itself.

use crate::conn::{Conn, Param, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// An assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// Whose.
    pub patient: Rid,
    /// The organization's last change number it saw.
    pub change: i64,
    /// When.
    pub at: Micros,
    /// Look again then, even if nothing new comes.
    pub next_at: Micros,
    /// Engine build.
    pub build: String,
}

/// Writes an assessment.
pub fn put(conn: &mut Conn, org: OrgId, a: &Assessed) -> Result<()> {
    conn.execute(
        "insert into assessed (org, patient, change, at, next_at, build) values (?1, ?2, ?3, ?4, ?5, ?6) \
         on conflict (org, patient) do update set change = excluded.change, at = excluded.at, \
         next_at = excluded.next_at, build = excluded.build",
        &[
            org.param(),
            a.patient.param(),
            Param::Int(a.change),
            Param::Int(a.at),
            Param::Int(a.next_at),
            Param::Text(&a.build),
        ],
    )?;
    Ok(())
}

/// The last assessment of a source patient.
pub fn of_patient(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Option<Assessed>> {
    conn.query_opt(
        "select patient, change, at, next_at, build from assessed where org = ?1 and patient = ?2",
        &[org.param(), patient.param()],
        |row| {
            Ok(Assessed {
                patient: Rid(row.int(0)?),
                change: row.int(1)?,
                at: row.int(2)?,
                next_at: row.int(3)?,
                build: row.text(4)?,
            })
        },
    )
}

/// Takes the assessment of a source patient away: it is part of another person now, or gone.
pub fn remove(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    conn.execute("delete from assessed where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    Ok(())
}

/// People whose next look is due, soonest first.
pub fn due(conn: &mut Conn, org: OrgId, now: Micros, most: i64) -> Result<Vec<Rid>> {
    conn.query(
        "select patient from assessed where org = ?1 and next_at <= ?2 order by next_at, patient limit ?3",
        &[org.param(), Param::Int(now), Param::Int(most)],
        |row| row.int(0).map(Rid),
    )
}

/// People last assessed before a moment: the nightly round, and after a change of rules.
pub fn before(conn: &mut Conn, org: OrgId, at: Micros, most: i64) -> Result<Vec<Rid>> {
    conn.query(
        "select patient from assessed where org = ?1 and at < ?2 order by at, patient limit ?3",
        &[org.param(), Param::Int(at), Param::Int(most)],
        |row| row.int(0).map(Rid),
    )
}

/// When the last fact about some source patients came in: any resource but work itself and its papers.
pub fn last_fact(conn: &mut Conn, org: OrgId, patients: &[Rid]) -> Result<Micros> {
    let mut params = vec![Value::Int(org.0)];
    let list = crate::scope::bound_rids(patients, &mut params);
    let sql = format!(
        "select max(r.updated) from resource r where r.org = ?1 and r.body is not null and r.patient in ({list}) \
         and r.type not in (select n.id from name n where n.name in ('Task', 'Provenance', 'AuditEvent'))"
    );
    conn.query_int(&sql, &params.iter().map(Value::as_param).collect::<Vec<_>>())
}

/// Whether anybody was assessed yet.
pub fn anybody(conn: &mut Conn, org: OrgId) -> Result<bool> {
    Ok(conn.query_int("select count(*) from (select 1 from assessed where org = ?1 limit 1) a", &[org.param()])? > 0)
}

/// Every person: source patients that are there and linked to nobody else.
pub fn everybody(conn: &mut Conn, org: OrgId) -> Result<Vec<Rid>> {
    conn.query(
        "select r.rid from resource r where r.org = ?1 and r.type = (select n.id from name n where n.name = 'Patient') \
         and r.body is not null and not exists (select 1 from person_member m where m.org = r.org and m.patient = r.rid \
         and m.until is null and m.person <> r.rid) order by r.rid",
        &[org.param()],
        |row| row.int(0).map(Rid),
    )
}

/// Takes the caches away that assessing writes; they are made again from the record.
pub fn drop_projections(conn: &mut Conn, org: OrgId) -> Result<()> {
    for table in ["work", "care_gap", "registry_row", "person_header", "person_key", "assessed"] {
        conn.execute(&format!("delete from {table} where org = ?1"), &[org.param()])?;
    }
    Ok(())
}

/// Everybody is looked at again in the background: a rule changed.
pub fn look_again(conn: &mut Conn, org: OrgId, now: Micros) -> Result<()> {
    conn.execute("update assessed set next_at = ?2 where org = ?1 and next_at > ?2", &[org.param(), Param::Int(now)])?;
    Ok(())
}

/// A person is looked at in the background, whether or not they were before.
pub fn ask(conn: &mut Conn, org: OrgId, person: Rid, now: Micros) -> Result<()> {
    conn.execute(
        "insert into assessed (org, patient, change, at, next_at, build) values (?1, ?2, -1, 0, ?3, '') \
         on conflict (org, patient) do update set next_at = \
         case when assessed.next_at > excluded.next_at then excluded.next_at else assessed.next_at end",
        &[org.param(), person.param(), Param::Int(now)],
    )?;
    Ok(())
}

/// The person of one source patient is looked at again in the background.
pub fn look_again_at(conn: &mut Conn, org: OrgId, patient: Rid, now: Micros) -> Result<()> {
    conn.execute(
        "update assessed set next_at = ?3 where org = ?1 and next_at > ?3 and patient = coalesce((select m.person \
         from person_member m where m.org = ?1 and m.patient = ?2 and m.until is null), ?2)",
        &[org.param(), patient.param(), Param::Int(now)],
    )?;
    Ok(())
}

/// How far the change feed has been worked off: kept in `marker` under `assessed/ORG`.
pub fn cursor(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select number from marker where name = ?1", &[Param::Text(&format!("assessed/{org}"))])
}

/// Moves the cursor on.
pub fn set_cursor(conn: &mut Conn, org: OrgId, change: i64) -> Result<()> {
    conn.execute(
        "insert into marker (name, number, note) values (?1, ?2, '') on conflict (name) do update set number = excluded.number",
        &[Param::Text(&format!("assessed/{org}")), Param::Int(change)],
    )?;
    Ok(())
}
