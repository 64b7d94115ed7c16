//! What the record refers to and never got: a person whose results came before them, or without them.
//!
//! A reference to something that is not here gives it a narrow key without a version, so the record itself knows what is
//! missing, whatever brought the reference. References that no search parameter covers are not seen.

use super::Reader;
use crate::conn::{Param, Value};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::index::{Flavor, param_name};
use crate::scope::Scope;
use continuo_fhir::ResourceType;
use continuo_fhir::search::{ParamKind, params};

/// A resource that is referred to and not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What it would be.
    pub type_: ResourceType,
    /// Its id.
    pub id: String,
    /// How many resources of each type refer to it, as far as they are in scope.
    pub from: Vec<(ResourceType, usize)>,
    /// Sources of those who refer to it.
    pub sources: Vec<String>,
}

impl Reader<'_> {
    /// Whether a resource is here, deleted or not.
    pub fn has(&mut self, org: OrgId, type_: ResourceType, id: &str) -> Result<bool> {
        let found = self.conn.query_opt(
            "select rid from resource where org = ?1 and type = (select n.id from name n where n.name = ?2) and id = ?3 and version > 0",
            &[org.param(), Param::Text(type_.as_str()), Param::Text(id)],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// What is referred to and not here, and how much of that there is. At most `most` are looked into, people first.
    pub fn missing(&mut self, scope: &Scope, most: i64) -> Result<(Vec<Missing>, i64)> {
        let org = scope.org;
        // Nothing but what never came has neither a body nor a time; see the index `resource_gone`.
        const NEVER_CAME: &str = "r.org = ?1 and r.patient = 0 and r.updated = 0 and r.body is null and r.version = 0";
        let all =
            self.conn.query_int(&format!("select count(*) from resource r where {NEVER_CAME}"), &[org.param()])?;
        if all == 0 {
            return Ok((Vec::new(), 0));
        }
        let sql = format!(
            "select r.rid, n.name, r.id from resource r join name n on n.id = r.type where {NEVER_CAME}
             order by case n.name when 'Patient' then 0 else 1 end, n.name, r.rid limit ?2"
        );
        let rows = self
            .conn
            .query(&sql, &[org.param(), Param::Int(most)], |row| Ok((Rid(row.int(0)?), row.text(1)?, row.text(2)?)))?;
        let params = self.reference_params()?;
        let mut missing = Vec::with_capacity(rows.len());
        for (rid, type_, id) in rows {
            let Some(type_) = ResourceType::find(&type_) else { continue };
            let (from, sources) = self.referring(scope, rid, &params)?;
            // Only closed records refer to it: to this reader nothing is missing.
            if !from.is_empty() {
                missing.push(Missing { type_, id, from, sources });
            }
        }
        Ok((missing, all))
    }

    /// Numbers of the reference parameters in use here.
    fn reference_params(&mut self) -> Result<String> {
        let mut numbers: Vec<String> = Vec::new();
        for type_ in ResourceType::all() {
            for param in params(type_).iter().filter(|param| param.kind == ParamKind::Reference) {
                let name = param_name(type_, param.code, Flavor::Plain);
                let found =
                    self.conn
                        .query_opt("select id from name where name = ?1", &[Param::Text(&name)], |row| row.int(0))?;
                numbers.extend(found.map(|number| number.to_string()));
            }
        }
        Ok(numbers.join(", "))
    }

    fn referring(
        &mut self,
        scope: &Scope,
        rid: Rid,
        params: &str,
    ) -> Result<(Vec<(ResourceType, usize)>, Vec<String>)> {
        let mut values = vec![Value::Int(scope.org.0), Value::Int(rid.0)];
        let seen = scope.predicate_of_any("r.", &mut values);
        // Whose entry it is stands with the facts; a list of no numbers is no SQL.
        let params = if params.is_empty() { "0" } else { params };
        let sql = format!(
            "select n.name, coalesce(s.name, ''), count(*) from (
                 select rid from idx_reference where org = ?1 and target = ?2 and param in ({params})
                 union select rid from facts where org = ?1 and patient = ?2) i
             join resource r on r.rid = i.rid join name n on n.id = r.type left join name s on s.id = r.source
             where r.version > 0{seen} group by n.name, s.name order by n.name, s.name"
        );
        let values: Vec<Param<'_>> = values.iter().map(Value::as_param).collect();
        let rows = self.conn.query(&sql, &values, |row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)))?;
        let mut from: Vec<(ResourceType, usize)> = Vec::new();
        let mut sources: Vec<String> = Vec::new();
        for (type_, source, count) in rows {
            let Some(type_) = ResourceType::find(&type_) else { continue };
            let count = usize::try_from(count).unwrap_or(0);
            match from.last_mut() {
                Some((known, sum)) if *known == type_ => *sum += count,
                _ => from.push((type_, count)),
            }
            if !source.is_empty() && !sources.contains(&source) {
                sources.push(source);
            }
        }
        Ok((from, sources))
    }
}
