//! Reading on a snapshot: one resource, its history, the change feed.

use crate::body;
use crate::conn::{Conn, Param, Row, Value};
use crate::error::{Error, Result};
use crate::ids::{ChangeSeq, CommitId, Micros, OrgId, Rid};
use crate::scope::Scope;
use continuo_fhir::ResourceType;

mod as_it_stood;
mod changed;
mod compartment;
mod facts;
mod feed;
mod missing;
mod shared;

pub use changed::Touched;
pub use compartment::{HistorySlice, Slice};
pub use facts::{FactRow, PersonFactRows};
pub use feed::{Change, CommitRow, Op};
pub use missing::Missing;

/// A snapshot of the database.
pub struct Reader<'a> {
    pub(crate) conn: &'a mut Conn,
    /// Whether `type_count` has everything that is seen here.
    pub(crate) has_counts: bool,
}

/// A resource as stored: `bytes` is the JSON clients see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Narrow key.
    pub rid: Rid,
    /// Type.
    pub type_: ResourceType,
    /// Id.
    pub id: String,
    /// Version.
    pub version: i64,
    /// When this version was written.
    pub updated: Micros,
    /// Whose record it belongs to; 0 when nobody's.
    pub patient: Rid,
    /// Sensitivity bits.
    pub labels: u64,
    /// JSON with `id` and `meta`; `None` when the version is a deletion.
    pub bytes: Option<Vec<u8>>,
}

impl<'a> Reader<'a> {
    /// Within a writer's own transaction, which may yet be taken back.
    pub(crate) fn new(conn: &'a mut Conn) -> Self {
        Self { conn, has_counts: false }
    }

    /// On a snapshot of what is durable.
    pub(crate) fn counting(conn: &'a mut Conn) -> Self {
        Self { conn, has_counts: true }
    }

    /// The connection, for the functions of `tables`.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// The current version; `NotFound` when there is none in scope, `Gone` when it is deleted.
    pub fn get(&mut self, scope: &Scope, type_: ResourceType, id: &str) -> Result<Stored> {
        let what = || format!("{type_}/{id}");
        let stored = self.find(scope, type_, id)?.ok_or_else(|| Error::NotFound(what()))?;
        if stored.bytes.is_none() {
            return Err(Error::Gone(what()));
        }
        Ok(stored)
    }

    /// The current version or deletion, if there is one in scope.
    pub fn find(&mut self, scope: &Scope, type_: ResourceType, id: &str) -> Result<Option<Stored>> {
        let mut params =
            vec![Value::Int(scope.org.0), Value::Text(type_.as_str().to_owned()), Value::Text(id.to_owned())];
        let seen = scope.predicate_of(type_, "r.", &mut params);
        let sql = format!(
            "select {CURRENT} from resource r
             where r.org = ?1 and r.type = (select n.id from name n where n.name = ?2) and r.id = ?3 and r.version > 0{seen}"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query_opt(&sql, &params, |row| stored(row, type_))
    }

    /// One version, current or past, deletions included.
    pub fn version(&mut self, scope: &Scope, type_: ResourceType, id: &str, version: i64) -> Result<Stored> {
        let what = || Error::NotFound(format!("{type_}/{id} version {version}"));
        let current = self.find(scope, type_, id)?.ok_or_else(what)?;
        if current.version == version {
            return Ok(current);
        }
        let mut params = vec![Value::Int(current.rid.0), Value::Int(version)];
        let seen = labels_of_version(scope, &mut params);
        let sql = format!(
            "select r.rid, r.id, h.version, h.updated, r.patient, h.labels, h.body
             from history h join resource r on r.rid = h.rid where h.rid = ?1 and h.version = ?2{seen}"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query_opt(&sql, &params, |row| stored(row, type_))?.ok_or_else(what)
    }

    /// All versions of a resource in scope, newest first.
    pub fn history(&mut self, scope: &Scope, type_: ResourceType, id: &str, most: i64) -> Result<Vec<Stored>> {
        let Some(current) = self.find(scope, type_, id)? else {
            return Err(Error::NotFound(format!("{type_}/{id}")));
        };
        let mut params = vec![Value::Int(current.rid.0), Value::Int(most - 1)];
        let seen = labels_of_version(scope, &mut params);
        let sql = format!(
            "select r.rid, r.id, h.version, h.updated, r.patient, h.labels, h.body
             from history h join resource r on r.rid = h.rid
             where h.rid = ?1{seen} order by h.version desc limit ?2"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        let mut out = vec![current];
        out.extend(self.conn.query(&sql, &params, |row| stored(row, type_))?);
        Ok(out)
    }

    /// The narrow key of a resource, if it has one.
    pub fn rid(&mut self, org: OrgId, type_: ResourceType, id: &str) -> Result<Option<Rid>> {
        self.conn.query_opt(
            "select rid from resource where org = ?1 and type = (select id from name where name = ?2) and id = ?3",
            &[org.param(), Param::Text(type_.as_str()), Param::Text(id)],
            |row| row.int(0).map(Rid),
        )
    }

    /// The type and id behind a narrow key.
    pub fn reference(&mut self, rid: Rid) -> Result<Option<(ResourceType, String)>> {
        self.conn.query_opt(
            "select t.name, r.id from resource r join name t on t.id = r.type where r.rid = ?1",
            &[rid.param()],
            |row| Ok((type_named(row.str(0)?)?, row.text(1)?)),
        )
    }

    /// The newest change number of an organization.
    pub fn last_change(&mut self, org: OrgId) -> Result<ChangeSeq> {
        self.conn.query_int("select last_change from org where org = ?1", &[org.param()]).map(ChangeSeq)
    }

    /// The newest commit of an organization.
    pub fn last_commit(&mut self, org: OrgId) -> Result<CommitId> {
        self.conn.query_int("select last_commit from org where org = ?1", &[org.param()]).map(CommitId)
    }
}

/// Columns `stored` reads, for a row aliased `r`.
pub(crate) const CURRENT: &str = "r.rid, r.id, r.version, r.updated, r.patient, r.labels, r.body";

/// An old version may carry labels its successor lost; it stays closed by its own.
fn labels_of_version(scope: &Scope, params: &mut Vec<Value>) -> String {
    let labels_only = Scope { persons: crate::scope::Persons::All, ..scope.clone() };
    labels_only.predicate("r.", params).replace("r.labels", "h.labels")
}

pub(crate) fn type_named(name: &str) -> Result<ResourceType> {
    ResourceType::find(name).ok_or_else(|| Error::Damaged(format!("`{name}` is not a resource type")))
}

pub(crate) fn stored(row: &Row<'_>, type_: ResourceType) -> Result<Stored> {
    let (id, version, updated) = (row.str(1)?, row.int(2)?, row.int(3)?);
    let bytes = match row.opt_bytes(6)? {
        None => None,
        Some(body) => Some(body::render(type_.as_str(), id, version, updated, body)?),
    };
    Ok(Stored {
        rid: Rid(row.int(0)?),
        type_,
        id: id.to_owned(),
        version,
        updated,
        patient: Rid(row.int(4)?),
        labels: row.int(5)? as u64,
        bytes,
    })
}
