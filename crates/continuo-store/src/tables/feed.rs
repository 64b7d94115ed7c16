//! What sends records here: when each source was last heard, in which hours, and each time it fell silent.
//!
//! When silence is not normal any more is worked out in `care` and kept beside the feed, so that a page asks one row.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::{Scope, bound_rids};

/// One hour.
const HOUR: Micros = 3_600_000_000;

/// A source that sends records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its name.
    pub source: String,
    /// When it was first heard.
    pub first: Micros,
    /// When it was last heard.
    pub last: Micros,
    /// From when on its silence is not normal; 0 while that is to be worked out, `i64::MAX` if nobody waits for it.
    pub silent_after: Micros,
    /// What is usual of it, in words of `care`.
    pub usual: String,
}

/// A time in which a source was silent longer than is normal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The source.
    pub source: String,
    /// When it was last heard before.
    pub since: Micros,
    /// When the silence was noticed.
    pub noticed: Micros,
    /// When it ended; 0 while it lasts.
    pub ended: Micros,
    /// Who looks into it; empty while nobody does.
    pub taken_by: String,
    /// Since when.
    pub taken_at: Micros,
    /// What they said.
    pub note: String,
    /// The Task that somebody looks into it by; empty for silences noticed before there were any.
    pub task: String,
    /// People of whom it sent lately, as far as was looked.
    pub people: i64,
    /// What it sends, in words of `care`.
    pub brings: String,
}

const FEED: &str = "source, first, last, silent_after, usual";
const SILENCE: &str = "source, since, noticed, ended, taken_by, taken_at, note, task, people, brings";

fn feed(row: &Row<'_>) -> Result<Feed> {
    Ok(Feed {
        source: row.text(0)?,
        first: row.int(1)?,
        last: row.int(2)?,
        silent_after: row.int(3)?,
        usual: row.text(4)?,
    })
}

fn silence(row: &Row<'_>) -> Result<Silence> {
    Ok(Silence {
        source: row.text(0)?,
        since: row.int(1)?,
        noticed: row.int(2)?,
        ended: row.int(3)?,
        taken_by: row.text(4)?,
        taken_at: row.int(5)?,
        note: row.text(6)?,
        task: row.text(7)?,
        people: row.int(8)?,
        brings: row.text(9)?,
    })
}

/// Notes that a source was heard at a moment; until when its silence is normal is to be worked out again.
pub fn heard(conn: &mut Conn, org: OrgId, source: &str, at: Micros) -> Result<()> {
    conn.execute(
        "insert into feed (org, source, first, last, silent_after, usual) values (?1, ?2, ?3, ?3, 0, '') on conflict (org, source) do update \
         set first = case when excluded.first < feed.first then excluded.first else feed.first end, \
             last = case when excluded.last > feed.last then excluded.last else feed.last end, silent_after = 0",
        &[org.param(), Param::Text(source), Param::Int(at)],
    )?;
    conn.execute(
        "insert into feed_hour (org, source, hour, minutes) values (?1, ?2, ?3, 1) \
         on conflict (org, source, hour) do update set minutes = feed_hour.minutes + 1",
        &[org.param(), Param::Text(source), Param::Int(at - at.rem_euclid(HOUR))],
    )?;
    Ok(())
}

/// All sources by name.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<Feed>> {
    conn.query(&format!("select {FEED} from feed where org = ?1 order by source"), &[org.param()], feed)
}

/// Sources of which it is not worked out until when their silence is normal.
pub fn to_work_out(conn: &mut Conn, org: OrgId) -> Result<Vec<Feed>> {
    let sql = format!("select {FEED} from feed where org = ?1 and silent_after = 0 order by source");
    conn.query(&sql, &[org.param()], feed)
}

/// Sources that are silent longer than is normal, the longest first.
pub fn silent(conn: &mut Conn, org: OrgId, now: Micros) -> Result<Vec<Feed>> {
    let sql = format!(
        "select {FEED} from feed where org = ?1 and silent_after > 0 and silent_after <= ?2 order by last, source"
    );
    conn.query(&sql, &[org.param(), Param::Int(now)], feed)
}

/// Writes until when the silence of a source is normal and what is usual of it, if it was not heard since.
pub fn work_out(conn: &mut Conn, org: OrgId, of: &Feed) -> Result<()> {
    conn.execute(
        "update feed set silent_after = ?4, usual = ?5 where org = ?1 and source = ?2 and last = ?3",
        &[
            org.param(),
            Param::Text(&of.source),
            Param::Int(of.last),
            Param::Int(of.silent_after),
            Param::Text(&of.usual),
        ],
    )?;
    Ok(())
}

