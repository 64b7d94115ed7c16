//! What happens when a database is opened and closed: integrity, the audit chain, and the gap a crash leaves.

use crate::audit::{self, verify};
use crate::conn::{Conn, Dialect, Param};
use crate::error::{Error, Result};
use crate::ids::OrgId;
use crate::store::{StartCheck, StoreOptions};

/// Marker row: 1 while a process writes, 0 after it ended in order.
const RUNNING: &str = "running";

/// Checks the database; on failure nothing is served.
pub(crate) fn check(conn: &mut Conn, options: &StoreOptions) -> Result<()> {
    if options.check == StartCheck::Full {
        integrity(conn)?;
    }
    // One snapshot: on PostgreSQL other processes may be writing.
    conn.batch(conn.dialect().begin_read())?;
    let chains =
        organizations(conn).and_then(|list| list.iter().try_for_each(|org| check_chain(conn, *org, options.check)));
    conn.batch("rollback")?;
    chains?;
    record_gap(conn, options)
}

/// The database's own check of its pages and indexes.
pub(crate) fn integrity(conn: &mut Conn) -> Result<()> {
    if conn.dialect() == Dialect::Postgres {
        // PostgreSQL checks page checksums as it reads; there is no statement to run here.
        return Ok(());
    }
    let found = conn.query("pragma quick_check(3)", &[], |row| row.text(0))?;
    match found.first().map(String::as_str) {
        Some("ok") => Ok(()),
        _ => Err(Error::Damaged(found.join("; "))),
    }
}

pub(crate) fn organizations(conn: &mut Conn) -> Result<Vec<OrgId>> {
    conn.query("select org from org order by org", &[], |row| Ok(OrgId(row.int(0)?)))
}

fn check_chain(conn: &mut Conn, org: OrgId, check: StartCheck) -> Result<()> {
    if check == StartCheck::Full {
        let report = verify(conn, org, None, false)?;
        return match report.problems.first() {
            None => Ok(()),
            Some(problem) => Err(Error::Damaged(format!("audit chain of organization {org}: {problem}"))),
        };
    }
    let head = audit::head(conn, org)?;
    let newest = conn.query_opt(
        "select link, hash from audit_link where org = ?1 order by link desc limit 1",
        &[org.param()],
        |row| Ok((row.int(0)?, row.blob(1)?)),
    )?;
    let newest = newest.unwrap_or_else(|| (0, audit::genesis(org).to_vec()));
    if newest != (head.link, head.hash) {
        return Err(Error::Damaged(format!("audit chain of organization {org} ends before its head")));
    }
    Ok(())
}

/// A process that did not end in order may have lost up to 100 ms of read-audit rows; the chain says so.
fn record_gap(conn: &mut Conn, options: &StoreOptions) -> Result<()> {
    let crashed = conn.query_int("select number from marker where name = ?1", &[Param::Text(RUNNING)])? == 1;
    let now = options.clock.now().micros();
    conn.batch(conn.dialect().begin_write())?;
    let recorded = record(conn, crashed, now);
    conn.batch(if recorded.is_ok() { "commit" } else { "rollback" })?;
    recorded
}

fn record(conn: &mut Conn, crashed: bool, now: i64) -> Result<()> {
    set_running(conn, 1)?;
    if !crashed {
        return Ok(());
    }
    for org in organizations(conn)? {
        let mut chain = audit::Chain::open(conn, org)?;
        let mut rows = audit::audit_bulk();
        chain.add_audit(
            &mut rows,
            &audit::AuditRow {
                at: now,
                actor: "system/store",
                action: "audit gap",
                patient: 0,
                subject: "",
                commit: 0,
                detail: "the process before did not end in order; up to 100 ms of read rows may be missing",
            },
        );
        conn.insert_bulk(&rows)?;
        chain.finish(conn, now)?;
    }
    Ok(())
}

/// Called by the writer when it ends in order.
pub(crate) fn mark_clean_end(conn: &mut Conn) -> Result<()> {
    set_running(conn, 0)
}

fn set_running(conn: &mut Conn, number: i64) -> Result<()> {
    conn.execute(
        "insert into marker (name, number, note) values (?1, ?2, '')
         on conflict (name) do update set number = excluded.number",
        &[Param::Text(RUNNING), Param::Int(number)],
    )?;
    Ok(())
}
