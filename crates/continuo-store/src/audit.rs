//! The audit chain: every batch of an organization adds one link that covers its commits, changes and audit rows.
//!
//! A link's hash covers the hash before it, so an edited, removed or reordered row shows, whoever has the file.
//! Cutting off the newest links shows only against a head kept elsewhere (`Head`).

use crate::conn::{Bulk, ColumnKind, Conn, OneRow, Param};
use crate::error::{Error, Result};
use crate::ids::{Micros, OrgId};
use sha2::{Digest, Sha256};

/// A hash as stored.
pub type Hash = [u8; 32];

/// Counters of one organization while a batch runs.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) org: OrgId,
    pub(crate) last_change: i64,
    pub(crate) last_commit: i64,
    pub(crate) last_audit: i64,
    link: i64,
    head: Vec<u8>,
    parts: Parts,
}

/// What a link covers, hashed in three lists so that a check can read each table in its own order.
#[derive(Clone, Debug, Default)]
struct Parts {
    commits: Sha256,
    changes: Sha256,
    audits: Sha256,
}

/// One row of the audit table.
pub(crate) struct AuditRow<'a> {
    pub(crate) at: Micros,
    pub(crate) actor: &'a str,
    pub(crate) action: &'a str,
    pub(crate) patient: i64,
    pub(crate) subject: &'a str,
    pub(crate) commit: i64,
    pub(crate) detail: &'a str,
}

/// One row of the change feed.
#[derive(Clone, Copy)]
pub(crate) struct ChangeRow<'a> {
    pub(crate) rid: i64,
    pub(crate) type_: i64,
    pub(crate) version: i64,
    pub(crate) op: i64,
    pub(crate) patient: i64,
    pub(crate) commit: i64,
    pub(crate) hash: &'a [u8],
}

/// One commit row.
pub(crate) struct CommitRow<'a> {
    pub(crate) id: i64,
    pub(crate) at: Micros,
    pub(crate) actor: &'a str,
    pub(crate) action: &'a str,
    pub(crate) detail: &'a str,
    pub(crate) first_change: i64,
    pub(crate) last_change: i64,
    pub(crate) undoes: Option<i64>,
}

/// Lengths go in front, so that no two rows give the same bytes.
fn add_text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}

fn add_ints(hash: &mut Sha256, numbers: &[i64]) {
    for n in numbers {
        hash.update(n.to_be_bytes());
    }
}

impl Parts {
    fn audit(&mut self, seq: i64, row: &AuditRow<'_>) {
        add_ints(&mut self.audits, &[seq, row.at, row.patient, row.commit]);
        for text in [row.actor, row.action, row.subject, row.detail] {
            add_text(&mut self.audits, text);
        }
    }

    fn change(&mut self, seq: i64, row: ChangeRow<'_>) {
        add_ints(&mut self.changes, &[seq, row.rid, row.type_, row.version, row.op, row.patient, row.commit]);
        self.changes.update(row.hash);
    }

    fn commit(&mut self, row: &CommitRow<'_>) {
        let undoes = row.undoes.unwrap_or(0);
        add_ints(&mut self.commits, &[row.id, row.at, row.first_change, row.last_change, undoes]);
        for text in [row.actor, row.action, row.detail] {
            add_text(&mut self.commits, text);
        }
    }

    fn link(self, head: &[u8], numbers: &[i64]) -> Hash {
        let mut hash = Sha256::new();
        hash.update(head);
        add_ints(&mut hash, numbers);
        hash.update(self.commits.finalize());
        hash.update(self.changes.finalize());
        hash.update(self.audits.finalize());
        hash.finalize().into()
    }
}

impl Chain {
    /// Locks the organization (PostgreSQL: for other processes too) and reads where its chain stands.
    pub(crate) fn open(conn: &mut Conn, org: OrgId) -> Result<Self> {
        if conn.dialect() == crate::conn::Dialect::Postgres {
            conn.execute("select pg_advisory_xact_lock(7201, ?1::bigint::int)::text", &[org.param()])?;
        }
        conn.query_opt(
            "select last_change, last_commit, last_audit, last_link, head from org where org = ?1",
            &[org.param()],
            |row| {
                Ok(Self {
                    org,
                    last_change: row.int(0)?,
                    last_commit: row.int(1)?,
                    last_audit: row.int(2)?,
                    link: row.int(3)?,
                    head: row.blob(4)?,
                    parts: Parts::default(),
                })
            },
        )?
        .ok_or_else(|| Error::NotFound(format!("organization {org}")))
    }

    pub(crate) fn add_audit(&mut self, bulk: &mut Bulk, row: &AuditRow<'_>) {
        self.last_audit += 1;
        self.parts.audit(self.last_audit, row);
        bulk.push(&[
            self.org.param(),
            Param::Int(self.last_audit),
            Param::Int(row.at),
            Param::Text(row.actor),
            Param::Text(row.action),
            Param::Int(row.patient),
            Param::Text(row.subject),
            Param::Int(row.commit),
            Param::Text(row.detail),
        ]);
    }

