//! Saved views of lists: a name for a query string without personal terms.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::OrgId;

/// The saved views of somebody, by name: (name, query).
pub fn of_actor(conn: &mut Conn, org: OrgId, actor: &str) -> Result<Vec<(String, String)>> {
    conn.query(
        "select name, query from saved_view where org = ?1 and actor = ?2 order by name",
        &[org.param(), Param::Text(actor)],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// Saves a view under a name, replacing the one there.
pub fn put(conn: &mut Conn, org: OrgId, actor: &str, name: &str, query: &str) -> Result<()> {
    conn.execute(
        "insert into saved_view (org, actor, name, query) values (?1, ?2, ?3, ?4) \
         on conflict (org, actor, name) do update set query = excluded.query",
        &[org.param(), Param::Text(actor), Param::Text(name), Param::Text(query)],
    )?;
    Ok(())
}

/// Forgets a view.
pub fn remove(conn: &mut Conn, org: OrgId, actor: &str, name: &str) -> Result<()> {
    conn.execute(
        "delete from saved_view where org = ?1 and actor = ?2 and name = ?3",
        &[org.param(), Param::Text(actor), Param::Text(name)],
    )?;
    Ok(())
}
