//! What somebody wrote who reaches only some people. Such a record gives reach to nothing but the source patient it
//! belongs to, and a Patient of theirs is linked with nobody until a person says whose it is: else the writer would reach
//! whoever they make a record alike to.

use std::collections::BTreeSet;

use crate::conn::{Conn, Param, Value};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::scope::bound_rids;

/// Notes one; a Patient that was written again is open again.
pub(crate) fn add(conn: &mut Conn, org: OrgId, resource: Rid) -> Result<()> {
    conn.execute(
        "insert into limited_write (org, rid, confirmed) values (?1, ?2, 0)
         on conflict (org, rid) do update set confirmed = 0",
        &[org.param(), resource.param()],
    )?;
    Ok(())
}

/// Those of these resources that are noted.
pub fn among(conn: &mut Conn, org: OrgId, resources: &[Rid]) -> Result<BTreeSet<Rid>> {
    let mut found = BTreeSet::new();
    for some in resources.chunks(1000) {
        let mut params = vec![Value::Int(org.0)];
        let list = bound_rids(some, &mut params);
        let sql = format!("select rid from limited_write where org = ?1 and rid in ({list})");
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        found.extend(conn.query(&sql, &params, |row| row.int(0).map(Rid))?);
    }
    Ok(found)
}

/// Whether nobody has said yet whose one of these Patients is.
pub fn any_open(conn: &mut Conn, org: OrgId, patients: &[Rid]) -> Result<bool> {
    let mut params = vec![Value::Int(org.0)];
    let list = bound_rids(patients, &mut params);
    let sql = format!("select count(*) from limited_write where org = ?1 and confirmed = 0 and rid in ({list})");
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    Ok(conn.query_int(&sql, &params)? > 0)
}

/// A person said whose this Patient is.
pub fn confirm(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    conn.execute(
        "update limited_write set confirmed = 1 where org = ?1 and rid = ?2",
        &[org.param(), patient.param()],
    )?;
    Ok(())
}
