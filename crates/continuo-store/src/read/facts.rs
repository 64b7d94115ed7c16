//! Packed facts: everything known of a person in one query, ready for the engines.

use super::Reader;
use crate::conn::{Param, Value};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::scope::{Scope, bound_rids};
use continuo_fhir::ResourceType;
use continuo_fhir::facts::Row;

/// One resource in packed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// Narrow key.
    pub rid: Rid,
    /// The source patient it belongs to; 0 in the organization-wide segment.
    pub patient: Rid,
    /// Sensitivity bits.
    pub labels: u64,
    /// The row as `continuo_fhir::facts::Row` reads it.
    pub row: Vec<u8>,
}

impl FactRow {
    /// The packed tree, as `continuo_fhir::root` reads it; empty when the row is of another version.
    pub fn packed(&self) -> &[u8] {
        Row::read(&self.row).map_or(&[], Row::packed)
    }
}

/// The packed resources of one person, all sources together, grouped by source and type.
pub type PersonFactRows = Vec<FactRow>;

impl Reader<'_> {
    /// The source patients of a person; a patient nobody linked is its own person.
    pub fn members(&mut self, org: OrgId, person: Rid) -> Result<Vec<Rid>> {
        let mut members = self.conn.query(
            "select patient from person_member where org = ?1 and person = ?2 and until is null order by patient",
            &[org.param(), person.param()],
            |row| row.int(0).map(Rid),
        )?;
        if members.is_empty() {
            members.push(person);
        }
        Ok(members)
    }

    /// The person a source patient belongs to now: itself unless it was linked.
    pub fn person_of(&mut self, org: OrgId, patient: Rid) -> Result<Rid> {
        let found = self.conn.query_opt(
            "select person from person_member where org = ?1 and patient = ?2 and until is null",
            &[org.param(), patient.param()],
            |row| row.int(0).map(Rid),
        )?;
        Ok(found.unwrap_or(patient))
    }

    /// Everything in scope of these source patients, in (patient, type, key) order.
    pub fn facts(&mut self, scope: &Scope, patients: &[Rid]) -> Result<PersonFactRows> {
        let mut params = vec![Value::Int(scope.org.0)];
        let seen = scope.predicate_of_any("f.", &mut params);
        let list = bound_rids(patients, &mut params);
        let sql = format!(
            "select f.rid, f.patient, f.packed, f.labels from facts f
             where f.org = ?1 and f.patient in ({list}){seen} order by f.patient, f.type, f.rid"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, |row| {
            Ok(FactRow {
                rid: Rid(row.int(0)?),
                patient: Rid(row.int(1)?),
                row: row.blob(2)?,
                labels: row.int(3)? as u64,
            })
        })
    }

    /// The packed resources of several people, all their source patients together, in the order asked for. Someone of
    /// whom nothing is in scope has no rows.
    pub fn facts_of_people(&mut self, scope: &Scope, people: &[Rid]) -> Result<Vec<(Rid, PersonFactRows)>> {
        let list: Vec<i64> = people.iter().map(|r| r.0).collect();
        let sql = format!(
            "select patient, person from person_member where org = ?1 and until is null and person in ({})",
            crate::scope::int_list(&list)
        );
        let linked: std::collections::BTreeMap<i64, i64> =
            self.conn.query(&sql, &[scope.org.param()], |row| Ok((row.int(0)?, row.int(1)?)))?.into_iter().collect();
        let mut patients: Vec<Rid> = linked.keys().map(|patient| Rid(*patient)).collect();
        let has_members: std::collections::BTreeSet<i64> = linked.values().copied().collect();
        patients.extend(people.iter().filter(|person| !has_members.contains(&person.0)));
        let mut rows: std::collections::BTreeMap<i64, PersonFactRows> = std::collections::BTreeMap::new();
        for row in self.facts(scope, &patients)? {
            rows.entry(linked.get(&row.patient.0).copied().unwrap_or(row.patient.0)).or_default().push(row);
        }
        let mut of_person = |person: &Rid| {
            let mut rows = rows.remove(&person.0).unwrap_or_default();
            // The record whose key the person has comes first: it says who they are.
            rows.sort_by_key(|row| row.patient != *person);
            (*person, rows)
        };
        Ok(people.iter().map(&mut of_person).collect())
    }

    /// The facts of these resources, whosever they are, by key. Resources that are deleted have none.
    pub fn facts_of(&mut self, org: OrgId, rids: &[Rid]) -> Result<PersonFactRows> {
        self.facts_in(&Scope::all(org), ResourceType::of("Patient"), rids)
    }

    /// Those of them that a scope sees, all of one type. What is closed is not read.
    pub fn facts_in(&mut self, scope: &Scope, type_: ResourceType, rids: &[Rid]) -> Result<PersonFactRows> {
        let mut params = vec![Value::Int(scope.org.0)];
        let list = bound_rids(rids, &mut params);
        let seen = scope.predicate_of(type_, "f.", &mut params);
        let sql = format!(
            "select f.rid, f.patient, f.packed, f.labels from facts f
             where f.org = ?1 and f.rid in ({list}){seen} order by f.rid"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, |row| {
            Ok(FactRow {
                rid: Rid(row.int(0)?),
                patient: Rid(row.int(1)?),
                row: row.blob(2)?,
                labels: row.int(3)? as u64,
            })
        })
    }

    /// The person each of these source patients belongs to now, in the order given.
    pub fn persons_of(&mut self, org: OrgId, patients: &[Rid]) -> Result<Vec<Rid>> {
        let mut params = vec![Value::Int(org.0)];
        let list = bound_rids(patients, &mut params);
        let sql = format!(
            "select patient, person from person_member where org = ?1 and until is null and patient in ({list})"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        let linked: std::collections::BTreeMap<i64, i64> =
            self.conn.query(&sql, &params, |row| Ok((row.int(0)?, row.int(1)?)))?.into_iter().collect();
        Ok(patients.iter().map(|patient| Rid(linked.get(&patient.0).copied().unwrap_or(patient.0))).collect())
    }

    /// Who wrote the current version of a resource: the actor of its commit.
    pub fn written_by(&mut self, rid: Rid) -> Result<String> {
        let found = self.conn.query_opt(
            "select c.actor from resource r join change h on h.org = r.org and h.seq = r.change \
             join commits c on c.org = r.org and c.id = h.commit_id where r.rid = ?1",
            &[rid.param()],
            |row| row.text(0),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// The name of the source system a resource came from; empty when it was made here.
    pub fn source_of(&mut self, rid: Rid) -> Result<String> {
        let found = self.conn.query_opt(
            "select n.name from resource r join name n on n.id = r.source where r.rid = ?1",
            &[rid.param()],
            |row| row.text(0),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// The id of the patient whose record has the most resources; looks at every record, for benchmarks.
    pub fn longest_record(&mut self, org: OrgId) -> Result<Option<String>> {
        self.conn.query_opt(
            "select r.id from resource r where r.rid = (select f.patient from facts f where f.org = ?1 and f.patient <> 0 \
             group by f.patient order by count(*) desc, f.patient limit 1)",
            &[org.param()],
            |row| row.text(0),
        )
    }

    /// The organization-wide segment: Medication, Location, Practitioner and what else belongs to nobody.
    pub fn shared_facts(&mut self, org: OrgId) -> Result<PersonFactRows> {
        self.facts(&Scope::all(org), &[Rid(0)])
    }
}
