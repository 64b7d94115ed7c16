//! Undo: a new commit that writes the inverse of an old one.

use super::put::{CREATE, Expect, PutOptions};
use super::tx::WriteTx;
use crate::body;
use crate::conn::Param;
use crate::error::{Error, Result};
use crate::ids::{CommitId, Rid};
use crate::prepare::Prepared;
use continuo_fhir::ResourceType;
use std::collections::BTreeMap;

struct Change {
    rid: Rid,
    /// The first version that the commit wrote, and its last.
    version: i64,
    last: i64,
    op: i64,
    type_: ResourceType,
    id: String,
    current: i64,
}

impl WriteTx<'_> {
    /// Writes the versions that stood before `commit`, unless something later touched them or an effect has left. What
    /// was touched later and put back since stands as the commit left it: one after the other can be undone.
    ///
    /// Rows of product tables are their owner's to undo.
    pub fn undo(&mut self, commit: CommitId) -> Result<()> {
        self.flush()?;
        let org = self.context.org;
        let key = [org.param(), commit.param()];
        let found = self.conn.query_opt(
            "select first_change, last_change, undone_by from commits where org = ?1 and id = ?2",
            &key,
            |row| Ok((row.int(0)?, row.int(1)?, row.opt_int(2)?)),
        )?;
        let (first, last, undone) = found.ok_or_else(|| Error::NotFound(format!("commit {commit}")))?;
        if undone.is_some() {
            return Err(Error::Refused("this was undone already".to_owned()));
        }
        crate::outbox::cancel_of_commit(self.conn, org, commit)?;
        for change in self.changes_of(first, last)?.iter().rev() {
            self.undo_change(change)?;
        }
        self.undoes = Some(commit);
        let by = self.commit_id();
        self.conn.execute(
            "update commits set undone_by = ?3 where org = ?1 and id = ?2",
            &[org.param(), commit.param(), by.param()],
        )?;
        Ok(())
    }

    /// One change a resource: the oldest of the commit, which knows the version before it.
    fn changes_of(&mut self, first: i64, last: i64) -> Result<Vec<Change>> {
        let rows = self.conn.query(
            "select c.rid, c.version, c.op, t.name, r.id, r.version from change c
             join resource r on r.rid = c.rid join name t on t.id = c.type
             where c.org = ?1 and c.seq between ?2 and ?3 order by c.seq",
            &[self.context.org.param(), Param::Int(first), Param::Int(last)],
            |row| {
                let name = row.str(3)?;
                let type_ = ResourceType::find(name).ok_or_else(|| Error::Damaged(format!("type {name}")))?;
                Ok(Change {
                    rid: Rid(row.int(0)?),
                    version: row.int(1)?,
                    last: row.int(1)?,
                    op: row.int(2)?,
                    type_,
                    id: row.text(4)?,
                    current: row.int(5)?,
                })
            },
        )?;
        let mut out: Vec<Change> = Vec::new();
        let mut places: BTreeMap<Rid, usize> = BTreeMap::new();
        for row in rows {
            match places.get(&row.rid).and_then(|at| out.get_mut(*at)) {
                Some(first) => first.last = row.version,
                None => {
                    places.insert(row.rid, out.len());
                    out.push(row);
                }
            }
        }
        Ok(out)
    }

    /// Whether what the commit wrote stands again after what came later was taken back: the same content, byte by byte.
    fn stands_again(&mut self, change: &Change) -> Result<bool> {
        let now = self.conn.query_opt("select body from resource where rid = ?1", &[change.rid.param()], |row| {
            row.opt_bytes(0).map(|body| body.map(<[u8]>::to_vec))
        })?;
        let then = self.conn.query_opt(
            "select body from history where rid = ?1 and version = ?2",
            &[change.rid.param(), Param::Int(change.last)],
            |row| row.opt_bytes(0).map(|body| body.map(<[u8]>::to_vec)),
        )?;
        Ok(now.is_some() && now == then)
    }

    fn undo_change(&mut self, change: &Change) -> Result<()> {
        let what = || format!("{}/{}", change.type_, change.id);
        if change.current != change.last && !self.stands_again(change)? {
            // Names nothing: whoever asks may not be allowed to know of the later change.
            return Err(Error::Refused("what this action wrote was changed since".to_owned()));
        }
        if change.op == CREATE {
            self.delete(change.type_, &change.id, Expect::Anything)?;
            return Ok(());
        }
        let before = self.conn.query_opt(
            "select body from history where rid = ?1 and version = ?2",
            &[change.rid.param(), Param::Int(change.version - 1)],
            |row| row.blob(0),
        )?;
        let before = before.ok_or_else(|| Error::Damaged(format!("{} has lost a version", what())))?;
        let json = body::decode(change.type_.as_str(), &change.id, &before)?;
        let prepared = Prepared::new(json, &self.prepare_context()?)?;
        self.put(&prepared, &PutOptions { skip_same: false, ..PutOptions::default() })?;
        Ok(())
    }
}
