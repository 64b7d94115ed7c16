//! Which source patients are one person (versioned), whom an audience reaches, and which labels are open to it.

use crate::conn::{Conn, Param, Row};
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

/// One stretch of a source patient's membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The source patient.
    pub patient: Rid,
    /// From when.
    pub since: Micros,
    /// To which person it belonged.
    pub person: Rid,
    /// Until when; open while it lasts.
    pub until: Option<Micros>,
    /// The commit that made it.
    pub commit: CommitId,
    /// Why.
    pub why: String,
}

const MEMBERSHIP: &str = "patient, since, person, until, commit_id, why";

/// Every membership a source patient has had, oldest first.
pub fn memberships(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<Membership>> {
    conn.query(
        &format!("select {MEMBERSHIP} from person_member where org = ?1 and patient = ?2 order by since"),
        &[org.param(), patient.param()],
        read_membership,
    )
}

/// The memberships a commit made.
pub fn memberships_of_commit(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<Vec<Membership>> {
    conn.query(
        &format!("select {MEMBERSHIP} from person_member where org = ?1 and commit_id = ?2 order by patient, since"),
        &[org.param(), commit.param()],
        read_membership,
    )
}

/// The source patients that were taken off a person after a moment.
pub fn left_since(conn: &mut Conn, org: OrgId, person: Rid, since: Micros) -> Result<Vec<Membership>> {
    conn.query(
        &format!(
            "select {MEMBERSHIP} from person_member where org = ?1 and person = ?2 and until > ?3 order by until, patient"
        ),
        &[org.param(), person.param(), Param::Int(since)],
        read_membership,
    )
}

fn read_membership(row: &Row<'_>) -> Result<Membership> {
    Ok(Membership {
        patient: Rid(row.int(0)?),
        since: row.int(1)?,
        person: Rid(row.int(2)?),
        until: row.opt_int(3)?,
        commit: CommitId(row.int(4)?),
        why: row.text(5)?,
    })
}

/// Lets an audience (a program, a team, a staff member) reach a patient.
pub fn add_reach(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid) -> Result<()> {
    conn.execute(
        "insert into reach (org, audience, patient) values (?1, ?2, ?3) on conflict (org, audience, patient) do nothing",
        &[org.param(), Param::Int(audience), patient.param()],
    )?;
    Ok(())
}

/// The audiences that reach a patient.
pub fn reach_of(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<i64>> {
    conn.query(
        "select audience from reach where org = ?1 and patient = ?2 order by audience",
        &[org.param(), patient.param()],
        |row| row.int(0),
    )
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

/// The openings that run now, those of everybody first: (audience, whose, labels, until).
pub fn openings(conn: &mut Conn, org: OrgId, now: Micros, most: i64) -> Result<Vec<(i64, Rid, u64, Micros)>> {
    conn.query(
        "select audience, patient, labels, until from opening where org = ?1 and until > ?2
         order by audience, patient limit ?3",
        &[org.param(), Param::Int(now), Param::Int(most)],
        |row| Ok((row.int(0)?, Rid(row.int(1)?), row.int(2)? as u64, row.int(3)?)),
    )
}

/// The labels of a patient that are open to an audience now.
pub fn opened(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid, now: Micros) -> Result<u64> {
    let labels = conn.query_opt(
        "select labels from opening where org = ?1 and audience = ?2 and patient = ?3 and until > ?4",
        &[org.param(), Param::Int(audience), patient.param(), Param::Int(now)],
        |row| row.int(0),
    )?;
    Ok(labels.unwrap_or(0) as u64)
}

/// Closes them again: a consent was revoked.
pub fn close_labels(conn: &mut Conn, org: OrgId, audience: i64, patient: Rid) -> Result<()> {
    conn.execute(
        "delete from opening where org = ?1 and audience = ?2 and patient = ?3",
        &[org.param(), Param::Int(audience), patient.param()],
    )?;
    Ok(())
}
