//! Which quality measures a site runs, over which period, and whether they make suggestions. Versioned, with who and why.

use crate::conn::{Conn, Param, Row};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// One setting of one measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureSetting {
    /// Id of the Measure resource.
    pub measure: String,
    /// Is computed for everybody.
    pub active: bool,
    /// Makes suggestions.
    pub suggests: bool,
    /// Runs although value sets are missing; they count as empty.
    pub tolerates: bool,
    /// Never stands in plain words in a row.
    pub guarded: bool,
    /// The measure's title when it was set.
    pub title: String,
    /// First and last day, `2026-01-01/2026-12-31`.
    pub period: String,
    /// When set.
    pub at: Micros,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
}

const COLUMNS: &str = "measure, active, suggests, tolerates, guarded, title, period, at, actor, reason";

fn read(row: &Row<'_>) -> Result<MeasureSetting> {
    Ok(MeasureSetting {
        measure: row.text(0)?,
        active: row.int(1)? != 0,
        suggests: row.int(2)? != 0,
        tolerates: row.int(3)? != 0,
        guarded: row.int(4)? != 0,
        title: row.text(5)?,
        period: row.text(6)?,
        at: row.int(7)?,
        actor: row.text(8)?,
        reason: row.text(9)?,
    })
}

/// Adds a setting; the newest counts.
pub fn add(conn: &mut Conn, org: OrgId, s: &MeasureSetting) -> Result<()> {
    let number = conn.query_int(
        "select max(number) from measure_setting where org = ?1 and measure = ?2",
        &[org.param(), Param::Text(&s.measure)],
    )? + 1;
    let flag = |set: bool| Param::Int(i64::from(set));
    conn.execute(
        &format!(
            "insert into measure_setting (org, number, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ),
        &[
            org.param(),
            Param::Int(number),
            Param::Text(&s.measure),
            flag(s.active),
            flag(s.suggests),
            flag(s.tolerates),
            flag(s.guarded),
            Param::Text(&s.title),
            Param::Text(&s.period),
            Param::Int(s.at),
            Param::Text(&s.actor),
            Param::Text(&s.reason),
        ],
    )?;
    Ok(())
}

/// The setting in force of each measure, by measure.
pub fn current(conn: &mut Conn, org: OrgId) -> Result<Vec<MeasureSetting>> {
    conn.query(
        &format!(
            "select {COLUMNS} from measure_setting s where s.org = ?1 and s.number = \
             (select max(m.number) from measure_setting m where m.org = s.org and m.measure = s.measure) order by s.measure"
        ),
        &[org.param()],
        read,
    )
}

/// All settings of a measure, newest first.
pub fn history(conn: &mut Conn, org: OrgId, measure: &str) -> Result<Vec<MeasureSetting>> {
    conn.query(
        &format!("select {COLUMNS} from measure_setting where org = ?1 and measure = ?2 order by number desc"),
        &[org.param(), Param::Text(measure)],
        read,
    )
}
