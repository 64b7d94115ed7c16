//! Reading what measures need beside a person's facts: chosen rows of the organization-wide segment, and versions of
//! types, by which a cache of them knows whether it still holds.

use super::{FactRow, PersonFactRows, Reader};
use crate::conn::{Param, Value};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::scope::{Scope, bound_rids};
use continuo_fhir::ResourceType;

impl Reader<'_> {
    /// The packed rows of these resources of the organization-wide segment that are in scope.
    pub fn shared_facts_of(&mut self, scope: &Scope, resources: &[(ResourceType, &str)]) -> Result<PersonFactRows> {
        let mut rids = Vec::with_capacity(resources.len());
        for (type_, id) in resources {
            rids.extend(self.rid(scope.org, *type_, id)?);
        }
        let mut params = vec![Value::Int(scope.org.0)];
        let seen = scope.predicate_of_any("f.", &mut params);
        let list = bound_rids(&rids, &mut params);
        let sql = format!(
            "select f.rid, f.patient, f.packed, f.labels from facts f
             where f.org = ?1 and f.patient = 0 and f.rid in ({list}){seen} order by f.rid"
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

    /// Type, id and version of every current resource of some types, by key.
    pub fn versions_of(&mut self, org: OrgId, types: &[ResourceType]) -> Result<Vec<(String, String, i64)>> {
        let mut found = Vec::new();
        for type_ in types {
            found.extend(self.conn.query(
                "select r.id, r.version from resource r where r.org = ?1 and r.body is not null
                 and r.type = (select n.id from name n where n.name = ?2) order by r.id",
                &[org.param(), Param::Text(type_.as_str())],
                |row| Ok((type_.as_str().to_owned(), row.text(0)?, row.int(1)?)),
            )?);
        }
        Ok(found)
    }
}
