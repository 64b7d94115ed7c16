//! Who stands in which registry, with their last result of it: made by `continuo-care` with every assessment.
//!
//! Labels stand on each row, so that a scope decides about the condition and about the result by itself.

use crate::conn::{Bulk, ColumnKind, Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::Scope;

/// `what` of a row that says that the person has the condition.
pub const MEMBER: i64 = 0;
/// `what` of a row with a last result.
pub const RESULT: i64 = 1;

/// One row of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RegistryRow {
    /// Id of the registry.
    pub registry: String,
    /// [`MEMBER`] or [`RESULT`].
    pub what: i64,
    /// Whose.
    pub patient: Rid,
    /// Labels of the condition or the result.
    pub labels: u64,
    /// When the result was measured; 0 for a member.
    pub at: Micros,
    /// The result in the registry's unit, where it is a number in that unit.
    pub number: Option<f64>,
    /// The result as shown.
    pub shown: String,
}

const COLUMNS: &str = "registry, what, patient, labels, at, number, shown";

fn read(row: &Row<'_>) -> Result<RegistryRow> {
    Ok(RegistryRow {
        registry: row.text(0)?,
        what: row.int(1)?,
        patient: Rid(row.int(2)?),
        labels: row.int(3)? as u64,
        at: row.int(4)?,
        number: row.opt_real(5)?,
        shown: row.text(6)?,
    })
}

fn bulk() -> Bulk {
    use ColumnKind::{Int, Real, Text};
    let columns = &[
        ("org", Int),
        ("registry", Text),
        ("what", Int),
        ("patient", Int),
        ("labels", Int),
        ("at", Int),
        ("number", Real),
        ("shown", Text),
    ];
    Bulk::new("registry_row", columns).keyed(5)
}

fn add(bulk: &mut Bulk, org: OrgId, row: &RegistryRow) {
    bulk.push(&[
        org.param(),
        Param::Text(&row.registry),
        Param::Int(row.what),
        row.patient.param(),
        Param::Int(row.labels as i64),
        Param::Int(row.at),
        row.number.map_or(Param::Null, Param::Real),
        Param::Text(&row.shown),
    ]);
}

/// Brings the rows of a person from what they were to what they are.
pub fn change(conn: &mut Conn, org: OrgId, before: &[RegistryRow], rows: &[RegistryRow]) -> Result<()> {
    conn.change_bulk(&bulk(), before, rows, |bulk, row| add(bulk, org, row))
}

/// All rows of a person, in order of the key.
pub fn of_patient(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<Vec<RegistryRow>> {
    conn.query(
        &format!("select {COLUMNS} from registry_row where org = ?1 and patient = ?2 order by registry, what, labels"),
        &[org.param(), patient.param()],
        read,
    )
}

/// The rows of a registry in scope that say one thing, by person.
pub fn listed(conn: &mut Conn, scope: &Scope, registry: &str, what: i64) -> Result<Vec<RegistryRow>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(registry.to_owned()), Value::Int(what)];
    let seen = scope.predicate("g.", &mut params);
    let sql = format!(
        "select {COLUMNS} from registry_row g where g.org = ?1 and g.registry = ?2 and g.what = ?3{seen} order by g.patient, g.labels"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// What a registry is narrowed and ordered by of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// Who.
    pub patient: Rid,
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// Died.
    pub deceased: bool,
    /// Coordinator or team.
    pub owner: String,
    /// `tier-high` and so on.
    pub tier: String,
    /// Preferred language.
    pub language: String,
    /// Last spoken contact or visit.
    pub last_contact: Micros,
}

/// Everybody of a registry whose condition and whose header are in scope, by person.
pub fn people(conn: &mut Conn, scope: &Scope, registry: &str) -> Result<Vec<Brief>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(registry.to_owned()), Value::Int(MEMBER)];
    let seen = scope.predicate("g.", &mut params);
    let header = scope.predicate("h.", &mut params);
    let join = conn.dialect().driving_join();
    let sql = format!(
        "select distinct g.patient, h.family, h.given, h.deceased, h.owner, h.tier, h.language, h.last_contact \
         from registry_row g {join} person_header h on h.org = g.org and h.patient = g.patient \
         where g.org = ?1 and g.registry = ?2 and g.what = ?3{seen}{header} order by g.patient"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    let mut people: Vec<Brief> = conn.query(&sql, &params, |row| {
        Ok(Brief {
            patient: Rid(row.int(0)?),
            family: row.text(1)?,
            given: row.text(2)?,
            deceased: row.int(3)? != 0,
            owner: row.text(4)?,
            tier: row.text(5)?,
            language: row.text(6)?,
            last_contact: row.int(7)?,
        })
    })?;
    people.dedup_by_key(|one| one.patient);
    Ok(people)
}

/// Takes the rows of a person away.
pub fn remove(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    conn.execute("delete from registry_row where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    Ok(())
}

/// All rows of an organization in order of their key: for the test that rebuilds and compares.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<RegistryRow>> {
    conn.query(
        &format!("select {COLUMNS} from registry_row where org = ?1 order by registry, what, patient, labels"),
        &[org.param()],
        read,
    )
}

/// Whether everybody's rows were made by these definitions, and if not, the last person they were made for.
pub fn made(conn: &mut Conn, org: OrgId, definitions: &str) -> Result<Option<Rid>> {
    let found = conn.query_opt(
        "select number from marker where name = ?1 and note = ?2",
        &[Param::Text(&format!("registries/{org}")), Param::Text(definitions)],
        |row| row.int(0),
    )?;
    Ok(match found {
        Some(DONE) => None,
        Some(last) => Some(Rid(last)),
        None => Some(Rid(0)),
    })
}

/// Number of the marker once everybody's rows are made.
const DONE: i64 = -1;

/// Notes how far the rows are made by these definitions; without a person, that all are.
pub fn note_made(conn: &mut Conn, org: OrgId, definitions: &str, last: Option<Rid>) -> Result<()> {
    conn.execute(
        "insert into marker (name, number, note) values (?1, ?2, ?3) \
         on conflict (name) do update set number = excluded.number, note = excluded.note",
        &[
            Param::Text(&format!("registries/{org}")),
            Param::Int(last.map_or(DONE, |last| last.0)),
            Param::Text(definitions),
        ],
    )?;
    Ok(())
}
