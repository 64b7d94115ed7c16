//! The outbox: effects that leave the product are rows of the commit that causes them, leased by workers.
//!
//! A row is sent at least once at the wire and exactly once by its idempotency key: the key is unique for its kind,
//! and travels with the effect.

use crate::conn::{Conn, Param, Row};
use crate::error::{Error, Result};
use crate::ids::{CommitId, Micros, OrgId};
use crate::write::WriteTx;

/// Where an effect stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waiting for its time or its next attempt.
    Waiting,
    /// Leased by a worker.
    Leased,
    /// Done.
    Done,
    /// Given up after the last attempt; shown to people.
    Dead,
    /// Taken back before it left.
    Cancelled,
}

impl State {
    fn number(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Leased => 1,
            Self::Done => 2,
            Self::Dead => 3,
            Self::Cancelled => 4,
        }
    }

    fn from_number(number: i64) -> Result<Self> {
        [Self::Waiting, Self::Leased, Self::Done, Self::Dead, Self::Cancelled]
            .into_iter()
            .find(|s| s.number() == number)
            .ok_or_else(|| Error::Damaged(format!("outbox state {number}")))
    }
}

/// One effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Organization.
    pub org: OrgId,
    /// Number within the organization.
    pub id: i64,
    /// Which worker takes it: `sms`, `webhook`, `assess`.
    pub kind: String,
    /// Idempotency key, unique for the kind.
    pub key: String,
    /// What the worker needs.
    pub payload: Vec<u8>,
    /// The commit that caused it.
    pub commit: CommitId,
    /// Where it stands.
    pub state: State,
    /// Not before this time.
    pub due: Micros,
    /// Attempts so far.
    pub attempts: i64,
    /// What went wrong last.
    pub error: Option<String>,
}

const COLUMNS: &str = "org, id, kind, key, payload, commit_id, state, due, attempts, error";

fn effect(row: &Row<'_>) -> Result<Effect> {
    Ok(Effect {
        org: OrgId(row.int(0)?),
        id: row.int(1)?,
        kind: row.text(2)?,
        key: row.text(3)?,
        payload: row.blob(4)?,
        commit: CommitId(row.int(5)?),
        state: State::from_number(row.int(6)?)?,
        due: row.int(7)?,
        attempts: row.int(8)?,
        error: row.opt_text(9)?,
    })
}

impl WriteTx<'_> {
    /// Adds an effect to this commit. A key that is already there for the kind is left as it is: says whether it was new.
    pub fn add_effect(&mut self, kind: &str, key: &str, payload: &[u8], due: Micros) -> Result<bool> {
        let (org, commit) = (self.org(), self.commit_id());
        let conn = self.conn()?;
        let id = conn.query_int("select max(id) from outbox where org = ?1", &[org.param()])? + 1;
        let added = conn.execute_counting(
            "insert into outbox (org, id, kind, key, payload, commit_id, state, due, attempts)
             values (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0) on conflict (org, kind, key) do nothing",
            &[
                org.param(),
                Param::Int(id),
                Param::Text(kind),
                Param::Text(key),
                Param::Blob(payload),
                commit.param(),
                Param::Int(due),
            ],
        )?;
        Ok(added == 1)
    }

    /// Leases up to `most` effects of a kind that are due, or whose worker went silent.
    pub fn lease_effects(&mut self, kind: &str, worker: &str, until: Micros, most: i64) -> Result<Vec<Effect>> {
        let (org, now) = (self.org(), self.now());
        let conn = self.conn()?;
        let found = conn.query(
            &format!(
                "select {COLUMNS} from outbox where org = ?1 and kind = ?2 and due <= ?3
                 and (state = 0 or (state = 1 and lease_until < ?3)) order by due, id limit ?4"
            ),
            &[org.param(), Param::Text(kind), Param::Int(now), Param::Int(most)],
            effect,
        )?;
        for effect in &found {
            conn.execute(
                "update outbox set state = 1, lease_by = ?3, lease_until = ?4, attempts = attempts + 1
                 where org = ?1 and id = ?2",
                &[org.param(), Param::Int(effect.id), Param::Text(worker), Param::Int(until)],
            )?;
        }
        Ok(found)
    }

    /// A worker's answer: done.
    pub fn finish_effect(&mut self, id: i64) -> Result<()> {
        self.settle(id, State::Done, 0, None)
    }

    /// A worker's answer: try again at `due`, or give up for good.
    pub fn fail_effect(&mut self, id: i64, error: &str, again: Option<Micros>) -> Result<()> {
        match again {
            Some(due) => self.settle(id, State::Waiting, due, Some(error)),
            None => self.settle(id, State::Dead, 0, Some(error)),
        }
    }

    fn settle(&mut self, id: i64, state: State, due: Micros, error: Option<&str>) -> Result<()> {
        let org = self.org();
        self.conn()?.execute(
            "update outbox set state = ?3, due = case when ?4 = 0 then due else ?4 end, error = ?5,
                 lease_by = null, lease_until = null
             where org = ?1 and id = ?2",
            &[org.param(), Param::Int(id), Param::Int(state.number()), Param::Int(due), error.into()],
        )?;
        Ok(())
    }
}

/// Effects in a state, oldest first: the dead ones are shown to people.
pub fn effects_in_state(conn: &mut Conn, org: OrgId, state: State, most: i64) -> Result<Vec<Effect>> {
    conn.query(
        &format!("select {COLUMNS} from outbox where state = ?2 and org = ?1 order by due, id limit ?3"),
        &[org.param(), Param::Int(state.number()), Param::Int(most)],
        effect,
    )
}

/// The newest effects of a kind that were due since a moment, newest first, whatever became of them.
pub fn effects_of_kind(conn: &mut Conn, org: OrgId, kind: &str, since: Micros, most: i64) -> Result<Vec<Effect>> {
    conn.query(
        &format!("select {COLUMNS} from outbox where org = ?1 and kind = ?2 and due >= ?3 order by id desc limit ?4"),
        &[org.param(), Param::Text(kind), Param::Int(since), Param::Int(most)],
        effect,
    )
}

/// Undo takes back what has not left; anything that has left refuses the undo.
pub(crate) fn cancel_of_commit(conn: &mut Conn, org: OrgId, commit: CommitId) -> Result<()> {
    let key = [org.param(), commit.param()];
    let left = conn.query_int(
        "select count(*) from outbox where org = ?1 and commit_id = ?2 and (state in (1, 2) or attempts > 0)",
        &key,
    )?;
    if left > 0 {
        return Err(Error::Refused(format!("an effect of commit {commit} has left")));
    }
    conn.execute("update outbox set state = 4 where org = ?1 and commit_id = ?2 and state = 0", &key)?;
    Ok(())
}
