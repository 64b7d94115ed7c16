//! Which records may be one person: blocking keys as rows, pairs in doubt, decisions about them, weights.
//!
//! Keys and weights are made by `continuo-identity`; here they are numbers and bytes. Membership itself is `person`.

use crate::conn::{Bulk, ColumnKind, Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId, Rid};
use crate::scope::Scope;

/// What is filed of one source Patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Which.
    pub patient: Rid,
    /// The version whose keys are filed.
    pub version: i64,
    /// The version that was compared with others; differs from `version` while that is still to be done.
    pub placed: i64,
    /// Its keys, sorted.
    pub keys: Vec<u64>,
}

/// One pair of records, the smaller key first; both the same where one record is in doubt by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// One record.
    pub low: Rid,
    /// The other.
    pub high: Rid,
    /// Why it is asked about: `doubt`, `changed`, `conflict`, `source`.
    pub kind: String,
    /// `open`, `later`, `apart`, `linked`, `closed`.
    pub state: String,
    /// Weight that both are one person.
    pub bits: f64,
    /// First seen.
    pub found: Micros,
    /// Last changed.
    pub updated: Micros,
    /// A pair put off comes back then.
    pub wake: Micros,
    /// Version of the weights.
    pub model: i64,
    /// Band and reasons, JSON.
    pub body: Vec<u8>,
}

/// Somebody's answer about a pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// One record.
    pub low: Rid,
    /// The other.
    pub high: Rid,
    /// When.
    pub at: Micros,
    /// Who: a person, a source, the machine.
    pub actor: String,
    /// The state it gave the pair.
    pub outcome: String,
    /// Why, in words.
    pub why: String,
    /// The state before; empty when the pair was not known.
    pub before: String,
    /// Weight at that time.
    pub bits: f64,
    /// Version of the weights.
    pub model: i64,
    /// The commit.
    pub commit: CommitId,
    /// Taken back.
    pub undone: bool,
}

/// A model as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Its number, from 1; 0 stands for the shipped weights, which have no row.
    pub version: i64,
    /// When it was learnt.
    pub made: Micros,
    /// From how many records.
    pub records: i64,
    /// As `continuo_identity::model::saved` writes it.
    pub body: Vec<u8>,
}

/// Files the keys of records, in place of those filed before.
pub fn file(conn: &mut Conn, org: OrgId, records: &[Filed]) -> Result<()> {
    let mut added = key_bulk();
    let mut gone = key_bulk();
    for record in records {
        let before = filed(conn, org, record.patient)?.map(|filed| filed.keys).unwrap_or_default();
        for key in record.keys.iter().filter(|key| before.binary_search(key).is_err()) {
            added.push(&[org.param(), Param::Int(*key as i64), record.patient.param()]);
        }
        for key in before.iter().filter(|key| record.keys.binary_search(key).is_err()) {
            gone.push(&[org.param(), Param::Int(*key as i64), record.patient.param()]);
        }
        conn.execute(
            "insert into identity_record (org, patient, version, placed, keys) values (?1, ?2, ?3, ?4, ?5)
             on conflict (org, patient) do update set version = excluded.version, placed = excluded.placed,
                 keys = excluded.keys",
            &[
                org.param(),
                record.patient.param(),
                Param::Int(record.version),
                Param::Int(record.placed),
                Param::Blob(&to_bytes(&record.keys)),
            ],
        )?;
    }
    conn.delete_bulk(&gone)?;
    conn.insert_bulk(&added)
}

/// Takes a record and its keys out: its Patient was deleted.
pub fn remove(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    let before = filed(conn, org, patient)?.map(|filed| filed.keys).unwrap_or_default();
    let mut gone = key_bulk();
    for key in before {
        gone.push(&[org.param(), Param::Int(key as i64), patient.param()]);
    }
    conn.delete_bulk(&gone)?;
    conn.execute("delete from identity_record where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    conn.execute(
        "update identity_pair set state = 'closed' where org = ?1 and (low = ?2 or high = ?2)
         and state in ('open', 'later')",
        &[org.param(), patient.param()],
    )?;
    Ok(())
}

