//! A person's record as it stood at a change number: for explaining what was found then.

use super::{Reader, Stored, stored, type_named};
use crate::conn::{Param, Value};
use crate::error::Result;
use crate::ids::{ChangeSeq, Rid};
use crate::scope::Scope;

impl Reader<'_> {
    /// The version of each resource of these source patients that was current at a change. What was deleted at that
    /// change or since is left out. A version stays closed by its own labels as well as by those of the current one.
    pub fn as_it_stood(&mut self, scope: &Scope, patients: &[Rid], upto: ChangeSeq) -> Result<Vec<Stored>> {
        let mut params = vec![Value::Int(scope.org.0), Value::Int(upto.0)];
        let closed = scope.predicate_of_any("r.", &mut params);
        let version = super::labels_of_version(scope, &mut params).replace("h.labels", "coalesce(h.labels, r.labels)");
        let list = crate::scope::bound_rids(patients, &mut params);
        let sql = format!(
            "select r.rid, r.id, case when r.change <= ?2 then r.version else h.version end,
                    case when r.change <= ?2 then r.updated else h.updated end, r.patient, r.labels,
                    case when r.change <= ?2 then r.body else h.body end, t.name
             from facts f join resource r on r.rid = f.rid join name t on t.id = r.type
             left join history h on h.rid = r.rid and h.version =
                 (select max(o.version) from history o where o.rid = r.rid and o.change <= ?2)
             where f.org = ?1 and f.patient in ({list}) and (r.change <= ?2 or h.version is not null){closed}{version}
             order by r.patient, r.type, r.rid"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        let all = self.conn.query(&sql, &params, |row| stored(row, type_named(row.str(7)?)?))?;
        Ok(all.into_iter().filter(|one| one.bytes.is_some()).collect())
    }
}
