//! Everything in a person's compartment, for `$everything` and prints.

use super::{CURRENT, Reader, Stored, stored, type_named};
use crate::conn::{Param, Value};
use crate::error::Result;
use crate::ids::Rid;
use crate::scope::{Scope, int_list};

impl Reader<'_> {
    /// All current resources in scope of these source patients, by type and key.
    pub fn compartment(&mut self, scope: &Scope, patients: &[Rid]) -> Result<Vec<Stored>> {
        let list: Vec<i64> = patients.iter().map(|rid| rid.0).collect();
        let mut params = vec![Value::Int(scope.org.0)];
        let seen = scope.predicate("r.", &mut params);
        // `facts` is keyed by patient; `resource` is not.
        let sql = format!(
            "select {CURRENT}, t.name from facts f join resource r on r.rid = f.rid join name t on t.id = r.type
             where f.org = ?1 and f.patient in ({}) and r.body is not null{seen} order by t.name, r.rid",
            int_list(&list)
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        self.conn.query(&sql, &params, |row| {
            let type_ = type_named(row.str(7)?)?;
            stored(row, type_)
        })
    }
}
