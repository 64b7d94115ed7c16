//! The handle of a closure on the writer thread.

use super::batch::Batch;
use super::intern::WriterState;
use crate::audit::{AuditRow, CommitRow, audit_bulk, change_bulk};
use crate::conn::{Bulk, Conn};
use crate::error::Result;
use crate::ids::{CommitId, Micros, OrgId, Rid};
use crate::index::IndexRows;
use crate::prepare::PrepareContext;
use crate::read::Reader;
use crate::store::WriteContext;
use crate::writer::stopwatch;
use continuo_fhir::ResourceType;
use std::time::{Duration, Instant};

/// Resources whose rows are gathered before they are written; a resource has some thirty rows.
const MOST_GATHERED: usize = 512;

/// What a closure on the writer can do; all of it is undone if the closure fails.
pub struct WriteTx<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) state: &'a mut WriterState,
    pub(super) batch: &'a mut Batch,
    pub(super) context: &'a WriteContext,
    pub(super) now: Micros,
    pub(super) commit: Option<CommitId>,
    pub(super) undoes: Option<CommitId>,
    pub(super) first_change: i64,
    pub(super) index: IndexRows,
    pub(super) changes: Bulk,
    pub(super) facts: Bulk,
    audits: Bulk,
    /// The one person this commit is about; 0 when there are none or several.
    pub(super) patient: Option<i64>,
    /// When the closure began to run.
    began: Instant,
    /// What the commit at hand is called, where it differs from the closure's own name.
    action: Option<String>,
}

impl<'a> WriteTx<'a> {
    pub(crate) fn new(
        conn: &'a mut Conn,
        state: &'a mut WriterState,
        batch: &'a mut Batch,
        context: &'a WriteContext,
        now: Micros,
    ) -> Self {
        let first_change = batch.chain.last_change + 1;
        Self {
            conn,
            state,
            batch,
            context,
            now,
            commit: None,
            undoes: None,
            first_change,
            index: IndexRows::new(),
            changes: change_bulk(),
            facts: super::put::facts_bulk(),
            audits: audit_bulk(),
            patient: None,
            began: stopwatch(),
            action: None,
        }
    }

    /// How long the closure has run. Background work ends a commit by it, so that people do not wait behind it.
    pub fn spent(&self) -> Duration {
        self.began.elapsed()
    }

    /// The organization written to.
    pub fn org(&self) -> OrgId {
        self.context.org
    }

    /// Who acts.
    pub fn actor(&self) -> &str {
        &self.context.actor
    }

    /// The time of this commit.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// The organization's last change number, with the changes of this transaction so far.
    pub fn last_change(&self) -> i64 {
        self.batch.chain.last_change
    }

    /// A new id.
    pub fn new_id(&self) -> String {
        self.state.options.ids.next().to_string()
    }

    /// This action's commit row, given at the first use.
    pub fn commit_id(&mut self) -> CommitId {
        *self.commit.get_or_insert_with(|| {
            self.batch.chain.last_commit += 1;
            CommitId(self.batch.chain.last_commit)
        })
    }

    /// Whether this commit has written a resource of this type, or deleted one.
    pub fn wrote(&mut self, type_: continuo_fhir::ResourceType) -> Result<bool> {
        let type_id = self.state.type_id(self.conn, type_)?;
        self.flush()?;
        let found = self.conn.query_int(
            "select count(*) from change where org = ?1 and seq >= ?2 and type = ?3",
            &[self.context.org.param(), crate::conn::Param::Int(self.first_change), crate::conn::Param::Int(type_id)],
        )?;
        Ok(found > 0)
    }

    /// The connection, for the functions of `tables`. What was put before is visible to them.
    pub fn conn(&mut self) -> Result<&mut Conn> {
        self.flush()?;
        Ok(self.conn)
    }

    /// Reads and searches inside this transaction: sees what it wrote.
    pub fn reader(&mut self) -> Result<Reader<'_>> {
        self.flush()?;
        self.state.store_codes(self.conn)?;
        Ok(Reader::new(self.conn))
    }

    /// For preparing a resource inside the closure, where a reference is only known here.
    pub fn prepare_context(&mut self) -> Result<PrepareContext> {
        let zone = crate::tables::org::zone(self.conn, self.context.org)?;
        PrepareContext::new(zone.as_deref(), &self.state.labels, &self.state.codes)
    }

    /// The narrow key of a resource, given now if it never had one.
    pub fn rid(&mut self, type_: ResourceType, id: &str) -> Result<Rid> {
        self.state.rid(self.conn, self.context.org, type_, id)
    }

    /// The number of a name used in rows (a source, an audience).
    pub fn name(&mut self, name: &str) -> Result<i64> {
        self.state.name(self.conn, name)
    }

    /// The number of a code in a system.
    pub fn code(&mut self, system: &str, code: &str) -> i64 {
        self.state.codes.number(system, code)
    }

    /// Adds an audit row to this commit beside the one every commit gets.
    pub fn audit(&mut self, action: &str, patient: Rid, subject: &str, detail: &str) {
        let commit = self.commit_id().0;
        let actor = &self.context.actor;
        let row = AuditRow { at: self.now, actor, action, patient: patient.0, subject, commit, detail };
        self.batch.chain.add_audit(&mut self.audits, &row);
    }

    /// Writes what was gathered once it is much: fast inserts want many rows, memory wants few.
    pub(super) fn flush_many(&mut self) -> Result<()> {
        if self.facts.len() < MOST_GATHERED { Ok(()) } else { self.flush() }
    }

    /// Writes what was gathered so far.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.index.insert(self.conn)?;
        for bulk in [&mut self.changes, &mut self.facts, &mut self.audits] {
            self.conn.insert_bulk(bulk)?;
            bulk.clear();
        }
        Ok(())
    }

    /// Ends the commit so far and begins another, called `action`, in the same transaction. Each is a row of its own,
    /// audited and taken back by itself; all become durable together. For background work that says many things at once.
    pub fn next_commit(&mut self, action: &str) -> Result<()> {
        self.finish()?;
        self.commit = None;
        self.undoes = None;
        self.patient = None;
        self.first_change = self.batch.chain.last_change + 1;
        self.action = Some(action.to_owned());
        Ok(())
    }

    /// Ends the closure: gathered rows, its commit row and its audit row.
    pub(crate) fn finish(&mut self) -> Result<Option<CommitId>> {
        let last_change = self.batch.chain.last_change;
        if last_change >= self.first_change {
            self.commit_id();
        }
        let Some(commit) = self.commit else {
            self.flush()?;
            return Ok(None);
        };
        let context = self.context;
        let (first_change, last_change) =
            if last_change >= self.first_change { (self.first_change, last_change) } else { (0, 0) };
        let action = self.action.take().unwrap_or_else(|| context.action.clone());
        let row = CommitRow {
            id: commit.0,
            at: self.now,
            actor: &context.actor,
            action: &action,
            detail: &context.detail,
            first_change,
            last_change,
            undoes: self.undoes.map(|c| c.0),
        };
        self.batch.chain.add_commit(self.conn, &row)?;
        self.audit(&action, Rid(self.patient.unwrap_or(0)), "", &context.detail);
        self.flush()?;
        Ok(Some(commit))
    }
}
