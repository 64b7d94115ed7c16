//! What was asked of language models and what came back: first a row that waits, then its full log.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::Scope;

/// One question, waiting or ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LlmCall {
    /// Id.
    pub id: String,
    /// Whose words; the person's key.
    pub patient: Rid,
    /// Labels of the words.
    pub labels: u64,
    /// `reading`, `triage`, `speech`.
    pub purpose: String,
    /// What it is about: `Task/..`, `Communication/..`.
    pub subject: String,
    /// Who caused it.
    pub actor: String,
    /// `waiting`, `done`, `failed`, `kept-here`.
    pub state: String,
    /// When it was asked for.
    pub at: Micros,
    /// Not before, while it waits.
    pub due: Micros,
    /// How often it was tried.
    pub tries: i64,
    /// When it ended; 0 while it waits.
    pub ended: Micros,
    /// The model as configured.
    pub model: String,
    /// The model as the service names it.
    pub answered_by: String,
    /// Version of the question's words and form.
    pub version: String,
    /// The text as it stands here, for holding the answer against it again.
    pub source: String,
    /// What was hidden of it, as places.
    pub hidden: String,
    /// What was sent, without identity.
    pub prompt: String,
    /// What came back, as received.
    pub answer: String,
    /// Why there is no answer.
    pub error: String,
    /// Tokens read.
    pub tokens_in: i64,
    /// Tokens written.
    pub tokens_out: i64,
    /// How long it took.
    pub millis: i64,
}

const COLUMNS: &str = "id, patient, labels, purpose, subject, actor, state, at, due, tries, ended, model, answered_by, \
                       version, source, hidden, prompt, answer, error, tokens_in, tokens_out, millis";

fn read(row: &Row<'_>) -> Result<LlmCall> {
    Ok(LlmCall {
        id: row.text(0)?,
        patient: Rid(row.int(1)?),
        labels: row.int(2)? as u64,
        purpose: row.text(3)?,
        subject: row.text(4)?,
        actor: row.text(5)?,
        state: row.text(6)?,
        at: row.int(7)?,
        due: row.int(8)?,
        tries: row.int(9)?,
        ended: row.int(10)?,
        model: row.text(11)?,
        answered_by: row.text(12)?,
        version: row.text(13)?,
        source: row.text(14)?,
        hidden: row.text(15)?,
        prompt: row.text(16)?,
        answer: row.text(17)?,
        error: row.text(18)?,
        tokens_in: row.int(19)?,
        tokens_out: row.int(20)?,
        millis: row.int(21)?,
    })
}

/// Writes a row, replacing the one of its id. An ended row is never written again by `care`.
pub fn put(conn: &mut Conn, org: OrgId, c: &LlmCall) -> Result<()> {
    conn.execute("delete from llm_call where org = ?1 and id = ?2", &[org.param(), Param::Text(&c.id)])?;
    conn.execute(
        &format!(
            "insert into llm_call (org, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
             ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"
        ),
        &[
            org.param(),
            Param::Text(&c.id),
            c.patient.param(),
            Param::Int(c.labels as i64),
            Param::Text(&c.purpose),
            Param::Text(&c.subject),
            Param::Text(&c.actor),
            Param::Text(&c.state),
            Param::Int(c.at),
            Param::Int(c.due),
            Param::Int(c.tries),
            Param::Int(c.ended),
            Param::Text(&c.model),
            Param::Text(&c.answered_by),
            Param::Text(&c.version),
            Param::Text(&c.source),
            Param::Text(&c.hidden),
            Param::Text(&c.prompt),
            Param::Text(&c.answer),
            Param::Text(&c.error),
            Param::Int(c.tokens_in),
            Param::Int(c.tokens_out),
            Param::Int(c.millis),
        ],
    )?;
    Ok(())
}

/// Rows that wait and are due, oldest first; for the worker.
pub fn waiting(conn: &mut Conn, org: OrgId, now: Micros, most: i64) -> Result<Vec<LlmCall>> {
    conn.query(
        &format!(
            "select {COLUMNS} from llm_call where org = ?1 and state = 'waiting' and due <= ?2 order by due, id limit ?3"
        ),
        &[org.param(), Param::Int(now), Param::Int(most)],
        read,
    )
}

/// One row, if the caller sees it.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<LlmCall>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(id.to_owned())];
    let seen = scope.predicate("c.", &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query_opt(&format!("select {COLUMNS} from llm_call c where c.org = ?1 and c.id = ?2{seen}"), &params, read)
}

/// The rows about one thing in scope, newest first.
pub fn of_subject(conn: &mut Conn, scope: &Scope, subject: &str) -> Result<Vec<LlmCall>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(subject.to_owned())];
    let seen = scope.predicate("c.", &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(
        &format!("select {COLUMNS} from llm_call c where c.org = ?1 and c.subject = ?2{seen} order by c.at desc, c.id"),
        &params,
        read,
    )
}

/// The newest rows in scope.
pub fn newest(conn: &mut Conn, scope: &Scope, most: i64) -> Result<Vec<LlmCall>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most)];
    let seen = scope.predicate("c.", &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(
        &format!("select {COLUMNS} from llm_call c where c.org = ?1{seen} order by c.at desc, c.id limit ?2"),
        &params,
        read,
    )
}