    pub(crate) fn add_change(&mut self, bulk: &mut Bulk, row: ChangeRow<'_>) -> i64 {
        self.last_change += 1;
        self.parts.change(self.last_change, row);
        bulk.push(&[
            self.org.param(),
            Param::Int(self.last_change),
            Param::Int(row.rid),
            Param::Int(row.type_),
            Param::Int(row.version),
            Param::Int(row.op),
            Param::Int(row.patient),
            Param::Int(row.commit),
            Param::Blob(row.hash),
        ]);
        self.last_change
    }

    pub(crate) fn add_commit(&mut self, conn: &mut Conn, row: &CommitRow<'_>) -> Result<()> {
        self.parts.commit(row);
        conn.insert_row(
            &COMMITS,
            &[
                self.org.param(),
                Param::Int(row.id),
                Param::Int(row.at),
                Param::Text(row.actor),
                Param::Text(row.action),
                Param::Text(row.detail),
                Param::Int(row.first_change),
                Param::Int(row.last_change),
                row.undoes.into(),
            ],
        )?;
        Ok(())
    }

    /// Adds the batch's one link and stores where the organization stands.
    pub(crate) fn finish(&mut self, conn: &mut Conn, at: Micros) -> Result<()> {
        self.link += 1;
        let numbers = [self.org.0, self.link, at, self.last_commit, self.last_change, self.last_audit];
        self.head = std::mem::take(&mut self.parts).link(&self.head, &numbers).to_vec();
        conn.execute(
            "insert into audit_link (org, link, at, last_commit, last_change, last_audit, hash)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            &[
                self.org.param(),
                Param::Int(self.link),
                Param::Int(at),
                Param::Int(self.last_commit),
                Param::Int(self.last_change),
                Param::Int(self.last_audit),
                Param::Blob(&self.head),
            ],
        )?;
        conn.execute(
            "update org set last_change = ?2, last_commit = ?3, last_audit = ?4, last_link = ?5, head = ?6
             where org = ?1",
            &[
                self.org.param(),
                Param::Int(self.last_change),
                Param::Int(self.last_commit),
                Param::Int(self.last_audit),
                Param::Int(self.link),
                Param::Blob(&self.head),
            ],
        )?;
        Ok(())
    }
}

/// A commit row, in the order `Chain::add_commit` fills it.
const COMMITS: OneRow = {
    use ColumnKind::{Int, Text};
    OneRow {
        table: "commits",
        columns: &[
            ("org", Int),
            ("id", Int),
            ("at", Int),
            ("actor", Text),
            ("action", Text),
            ("detail", Text),
            ("first_change", Int),
            ("last_change", Int),
            ("undoes", Int),
        ],
        sql: "insert into commits (org, id, at, actor, action, detail, first_change, last_change, undoes)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    }
};

/// Columns of the audit table, in the order `Chain::add_audit` fills them.
pub(crate) fn audit_bulk() -> Bulk {
    use ColumnKind::{Int, Text};
    Bulk::new(
        "audit",
        &[
            ("org", Int),
            ("seq", Int),
            ("at", Int),
            ("actor", Text),
            ("action", Text),
            ("patient", Int),
            ("subject", Text),
            ("commit_id", Int),
            ("detail", Text),
        ],
    )
}

/// Columns of the change feed, in the order `Chain::add_change` fills them.
pub(crate) fn change_bulk() -> Bulk {
    use ColumnKind::{Blob, Int};
    Bulk::new(
        "change",
        &[
            ("org", Int),
            ("seq", Int),
            ("rid", Int),
            ("type", Int),
            ("version", Int),
            ("op", Int),
            ("patient", Int),
            ("commit_id", Int),
            ("hash", Blob),
        ],
    )
}

/// The newest link of an organization: kept outside the database, it shows that the tail was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Organization.
    pub org: OrgId,
    /// Number of the link.
    pub link: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The head of an organization's chain.
pub fn head(conn: &mut Conn, org: OrgId) -> Result<Head> {
    conn.query_opt("select last_link, head from org where org = ?1", &[org.param()], |row| {
        Ok(Head { org, link: row.int(0)?, hash: row.blob(1)? })
    })?
    .ok_or_else(|| Error::NotFound(format!("organization {org}")))
}

/// What a check of the chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainReport {
    /// Links checked.
    pub links: i64,
    /// Versions whose content was compared with its hash.
    pub versions: i64,
    /// Each contradiction, in words; empty when all is well.
    pub problems: Vec<String>,
}

struct Link {
    number: i64,
    at: i64,
    last_commit: i64,
    last_change: i64,
    last_audit: i64,
    hash: Vec<u8>,
}

