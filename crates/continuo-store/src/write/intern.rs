//! Interned names, codes and narrow keys, with the writer's memory of them.
//!
//! The memory only holds what is committed or part of the running transaction; a rollback after something new was
//! interned empties it, since the rows behind it are gone.

use crate::codes::StoreCodes;
use crate::conn::{self, Conn, Dialect};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::index::{Flavor, param_name};
use crate::store::StoreOptions;
use crate::write::put::RESOURCE;
use continuo_fhir::ResourceType;
use continuo_fhir::search::Param;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Entries kept in memory before it is emptied.
const KEPT: usize = 500_000;

/// What the writer remembers between batches.
pub(crate) struct WriterState {
    pub(crate) options: Arc<StoreOptions>,
    pub(crate) codes: Arc<StoreCodes>,
    pub(crate) labels: Arc<[(String, String, u8)]>,
    /// Codes and words the database holds.
    stored: (usize, usize),
    storing: (usize, usize),
    names: HashMap<Box<str>, i64>,
    params: HashMap<(ResourceType, u16, Flavor), i64>,
    rids: HashMap<(i64, ResourceType, Box<str>), i64>,
    /// What was looked for in this transaction and has no narrow key; nobody else gives one meanwhile (`Chain::open`).
    absent: HashSet<(i64, ResourceType, Box<str>)>,
    /// The next free numbers; read again after a rollback.
    next_name: Option<i64>,
    next_rid: Option<(i64, i64)>,
    /// The minute in which each source was last noted as heard.
    heard: HashMap<(i64, Box<str>), i64>,
    dirty: bool,
}

/// Serialises interning between processes on PostgreSQL.
const INTERN_LOCK: &str = "select pg_advisory_xact_lock(7203, 1)::text";

impl WriterState {
    pub(crate) fn new(options: Arc<StoreOptions>, codes: Arc<StoreCodes>, labels: Arc<[(String, String, u8)]>) -> Self {
        let stored = codes.mark();
        Self {
            storing: stored,
            options,
            names: HashMap::new(),
            params: HashMap::new(),
            codes,
            labels,
            stored,
            rids: HashMap::new(),
            absent: HashSet::new(),
            next_name: None,
            next_rid: None,
            heard: HashMap::new(),
            dirty: false,
        }
    }

    /// Whether nothing was heard from a source in this minute before.
    pub(crate) fn is_first_in(&mut self, org: OrgId, source: &str, minute: i64) -> bool {
        self.heard.insert((org.0, source.into()), minute) != Some(minute)
    }

    /// Stores new codes in the running transaction: before a search in it, and before its commit.
    pub(crate) fn store_codes(&mut self, conn: &mut Conn) -> Result<()> {
        self.storing = self.codes.store_since(conn, self.storing)?;
        Ok(())
    }

    /// Where a closure that fails takes the stored codes back to.
    pub(crate) fn codes_mark(&self) -> (usize, usize) {
        self.storing
    }

    pub(crate) fn reset_codes(&mut self, mark: (usize, usize)) {
        self.storing = mark;
    }

    /// The whole transaction was undone.
    pub(crate) fn abandoned(&mut self) {
        self.storing = self.stored;
        self.rolled_back();
    }

    pub(crate) fn committed(&mut self) {
        self.stored = self.storing;
        self.dirty = false;
        self.absent.clear();
        if self.rids.len() > KEPT {
            self.rids.clear();
        }
    }

    /// Part of the transaction was undone: what it interned is gone.
    pub(crate) fn rolled_back(&mut self) {
        self.heard.clear();
        self.absent.clear();
        if self.dirty {
            self.names.clear();
            self.params.clear();
            self.rids.clear();
            self.next_name = None;
            self.next_rid = None;
            self.dirty = false;
        }
    }

    /// The number of a type name, a parameter name or a source.
    pub(crate) fn name(&mut self, conn: &mut Conn, name: &str) -> Result<i64> {
        if let Some(id) = self.names.get(name) {
            return Ok(*id);
        }
        let find = "select id from name where name = ?1";
        let mut known = conn.query_opt(find, &[conn::Param::Text(name)], |row| row.int(0))?;
        if known.is_none() && conn.dialect() == Dialect::Postgres {
            conn.query(INTERN_LOCK, &[], |_| Ok(()))?;
            known = conn.query_opt(find, &[conn::Param::Text(name)], |row| row.int(0))?;
            self.next_name = None;
        }
        let id = match known {
            Some(id) => id,
            None => {
                let id = match self.next_name {
                    Some(id) => id,
                    None => conn.query_int("select max(id) from name", &[])? + 1,
                };
                conn.execute(
                    "insert into name (id, name) values (?1, ?2)",
                    &[conn::Param::Int(id), conn::Param::Text(name)],
                )?;
                self.next_name = Some(id + 1);
                self.dirty = true;
                id
            }
        };
        self.names.insert(name.into(), id);
        Ok(id)
    }

