//! Presses and seconds per kind of task, day and person, so that saved time can be shown.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::OrgId;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PressCount {
    /// Kind of task.
    pub kind: String,
    /// Times done.
    pub times: i64,
    /// Key presses and clicks.
    pub presses: i64,
    /// Milliseconds.
    pub millis: i64,
}

/// Adds one finished piece of work.
pub fn add(conn: &mut Conn, org: OrgId, day: i64, actor: &str, count: &PressCount) -> Result<()> {
    conn.execute(
        "insert into press_count (org, day, actor, kind, times, presses, millis) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         on conflict (org, day, actor, kind) do update set times = press_count.times + excluded.times, \
         presses = press_count.presses + excluded.presses, millis = press_count.millis + excluded.millis",
        &[
            org.param(),
            Param::Int(day),
            Param::Text(actor),
            Param::Text(&count.kind),
            Param::Int(count.times),
            Param::Int(count.presses),
            Param::Int(count.millis),
        ],
    )?;
    Ok(())
}

/// Sums by kind since a day (days since 1970).
pub fn since(conn: &mut Conn, org: OrgId, day: i64) -> Result<Vec<PressCount>> {
    conn.query(
        "select kind, cast(sum(times) as bigint), cast(sum(presses) as bigint), cast(sum(millis) as bigint) from press_count where org = ?1 and day >= ?2 group by kind order by kind",
        &[org.param(), Param::Int(day)],
        |row| {
            Ok(PressCount {
                kind: row.text(0)?,
                times: row.opt_int(1)?.unwrap_or(0),
                presses: row.opt_int(2)?.unwrap_or(0),
                millis: row.opt_int(3)?.unwrap_or(0),
            })
        },
    )
}
