//! Organizations: the first part of every key.

use crate::audit::genesis;
use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::OrgId;

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Org {
    /// Key.
    pub org: OrgId,
    /// Name as shown.
    pub name: String,
    /// IANA zone of dates without one.
    pub zone: String,
}

/// All organizations.
pub fn all(conn: &mut Conn) -> Result<Vec<Org>> {
    conn.query("select org, name, zone from org order by org", &[], |row| {
        Ok(Org { org: OrgId(row.int(0)?), name: row.text(1)?, zone: row.text(2)? })
    })
}

/// The zone of an organization.
pub fn zone(conn: &mut Conn, org: OrgId) -> Result<Option<String>> {
    conn.query_opt("select zone from org where org = ?1", &[org.param()], |row| row.text(0))
}

/// Adds an organization with an empty audit chain; an existing one keeps its name and zone.
pub(crate) fn add(conn: &mut Conn, new: &Org) -> Result<()> {
    if all(conn)?.is_empty() {
        // An empty database has nothing to rebuild.
        crate::write::rebuild::note(conn)?;
    }
    conn.execute(
        "insert into org (org, name, zone, head) values (?1, ?2, ?3, ?4) on conflict (org) do nothing",
        &[new.org.param(), Param::Text(&new.name), Param::Text(&new.zone), Param::Blob(&genesis(new.org))],
    )?;
    Ok(())
}

/// Changes an organization's name.
pub fn rename(conn: &mut Conn, org: OrgId, name: &str) -> Result<()> {
    conn.execute("update org set name = ?2 where org = ?1", &[org.param(), Param::Text(name)])?;
    Ok(())
}
