//! The change feed and the commits it belongs to.

use super::{Reader, type_named};
use crate::conn::{Param, Row};
use crate::error::{Error, Result};
use crate::ids::{ChangeSeq, CommitId, Micros, OrgId, Rid};
use continuo_fhir::ResourceType;
use std::collections::BTreeSet;

/// What a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// First version.
    Create,
    /// Further version.
    Update,
    /// Deletion.
    Delete,
}

impl Op {
    fn from_number(number: i64) -> Result<Self> {
        match number {
            crate::write::CREATE => Ok(Self::Create),
            crate::write::UPDATE => Ok(Self::Update),
            crate::write::DELETE => Ok(Self::Delete),
            other => Err(Error::Damaged(format!("change operation {other}"))),
        }
    }
}

/// One version written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub seq: ChangeSeq,
    /// Resource.
    pub rid: Rid,
    /// Type.
    pub type_: ResourceType,
    /// Id.
    pub id: String,
    /// Version.
    pub version: i64,
    /// What was done.
    pub op: Op,
    /// Whose record; 0 when nobody's.
    pub patient: Rid,
    /// The commit it belongs to.
    pub commit: CommitId,
}

/// One user action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitRow {
    /// Its number.
    pub id: CommitId,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: String,
    /// What, in a word or two.
    pub action: String,
    /// Further words.
    pub detail: String,
    /// The commit it takes back.
    pub undoes: Option<CommitId>,
    /// The commit that took it back.
    pub undone_by: Option<CommitId>,
}

impl Reader<'_> {
    /// Changes after a number, oldest first.
    pub fn changes_after(&mut self, org: OrgId, after: ChangeSeq, most: i64) -> Result<Vec<Change>> {
        self.conn.query(
            "select c.seq, c.rid, t.name, r.id, c.version, c.op, c.patient, c.commit_id
             from change c join resource r on r.rid = c.rid join name t on t.id = c.type
             where c.org = ?1 and c.seq > ?2 order by c.seq limit ?3",
            &[org.param(), after.param(), Param::Int(most)],
            change,
        )
    }

    /// Whose records changed after a number.
    pub fn patients_after(&mut self, org: OrgId, after: ChangeSeq) -> Result<BTreeSet<Rid>> {
        let found = self.conn.query(
            "select distinct patient from change where org = ?1 and seq > ?2 and patient <> 0",
            &[org.param(), after.param()],
            |row| row.int(0).map(Rid),
        )?;
        Ok(found.into_iter().collect())
    }

    /// The resources of a type that changed after a number.
    pub fn changed_after(&mut self, org: OrgId, type_: ResourceType, after: ChangeSeq) -> Result<BTreeSet<Rid>> {
        let found = self.conn.query(
            "select distinct rid from change where org = ?1 and seq > ?2
             and type = (select id from name where name = ?3)",
            &[org.param(), after.param(), Param::Text(type_.as_str())],
            |row| row.int(0).map(Rid),
        )?;
        Ok(found.into_iter().collect())
    }

    /// What a commit wrote, oldest first. Not scoped: look each resource up through `find` before saying anything of it.
    pub fn changes_of_commit(&mut self, org: OrgId, id: CommitId) -> Result<Vec<Change>> {
        self.conn.query(
            "select c.seq, c.rid, t.name, r.id, c.version, c.op, c.patient, c.commit_id
             from commits m join change c on c.org = m.org and c.seq between m.first_change and m.last_change
             join resource r on r.rid = c.rid join name t on t.id = c.type
             where m.org = ?1 and m.id = ?2 order by c.seq",
            &[org.param(), id.param()],
            change,
        )
    }

    /// Whose records a commit touched.
    pub fn patients_of_commit(&mut self, org: OrgId, id: CommitId) -> Result<Vec<Rid>> {
        self.conn.query(
            "select distinct c.patient from commits m join change c on c.org = m.org and c.seq between m.first_change and m.last_change
             where m.org = ?1 and m.id = ?2 and c.patient <> 0 order by c.patient",
            &[org.param(), id.param()],
            |row| row.int(0).map(Rid),
        )
    }

    /// The resources of a type that an actor's commits of one name touched since a moment, in order.
    pub fn finished_by(
        &mut self,
        org: OrgId,
        actor: &str,
        action: &str,
        type_: ResourceType,
        since: Micros,
    ) -> Result<Vec<String>> {
        // Commits are numbered in time: from the newest back to the moment, and of each its own changes. Left to itself the
        // planner goes through all changes there ever were.
        let (mut before, mut spans) = (i64::MAX, Vec::new());
        loop {
            let some = self.conn.query(
                "select id, at, first_change, last_change,
                 cast(case when actor = ?3 and action = ?4 and undone_by is null then 1 else 0 end as bigint)
                 from commits where org = ?1 and id < ?2 order by id desc limit 5000",
                &[org.param(), Param::Int(before), Param::Text(actor), Param::Text(action)],
                |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)? != 0)),
            )?;
            let recent = some.iter().take_while(|(_, at, ..)| *at >= since);
            spans.extend(recent.filter(|(.., wanted)| *wanted).map(|(_, _, first, last, _)| (*first, *last)));
            match some.last() {
                Some((id, at, ..)) if *at >= since => before = *id,
                _ => break,
            }
        }
        let join = self.conn.dialect().driving_join();
        let sql = format!(
            "select r.id from change c {join} resource r on r.rid = c.rid where c.org = ?1 and c.seq between ?2 and ?3
             and c.type = (select n.id from name n where n.name = ?4) order by c.seq"
        );
        let mut all = Vec::new();
        for (first, last) in spans.into_iter().rev() {
            let key = [org.param(), Param::Int(first), Param::Int(last), Param::Text(type_.as_str())];
            all.extend(self.conn.query(&sql, &key, |row| row.text(0))?);
        }
        let mut seen = std::collections::BTreeSet::new();
        Ok(all.into_iter().filter(|id| seen.insert(id.clone())).collect())
    }

    /// One commit.
    pub fn commit(&mut self, org: OrgId, id: CommitId) -> Result<Option<CommitRow>> {
        self.conn.query_opt(
            "select id, at, actor, action, detail, undoes, undone_by from commits where org = ?1 and id = ?2",
            &[org.param(), id.param()],
            commit_row,
        )
    }

    /// The newest commits of an actor, newest first: what can be undone.
    pub fn commits_of_actor(&mut self, org: OrgId, actor: &str, most: i64) -> Result<Vec<CommitRow>> {
        self.conn.query(
            "select id, at, actor, action, detail, undoes, undone_by from commits
             where org = ?1 and actor = ?2 order by id desc limit ?3",
            &[org.param(), Param::Text(actor), Param::Int(most)],
            commit_row,
        )
    }
}

fn commit_row(row: &crate::conn::Row<'_>) -> Result<CommitRow> {
    Ok(CommitRow {
        id: CommitId(row.int(0)?),
        at: row.int(1)?,
        actor: row.text(2)?,
        action: row.text(3)?,
        detail: row.text(4)?,
        undoes: row.opt_int(5)?.map(CommitId),
        undone_by: row.opt_int(6)?.map(CommitId),
    })
}

fn change(row: &Row<'_>) -> Result<Change> {
    Ok(Change {
        seq: ChangeSeq(row.int(0)?),
        rid: Rid(row.int(1)?),
        type_: type_named(row.str(2)?)?,
        id: row.text(3)?,
        version: row.int(4)?,
        op: Op::from_number(row.int(5)?)?,
        patient: Rid(row.int(6)?),
        commit: CommitId(row.int(7)?),
    })
}
