//! One batch of one organization: its chain, and the read-audit rows that join it.

use crate::audit::{AuditRow, Chain, audit_bulk};
use crate::conn::Conn;
use crate::counts::Changed;
use crate::error::Result;
use crate::ids::{Micros, OrgId};
use crate::writer::AuditEntry;

/// The organization's counters and chain while a transaction runs.
#[derive(Clone)]
pub(crate) struct Batch {
    pub(crate) chain: Chain,
    pub(crate) counts: Changed,
}

impl Batch {
    pub(crate) fn open(conn: &mut Conn, org: OrgId) -> Result<Self> {
        Ok(Self { chain: Chain::open(conn, org)?, counts: Changed::default() })
    }

    /// Where a closure that fails is taken back to.
    pub(crate) fn mark(&self) -> Self {
        self.clone()
    }

    pub(crate) fn reset(&mut self, mark: Self) {
        *self = mark;
    }

    pub(crate) fn last_change(&self) -> i64 {
        self.chain.last_change
    }

    pub(crate) fn add_reads(&mut self, conn: &mut Conn, at: Micros, entries: &[AuditEntry]) -> Result<()> {
        let mut rows = audit_bulk();
        for entry in entries {
            self.chain.add_audit(
                &mut rows,
                &AuditRow {
                    at,
                    actor: &entry.actor,
                    action: &entry.action,
                    patient: entry.patient.0,
                    subject: &entry.subject,
                    commit: 0,
                    detail: &entry.detail,
                },
            );
        }
        conn.insert_bulk(&rows)
    }

    pub(crate) fn finish(&mut self, conn: &mut Conn, at: Micros) -> Result<()> {
        self.counts.store(conn, self.chain.org)?;
        self.chain.finish(conn, at)
    }
}
