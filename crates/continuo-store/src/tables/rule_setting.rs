//! Site policy for rules: on or off, and whether a rule may open tasks directly. Versioned, with who and why.

use crate::conn::{Conn, Param};
use crate::error::Result;
use crate::ids::{Micros, OrgId};

/// One setting of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// Rule id.
    pub rule: String,
    /// Runs at all.
    pub active: bool,
    /// May open tasks directly.
    pub direct: bool,
    /// When set.
    pub at: Micros,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// Thresholds that differ from the shipped ones: `Name=1;Other=2`.
    pub params: String,
}

/// Adds a setting; the newest counts.
pub fn add(conn: &mut Conn, org: OrgId, s: &RuleSetting) -> Result<()> {
    let number = conn.query_int(
        "select max(number) from rule_setting where org = ?1 and rule = ?2",
        &[org.param(), Param::Text(&s.rule)],
    )? + 1;
    conn.execute(
        "insert into rule_setting (org, rule, number, active, direct, at, actor, reason, params) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            org.param(),
            Param::Text(&s.rule),
            Param::Int(number),
            Param::Int(i64::from(s.active)),
            Param::Int(i64::from(s.direct)),
            Param::Int(s.at),
            Param::Text(&s.actor),
            Param::Text(&s.reason),
            Param::Text(&s.params),
        ],
    )?;
    Ok(())
}

/// The history of all rules, oldest first within a rule; the last of each is in force.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<RuleSetting>> {
    conn.query(
        "select rule, active, direct, at, actor, reason, params from rule_setting where org = ?1 order by rule, number",
        &[org.param()],
        |row| {
            Ok(RuleSetting {
                rule: row.text(0)?,
                active: row.int(1)? != 0,
                direct: row.int(2)? != 0,
                at: row.int(3)?,
                actor: row.text(4)?,
                reason: row.text(5)?,
                params: row.text(6)?,
            })
        },
    )
}
