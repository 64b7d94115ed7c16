//! Listings beside search: a person's whole record, everything of a type for export, history of a type or of all.

use super::{CURRENT, Reader, Stored, stored, type_named};
use crate::conn::{Param, Value};
use crate::error::Result;
use crate::ids::{ChangeSeq, Micros, OrgId, Rid};
use crate::scope::{Scope, int_list};
use continuo_fhir::ResourceType;

/// Which part of a listing is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Only these types; empty for all.
    pub types: Vec<ResourceType>,
    /// Only what was written since.
    pub since: Micros,
    /// After this narrow key (the last of the page before).
    pub after: Rid,
    /// At most so many.
    pub most: i64,
}

/// Which versions of a history over several resources are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistorySlice {
    /// Before this change number; 0 from the newest.
    pub before: ChangeSeq,
    /// Written at or after this moment.
    pub since: Micros,
    /// Current at some moment of this interval `[low, high)`.
    pub at: Option<(Micros, Micros)>,
    /// At most so many.
    pub most: i64,
}

impl Reader<'_> {
    /// All current resources in scope of these source patients, by type and key.
    pub fn compartment(&mut self, scope: &Scope, patients: &[Rid]) -> Result<Vec<Stored>> {
        let mut all = self.compartment_slice(scope, patients, &Slice { most: i64::MAX, ..Slice::default() })?;
        all.sort_by_key(|stored| (stored.type_, stored.rid));
        Ok(all)
    }

    /// The resources of these source patients in scope, by narrow key and page: `Patient/$everything`.
    pub fn compartment_slice(&mut self, scope: &Scope, patients: &[Rid], slice: &Slice) -> Result<Vec<Stored>> {
        let list: Vec<i64> = patients.iter().map(|r| r.0).collect();
        let from = format!(
            "(select f.rid from facts f where f.org = ?1 and f.patient in ({}) and f.rid > ?2) d {} resource r on r.rid = d.rid",
            int_list(&list),
            self.conn.dialect().driving_join()
        );
        self.slice(scope, &from, slice)
    }

    /// What belongs to any patient in scope, by narrow key: `Patient/$everything` over all.
    pub fn of_patients(&mut self, scope: &Scope, slice: &Slice) -> Result<Vec<Stored>> {
        let from = format!(
            "(select f.rid from facts f where f.org = ?1 and f.patient <> 0 and f.rid > ?2) d {} resource r on r.rid = d.rid",
            self.conn.dialect().driving_join()
        );
        self.slice(scope, &from, slice)
    }

    /// Everything in scope, of some types or of all, by narrow key: the scan of an export.
    pub fn export(&mut self, scope: &Scope, slice: &Slice) -> Result<Vec<Stored>> {
        self.slice(scope, "resource r", slice)
    }

    fn slice(&mut self, scope: &Scope, from: &str, slice: &Slice) -> Result<Vec<Stored>> {
        let mut params =
            vec![Value::Int(scope.org.0), Value::Int(slice.after.0), Value::Int(slice.since), Value::Int(slice.most)];
        let types = if slice.types.is_empty() {
            String::new()
        } else {
            let names: Vec<String> = slice
                .types
                .iter()
                .map(|type_| {
                    params.push(Value::Text(type_.as_str().to_owned()));
                    format!("?{}", params.len())
                })
                .collect();
            format!(" and r.type in (select n.id from name n where n.name in ({}))", names.join(", "))
        };
        let seen = scope.predicate_of_any("r.", &mut params);
        let sql = format!(
            "select {CURRENT}, (select t.name from name t where t.id = r.type) from {from}
             where r.org = ?1 and r.rid > ?2 and r.body is not null and r.updated >= ?3{types}{seen}
             order by r.rid limit ?4"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, |row| stored(row, type_named(row.str(7)?)?))
    }

    /// Versions of a type, or of all types, newest first.
    pub fn history_of(
        &mut self,
        scope: &Scope,
        type_: Option<ResourceType>,
        slice: &HistorySlice,
    ) -> Result<Vec<(ChangeSeq, Stored)>> {
        let before = if slice.before.0 == 0 { i64::MAX } else { slice.before.0 };
        let mut params =
            vec![Value::Int(scope.org.0), Value::Int(before), Value::Int(slice.since), Value::Int(slice.most)];
        let current = match slice.at {
            None => String::new(),
            Some((low, high)) => {
                params.extend([Value::Int(low), Value::Int(high)]);
                let (low, high) = (params.len() - 1, params.len());
                // A version ends when the next one begins.
                format!(
                    " and coalesce(h.updated, r.updated) < ?{high} and coalesce((select n.updated from history n
                      where n.rid = c.rid and n.version = c.version + 1),
                      case when r.version = c.version + 1 then r.updated end, {}) > ?{low}",
                    i64::MAX
                )
            }
        };
        let only = match type_ {
            None => String::new(),
            Some(type_) => {
                params.push(Value::Text(type_.as_str().to_owned()));
                format!(" and c.type = (select n.id from name n where n.name = ?{})", params.len())
            }
        };
        let closed = scope.predicate_of_any("r.", &mut params);
        // A version stays closed by its own labels as well as by those of the current one.
        let version = super::labels_of_version(scope, &mut params);
        let version = version.replace("h.labels", "coalesce(h.labels, r.labels)");
        let sql = format!(
            "select c.rid, r.id, c.version, coalesce(h.updated, r.updated), r.patient, r.labels,
                    case when r.version = c.version then r.body else h.body end, t.name, c.seq
             from change c join resource r on r.rid = c.rid join name t on t.id = c.type
             left join history h on h.rid = c.rid and h.version = c.version
             where c.org = ?1 and c.seq < ?2 and coalesce(h.updated, r.updated) >= ?3{only}{current}{closed}{version}
             order by c.seq desc limit ?4"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, |row| Ok((ChangeSeq(row.int(8)?), stored(row, type_named(row.str(7)?)?)?)))
    }

    /// How many resources of each type there are: (type, count), by type.
    pub fn counts_by_type(&mut self, org: OrgId) -> Result<Vec<(ResourceType, i64)>> {
        let sql = if self.has_counts {
            "select t.name, c.number from type_count c join name t on t.id = c.type
             where c.org = ?1 and c.number > 0 order by t.name"
        } else {
            "select t.name, count(*) from resource r join name t on t.id = r.type
             where r.org = ?1 and r.body is not null group by t.name order by t.name"
        };
        self.conn.query(sql, &[org.param()], |row| Ok((type_named(row.str(0)?)?, row.int(1)?)))
    }
}
