//! Putting and deleting resources: versions, history, index rows, packed facts and the change row together.

use super::tx::WriteTx;
use crate::audit::ChangeRow;
use crate::body;
use crate::conn::{Bulk, ColumnKind, OneRow, Param};
use crate::error::{Error, Result};
use crate::ids::Rid;
use crate::index::{
    IndexRows, IndexValue, Indexed, NO_CODE, Second, clinical_code, clinical_date, collect, is_patient_param,
};
use crate::prepare::Prepared;
use crate::tables::assessed;
use continuo_fhir::{ResourceType, Zone, pack};

const PATIENT: ResourceType = ResourceType::of("Patient");

/// The parameters that say in whose compartment a resource stands, the first that names a Patient counts.
const PATIENT_PARAMS: [&str; 8] =
    ["patient", "subject", "individual", "beneficiary", "target", "entity", "actor", "member"];

/// What must hold before a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing: create or update.
    Anything,
    /// The resource does not exist yet.
    Absent,
    /// The current version is this one (`If-Match`).
    Version(i64),
}

/// How to put a resource.
#[derive(Clone, Debug)]
pub struct PutOptions {
    /// What must hold before.
    pub expect: Expect,
    /// Name of the source system; empty when it was made here.
    pub source: String,
    /// Write no version when the content is the current one.
    pub skip_same: bool,
}

impl Default for PutOptions {
    fn default() -> Self {
        Self { expect: Expect::Anything, source: String::new(), skip_same: true }
    }
}

/// What a put did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The first version.
    Created,
    /// A further version.
    Updated,
    /// The content was already there.
    Unchanged,
}

/// A put resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put {
    /// Its narrow key.
    pub rid: Rid,
    /// Its current version.
    pub version: i64,
    /// What was done.
    pub outcome: Outcome,
}

pub(crate) const CREATE: i64 = 1;
pub(crate) const UPDATE: i64 = 2;
pub(crate) const DELETE: i64 = 3;

pub(super) fn facts_bulk() -> Bulk {
    use ColumnKind::{Blob, Int};
    let columns = &[("rid", Int), ("org", Int), ("patient", Int), ("type", Int), ("labels", Int), ("packed", Blob)];
    Bulk::new("facts", columns).keyed(1)
}

