//! Settings: named rows whose earlier versions stay, with who changed them and when.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// A version of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Name.
    pub name: String,
    /// Version, from 1.
    pub version: i64,
    /// When it was made.
    pub at: Micros,
    /// Who made it.
    pub actor: String,
    /// Its content: JSON of `care`.
    pub value: String,
    /// Why it was set so; empty where nobody was asked.
    pub reason: String,
}

fn read(row: &Row<'_>) -> Result<Setting> {
    Ok(Setting {
        name: row.text(0)?,
        version: row.int(1)?,
        at: row.int(2)?,
        actor: row.text(3)?,
        value: row.text(4)?,
        reason: row.text(5)?,
    })
}

/// The newest version of every setting, by name.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<Setting>> {
    conn.query(
        "select s.name, s.version, s.at, s.actor, s.value, s.reason from setting s where s.org = ?1 and s.version =
             (select max(n.version) from setting n where n.org = s.org and n.name = s.name) order by s.name",
        &[org.param()],
        read,
    )
}

/// The newest version of a setting.
pub fn newest(conn: &mut Conn, org: OrgId, name: &str) -> Result<Option<Setting>> {
    conn.query_opt(
        "select name, version, at, actor, value, reason from setting where org = ?1 and name = ?2 order by version desc limit 1",
        &[org.param(), Param::Text(name)],
        read,
    )
}

/// One version of a setting.
pub fn version(conn: &mut Conn, org: OrgId, name: &str, version: i64) -> Result<Option<Setting>> {
    conn.query_opt(
        "select name, version, at, actor, value, reason from setting where org = ?1 and name = ?2 and version = ?3",
        &[org.param(), Param::Text(name), Param::Int(version)],
        read,
    )
}

/// The setting that was in force at a moment.
pub fn at(conn: &mut Conn, org: OrgId, name: &str, moment: Micros) -> Result<Option<Setting>> {
    conn.query_opt(
        "select name, version, at, actor, value, reason from setting
         where org = ?1 and name = ?2 and at <= ?3 order by version desc limit 1",
        &[org.param(), Param::Text(name), Param::Int(moment)],
        read,
    )
}

/// All versions of a setting, newest first.
pub fn history(conn: &mut Conn, org: OrgId, name: &str) -> Result<Vec<Setting>> {
    conn.query(
        "select name, version, at, actor, value, reason from setting where org = ?1 and name = ?2 order by version desc",
        &[org.param(), Param::Text(name)],
        read,
    )
}

/// Writes a new version of a setting.
pub fn set(conn: &mut Conn, org: OrgId, name: &str, at: Micros, actor: &str, value: &str) -> Result<()> {
    set_with_reason(conn, org, name, at, actor, value, "")
}

/// Writes a new version of a setting with the reason for it.
pub fn set_with_reason(
    conn: &mut Conn,
    org: OrgId,
    name: &str,
    at: Micros,
    actor: &str,
    value: &str,
    reason: &str,
) -> Result<()> {
    let last = "select max(version) from setting where org = ?1 and name = ?2";
    let version = conn.query_int(last, &[org.param(), Param::Text(name)])? + 1;
    conn.execute(
        "insert into setting (org, name, version, at, actor, value, reason) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &[
            org.param(),
            Param::Text(name),
            Param::Int(version),
            Param::Int(at),
            Param::Text(actor),
            Param::Text(value),
            Param::Text(reason),
        ],
    )?;
    Ok(())
}