/// Has every source worked out again: after a change of settings, and each night.
pub fn work_out_again(conn: &mut Conn, org: OrgId) -> Result<()> {
    conn.execute("update feed set silent_after = 0 where org = ?1", &[org.param()])?;
    Ok(())
}

/// The hours in which a source was heard since a moment, in order.
pub fn hours(conn: &mut Conn, org: OrgId, source: &str, since: Micros) -> Result<Vec<Micros>> {
    conn.query(
        "select hour from feed_hour where org = ?1 and source = ?2 and hour >= ?3 order by hour",
        &[org.param(), Param::Text(source), Param::Int(since)],
        |row| row.int(0),
    )
}

/// Forgets hours before a moment.
pub fn forget_hours(conn: &mut Conn, org: OrgId, source: &str, before: Micros) -> Result<()> {
    conn.execute(
        "delete from feed_hour where org = ?1 and source = ?2 and hour < ?3",
        &[org.param(), Param::Text(source), Param::Int(before)],
    )?;
    Ok(())
}

/// Silences that last, by source.
pub fn open_silences(conn: &mut Conn, org: OrgId) -> Result<Vec<Silence>> {
    let sql = format!("select {SILENCE} from feed_silence where org = ?1 and ended = 0 order by source");
    conn.query(&sql, &[org.param()], silence)
}

/// The last silences of a source, newest first.
pub fn silences_of(conn: &mut Conn, org: OrgId, source: &str, most: i64) -> Result<Vec<Silence>> {
    let sql = format!("select {SILENCE} from feed_silence where org = ?1 and source = ?2 order by since desc limit ?3");
    conn.query(&sql, &[org.param(), Param::Text(source), Param::Int(most)], silence)
}

/// Writes that a silence was noticed, with its Task; once. One that was noticed before goes on.
pub fn notice(conn: &mut Conn, org: OrgId, of: &Silence) -> Result<()> {
    conn.execute(
        "insert into feed_silence (org, source, since, noticed, ended, taken_by, taken_at, note, task, people, brings) \
         values (?1, ?2, ?3, ?4, 0, '', 0, '', ?5, ?6, ?7) on conflict (org, source, since) do update set ended = 0, \
         task = excluded.task, people = excluded.people, brings = excluded.brings",
        &[
            org.param(),
            Param::Text(&of.source),
            Param::Int(of.since),
            Param::Int(of.noticed),
            Param::Text(&of.task),
            Param::Int(of.people),
            Param::Text(&of.brings),
        ],
    )?;
    Ok(())
}

/// Ends the silence of a source.
pub fn end(conn: &mut Conn, org: OrgId, source: &str, at: Micros) -> Result<()> {
    conn.execute(
        "update feed_silence set ended = ?3 where org = ?1 and source = ?2 and ended = 0",
        &[org.param(), Param::Text(source), Param::Int(at)],
    )?;
    Ok(())
}

/// Of whom the newest resources of a type are that came from a source: one entry a resource. Only the newest `most` of the
/// type are looked at, whoever sent them.
pub fn sent_of(conn: &mut Conn, org: OrgId, source: &str, type_: &str, most: i64) -> Result<Vec<Rid>> {
    let name = "select id from name where name = ?1";
    let source = conn.query_opt(name, &[Param::Text(source)], |row| row.int(0))?;
    let type_ = conn.query_opt(name, &[Param::Text(type_)], |row| row.int(0))?;
    let (Some(source), Some(type_)) = (source, type_) else { return Ok(Vec::new()) };
    conn.query(
        "select n.patient from (select patient, source from resource where org = ?1 and type = ?2 and body is not null \
         order by updated desc limit ?4) n where n.source = ?3",
        &[org.param(), Param::Int(type_), Param::Int(source), Param::Int(most)],
        |row| Ok(Rid(row.int(0)?)),
    )
}

/// When a source last changed something in scope about these source patients; nothing where it never sent anything that
/// the reader may see: that a closed source wrote says already what it treats.
pub fn last_about(conn: &mut Conn, scope: &Scope, source: &str, patients: &[Rid]) -> Result<Option<Micros>> {
    let name = "select id from name where name = ?1";
    let Some(source) = conn.query_opt(name, &[Param::Text(source)], |row| row.int(0))? else { return Ok(None) };
    let mut params = vec![Value::Int(scope.org.0), Value::Int(source)];
    let seen = scope.predicate("r.", &mut params);
    let list = bound_rids(patients, &mut params);
    let sql = format!(
        "select coalesce(max(r.updated), 0) from resource r \
         where r.org = ?1 and r.source = ?2 and r.body is not null and r.patient in ({list}){seen}"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    let found = conn.query_int(&sql, &params)?;
    Ok((found > 0).then_some(found))
}