/// A resource's row.
pub(super) const RESOURCE: OneRow = {
    use ColumnKind::{Blob, Int, Text};
    OneRow {
        table: "resource",
        columns: &[
            ("rid", Int),
            ("org", Int),
            ("type", Int),
            ("id", Text),
            ("version", Int),
            ("updated", Int),
            ("change", Int),
            ("patient", Int),
            ("labels", Int),
            ("source", Int),
            ("body", Blob),
        ],
        sql: "insert into resource (rid, org, type, id, version, updated, change, patient, labels, source, body)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    }
};

/// A version that is no longer the current one.
const HISTORY: OneRow = {
    use ColumnKind::{Blob, Int};
    OneRow {
        table: "history",
        columns: &[("rid", Int), ("version", Int), ("updated", Int), ("change", Int), ("labels", Int), ("body", Blob)],
        sql: "insert into history (rid, version, updated, change, labels, body) values (?1, ?2, ?3, ?4, ?5, ?6)",
    }
};

/// The current row of a resource.
struct Current {
    rid: Rid,
    version: i64,
    updated: i64,
    change: i64,
    patient: i64,
    labels: i64,
    body: Option<Vec<u8>>,
}

impl WriteTx<'_> {
    /// Writes a version of a resource, unless it is the current content already.
    pub fn put(&mut self, prepared: &Prepared, options: &PutOptions) -> Result<Put> {
        self.look_up([prepared])?;
        let current = self.current(prepared.type_, &prepared.id)?;
        let what = || format!("{}/{}", prepared.type_, prepared.id);
        let version = current.as_ref().map_or(0, |c| c.version);
        match options.expect {
            Expect::Absent if current.as_ref().is_some_and(|c| c.body.is_some()) => {
                return Err(Error::VersionConflict { what: what(), expected: 0, current: version });
            }
            Expect::Version(expected) if expected != version => {
                return Err(Error::VersionConflict { what: what(), expected, current: version });
            }
            _ => {}
        }
        if let Some(current) = current.as_ref()
            && options.skip_same
            && current.body.as_deref() == Some(&prepared.body)
        {
            return Ok(Put { rid: current.rid, version, outcome: Outcome::Unchanged });
        }
        let source = if options.source.is_empty() { 0 } else { self.state.name(self.conn, &options.source)? };
        let rid = match current.as_ref() {
            Some(current) => current.rid,
            None => self.state.new_rid(self.conn, self.context.org, prepared.type_, &prepared.id)?,
        };
        let patient = self.patient_of(prepared.type_, rid, &prepared.index)?;
        let op = if current.as_ref().is_some_and(|c| c.body.is_some()) { UPDATE } else { CREATE };
        if self.context.limited && (op == CREATE || prepared.type_ == PATIENT) {
            crate::tables::limited_write::add(self.conn, self.context.org, rid)?;
        }
        if let Some(current) = current.as_ref().filter(|c| c.version > 0) {
            self.supersede(prepared.type_, &prepared.id, current)?;
            if current.patient != patient && current.patient != 0 {
                // The change row names whose it is now; whoever loses it is assessed again too.
                let org = self.context.org;
                assessed::look_again_at(self.conn, org, Rid(current.patient), self.now)?;
            }
        }
        let seq = self.add_change(prepared.type_, rid, version + 1, op, patient, &prepared.hash)?;
        self.write_row(prepared, current.is_some(), rid, version + 1, seq, patient, source)?;
        let type_id = self.state.type_id(self.conn, prepared.type_)?;
        let row = RowKey { rid, type_: prepared.type_, type_id, patient, labels: prepared.labels as i64 };
        let mut index = std::mem::replace(&mut self.index, IndexRows::new());
        let added = self.add_index(&mut index, row, &prepared.index);
        self.index = index;
        added?;
        self.facts.push(&[
            rid.param(),
            self.context.org.param(),
            Param::Int(patient),
            Param::Int(type_id),
            Param::Int(prepared.labels as i64),
            Param::Blob(&prepared.facts),
        ]);
        self.flush_many()?;
        let outcome = if op == CREATE { Outcome::Created } else { Outcome::Updated };
        Ok(Put { rid, version: version + 1, outcome })
    }

    /// Deletes a resource; its versions stay. Says the version of the deletion, or nothing if there was none.
    pub fn delete(&mut self, type_: ResourceType, id: &str, expect: Expect) -> Result<Option<i64>> {
        let Some(current) = self.current(type_, id)?.filter(|c| c.body.is_some()) else {
            return Ok(None);
        };
        if let Expect::Version(expected) = expect
            && expected != current.version
        {
            let what = format!("{type_}/{id}");
            return Err(Error::VersionConflict { what, expected, current: current.version });
        }
        self.supersede(type_, id, &current)?;
        let version = current.version + 1;
        let hash = body::hash_deleted(type_.as_str(), id);
        let seq = self.add_change(type_, current.rid, version, DELETE, current.patient, &hash)?;
        self.conn.execute(
            "update resource set version = ?2, updated = ?3, change = ?4, body = null where rid = ?1",
            &[current.rid.param(), Param::Int(version), Param::Int(self.now), Param::Int(seq)],
        )?;
        Ok(Some(version))
    }

    fn current(&mut self, type_: ResourceType, id: &str) -> Result<Option<Current>> {
        let org = self.context.org;
        let Some(rid) = self.state.known_rid(self.conn, org, type_, id)? else {
            return Ok(None);
        };
        self.conn.query_opt(
            "select version, updated, change, patient, labels, body from resource where rid = ?1",
            &[rid.param()],
            |row| {
                Ok(Current {
                    rid,
                    version: row.int(0)?,
                    updated: row.int(1)?,
                    change: row.int(2)?,
                    patient: row.int(3)?,
                    labels: row.int(4)?,
                    body: row.opt_bytes(5)?.map(<[u8]>::to_vec),
                })
            },
        )
    }

    /// Moves the current version to history and takes its index rows and facts off.
    fn supersede(&mut self, type_: ResourceType, id: &str, current: &Current) -> Result<()> {
        self.conn.insert_row(
            &HISTORY,
            &[
                current.rid.param(),
                Param::Int(current.version),
                Param::Int(current.updated),
                Param::Int(current.change),
                Param::Int(current.labels),
                current.body.as_deref().into(),
            ],
        )?;
        let Some(body) = current.body.as_deref() else {
            return Ok(());
        };
        // The rows of an earlier put of this closure may still be gathered.
        self.flush()?;
        let packed = pack(&body::decode(type_.as_str(), id, body)?);
        let zone = crate::tables::org::zone(self.conn, self.context.org)?;
        let zone = zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
        let values = collect(type_, &packed, &zone, &self.state.codes)?;
        let type_id = self.state.type_id(self.conn, type_)?;
        let row = RowKey { rid: current.rid, type_, type_id, patient: current.patient, labels: current.labels };
        let mut old = IndexRows::new();
        self.add_index(&mut old, row, &values)?;
        old.delete(self.conn)?;
        self.conn.execute("delete from facts where rid = ?1", &[current.rid.param()])?;
        Ok(())
    }

    fn add_change(
        &mut self,
        type_: ResourceType,
        rid: Rid,
        version: i64,
        op: i64,
        patient: i64,
        hash: &[u8],
    ) -> Result<i64> {
        let commit = self.commit_id().0;
        let type_ = self.state.type_id(self.conn, type_)?;
        if patient != 0 {
            self.patient = match self.patient {
                None => Some(patient),
                Some(other) if other == patient => Some(patient),
                Some(_) => Some(0),
            };
        }
        self.batch.counts.add(type_, op);
        let row = ChangeRow { rid: rid.0, type_, version, op, patient, commit, hash };
        Ok(self.batch.chain.add_change(&mut self.changes, row))
    }

    #[expect(clippy::too_many_arguments, reason = "one value a column")]
    fn write_row(
        &mut self,
        prepared: &Prepared,
        known: bool,
        rid: Rid,
        version: i64,
        seq: i64,
        patient: i64,
        source: i64,
    ) -> Result<()> {
        let type_id = self.state.type_id(self.conn, prepared.type_)?;
        if known {
            self.conn.execute(
                "update resource set version = ?2, updated = ?3, change = ?4, patient = ?5, labels = ?6,
                     source = case when ?7 = 0 then source else ?7 end, body = ?8
                 where rid = ?1",
                &[
                    rid.param(),
                    Param::Int(version),
                    Param::Int(self.now),
                    Param::Int(seq),
                    Param::Int(patient),
                    Param::Int(prepared.labels as i64),
                    Param::Int(source),
                    Param::Blob(&prepared.body),
                ],
            )?;
            return Ok(());
        }
        self.conn.insert_row(
            &RESOURCE,
            &[
                rid.param(),
                self.context.org.param(),
                Param::Int(type_id),
                Param::Text(&prepared.id),
                Param::Int(version),
                Param::Int(self.now),
                Param::Int(seq),
                Param::Int(patient),
                Param::Int(prepared.labels as i64),
                Param::Int(source),
                Param::Blob(&prepared.body),
            ],
        )?;
        Ok(())
    }

    /// The patient in whose compartment a resource stands; 0 for the organization-wide segment.
    fn patient_of(&mut self, type_: ResourceType, rid: Rid, values: &[IndexValue]) -> Result<i64> {
        if type_ == PATIENT {
            return Ok(rid.0);
        }
        let first = PATIENT_PARAMS.iter().find_map(|wanted| {
            values.iter().find_map(|value| match &value.value {
                Indexed::Reference(target, id) if *target == PATIENT && value.param.code == *wanted => Some(id),
                _ => None,
            })
        });
        match first {
            None => Ok(0),
            Some(id) => Ok(self.state.rid(self.conn, self.context.org, PATIENT, id)?.0),
        }
    }

    pub(super) fn add_index(&mut self, rows: &mut IndexRows, key: RowKey, values: &[IndexValue]) -> Result<()> {
        let org = self.context.org.param();
        let rid = key.rid.param();
        let code_param = clinical_code(key.type_.as_str());
        let date_param = clinical_date(key.type_.as_str());
        let mut codes: Vec<i64> = Vec::new();
        let mut when = (i64::MIN, i64::MIN);
        let mut dates: Vec<(i64, i64, i64)> = Vec::new();
        for IndexValue { param, flavor, value } in values {
            match value {
                Indexed::Token(code) if Some(param.code) == code_param => {
                    codes.push(*code);
                    continue;
                }
                Indexed::Date(low, high) if Some(param.code) == date_param && when.0 == i64::MIN => {
                    when = (*low, *high);
                }
                _ => {}
            }
            let number = self.state.param(self.conn, key.type_, param, *flavor)?;
            if let Indexed::Date(low, high) = value {
                dates.push((number, *low, *high));
            }
            let number = Param::Int(number);
            match value {
                Indexed::Token(code) => rows.token.push(&[org, number, Param::Int(*code), rid]),
                Indexed::Identifier(system, value) => {
                    rows.identifier.push(&[org, number, Param::Text(value), Param::Int(*system), rid]);
                }
                Indexed::Reference(type_, id) => {
                    let target = self.state.rid(self.conn, self.context.org, *type_, id)?;
                    // The covering table says whose record it is.
                    if !(target.0 == key.patient && is_patient_param(param.code)) {
                        rows.reference.push(&[org, number, target.param(), rid]);
                    }
                }
                Indexed::Date(low, high) => {
                    rows.date.push(&[org, number, Param::Int(*low), Param::Int(*high), rid]);
                }
                Indexed::Number(unit, low, high) => {
                    rows.number.push(&[org, number, Param::Int(*unit), Param::Real(*low), Param::Real(*high), rid]);
                }
                Indexed::Text(value) => rows.text.push(&[org, number, Param::Text(value), rid]),
                Indexed::Composite(first, second) => composite(rows, [org, number, Param::Int(*first)], second, rid),
                Indexed::CompositeOf(type_, id, second) => {
                    let first = self.state.rid(self.conn, self.context.org, *type_, id)?;
                    composite(rows, [org, number, first.param()], second, rid);
                }
            }
        }
        add_several(rows, org, rid, dates);
        if key.labels != 0 {
            let (type_, patient) = (Param::Int(key.type_id), Param::Int(key.patient));
            rows.label.push(&[org, type_, rid, patient, Param::Int(key.labels)]);
        }
        if code_param.is_none() && key.patient == 0 {
            return Ok(());
        }
        if codes.is_empty() {
            codes.push(NO_CODE);
        }
        codes.sort_unstable();
        codes.dedup();
        let (type_, patient, labels) = (Param::Int(key.type_id), Param::Int(key.patient), Param::Int(key.labels));
        let (low, high) = (Param::Int(when.0), Param::Int(when.1));
        for code in codes {
            let code = Param::Int(code);
            if key.patient != 0 {
                rows.clinical.push(&[org, type_, patient, code, low, rid, high, labels]);
            }
            if code_param.is_some() {
                rows.code.push(&[org, type_, code, low, rid, patient, high, labels]);
            }
        }
        Ok(())
    }
}

/// All dates of the parameters that have several: (parameter, low, high) each.
fn add_several(rows: &mut IndexRows, org: Param<'_>, rid: Param<'_>, mut dates: Vec<(i64, i64, i64)>) {
    if dates.len() < 2 {
        return;
    }
    dates.sort_unstable();
    dates.dedup();
    for of_one in dates.chunk_by(|one, next| one.0 == next.0).filter(|of_one| of_one.len() > 1) {
        for (param, low, high) in of_one {
            rows.several.push(&[org, Param::Int(*param), rid, Param::Int(*low), Param::Int(*high)]);
        }
    }
}

fn composite(rows: &mut IndexRows, head: [Param<'_>; 3], second: &Second, rid: Param<'_>) {
    let [org, param, first] = head;
    let (low, high) = (Param::Real(second.low), Param::Real(second.high));
    rows.composite.push(&[org, param, first, Param::Text(&second.value), low, high, rid]);
}

/// What the index rows of a resource have in common.
#[derive(Clone, Copy)]
pub(super) struct RowKey {
    pub(super) rid: Rid,
    pub(super) type_: ResourceType,
    pub(super) type_id: i64,
    pub(super) patient: i64,
    pub(super) labels: i64,
}
