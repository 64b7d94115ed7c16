//! Which source patients are one person (versioned), whom an audience reaches, and which labels are open to it.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId, Rid};

/// Says that a source patient belongs to a person from now on; what it belonged to before ends now.
pub fn link(
    conn: &mut Conn,
    org: OrgId,
    patient: Rid,
    person: Rid,
    at: Micros,
    commit: CommitId,
    why: &str,
) -> Result<()> {
    unlink(conn, org, patient, at)?;
    conn.execute(
        "insert into person_member (org, patient, since, person, until, commit_id, why)
         values (?1, ?2, ?3, ?4, null, ?5, ?6)
         on conflict (org, patient, since) do update set person = excluded.person, until = null,
             commit_id = excluded.commit_id, why = excluded.why",
        &[org.param(), patient.param(), Param::Int(at), person.param(), commit.param(), Param::Text(why)],
    )?;
    Ok(())
}

/// Ends a source patient's membership: it is its own person again.
pub fn unlink(conn: &mut Conn, org: OrgId, patient: Rid, at: Micros) -> Result<()> {
    conn.execute(
        "update person_member set until = ?3 where org = ?1 and patient = ?2 and until is null",
        &[org.param(), patient.param(), Param::Int(at)],
    )?;
    Ok(())
}

/// Lets an audience (a programme, a team, a staff member) reach a patient.
pub fn add_reach(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid) -> Result<()> {
    conn.execute(
        "insert into reach (org, audience, patient) values (?1, ?2, ?3) on conflict (org, audience, patient) do nothing",
        &[org.param(), Param::Int(audience), patient.param()],
    )?;
    Ok(())
}

/// Takes a patient out of an audience's reach.
pub fn remove_reach(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid) -> Result<()> {
    conn.execute(
        "delete from reach where org = ?1 and audience = ?2 and patient = ?3",
        &[org.param(), Param::Int(audience), patient.param()],
    )?;
    Ok(())
}

/// Opens labels of a patient to an audience until a time: a consent, or an emergency.
pub fn open_labels(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid, labels: u64, until: Micros) -> Result<()> {
    conn.execute(
        "insert into opening (org, audience, patient, labels, until) values (?1, ?2, ?3, ?4, ?5)
         on conflict (org, audience, patient) do update set labels = excluded.labels, until = excluded.until",
        &[org.param(), Param::Int(audience), patient.param(), Param::Int(labels as i64), Param::Int(until)],
    )?;
    Ok(())
}

/// Closes them again: a consent was revoked.
pub fn close_labels(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid) -> Result<()> {
    conn.execute(
        "delete from opening where org = ?1 and audience = ?2 and patient = ?3",
        &[org.param(), Param::Int(audience), patient.param()],
    )?;
    Ok(())
}