/// What is filed of a record.
pub fn filed(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Option<Filed>> {
    conn.query_opt(
        "select patient, version, placed, keys from identity_record where org = ?1 and patient = ?2",
        &[org.param(), patient.param()],
        read_filed,
    )
}

/// Records that are filed and not yet compared, by key.
pub fn waiting(conn: &mut Conn, org: OrgId, most: i64) -> Result<Vec<Filed>> {
    conn.query(
        "select patient, version, placed, keys from identity_record
         where org = ?1 and placed <> version order by patient limit ?2",
        &[org.param(), Param::Int(most)],
        read_filed,
    )
}

/// Marks records as compared in the version filed.
pub fn placed(conn: &mut Conn, org: OrgId, patients: &[(Rid, i64)]) -> Result<()> {
    for (patient, version) in patients {
        conn.execute(
            "update identity_record set placed = ?3 where org = ?1 and patient = ?2 and version = ?3",
            &[org.param(), patient.param(), Param::Int(*version)],
        )?;
    }
    Ok(())
}

/// Marks a record to be compared again.
pub fn place_again(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    conn.execute(
        "update identity_record set placed = -1 where org = ?1 and patient = ?2",
        &[org.param(), patient.param()],
    )?;
    Ok(())
}

/// How many records are filed.
pub fn count(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select count(*) from identity_record where org = ?1", &[org.param()])
}

/// How many records are filed and not yet compared.
pub fn waiting_count(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select count(*) from identity_record where org = ?1 and placed <> version", &[org.param()])
}

/// All filed records after one, by key: for learning.
pub fn all_after(conn: &mut Conn, org: OrgId, after: Rid, most: i64) -> Result<Vec<Rid>> {
    conn.query(
        "select patient from identity_record where org = ?1 and patient > ?2 order by patient limit ?3",
        &[org.param(), after.param(), Param::Int(most)],
        |row| row.int(0).map(Rid),
    )
}

/// At most so many records with a key: a bounded read, whatever stands under it.
pub fn block(conn: &mut Conn, org: OrgId, key: u64, most: i64) -> Result<Vec<Rid>> {
    conn.query(
        "select patient from identity_key where org = ?1 and key = ?2 order by patient limit ?3",
        &[org.param(), Param::Int(key as i64), Param::Int(most)],
        |row| row.int(0).map(Rid),
    )
}

const PAIR: &str = "p.low, p.high, p.kind, p.state, p.bits, p.found, p.updated, p.wake, p.model, p.body";

/// Writes a pair.
pub fn put_pair(conn: &mut Conn, org: OrgId, pair: &Pair) -> Result<()> {
    conn.execute(
        "insert into identity_pair (org, low, high, kind, state, bits, found, updated, wake, model, body)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         on conflict (org, low, high) do update set kind = excluded.kind, state = excluded.state,
             bits = excluded.bits, updated = excluded.updated, wake = excluded.wake, model = excluded.model,
             body = excluded.body",
        &[
            org.param(),
            pair.low.param(),
            pair.high.param(),
            Param::Text(&pair.kind),
            Param::Text(&pair.state),
            Param::Real(pair.bits),
            Param::Int(pair.found),
            Param::Int(pair.updated),
            Param::Int(pair.wake),
            Param::Int(pair.model),
            Param::Blob(&pair.body),
        ],
    )?;
    Ok(())
}

/// One pair.
pub fn pair(conn: &mut Conn, org: OrgId, low: Rid, high: Rid) -> Result<Option<Pair>> {
    conn.query_opt(
        &format!("select {PAIR} from identity_pair p where p.org = ?1 and p.low = ?2 and p.high = ?3"),
        &[org.param(), low.param(), high.param()],
        read_pair,
    )
}

/// Every pair that a record stands in.
pub fn pairs_of(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<Pair>> {
    let mut pairs = conn.query(
        &format!("select {PAIR} from identity_pair p where p.org = ?1 and p.low = ?2 order by p.high"),
        &[org.param(), patient.param()],
        read_pair,
    )?;
    pairs.extend(conn.query(
        &format!("select {PAIR} from identity_pair p where p.org = ?1 and p.high = ?2 and p.low <> ?2 order by p.low"),
        &[org.param(), patient.param()],
        read_pair,
    )?);
    Ok(pairs)
}

/// The queue: pairs to be decided, both records in scope, likeliest first; those put off once their time has come.
pub fn queue(conn: &mut Conn, scope: &Scope, now: Micros, most: i64) -> Result<Vec<Pair>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(now)];
    let first = scope.predicate("a.", &mut params);
    let second = scope.predicate("b.", &mut params);
    params.push(Value::Int(most));
    let sql = format!(
        "select {PAIR} from identity_pair p join resource a on a.rid = p.low join resource b on b.rid = p.high
         where p.org = ?1 and p.state in ('open', 'later') and (p.state = 'open' or p.wake <= ?2)
         and a.body is not null and b.body is not null{first}{second}
         order by p.bits desc, p.low, p.high limit ?{}",
        params.len()
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read_pair)
}

/// Adds an answer and gives the pair its state.
pub fn answer(conn: &mut Conn, org: OrgId, answer: &Answer) -> Result<()> {
    let number = conn.query_int(
        "select max(number) from identity_decision where org = ?1 and low = ?2 and high = ?3",
        &[org.param(), answer.low.param(), answer.high.param()],
    )? + 1;
    conn.execute(
        "insert into identity_decision (org, low, high, number, at, actor, outcome, why, before, bits, model,
             commit_id, undone)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0)",
        &[
            org.param(),
            answer.low.param(),
            answer.high.param(),
            Param::Int(number),
            Param::Int(answer.at),
            Param::Text(&answer.actor),
            Param::Text(&answer.outcome),
            Param::Text(&answer.why),
            Param::Text(&answer.before),
            Param::Real(answer.bits),
            Param::Int(answer.model),
            answer.commit.param(),
        ],
    )?;
    Ok(())
}

