//! When somebody last looked at a person's chart: "since last looked", and who else is involved today.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// Records a look and returns the moment of the one before; 0 for the first. Looks within an hour count as one. `sound` is
/// how the person's name sounds, for [`lately`].
pub fn look(conn: &mut Conn, org: OrgId, actor: &str, patient: Rid, sound: &str, now: Micros) -> Result<Micros> {
    let before = before(conn, org, actor, patient, now)?;
    conn.execute(
        "insert into looked (org, actor, patient, at, before, sound) values (?1, ?2, ?3, ?4, ?5, ?6) on conflict \
         (org, actor, patient) do update set at = excluded.at, before = excluded.before, sound = excluded.sound",
        &[org.param(), Param::Text(actor), patient.param(), Param::Int(now), Param::Int(before), Param::Text(sound)],
    )?;
    Ok(before)
}

/// The last look before one at `now`, whether that is recorded yet or not; 0 when there was none.
pub fn before(conn: &mut Conn, org: OrgId, actor: &str, patient: Rid, now: Micros) -> Result<Micros> {
    const HOUR: Micros = 3_600_000_000;
    let key = [org.param(), Param::Text(actor), patient.param()];
    let found =
        conn.query_opt("select at, before from looked where org = ?1 and actor = ?2 and patient = ?3", &key, |row| {
            Ok((row.int(0)?, row.int(1)?))
        })?;
    Ok(match found {
        Some((at, before)) if now - at < HOUR => before,
        Some((at, _)) => at,
        None => 0,
    })
}

/// Whom with a name of this sound somebody looked at since a moment, newest first.
pub fn lately(conn: &mut Conn, org: OrgId, actor: &str, sound: &str, since: Micros) -> Result<Vec<(Rid, Micros)>> {
    conn.query(
        "select patient, at from looked where org = ?1 and actor = ?2 and at >= ?3 and sound = ?4 order by at desc, patient",
        &[org.param(), Param::Text(actor), Param::Int(since), Param::Text(sound)],
        |row| Ok((Rid(row.int(0)?), row.int(1)?)),
    )
}

/// Whom somebody looked at last, newest first.
pub fn newest(conn: &mut Conn, org: OrgId, actor: &str, most: usize) -> Result<Vec<(Rid, Micros)>> {
    conn.query(
        "select patient, at from looked where org = ?1 and actor = ?2 order by at desc, patient limit ?3",
        &[org.param(), Param::Text(actor), Param::Int(i64::try_from(most).unwrap_or(i64::MAX))],
        |row| Ok((Rid(row.int(0)?), row.int(1)?)),
    )
}

/// Who looked at a person since a moment, newest first.
pub fn others(conn: &mut Conn, org: OrgId, patient: Rid, since: Micros) -> Result<Vec<(String, Micros)>> {
    conn.query(
        "select actor, at from looked where org = ?1 and patient = ?2 and at >= ?3 order by at desc, actor",
        &[org.param(), patient.param(), Param::Int(since)],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}
