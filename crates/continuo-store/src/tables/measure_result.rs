//! Each person's results of quality measures. Only people in an initial population, or who could not be evaluated, have
//! a row; a row that no longer holds stays with the moment it ended.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::{Scope, bound_rids};

/// `until` of a row that stands.
pub const STANDS: Micros = i64::MAX;

/// One person's result in one group of a measure over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureResult {
    /// Id of the Measure resource.
    pub measure: String,
    /// First and last day.
    pub period: String,
    /// The person.
    pub patient: Rid,
    /// Place of the group in the measure.
    pub group: i64,
    /// When it came to stand.
    pub at: Micros,
    /// Change number it was computed on.
    pub as_of: i64,
    /// Labels without which the result would differ.
    pub labels: u64,
    /// Counts: initial population, denominator, excluded, excepted, numerator.
    pub counts: [i64; 5],
    /// Where that leaves the person; numbers are the caller's.
    pub standing: i64,
    /// Hash of the facts.
    pub inputs: String,
    /// Hash of what was compiled.
    pub program: String,
    /// Counts of all populations, strata, observations, evidence: JSON.
    pub body: Vec<u8>,
}

const COLUMNS: &str = "measure, period, patient, grp, at, as_of, labels, initial, denominator, excluded, excepted, \
                       numerator, standing, inputs, program, body";

fn read(row: &Row<'_>) -> Result<MeasureResult> {
    Ok(MeasureResult {
        measure: row.text(0)?,
        period: row.text(1)?,
        patient: Rid(row.int(2)?),
        group: row.int(3)?,
        at: row.int(4)?,
        as_of: row.int(5)?,
        labels: row.int(6)? as u64,
        counts: [row.int(7)?, row.int(8)?, row.int(9)?, row.int(10)?, row.int(11)?],
        standing: row.int(12)?,
        inputs: row.text(13)?,
        program: row.text(14)?,
        body: row.blob(15)?,
    })
}

/// Adds a result; the one that stood before is to be ended first.
pub fn add(conn: &mut Conn, org: OrgId, r: &MeasureResult) -> Result<()> {
    let key = [org.param(), Param::Text(&r.measure), Param::Text(&r.period), r.patient.param(), Param::Int(r.group)];
    let number = conn.query_int(
        "select max(number) from measure_result where org = ?1 and measure = ?2 and period = ?3 and patient = ?4 and grp = ?5",
        &key,
    )? + 1;
    let mut params = vec![org.param(), Param::Int(number), Param::Int(STANDS)];
    params.extend([
        Param::Text(&r.measure),
        Param::Text(&r.period),
        r.patient.param(),
        Param::Int(r.group),
        Param::Int(r.at),
        Param::Int(r.as_of),
        Param::Int(r.labels as i64),
    ]);
    params.extend(r.counts.map(Param::Int));
    params.extend([Param::Int(r.standing), Param::Text(&r.inputs), Param::Text(&r.program), Param::Blob(&r.body)]);
    conn.execute(
        &format!(
            "insert into measure_result (org, number, until, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
             ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
        ),
        &params,
    )?;
    Ok(())
}

/// Ends what stands for a person in one group.
pub fn end(conn: &mut Conn, org: OrgId, r: &MeasureResult, at: Micros) -> Result<()> {
    conn.execute(
        "update measure_result set until = ?6 where org = ?1 and measure = ?2 and period = ?3 and patient = ?4 and grp = ?5 \
         and until = ?7",
        &[
            org.param(),
            Param::Text(&r.measure),
            Param::Text(&r.period),
            r.patient.param(),
            Param::Int(r.group),
            Param::Int(at),
            Param::Int(STANDS),
        ],
    )?;
    Ok(())
}

/// Ends everything that stands for a measure but the results over one period (none when it is empty).
pub fn end_all(conn: &mut Conn, org: OrgId, measure: &str, but_period: &str, at: Micros) -> Result<()> {
    conn.execute(
        "update measure_result set until = ?4 where org = ?1 and measure = ?2 and period <> ?3 and until = ?5",
        &[org.param(), Param::Text(measure), Param::Text(but_period), Param::Int(at), Param::Int(STANDS)],
    )?;
    Ok(())
}

/// What stands for some people in scope, by measure, period and group.
pub fn of_patients(conn: &mut Conn, scope: &Scope, patients: &[Rid]) -> Result<Vec<MeasureResult>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(STANDS)];
    let seen = scope.predicate("m.", &mut params);
    let list = bound_rids(patients, &mut params);
    let sql = format!(
        "select {COLUMNS} from measure_result m where m.org = ?1 and m.until = ?2 and m.patient in ({list}){seen} \
         order by m.measure, m.period, m.grp, m.patient"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Earlier results of a person in one measure, newest first.
pub fn history(conn: &mut Conn, scope: &Scope, patient: Rid, measure: &str) -> Result<Vec<(MeasureResult, Micros)>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(patient.0), Value::Text(measure.to_owned())];
    let seen = scope.predicate("m.", &mut params);
    let sql = format!(
        "select {COLUMNS}, until from measure_result m where m.org = ?1 and m.patient = ?2 and m.measure = ?3{seen} \
         order by m.at desc, m.period, m.grp"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| Ok((read(row)?, row.int(16)?)))
}

/// Which part of a measure's people is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Initial population.
    Initial,
    /// Denominator.
    Denominator,
    /// Denominator exclusion.
    Excluded,
    /// Denominator exception.
    Excepted,
    /// Numerator.
    Numerator,
    /// With this standing.
    Standing(i64),
}