/// Recomputes an organization's whole chain, and every kept version's content hash when `contents` is wanted.
pub fn verify(conn: &mut Conn, org: OrgId, kept: Option<&Head>, contents: bool) -> Result<ChainReport> {
    let mut report = ChainReport::default();
    let links = conn.query(
        "select link, at, last_commit, last_change, last_audit, hash from audit_link where org = ?1 order by link",
        &[org.param()],
        |row| {
            Ok(Link {
                number: row.int(0)?,
                at: row.int(1)?,
                last_commit: row.int(2)?,
                last_change: row.int(3)?,
                last_audit: row.int(4)?,
                hash: row.blob(5)?,
            })
        },
    )?;
    let mut head = genesis(org).to_vec();
    let (mut commit, mut change, mut audit, mut number) = (0, 0, 0, 0);
    for link in &links {
        number += 1;
        report.links += 1;
        if link.number != number {
            report.problems.push(format!("link {number} is missing"));
            number = link.number;
        }
        let mut parts = Parts::default();
        hash_commits(conn, org, commit, link.last_commit, &mut parts)?;
        hash_changes(conn, org, change, link.last_change, &mut parts)?;
        hash_audits(conn, org, audit, link.last_audit, &mut parts)?;
        let numbers = [org.0, link.number, link.at, link.last_commit, link.last_change, link.last_audit];
        if parts.link(&head, &numbers).as_slice() != link.hash {
            report.problems.push(format!(
                "link {} does not match: commits {}..{}, changes {}..{}, audit {}..{}",
                link.number, commit, link.last_commit, change, link.last_change, audit, link.last_audit
            ));
        }
        head.clone_from(&link.hash);
        (commit, change, audit) = (link.last_commit, link.last_change, link.last_audit);
    }
    check_head(conn, org, number, &head, &mut report)?;
    for (table, column, last) in [("commits", "id", commit), ("change", "seq", change), ("audit", "seq", audit)] {
        let sql = format!("select count(*) from {table} where org = ?1 and {column} > ?2");
        let beyond = conn.query_int(&sql, &[org.param(), Param::Int(last)])?;
        if beyond > 0 {
            report.problems.push(format!("{beyond} rows of {table} are in no link"));
        }
    }
    if let Some(kept) = kept {
        let same = links.iter().any(|l| l.number == kept.link && l.hash == kept.hash);
        if !same {
            report.problems.push(format!("the kept head (link {}) is not in this chain", kept.link));
        }
    }
    if contents {
        crate::verify::contents(conn, org, &mut report)?;
    }
    Ok(report)
}

fn check_head(conn: &mut Conn, org: OrgId, number: i64, last: &[u8], report: &mut ChainReport) -> Result<()> {
    let stored = head(conn, org)?;
    if stored.link != number || stored.hash != last {
        report.problems.push(format!("the chain ends at link {number}, the organization's head says {}", stored.link));
    }
    Ok(())
}

fn hash_commits(conn: &mut Conn, org: OrgId, after: i64, to: i64, parts: &mut Parts) -> Result<()> {
    conn.for_each(
        "select id, at, actor, action, detail, first_change, last_change, undoes from commits
         where org = ?1 and id > ?2 and id <= ?3 order by id",
        &[org.param(), Param::Int(after), Param::Int(to)],
        |row| {
            parts.commit(&CommitRow {
                id: row.int(0)?,
                at: row.int(1)?,
                actor: row.str(2)?,
                action: row.str(3)?,
                detail: row.str(4)?,
                first_change: row.int(5)?,
                last_change: row.int(6)?,
                undoes: row.opt_int(7)?,
            });
            Ok(())
        },
    )
}

fn hash_changes(conn: &mut Conn, org: OrgId, after: i64, to: i64, parts: &mut Parts) -> Result<()> {
    conn.for_each(
        "select seq, rid, type, version, op, patient, commit_id, hash from change
         where org = ?1 and seq > ?2 and seq <= ?3 order by seq",
        &[org.param(), Param::Int(after), Param::Int(to)],
        |row| {
            let change = ChangeRow {
                rid: row.int(1)?,
                type_: row.int(2)?,
                version: row.int(3)?,
                op: row.int(4)?,
                patient: row.int(5)?,
                commit: row.int(6)?,
                hash: row.bytes(7)?,
            };
            parts.change(row.int(0)?, change);
            Ok(())
        },
    )
}

fn hash_audits(conn: &mut Conn, org: OrgId, after: i64, to: i64, parts: &mut Parts) -> Result<()> {
    conn.for_each(
        "select seq, at, actor, action, patient, subject, commit_id, detail from audit
         where org = ?1 and seq > ?2 and seq <= ?3 order by seq",
        &[org.param(), Param::Int(after), Param::Int(to)],
        |row| {
            let audit = AuditRow {
                at: row.int(1)?,
                actor: row.str(2)?,
                action: row.str(3)?,
                patient: row.int(4)?,
                subject: row.str(5)?,
                commit: row.int(6)?,
                detail: row.str(7)?,
            };
            parts.audit(row.int(0)?, &audit);
            Ok(())
        },
    )
}

/// Where an organization's chain starts. The words are those of the first chains and never change, spelling included.
pub(crate) fn genesis(org: OrgId) -> Hash {
    Sha256::digest(format!("continuo audit chain of organisation {org}").as_bytes()).into()
}
