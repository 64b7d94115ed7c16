//! Where an account is tried from: browsers that have signed in to it, and addresses and sessions with wrong tries.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// What is known of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// A browser that has signed in to this account.
    pub known: bool,
    /// Refused until then (microseconds).
    pub locked_until: Micros,
}

/// What is known of a place, for one account.
pub fn place(conn: &mut Conn, org: OrgId, account: i64, place: &str) -> Result<Option<Place>> {
    conn.query_opt(
        "select known, locked_until from sign_in_place where place = ?3 and org = ?1 and account = ?2",
        &[org.param(), Param::Int(account), Param::Text(place)],
        |row| Ok(Place { known: row.int(0)? != 0, locked_until: row.int(1)? }),
    )
}

/// Whether anybody has signed in from this browser.
pub fn is_known(conn: &mut Conn, place: &str) -> Result<bool> {
    let sql = "select count(*) from sign_in_place where place = ?1 and known = 1";
    Ok(conn.query_int(sql, &[Param::Text(place)])? > 0)
}

/// Counts a wrong try, or one that is not judged yet, and refuses the place until `until(count)`. Returns until when.
pub fn note_failure(
    conn: &mut Conn,
    org: OrgId,
    account: i64,
    place: &str,
    now: Micros,
    until: impl Fn(i64) -> Micros,
) -> Result<Micros> {
    let key = [org.param(), Param::Int(account), Param::Text(place)];
    conn.execute(
        "insert into sign_in_place (org, account, place, known, failed, locked_until, seen)
         values (?1, ?2, ?3, 0, 1, 0, ?4)
         on conflict (place, org, account) do update set failed = sign_in_place.failed + 1, seen = ?4",
        &[org.param(), Param::Int(account), Param::Text(place), Param::Int(now)],
    )?;
    let sql = "select coalesce(max(failed), 0) from sign_in_place where place = ?3 and org = ?1 and account = ?2";
    let until = until(conn.query_int(sql, &key)?);
    conn.execute(
        "update sign_in_place set locked_until = ?4 where place = ?3 and org = ?1 and account = ?2",
        &[org.param(), Param::Int(account), Param::Text(place), Param::Int(until)],
    )?;
    Ok(until)
}

/// Forgets the wrong tries of a place after a right one.
pub fn note_success(conn: &mut Conn, org: OrgId, account: i64, place: &str) -> Result<()> {
    let key = [org.param(), Param::Int(account), Param::Text(place)];
    conn.execute("delete from sign_in_place where place = ?3 and org = ?1 and account = ?2 and known = 0", &key)?;
    conn.execute(
        "update sign_in_place set failed = 0, locked_until = 0 where place = ?3 and org = ?1 and account = ?2",
        &key,
    )?;
    Ok(())
}

/// Notes that somebody signed in from this browser. At most `most` of an account are kept: the oldest go.
pub fn know(conn: &mut Conn, org: OrgId, account: i64, place: &str, now: Micros, most: i64) -> Result<()> {
    conn.execute(
        "insert into sign_in_place (org, account, place, known, failed, locked_until, seen)
         values (?1, ?2, ?3, 1, 0, 0, ?4)
         on conflict (place, org, account) do update set known = 1, failed = 0, locked_until = 0, seen = ?4",
        &[org.param(), Param::Int(account), Param::Text(place), Param::Int(now)],
    )?;
    conn.execute(
        "delete from sign_in_place where org = ?1 and account = ?2 and known = 1 and place not in (
             select k.place from sign_in_place k where k.org = ?1 and k.account = ?2 and k.known = 1
             order by k.seen desc, k.place limit ?3)",
        &[org.param(), Param::Int(account), Param::Int(most)],
    )?;
    Ok(())
}

/// Forgets the tries of addresses and sessions that were not used since.
pub fn forget_before(conn: &mut Conn, org: OrgId, account: i64, before: Micros) -> Result<()> {
    conn.execute(
        "delete from sign_in_place where org = ?1 and account = ?2 and known = 0 and seen < ?3",
        &[org.param(), Param::Int(account), Param::Int(before)],
    )?;
    Ok(())
}

/// Nobody waits any more: an administrator says so.
pub fn forgive(conn: &mut Conn, org: OrgId, account: i64) -> Result<()> {
    let key = [org.param(), Param::Int(account)];
    conn.execute("delete from sign_in_place where org = ?1 and account = ?2 and known = 0", &key)?;
    conn.execute("update sign_in_place set failed = 0, locked_until = 0 where org = ?1 and account = ?2", &key)?;
    Ok(())
}

/// The accounts of which some place waits now, and the last moment that one of them does.
pub fn waiting(conn: &mut Conn, org: OrgId, now: Micros) -> Result<Vec<(i64, Micros)>> {
    conn.query(
        "select account, max(locked_until) from sign_in_place where org = ?1 and locked_until > ?2
         group by account order by account",
        &[org.param(), Param::Int(now)],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )
}
