//! `_include` and `_revinclude`: what the matches refer to, and what refers to them, under the same scope.

use super::criterion::union;
use super::plan::Planner;
use super::query::{Include, Query};
use crate::conn::{Param as Sql, Value};
use crate::error::Result;
use crate::ids::Rid;
use crate::read::{CURRENT, Reader, Stored, stored};
use crate::scope::{Scope, bound_list};
use continuo_fhir::facts::Row;
use continuo_fhir::search::{self, ParamKind, Target};
use continuo_fhir::{ResourceType, Zone};
use std::collections::BTreeSet;

/// Included resources on a page, at most.
const MOST: usize = 1_000;
/// Rounds of `:iterate`.
const ROUNDS: usize = 5;

impl Reader<'_> {
    pub(super) fn included(&mut self, scope: &Scope, query: &Query, matches: &[Stored]) -> Result<Vec<Stored>> {
        let mut seen: BTreeSet<Rid> = matches.iter().map(|m| m.rid).collect();
        let mut out: Vec<Stored> = Vec::new();
        let mut round: Vec<(Rid, ResourceType)> = matches.iter().map(|m| (m.rid, m.type_)).collect();
        for turn in 0..ROUNDS {
            let mut added = Vec::new();
            for include in query.includes.iter().filter(|i| turn == 0 || i.iterate) {
                for (type_, id) in self.pointed_to(scope, query, include, &round)? {
                    if let Some(found) = self.find(scope, type_, &id)?.filter(|f| f.bytes.is_some()) {
                        added.push(found);
                    }
                }
            }
            for include in query.revincludes.iter().filter(|i| turn == 0 || i.iterate) {
                added.extend(self.pointing_at(scope, include, &round)?);
            }
            round.clear();
            for found in added {
                if out.len() < MOST && seen.insert(found.rid) {
                    round.push((found.rid, found.type_));
                    out.push(found);
                }
            }
            if round.is_empty() {
                break;
            }
        }
        Ok(out)
    }

    /// Type and id of what these resources refer to by the include's parameter.
    fn pointed_to(
        &mut self,
        scope: &Scope,
        query: &Query,
        include: &Include,
        from: &[(Rid, ResourceType)],
    ) -> Result<BTreeSet<(ResourceType, String)>> {
        let source = include.source.unwrap_or(query.type_);
        let list: Vec<i64> = from.iter().filter(|(_, type_)| *type_ == source).map(|(rid, _)| rid.0).collect();
        let mut params = vec![Value::Int(scope.org.0)];
        let list = bound_list(&list, &mut params);
        let sql = format!("select packed from facts where org = ?1 and rid in ({list}) order by rid");
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        let rows = self.conn.query(&sql, &params, |row| row.blob(0))?;
        let mut out = BTreeSet::new();
        for row in &rows {
            let Some(node) = Row::read(row).and_then(Row::resource) else { continue };
            for param in search::params(source) {
                let wanted = include.param.as_deref().is_none_or(|code| code == param.code);
                if param.kind != ParamKind::Reference || !wanted {
                    continue;
                }
                search::extract_param(node, param, &Zone::utc(), &mut |value| {
                    if let search::Value::Reference(Target::Local { type_, id, .. }) = value
                        && include.target.is_none_or(|target| target == type_)
                    {
                        out.insert((type_, id.to_owned()));
                    }
                });
            }
        }
        Ok(out)
    }

    /// Resources that refer to one of these by the include's parameter.
    fn pointing_at(&mut self, scope: &Scope, include: &Include, at: &[(Rid, ResourceType)]) -> Result<Vec<Stored>> {
        let Some(source) = include.source else { return Ok(Vec::new()) };
        let list: Vec<i64> = at
            .iter()
            .filter(|(_, type_)| include.target.is_none_or(|target| target == *type_))
            .map(|(rid, _)| rid.0)
            .collect();
        let mut planner = Planner::new(self.conn, scope)?;
        let mut criteria = Vec::new();
        for param in search::params(source) {
            let wanted = include.param.as_deref().is_none_or(|code| code == param.code);
            if param.kind == ParamKind::Reference && wanted {
                let list = bound_list(&list, &mut planner.params);
                criteria.extend(planner.refers_to(source, param, &list, false, true)?);
            }
        }
        if criteria.is_empty() {
            return Ok(Vec::new());
        }
        let union = union(&criteria);
        let seen = scope.predicate_of_any("r.", &mut planner.params);
        let most = planner.bind(Value::Int(MOST as i64));
        let join = planner.conn.dialect().driving_join();
        let sql = format!(
            "select {CURRENT} from ({union}) d {join} resource r on r.rid = d.rid
             where r.body is not null{seen} order by r.rid limit {most}"
        );
        let (sql, params) = super::driver::used(&sql, &planner.params);
        let params: Vec<Sql<'_>> = params.iter().map(Value::as_param).collect();
        planner.conn.query(&sql, &params, |row| stored(row, source))
    }
}
