//! Reading the audit: who did what to whose record. Written by the writer alone, in `crate::audit`.

use crate::conn::{Conn, Param, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntryRow {
    /// Number within the organization.
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// Whose record; 0 when nobody's.
    pub patient: Rid,
    /// What was touched: `Type/id`.
    pub subject: String,
    /// The commit; 0 for reads.
    pub commit: i64,
    /// Further words: the reason of an emergency access.
    pub detail: String,
}

/// Which entries; what is empty or 0 asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter<'f> {
    /// Whose record.
    pub patient: Rid,
    /// Who did it.
    pub actor: &'f str,
    /// What was done, in the words of the entry.
    pub action: &'f str,
    /// From this moment.
    pub from: Option<Micros>,
    /// To before this moment.
    pub to: Option<Micros>,
    /// Older than the entry of this number.
    pub before: i64,
}

/// Entries, the newest first. Each filter, and each with days, is an index in that order.
pub fn found(conn: &mut Conn, org: OrgId, filter: &Filter<'_>, most: i64) -> Result<Vec<AuditEntryRow>> {
    let mut params = vec![Value::Int(org.0), Value::Int(most)];
    let mut asked = String::new();
    let mut ask = |sql: &str, value: Value| {
        params.push(value);
        asked.push_str(&sql.replace("?#", &format!("?{}", params.len())));
    };
    if filter.patient.0 != 0 {
        ask(" and patient = ?# and patient <> 0", Value::Int(filter.patient.0));
    }
    if !filter.actor.is_empty() {
        ask(" and actor = ?#", Value::Text(filter.actor.to_owned()));
    }
    if !filter.action.is_empty() {
        ask(" and action = ?#", Value::Text(filter.action.to_owned()));
    }
    if let Some(from) = filter.from {
        ask(" and at >= ?#", Value::Int(from));
    }
    if let Some(to) = filter.to {
        ask(" and at < ?#", Value::Int(to));
    }
    // Everybody's entries and one person's stand in order of their numbers; the others by their time, which is the same order.
    let by_time = filter.from.is_some() || filter.to.is_some() || !filter.actor.is_empty() || !filter.action.is_empty();
    if filter.before > 0 && !by_time {
        ask(" and seq < ?#", Value::Int(filter.before));
    } else if filter.before > 0 {
        // Entries stand in order of their time; of one moment the later number is the newer.
        let at = conn.query_opt(
            "select at from audit where org = ?1 and seq = ?2",
            &[org.param(), Param::Int(filter.before)],
            |row| row.int(0),
        )?;
        match at {
            Some(at) => {
                ask(" and at <= ?#", Value::Int(at));
                ask(" and (at < ?#", Value::Int(at));
                ask(" or seq < ?#)", Value::Int(filter.before));
            }
            None => ask(" and seq < ?#", Value::Int(filter.before)),
        }
    }
    let sql = format!(
        "select seq, at, actor, action, patient, subject, commit_id, detail from audit
         where org = ?1{asked} order by {} limit ?2",
        if by_time { "at desc, seq desc" } else { "seq desc" }
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| {
        Ok(AuditEntryRow {
            seq: row.int(0)?,
            at: row.int(1)?,
            actor: row.text(2)?,
            action: row.text(3)?,
            patient: Rid(row.int(4)?),
            subject: row.text(5)?,
            commit: row.int(6)?,
            detail: row.text(7)?,
        })
    })
}

/// What was ever done here, in the words of the entries: each found by one step in the index, however many entries there are.
pub fn actions(conn: &mut Conn, org: OrgId, most: usize) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    while found.len() < most {
        let last = found.last().map_or("", String::as_str);
        let next = conn.query_opt(
            "select action from audit where org = ?1 and action > ?2 order by action limit 1",
            &[org.param(), Param::Text(last)],
            |row| row.text(0),
        )?;
        let Some(next) = next else { break };
        found.push(next);
    }
    Ok(found)
}

/// How often one actor did what with one record from one moment to another: by action.
pub fn counted(
    conn: &mut Conn,
    org: OrgId,
    patient: Rid,
    actor: &str,
    (since, until): (Micros, Micros),
) -> Result<Vec<(String, i64)>> {
    conn.query(
        "select action, count(*) from audit
         where org = ?1 and patient = ?2 and patient <> 0 and actor = ?3 and at >= ?4 and at <= ?5
         group by action order by action",
        &[org.param(), patient.param(), Param::Text(actor), Param::Int(since), Param::Int(until)],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}
