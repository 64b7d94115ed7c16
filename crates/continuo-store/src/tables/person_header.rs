//! The person header projection: who a person is, in one row, for lists, banners and search; made by `continuo-care`.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::Scope;

/// A person in one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonHeader {
    /// Source patient.
    pub patient: Rid,
    /// Labels of the Patient itself.
    pub labels: u64,
    /// `Patient.id`.
    pub id: String,
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// The name to use.
    pub use_name: String,
    /// Pronouns.
    pub pronouns: String,
    /// Birth date as far as known.
    pub birth: String,
    /// Sex as shown: F, M, X or empty.
    pub sex: String,
    /// Preferred language, BCP 47.
    pub language: String,
    /// Needs an interpreter.
    pub interpreter: bool,
    /// Record number.
    pub mrn: String,
    /// The number to call.
    pub phone: String,
    /// How to reach, in words: "voicemail: no; after 5 pm".
    pub reach: String,
    /// Every channel is blocked (safety.md 13).
    pub unsafe_: bool,
    /// Died.
    pub deceased: bool,
    /// Coordinator or team.
    pub owner: String,
    /// Program.
    pub programme: String,
    /// `tier-high` and so on.
    pub tier: String,
    /// In hospital now.
    pub in_hospital: bool,
    /// Last spoken contact or visit; 0 when none is known.
    pub last_contact: Micros,
    /// Next booked visit; 0 when none is known.
    pub next_visit: Micros,
    /// Allergies in one line, as safety.md 18 words them.
    pub allergies: String,
    /// Code status, as safety.md 18 words it.
    pub code_status: String,
}

const COLUMNS: &str = "patient, labels, id, family, given, use_name, pronouns, birth, sex, language, interpreter, mrn, phone, \
                       reach, unsafe, deceased, owner, programme, tier, in_hospital, last_contact, next_visit, allergies, code_status";

fn read(row: &Row<'_>) -> Result<PersonHeader> {
    Ok(PersonHeader {
        patient: Rid(row.int(0)?),
        labels: row.int(1)? as u64,
        id: row.text(2)?,
        family: row.text(3)?,
        given: row.text(4)?,
        use_name: row.text(5)?,
        pronouns: row.text(6)?,
        birth: row.text(7)?,
        sex: row.text(8)?,
        language: row.text(9)?,
        interpreter: row.int(10)? != 0,
        mrn: row.text(11)?,
        phone: row.text(12)?,
        reach: row.text(13)?,
        unsafe_: row.int(14)? != 0,
        deceased: row.int(15)? != 0,
        owner: row.text(16)?,
        programme: row.text(17)?,
        tier: row.text(18)?,
        in_hospital: row.int(19)? != 0,
        last_contact: row.int(20)?,
        next_visit: row.int(21)?,
        allergies: row.text(22)?,
        code_status: row.text(23)?,
    })
}

/// Writes a header, replacing the one there.
pub fn put(conn: &mut Conn, org: OrgId, h: &PersonHeader) -> Result<()> {
    remove(conn, org, h.patient)?;
    conn.execute(
        &format!(
            "insert into person_header (org, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
             ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)"
        ),
        &[
            org.param(),
            h.patient.param(),
            Param::Int(h.labels as i64),
            Param::Text(&h.id),
            Param::Text(&h.family),
            Param::Text(&h.given),
            Param::Text(&h.use_name),
            Param::Text(&h.pronouns),
            Param::Text(&h.birth),
            Param::Text(&h.sex),
            Param::Text(&h.language),
            Param::Int(i64::from(h.interpreter)),
            Param::Text(&h.mrn),
            Param::Text(&h.phone),
            Param::Text(&h.reach),
            Param::Int(i64::from(h.unsafe_)),
            Param::Int(i64::from(h.deceased)),
            Param::Text(&h.owner),
            Param::Text(&h.programme),
            Param::Text(&h.tier),
            Param::Int(i64::from(h.in_hospital)),
            Param::Int(h.last_contact),
            Param::Int(h.next_visit),
            Param::Text(&h.allergies),
            Param::Text(&h.code_status),
        ],
    )?;
    Ok(())
}

/// Takes a header away: the Patient was deleted.
pub fn remove(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    conn.execute("delete from person_header where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    Ok(())
}

/// The headers of some source patients in scope, by name.
pub fn of_patients(conn: &mut Conn, scope: &Scope, patients: &[Rid]) -> Result<Vec<PersonHeader>> {
    let mut params = vec![Value::Int(scope.org.0)];
    let seen = scope.predicate("h.", &mut params);
    let list = crate::scope::bound_rids(patients, &mut params);
    let sql = format!(
        "select {COLUMNS} from person_header h where h.org = ?1 and h.patient in ({list}){seen} \
         order by h.family, h.given, h.patient"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// The people an owner coordinates, by name.
pub fn of_owners(conn: &mut Conn, scope: &Scope, owners: &[String], most: i64) -> Result<Vec<PersonHeader>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most)];
    let places: Vec<String> = owners
        .iter()
        .map(|owner| {
            params.push(Value::Text(owner.clone()));
            format!("?{}", params.len())
        })
        .collect();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let seen = scope.predicate("h.", &mut params);
    let sql = format!(
        "select {COLUMNS} from person_header h where h.org = ?1 and h.owner in ({}){seen} \
         order by h.family, h.given, h.patient limit ?2",
        places.join(", ")
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Everybody in scope by name, a page at a time.
pub fn page(conn: &mut Conn, scope: &Scope, skip: i64, most: i64) -> Result<Vec<PersonHeader>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most), Value::Int(skip)];
    let seen = scope.predicate("h.", &mut params);
    let sql = format!(
        "select {COLUMNS} from person_header h where h.org = ?1{seen} order by h.family, h.given, h.patient limit ?2 offset ?3"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Whether anybody is in scope.
pub fn any(conn: &mut Conn, scope: &Scope) -> Result<bool> {
    let mut params = vec![Value::Int(scope.org.0)];
    let seen = scope.predicate("h.", &mut params);
    let sql = format!("select 1 from person_header h where h.org = ?1{seen} limit 1");
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    Ok(conn.query_opt(&sql, &params, |row| row.int(0))?.is_some())
}

/// How many people are in scope.
pub fn count(conn: &mut Conn, scope: &Scope) -> Result<i64> {
    let mut params = vec![Value::Int(scope.org.0)];
    let seen = scope.predicate("h.", &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query_int(&format!("select count(*) from person_header h where h.org = ?1{seen}"), &params)
}
