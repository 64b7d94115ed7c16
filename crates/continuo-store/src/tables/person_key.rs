//! Keys by which people are found: folded names, one-letter-off names, numbers, birth dates. Made by `continuo-care`.

use crate::conn::{Conn, Param, Value};
use crate::error::Result;
use crate::ids::{OrgId, Rid};
use crate::scope::Scope;

/// Replaces the keys of a source patient; a key is (kind, value).
pub fn replace(conn: &mut Conn, org: OrgId, patient: Rid, keys: &[(&'static str, String)]) -> Result<()> {
    conn.execute("delete from person_key where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    for (kind, value) in keys {
        conn.execute(
            "insert into person_key (org, kind, value, patient) values (?1, ?2, ?3, ?4) on conflict do nothing",
            &[org.param(), Param::Text(kind), Param::Text(value), patient.param()],
        )?;
    }
    Ok(())
}

/// The keys of a source patient, in order.
pub fn of_patient(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<(String, String)>> {
    conn.query(
        "select kind, value from person_key where org = ?1 and patient = ?2 order by kind, value",
        &[org.param(), patient.param()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )
}

/// The people in scope with a key of one of these kinds equal to a value.
pub fn equal(conn: &mut Conn, scope: &Scope, kinds: &[&str], value: &str, most: i64) -> Result<Vec<Rid>> {
    find(conn, scope, kinds, value, None, most)
}

/// The people in scope with a key of one of these kinds that begins with a value.
pub fn beginning(conn: &mut Conn, scope: &Scope, kinds: &[&str], value: &str, most: i64) -> Result<Vec<Rid>> {
    // Keys are folded to letters and digits, so the last code point sorts after every continuation.
    find(conn, scope, kinds, value, Some(format!("{value}\u{10ffff}")), most)
}

fn find(
    conn: &mut Conn,
    scope: &Scope,
    kinds: &[&str],
    low: &str,
    high: Option<String>,
    most: i64,
) -> Result<Vec<Rid>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(low.to_owned()), Value::Int(most)];
    let range = match high {
        None => " and k.value = ?2".to_owned(),
        Some(high) => {
            params.push(Value::Text(high));
            format!(" and k.value >= ?2 and k.value < ?{}", params.len())
        }
    };
    let kinds: Vec<String> = kinds
        .iter()
        .map(|kind| {
            params.push(Value::Text((*kind).to_owned()));
            format!("?{}", params.len())
        })
        .collect();
    let seen = scope.predicate("h.", &mut params);
    let sql = format!(
        "select distinct k.patient from person_key k join person_header h on h.org = k.org and h.patient = k.patient \
         where k.org = ?1{range} and k.kind in ({}){seen} order by k.patient limit ?3",
        kinds.join(", ")
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| row.int(0).map(Rid))
}
