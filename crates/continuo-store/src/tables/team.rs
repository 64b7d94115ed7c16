//! Teams and programs: who works together, and whose worklist work may go to.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::OrgId;

/// A team or program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Organization.
    pub org: OrgId,
    /// Number within the organization.
    pub id: i64,
    /// What people read.
    pub name: String,
    /// `team` or `programme`.
    pub kind: String,
    /// Its `CareTeam/ID` or `Organization/ID`, by which tasks name it as owner.
    pub reference: String,
}

fn read(row: &Row<'_>) -> Result<Team> {
    Ok(Team {
        org: OrgId(row.int(0)?),
        id: row.int(1)?,
        name: row.text(2)?,
        kind: row.text(3)?,
        reference: row.text(4)?,
    })
}

/// All teams of an organization, by name.
pub fn teams_of(conn: &mut Conn, org: OrgId) -> Result<Vec<Team>> {
    conn.query("select org, id, name, kind, reference from team where org = ?1 order by name, id", &[org.param()], read)
}

/// The teams somebody belongs to.
pub fn teams_of_account(conn: &mut Conn, org: OrgId, account: i64) -> Result<Vec<Team>> {
    conn.query(
        "select t.org, t.id, t.name, t.kind, t.reference from team_member m \
         join team t on t.org = m.org and t.id = m.team where m.org = ?1 and m.account = ?2 order by t.name, t.id",
        &[org.param(), Param::Int(account)],
        read,
    )
}

/// The accounts in a team.
pub fn members_of_team(conn: &mut Conn, org: OrgId, team: i64) -> Result<Vec<i64>> {
    conn.query(
        "select account from team_member where org = ?1 and team = ?2 order by account",
        &[org.param(), Param::Int(team)],
        |row| row.int(0),
    )
}

/// Writes a team; a number of 0 asks for the next free one. Returns its number.
pub fn put_team(conn: &mut Conn, team: &Team) -> Result<i64> {
    let id = match team.id {
        0 => conn.query_int("select coalesce(max(id), 0) + 1 from team where org = ?1", &[team.org.param()])?,
        id => id,
    };
    conn.execute("delete from team where org = ?1 and id = ?2", &[team.org.param(), Param::Int(id)])?;
    conn.execute(
        "insert into team (org, id, name, kind, reference) values (?1, ?2, ?3, ?4, ?5)",
        &[
            team.org.param(),
            Param::Int(id),
            Param::Text(&team.name),
            Param::Text(&team.kind),
            Param::Text(&team.reference),
        ],
    )?;
    Ok(id)
}

/// Puts somebody into a team.
pub fn add_member(conn: &mut Conn, org: OrgId, team: i64, account: i64) -> Result<()> {
    conn.execute(
        "insert into team_member (org, team, account) values (?1, ?2, ?3) on conflict do nothing",
        &[org.param(), Param::Int(team), Param::Int(account)],
    )?;
    Ok(())
}

/// Takes somebody out of a team.
pub fn remove_member(conn: &mut Conn, org: OrgId, team: i64, account: i64) -> Result<()> {
    conn.execute(
        "delete from team_member where org = ?1 and team = ?2 and account = ?3",
        &[org.param(), Param::Int(team), Param::Int(account)],
    )?;
    Ok(())
}