const ANSWER: &str = "low, high, at, actor, outcome, why, before, bits, model, commit_id, undone";

/// The answers about a pair, oldest first.
pub fn answers(conn: &mut Conn, org: OrgId, low: Rid, high: Rid) -> Result<Vec<Answer>> {
    conn.query(
        &format!("select {ANSWER} from identity_decision where org = ?1 and low = ?2 and high = ?3 order by number"),
        &[org.param(), low.param(), high.param()],
        read_answer,
    )
}

/// The answers of a commit.
pub fn answers_of_commit(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<Vec<Answer>> {
    conn.query(
        &format!("select {ANSWER} from identity_decision where org = ?1 and commit_id = ?2 order by low, high, number"),
        &[org.param(), commit.param()],
        read_answer,
    )
}

/// Marks the answers of a commit as taken back.
pub fn take_back(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<()> {
    conn.execute(
        "update identity_decision set undone = 1 where org = ?1 and commit_id = ?2",
        &[org.param(), commit.param()],
    )?;
    Ok(())
}

/// Number, time and size of the newest weights, without their bytes.
pub fn newest_weights(conn: &mut Conn, org: OrgId) -> Result<Option<(i64, Micros, i64)>> {
    conn.query_opt(
        "select version, made, records from identity_model where org = ?1 order by version desc limit 1",
        &[org.param()],
        |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
    )
}

/// Weights by version.
pub fn weights(conn: &mut Conn, org: OrgId, version: i64) -> Result<Option<Weights>> {
    conn.query_opt(
        "select version, made, records, body from identity_model where org = ?1 and version = ?2",
        &[org.param(), Param::Int(version)],
        |row| Ok(Weights { version: row.int(0)?, made: row.int(1)?, records: row.int(2)?, body: row.blob(3)? }),
    )
}

/// Keeps weights under the next version, which is returned. Older ones stay for the decisions made with them.
pub fn keep_weights(conn: &mut Conn, org: OrgId, made: Micros, records: i64, body: &[u8]) -> Result<i64> {
    let version = newest_weights(conn, org)?.map_or(0, |(version, ..)| version) + 1;
    conn.execute(
        "insert into identity_model (org, version, made, records, body) values (?1, ?2, ?3, ?4, ?5)",
        &[org.param(), Param::Int(version), Param::Int(made), Param::Int(records), Param::Blob(body)],
    )?;
    Ok(version)
}

/// How far the change feed was worked off: kept in `marker` under `identity/ORG`.
pub fn cursor(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select number from marker where name = ?1", &[Param::Text(&format!("identity/{org}"))])
}

/// Moves the cursor on.
pub fn set_cursor(conn: &mut Conn, org: OrgId, change: i64) -> Result<()> {
    conn.execute(
        "insert into marker (name, number, note) values (?1, ?2, '')
         on conflict (name) do update set number = excluded.number",
        &[Param::Text(&format!("identity/{org}")), Param::Int(change)],
    )?;
    Ok(())
}

fn key_bulk() -> Bulk {
    const COLUMNS: &[(&str, ColumnKind)] =
        &[("org", ColumnKind::Int), ("key", ColumnKind::Int), ("patient", ColumnKind::Int)];
    Bulk::new("identity_key", COLUMNS).ignoring_known()
}

fn to_bytes(keys: &[u64]) -> Vec<u8> {
    keys.iter().flat_map(|key| key.to_le_bytes()).collect()
}

fn read_filed(row: &Row<'_>) -> Result<Filed> {
    let bytes = row.blob(3)?;
    let keys = bytes.chunks_exact(8).map(|chunk| {
        let mut eight = [0; 8];
        eight.copy_from_slice(chunk);
        u64::from_le_bytes(eight)
    });
    Ok(Filed { patient: Rid(row.int(0)?), version: row.int(1)?, placed: row.int(2)?, keys: keys.collect() })
}

fn read_pair(row: &Row<'_>) -> Result<Pair> {
    Ok(Pair {
        low: Rid(row.int(0)?),
        high: Rid(row.int(1)?),
        kind: row.text(2)?,
        state: row.text(3)?,
        bits: row.real(4)?,
        found: row.int(5)?,
        updated: row.int(6)?,
        wake: row.int(7)?,
        model: row.int(8)?,
        body: row.blob(9)?,
    })
}

fn read_answer(row: &Row<'_>) -> Result<Answer> {
    Ok(Answer {
        low: Rid(row.int(0)?),
        high: Rid(row.int(1)?),
        at: row.int(2)?,
        actor: row.text(3)?,
        outcome: row.text(4)?,
        why: row.text(5)?,
        before: row.text(6)?,
        bits: row.real(7)?,
        model: row.int(8)?,
        commit: CommitId(row.int(9)?),
        undone: row.int(10)? != 0,
    })
}
