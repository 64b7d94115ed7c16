//! What was written in somebody's record since a moment: by when it was written, whatever day it speaks of. What came
//! late, what was corrected and what was deleted is found as well as what is new.

use super::{Reader, type_named};
use crate::conn::{Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, Rid};
use crate::scope::Scope;
use continuo_fhir::ResourceType;

/// A resource that was written since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Type.
    pub type_: ResourceType,
    /// Id.
    pub id: String,
    /// When it was written last.
    pub updated: Micros,
    /// It is deleted now.
    pub deleted: bool,
    /// The version that stood at that moment; nothing for what was not there yet.
    pub before: Option<i64>,
}

/// The version that stood at the moment, unless it was a deletion.
const BEFORE: &str =
    "(select max(o.version) from history o where o.rid = r.rid and o.updated <= ?2 and o.body is not null
    and not exists (select 1 from history d where d.rid = o.rid and d.version > o.version and d.updated <= ?2))";

impl Reader<'_> {
    /// What was written in these source patients' records after a moment, newest first. What came and went since is not
    /// told: nobody could have seen it before.
    pub fn touched_since(&mut self, scope: &Scope, patients: &[Rid], since: Micros, most: i64) -> Result<Vec<Touched>> {
        if patients.is_empty() {
            return Ok(Vec::new());
        }
        let mut out = self.touched(scope, patients, since, most, "r.body is not null")?;
        let gone = self.touched(scope, patients, since, most, "r.body is null")?;
        out.extend(gone.into_iter().filter(|one| one.before.is_some()));
        out.sort_by(|a, b| (b.updated, &b.type_, &b.id).cmp(&(a.updated, &a.type_, &a.id)));
        out.truncate(usize::try_from(most).unwrap_or(0));
        Ok(out)
    }

    fn touched(
        &mut self,
        scope: &Scope,
        patients: &[Rid],
        since: Micros,
        most: i64,
        which: &str,
    ) -> Result<Vec<Touched>> {
        let mut params = vec![Value::Int(scope.org.0), Value::Int(since), Value::Int(most)];
        let closed = scope.predicate_of_any("r.", &mut params);
        let list = crate::scope::bound_rids(patients, &mut params);
        let sql = format!(
            "select t.name, r.id, r.updated, cast(case when r.body is null then 1 else 0 end as bigint), {BEFORE}
             from resource r join name t on t.id = r.type
             where {which} and r.org = ?1 and r.patient in ({list}) and r.version > 0 and r.updated > ?2{closed}
             order by r.updated desc limit ?3"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, row)
    }
}

fn row(row: &Row<'_>) -> Result<Touched> {
    Ok(Touched {
        type_: type_named(row.str(0)?)?,
        id: row.text(1)?,
        updated: row.int(2)?,
        deleted: row.int(3)? == 1,
        before: row.opt_int(4)?,
    })
}
