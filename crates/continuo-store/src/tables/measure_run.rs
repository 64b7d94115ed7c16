//! How far a measure was computed over everybody, and the figures kept by day.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::bound_rids;

/// A run of one measure and period over everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureRun {
    /// Id of the Measure resource.
    pub measure: String,
    /// First and last day.
    pub period: String,
    /// Hash of what was compiled: another one starts the run again.
    pub program: String,
    /// When it began.
    pub began: Micros,
    /// When it was through; 0 while it runs.
    pub finished: Micros,
    /// The last person looked at.
    pub reached: i64,
    /// People looked at.
    pub people: i64,
}

/// Writes where a run stands.
pub fn put(conn: &mut Conn, org: OrgId, run: &MeasureRun) -> Result<()> {
    conn.execute(
        "insert into measure_run (org, measure, period, program, began, finished, reached, people) \
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (org, measure, period) do update set \
         program = excluded.program, began = excluded.began, finished = excluded.finished, \
         reached = excluded.reached, people = excluded.people",
        &[
            org.param(),
            Param::Text(&run.measure),
            Param::Text(&run.period),
            Param::Text(&run.program),
            Param::Int(run.began),
            Param::Int(run.finished),
            Param::Int(run.reached),
            Param::Int(run.people),
        ],
    )?;
    Ok(())
}

/// All runs, by measure and period.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<MeasureRun>> {
    conn.query(
        "select measure, period, program, began, finished, reached, people from measure_run where org = ?1 \
         order by measure, period",
        &[org.param()],
        |row| {
            Ok(MeasureRun {
                measure: row.text(0)?,
                period: row.text(1)?,
                program: row.text(2)?,
                began: row.int(3)?,
                finished: row.int(4)?,
                reached: row.int(5)?,
                people: row.int(6)?,
            })
        },
    )
}

/// Figures of one group at the end of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureRate {
    /// Id of the Measure resource.
    pub measure: String,
    /// First and last day.
    pub period: String,
    /// Place of the group in the measure.
    pub group: i64,
    /// The day, `2026-08-18`.
    pub day: String,
    /// People looked at.
    pub people: i64,
    /// Sums of the populations: initial, denominator, excluded, excepted, numerator.
    pub counts: [i64; 5],
    /// People who could not be evaluated.
    pub failed: i64,
}

/// Keeps a day's figures, replacing those kept earlier that day.
pub fn keep(conn: &mut Conn, org: OrgId, rate: &MeasureRate) -> Result<()> {
    let [initial, denominator, excluded, excepted, numerator] = rate.counts;
    conn.execute(
        "insert into measure_rate (org, measure, period, grp, day, people, initial, denominator, excluded, excepted, \
         numerator, failed) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
         on conflict (org, measure, period, grp, day) do update set people = excluded.people, \
         initial = excluded.initial, denominator = excluded.denominator, excluded = excluded.excluded, \
         excepted = excluded.excepted, numerator = excluded.numerator, failed = excluded.failed",
        &[
            org.param(),
            Param::Text(&rate.measure),
            Param::Text(&rate.period),
            Param::Int(rate.group),
            Param::Text(&rate.day),
            Param::Int(rate.people),
            Param::Int(initial),
            Param::Int(denominator),
            Param::Int(excluded),
            Param::Int(excepted),
            Param::Int(numerator),
            Param::Int(rate.failed),
        ],
    )?;
    Ok(())
}

/// The kept figures of a measure, oldest first.
pub fn kept(conn: &mut Conn, org: OrgId, measure: &str) -> Result<Vec<MeasureRate>> {
    conn.query(
        "select measure, period, grp, day, people, initial, denominator, excluded, excepted, numerator, failed \
         from measure_rate where org = ?1 and measure = ?2 order by period, grp, day",
        &[org.param(), Param::Text(measure)],
        rate,
    )
}

/// The newest day kept for any measure; empty when none was.
pub fn last_day(conn: &mut Conn, org: OrgId) -> Result<String> {
    let found = conn.query_opt(
        "select day from measure_rate where org = ?1 order by day desc limit 1",
        &[org.param()],
        |row| row.text(0),
    )?;
    Ok(found.unwrap_or_default())
}

fn rate(row: &Row<'_>) -> Result<MeasureRate> {
    Ok(MeasureRate {
        measure: row.text(0)?,
        period: row.text(1)?,
        group: row.int(2)?,
        day: row.text(3)?,
        people: row.int(4)?,
        counts: [row.int(5)?, row.int(6)?, row.int(7)?, row.int(8)?, row.int(9)?],
        failed: row.int(10)?,
    })
}

/// How far the change feed has been worked off for measures: kept in `marker` under `measured/ORG`.
pub fn cursor(conn: &mut Conn, org: OrgId) -> Result<i64> {
    conn.query_int("select number from marker where name = ?1", &[Param::Text(&format!("measured/{org}"))])
}

/// Moves the cursor on.
pub fn set_cursor(conn: &mut Conn, org: OrgId, change: i64) -> Result<()> {
    conn.execute(
        "insert into marker (name, number, note) values (?1, ?2, '') on conflict (name) do update set number = excluded.number",
        &[Param::Text(&format!("measured/{org}")), Param::Int(change)],
    )?;
    Ok(())
}

/// The next people after one, by key: source patients that are there and linked to nobody else.
pub fn people_after(conn: &mut Conn, org: OrgId, after: i64, most: i64) -> Result<Vec<Rid>> {
    conn.query(
        "select r.rid from resource r where r.org = ?1 and r.type = (select n.id from name n where n.name = 'Patient') \
         and r.rid > ?2 and r.body is not null and not exists (select 1 from person_member m where m.org = r.org \
         and m.patient = r.rid and m.until is null and m.person <> r.rid) order by r.rid limit ?3",
        &[org.param(), Param::Int(after), Param::Int(most)],
        |row| row.int(0).map(Rid),
    )
}

/// Has the people with open suggestions of a rule assessed again at the next round.
pub fn look_again_at_suggested(conn: &mut Conn, org: OrgId, rule: &str, now: Micros) -> Result<()> {
    conn.execute(
        "update assessed set next_at = ?3 where org = ?1 and next_at > ?3 and patient in \
         (select s.patient from suggestion s where s.org = ?1 and s.rule = ?2 and s.state = 'open')",
        &[org.param(), Param::Text(rule), Param::Int(now)],
    )?;
    Ok(())
}

/// Has some people assessed again at the next round.
pub fn look_again(conn: &mut Conn, org: OrgId, people: &[Rid], now: Micros) -> Result<()> {
    let mut params = vec![Value::Int(org.0), Value::Int(now)];
    let list = bound_rids(people, &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.execute(
        &format!("update assessed set next_at = ?2 where org = ?1 and next_at > ?2 and patient in ({list})"),
        &params,
    )?;
    Ok(())
}