impl Part {
    fn condition(self) -> String {
        match self {
            Part::Initial => "m.initial > 0".to_owned(),
            Part::Denominator => "m.denominator > 0".to_owned(),
            Part::Excluded => "m.excluded > 0".to_owned(),
            Part::Excepted => "m.excepted > 0".to_owned(),
            Part::Numerator => "m.numerator > 0".to_owned(),
            Part::Standing(number) => format!("m.standing = {number}"),
        }
    }
}

/// One group of a measure over a period.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// Id of the Measure resource.
    pub measure: &'a str,
    /// First and last day.
    pub period: &'a str,
    /// Place of the group.
    pub group: i64,
}

fn of_params(scope: &Scope, of: Of<'_>) -> Vec<Value> {
    vec![
        Value::Int(scope.org.0),
        Value::Int(STANDS),
        Value::Text(of.measure.to_owned()),
        Value::Text(of.period.to_owned()),
        Value::Int(of.group),
    ]
}

const OF: &str = "m.org = ?1 and m.until = ?2 and m.measure = ?3 and m.period = ?4 and m.grp = ?5";

/// The people of a part in scope, by name, and how many there are in all.
pub fn people(
    conn: &mut Conn,
    scope: &Scope,
    of: Of<'_>,
    part: Part,
    page: (i64, i64),
) -> Result<(Vec<MeasureResult>, i64)> {
    let mut params = of_params(scope, of);
    let seen = scope.predicate("m.", &mut params);
    let header = scope.predicate("h.", &mut params);
    let from = format!(
        "from measure_result m join person_header h on h.org = m.org and h.patient = m.patient where {OF} and {}{seen}{header}",
        part.condition()
    );
    let count: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    let total = conn.query_int(&format!("select count(*) {from}"), &count)?;
    let columns = COLUMNS.split(", ").map(|c| format!("m.{}", c.trim())).collect::<Vec<_>>().join(", ");
    let at = params.len();
    params.extend([Value::Int(page.1), Value::Int(page.0)]);
    let sql =
        format!("select {columns} {from} order by h.family, h.given, h.patient limit ?{} offset ?{}", at + 1, at + 2);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    Ok((conn.query(&sql, &params, read)?, total))
}

/// Sums of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Id of the Measure resource.
    pub measure: String,
    /// First and last day.
    pub period: String,
    /// Place of the group.
    pub group: i64,
    /// What the people of this row share; empty for all.
    pub by: String,
    /// Where they stand.
    pub standing: i64,
    /// People.
    pub people: i64,
    /// Counts: initial population, denominator, excluded, excepted, numerator.
    pub counts: [i64; 5],
}

const SUMS: &str = "m.standing, count(*), cast(sum(m.initial) as bigint), cast(sum(m.denominator) as bigint), \
                    cast(sum(m.excluded) as bigint), cast(sum(m.excepted) as bigint), cast(sum(m.numerator) as bigint)";

fn sums(row: &Row<'_>) -> Result<Sums> {
    Ok(Sums {
        measure: row.text(0)?,
        period: row.text(1)?,
        group: row.int(2)?,
        by: row.text(3)?,
        standing: row.int(4)?,
        people: row.int(5)?,
        counts: [row.int(6)?, row.int(7)?, row.int(8)?, row.int(9)?, row.int(10)?],
    })
}

/// Sums of every group of every measure over the people in scope.
pub fn totals(conn: &mut Conn, scope: &Scope) -> Result<Vec<Sums>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(STANDS)];
    let seen = scope.predicate("m.", &mut params);
    let sql = format!(
        "select m.measure, m.period, m.grp, '', {SUMS} from measure_result m where m.org = ?1 and m.until = ?2{seen} \
         group by m.measure, m.period, m.grp, m.standing order by m.measure, m.period, m.grp, m.standing"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, sums)
}

/// What people are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Preferred language.
    Language,
    /// Sex as shown.
    Sex,
    /// Birth date, for bands of age.
    Birth,
    /// Program.
    Programme,
    /// Who points for them.
    Owner,
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Language => "h.language",
            By::Sex => "h.sex",
            By::Birth => "h.birth",
            By::Programme => "h.programme",
            By::Owner => "h.owner",
        }
    }
}

/// Sums of one group by what its people share.
pub fn compared(conn: &mut Conn, scope: &Scope, of: Of<'_>, by: By) -> Result<Vec<Sums>> {
    let mut params = of_params(scope, of);
    let seen = scope.predicate("m.", &mut params);
    let header = scope.predicate("h.", &mut params);
    let column = by.column();
    let sql = format!(
        "select m.measure, m.period, m.grp, {column}, {SUMS} from measure_result m \
         join person_header h on h.org = m.org and h.patient = m.patient where {OF}{seen}{header} \
         group by m.measure, m.period, m.grp, {column}, m.standing order by {column}, m.standing"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, sums)
}

/// The bodies of one group, for observations and strata.
pub fn bodies(conn: &mut Conn, scope: &Scope, of: Of<'_>, mut each: impl FnMut(Rid, &[u8])) -> Result<()> {
    let mut params = of_params(scope, of);
    let seen = scope.predicate("m.", &mut params);
    let sql = format!("select m.patient, m.body from measure_result m where {OF}{seen} order by m.patient");
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.for_each(&sql, &params, |row| {
        each(Rid(row.int(0)?), &row.blob(1)?);
        Ok(())
    })
}
