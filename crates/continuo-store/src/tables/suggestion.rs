//! Suggestions: what an engine proposes for a person, until a person decides.
//!
//! One row a finding key and person; the body (JSON bytes) holds what the page shows and what explaining needs.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::Scope;

/// No due time, no end: sorts last.
pub const NEVER: Micros = i64::MAX;

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Id.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// Labels of everything it rests on.
    pub labels: u64,
    /// `rule|anchor`.
    pub key: String,
    /// Rule id.
    pub rule: String,
    /// `open`, `accepted`, `changed`, `rejected`, `closed`, `lapsed`.
    pub state: String,
    /// 0 danger, 1 high, 2 normal.
    pub consequence: i64,
    /// Order between rules.
    pub rank: i64,
    /// Due, or [`NEVER`].
    pub due: Micros,
    /// When the need began.
    pub began: Micros,
    /// Older than the rule's look-back.
    pub backlog: bool,
    /// Owner: a reference or `role:..`.
    pub owner: String,
    /// When it was opened (again).
    pub opened: Micros,
    /// Last change.
    pub updated: Micros,
    /// Change number it was computed on.
    pub as_of: i64,
    /// When it left the open state; 0 while open.
    pub ended: Micros,
    /// A rejected key stays silent until then; 0 for none.
    pub silent_until: Micros,
    /// What, why, evidence, parameters, engine: JSON.
    pub body: Vec<u8>,
}

const COLUMNS: &str = "id, patient, labels, key, rule, state, consequence, rank, due, began, backlog, owner, opened, \
                       updated, as_of, ended, silent_until, body";

fn read(row: &Row<'_>) -> Result<Suggestion> {
    Ok(Suggestion {
        id: row.text(0)?,
        patient: Rid(row.int(1)?),
        labels: row.int(2)? as u64,
        key: row.text(3)?,
        rule: row.text(4)?,
        state: row.text(5)?,
        consequence: row.int(6)?,
        rank: row.int(7)?,
        due: row.int(8)?,
        began: row.int(9)?,
        backlog: row.int(10)? != 0,
        owner: row.text(11)?,
        opened: row.int(12)?,
        updated: row.int(13)?,
        as_of: row.int(14)?,
        ended: row.int(15)?,
        silent_until: row.int(16)?,
        body: row.blob(17)?,
    })
}

/// Writes a suggestion, replacing the row of its id.
pub fn put(conn: &mut Conn, org: OrgId, s: &Suggestion) -> Result<()> {
    conn.execute("delete from suggestion where org = ?1 and id = ?2", &[org.param(), Param::Text(&s.id)])?;
    conn.execute(
        &format!(
            "insert into suggestion (org, {COLUMNS}) values \
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
        ),
        &[
            org.param(),
            Param::Text(&s.id),
            s.patient.param(),
            Param::Int(s.labels as i64),
            Param::Text(&s.key),
            Param::Text(&s.rule),
            Param::Text(&s.state),
            Param::Int(s.consequence),
            Param::Int(s.rank),
            Param::Int(s.due),
            Param::Int(s.began),
            Param::Int(i64::from(s.backlog)),
            Param::Text(&s.owner),
            Param::Int(s.opened),
            Param::Int(s.updated),
            Param::Int(s.as_of),
            Param::Int(s.ended),
            Param::Int(s.silent_until),
            Param::Blob(&s.body),
        ],
    )?;
    Ok(())
}

/// All suggestions of a source patient, whatever their state; for the loop itself.
pub fn of_patient(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<Suggestion>> {
    conn.query(
        &format!("select {COLUMNS} from suggestion where org = ?1 and patient = ?2 order by key"),
        &[org.param(), patient.param()],
        read,
    )
}

/// Gives a suggestion to another source patient: the record its subject came from was linked or unlinked. Says whether
/// it moved; it stays where that patient has one of the same key already.
pub fn give(conn: &mut Conn, org: OrgId, id: &str, key: &str, to: Rid) -> Result<bool> {
    let taken = conn.query_int(
        "select count(*) from suggestion where org = ?1 and patient = ?2 and key = ?3",
        &[org.param(), to.param(), Param::Text(key)],
    )?;
    if taken > 0 {
        return Ok(false);
    }
    conn.execute(
        "update suggestion set patient = ?3 where org = ?1 and id = ?2",
        &[org.param(), Param::Text(id), to.param()],
    )?;
    conn.execute(
        "update decision set patient = ?3 where org = ?1 and suggestion = ?2",
        &[org.param(), Param::Text(id), to.param()],
    )?;
    Ok(true)
}

/// One suggestion, if the caller sees it.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Suggestion>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(id.to_owned())];
    let seen = scope.predicate("s.", &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query_opt(&format!("select {COLUMNS} from suggestion s where s.org = ?1 and s.id = ?2{seen}"), &params, read)
}

/// The suggestions of some source patients that are open, or ended since a moment; newest first.
pub fn listed(conn: &mut Conn, scope: &Scope, patients: &[Rid], since: Micros) -> Result<Vec<Suggestion>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(since)];
    let seen = scope.predicate("s.", &mut params);
    let list = crate::scope::bound_rids(patients, &mut params);
    let sql = format!(
        "select {COLUMNS} from suggestion s where s.org = ?1 and (s.state = 'open' or s.ended >= ?2) \
         and s.patient in ({list}){seen} order by s.consequence, s.due, s.rank, s.id"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// All open suggestions in scope, worst first; the review page.
pub fn open(conn: &mut Conn, scope: &Scope, most: i64) -> Result<Vec<Suggestion>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most)];
    let seen = scope.predicate("s.", &mut params);
    let sql = format!(
        "select {COLUMNS} from suggestion s where s.org = ?1 and s.state = 'open' and s.backlog = 0{seen} \
         order by s.consequence, s.due, s.rank, s.id limit ?2"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// One rule's suggestions since a moment, counted by state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// Rule id.
    pub rule: String,
    /// State.
    pub state: String,
    /// How many.
    pub count: i64,
}

/// Suggestions opened since a moment, by rule and state: the oversight page. No scope: counts of the organization.
pub fn counts(conn: &mut Conn, org: OrgId, since: Micros) -> Result<Vec<RuleCount>> {
    conn.query(
        "select rule, state, count(*) from suggestion where org = ?1 and opened >= ?2 group by rule, state order by rule, state",
        &[org.param(), Param::Int(since)],
        |row| Ok(RuleCount { rule: row.text(0)?, state: row.text(1)?, count: row.int(2)? }),
    )
}