    /// The number of a type.
    pub(crate) fn type_id(&mut self, conn: &mut Conn, type_: ResourceType) -> Result<i64> {
        self.name(conn, type_.as_str())
    }

    /// The number of a type's search parameter.
    pub(crate) fn param(&mut self, conn: &mut Conn, type_: ResourceType, param: &Param, flavor: Flavor) -> Result<i64> {
        if let Some(id) = self.params.get(&(type_, param.number, flavor)) {
            return Ok(*id);
        }
        let id = self.name(conn, &param_name(type_, param.code, flavor))?;
        self.params.insert((type_, param.number, flavor), id);
        Ok(id)
    }

    /// The narrow key of a resource if one was ever given.
    pub(crate) fn known_rid(
        &mut self,
        conn: &mut Conn,
        org: OrgId,
        type_: ResourceType,
        id: &str,
    ) -> Result<Option<Rid>> {
        let key = (org.0, type_, Box::from(id));
        if let Some(rid) = self.rids.get(&key) {
            return Ok(Some(Rid(*rid)));
        }
        if self.absent.contains(&key) {
            return Ok(None);
        }
        let type_id = self.type_id(conn, type_)?;
        // Every row of this transaction is remembered, or was sent when a closure failed and the memory was emptied.
        let found = conn.query_stored(
            "select rid from resource where org = ?1 and type = ?2 and id = ?3",
            &[org.param(), conn::Param::Int(type_id), conn::Param::Text(id)],
            |row| row.int(0),
        )?;
        let found = found.first().copied();
        if let Some(rid) = found {
            self.rids.insert(key, rid);
        }
        Ok(found.map(Rid))
    }

    /// The narrow key of a resource, given now if it never had one (version 0: only referred to).
    pub(crate) fn rid(&mut self, conn: &mut Conn, org: OrgId, type_: ResourceType, id: &str) -> Result<Rid> {
        if let Some(rid) = self.known_rid(conn, org, type_, id)? {
            return Ok(rid);
        }
        let type_id = self.type_id(conn, type_)?;
        let rid = self.new_rid(conn, org, type_, id)?;
        let (none, type_id, id) = (conn::Param::Int(0), conn::Param::Int(type_id), conn::Param::Text(id));
        let values = [rid.param(), org.param(), type_id, id, none, none, none, none, none, none, conn::Param::Null];
        conn.insert_row(&RESOURCE, &values)?;
        Ok(rid)
    }

    /// A free narrow key, remembered for this resource.
    pub(crate) fn new_rid(&mut self, conn: &mut Conn, org: OrgId, type_: ResourceType, id: &str) -> Result<Rid> {
        let (next, end) = match self.next_rid {
            Some((next, end)) if next < end => (next, end),
            _ => match conn.dialect() {
                Dialect::Sqlite => (conn.query_int("select max(rid) from resource", &[])? + 1, i64::MAX),
                Dialect::Postgres => {
                    let start = conn.query_int("select nextval('rid_block')", &[])?;
                    (start, start + 256)
                }
            },
        };
        self.next_rid = Some((next + 1, end));
        self.dirty = true;
        let key = (org.0, type_, Box::from(id));
        self.absent.remove(&key);
        self.rids.insert(key, next);
        Ok(Rid(next))
    }

    /// Whether it is known of a resource that it has a narrow key, or has none.
    pub(super) fn is_looked_up(&self, org: OrgId, type_: ResourceType, id: &str) -> bool {
        let key = (org.0, type_, Box::from(id));
        self.rids.contains_key(&key) || self.absent.contains(&key)
    }

    /// Remembers the narrow key of a resource, or that it has none yet.
    pub(super) fn looked_up(&mut self, org: OrgId, type_: ResourceType, id: &str, rid: Option<i64>) {
        let key = (org.0, type_, Box::from(id));
        match rid {
            Some(rid) => {
                self.rids.insert(key, rid);
            }
            None => {
                self.absent.insert(key);
            }
        }
    }
}
