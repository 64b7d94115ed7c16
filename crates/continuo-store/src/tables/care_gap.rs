//! The care-gap projection: where each person stands with each rule, one row each, made by `continuo-care`.
//!
//! What a rule says nothing about has no row. Counts come from an index that holds all they need.

use crate::conn::{Bulk, ColumnKind, Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::{Persons, Scope};
use std::collections::BTreeSet;

/// Nobody has taken it up or set it aside.
pub const WAITS: i64 = 0;
/// A task for it is open.
pub const IN_WORK: i64 = 1;
/// A person decided on it; it is silent until [`CareGap::until`].
pub const DECIDED: i64 = 2;

/// One person and one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CareGap {
    /// Whose.
    pub patient: Rid,
    /// Rule id.
    pub rule: String,
    /// Labels of everything it rests on.
    pub labels: u64,
    /// Place of the state in the order of lists, 0 late, 1 due.
    pub state: i64,
    /// [`WAITS`], [`IN_WORK`] or [`DECIDED`].
    pub handled: i64,
    /// Due, `i64::MAX` when not dated.
    pub due: Micros,
    /// Silent until then; 0 when not.
    pub until: Micros,
    /// Who coordinates the person.
    pub owner: String,
    /// The person's program.
    pub programme: String,
    /// The person's team.
    pub team: String,
    /// The person's primary care practitioner.
    pub practitioner: String,
    /// Why, for rows that stand in lists.
    pub why: String,
}

const COLUMNS: &str = "patient, rule, labels, state, handled, due, until, owner, programme, team, practitioner, why";

fn read(row: &Row<'_>) -> Result<CareGap> {
    Ok(CareGap {
        patient: Rid(row.int(0)?),
        rule: row.text(1)?,
        labels: row.int(2)? as u64,
        state: row.int(3)?,
        handled: row.int(4)?,
        due: row.int(5)?,
        until: row.int(6)?,
        owner: row.text(7)?,
        programme: row.text(8)?,
        team: row.text(9)?,
        practitioner: row.text(10)?,
        why: row.text(11)?,
    })
}

fn bulk() -> Bulk {
    use ColumnKind::{Int, Text};
    let columns = &[
        ("org", Int),
        ("patient", Int),
        ("rule", Text),
        ("labels", Int),
        ("state", Int),
        ("handled", Int),
        ("due", Int),
        ("until", Int),
        ("owner", Text),
        ("programme", Text),
        ("team", Text),
        ("practitioner", Text),
        ("why", Text),
    ];
    Bulk::new("care_gap", columns).keyed(3)
}

fn add(bulk: &mut Bulk, org: OrgId, gap: &CareGap) {
    bulk.push(&[
        org.param(),
        gap.patient.param(),
        Param::Text(&gap.rule),
        Param::Int(gap.labels as i64),
        Param::Int(gap.state),
        Param::Int(gap.handled),
        Param::Int(gap.due),
        Param::Int(gap.until),
        Param::Text(&gap.owner),
        Param::Text(&gap.programme),
        Param::Text(&gap.team),
        Param::Text(&gap.practitioner),
        Param::Text(&gap.why),
    ]);
}

/// Writes what of a person's rows changed: `before` are those on file, `rows` those that hold now.
pub fn change(conn: &mut Conn, org: OrgId, before: &[CareGap], rows: &[CareGap]) -> Result<()> {
    conn.change_bulk(&bulk(), before, rows, |bulk, row| add(bulk, org, row))?;
    note_choices(conn, org, rows.iter().filter(|row| !before.contains(row)))
}

/// Values that a reader may narrow lists by, where a row brings new ones.
fn note_choices<'a>(conn: &mut Conn, org: OrgId, rows: impl Iterator<Item = &'a CareGap>) -> Result<()> {
    let open = rows.filter(|row| row.labels == 0);
    let values: BTreeSet<(i64, &str)> = open
        .flat_map(|row| {
            [
                (By::Owner, &row.owner),
                (By::Programme, &row.programme),
                (By::Team, &row.team),
                (By::Practitioner, &row.practitioner),
            ]
        })
        .filter(|(_, value)| !value.is_empty())
        .map(|(by, value)| (by.number(), value.as_str()))
        .collect();
    for (what, value) in values {
        conn.execute(
            "insert into care_gap_choice (org, what, value) values (?1, ?2, ?3) on conflict do nothing",
            &[org.param(), Param::Int(what), Param::Text(value)],
        )?;
    }
    Ok(())
}

/// Takes away all rows of a person.
pub fn remove(conn: &mut Conn, org: OrgId, patient: Rid) -> Result<()> {
    conn.execute("delete from care_gap where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    Ok(())
}

/// The rows of a person in scope, in order of rule.
pub fn of_patient(conn: &mut Conn, scope: &Scope, patient: Rid) -> Result<Vec<CareGap>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(patient.0)];
    let seen = scope.predicate("g.", &mut params);
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(
        &format!("select {COLUMNS} from care_gap g where g.org = ?1 and g.patient = ?2{seen} order by g.rule"),
        &params,
        read,
    )
}

/// Whose gaps are asked for; empty means everybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whose {
    /// Coordinator.
    pub owner: String,
    /// Program.
    pub programme: String,
    /// Team.
    pub team: String,
    /// Primary care practitioner.
    pub practitioner: String,
}

impl Whose {
    fn predicate(&self, params: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        let columns = [
            ("owner", &self.owner),
            ("programme", &self.programme),
            ("team", &self.team),
            ("practitioner", &self.practitioner),
        ];
        for (column, wanted) in columns.into_iter().filter(|(_, wanted)| !wanted.is_empty()) {
            params.push(Value::Text(wanted.clone()));
            sql.push_str(&format!(" and g.{column} = ?{}", params.len()));
        }
        sql
    }
}

/// How many people stand where with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Rule id.
    pub rule: String,
    /// State.
    pub state: i64,
    /// Handled.
    pub handled: i64,
    /// People.
    pub people: i64,
}

/// Exact counts by rule, state and what was decided, in scope.
pub fn counts(conn: &mut Conn, scope: &Scope, whose: &Whose) -> Result<Vec<Count>> {
    let mut params = vec![Value::Int(scope.org.0)];
    let by = whose.predicate(&mut params);
    let seen = scope.predicate("g.", &mut params);
    let sql = format!(
        "select g.rule, g.state, g.handled, count(*) from care_gap g where g.org = ?1{by}{seen} \
         group by g.rule, g.state, g.handled order by g.rule, g.state, g.handled"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| {
        Ok(Count { rule: row.text(0)?, state: row.int(1)?, handled: row.int(2)?, people: row.int(3)? })
    })
}

/// The people in scope who stand in one state with a rule, longest due first, a page at a time.
pub fn listed(
    conn: &mut Conn,
    scope: &Scope,
    rule: &str,
    state: i64,
    handled: i64,
    whose: &Whose,
    skip: i64,
    most: i64,
) -> Result<Vec<CareGap>> {
    let mut params = vec![
        Value::Int(scope.org.0),
        Value::Text(rule.to_owned()),
        Value::Int(state),
        Value::Int(handled),
        Value::Int(most),
        Value::Int(skip),
    ];
    let by = whose.predicate(&mut params);
    let seen = scope.predicate("g.", &mut params);
    let sql = format!(
        "select {COLUMNS} from care_gap g where g.org = ?1 and g.rule = ?2 and g.state = ?3 and g.handled = ?4{by}{seen} \
         order by g.due, g.patient limit ?5 offset ?6"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// All rows of an organization in order of their key: for the test that rebuilds and compares.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<CareGap>> {
    conn.query(&format!("select {COLUMNS} from care_gap where org = ?1 order by patient, rule"), &[org.param()], read)
}

/// What lists are narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Coordinator.
    Owner,
    /// Program.
    Programme,
    /// Team.
    Team,
    /// Practitioner.
    Practitioner,
}

impl By {
    fn number(self) -> i64 {
        match self {
            By::Owner => 0,
            By::Programme => 1,
            By::Team => 2,
            By::Practitioner => 3,
        }
    }
}

/// The values of a column that stand in rows in scope; at most 200, in order.
pub fn values(conn: &mut Conn, scope: &Scope, by: By) -> Result<Vec<String>> {
    // Whoever reaches everybody is offered what was noted; others what their own people have.
    if scope.persons == Persons::All {
        return conn.query(
            "select value from care_gap_choice where org = ?1 and what = ?2 order by value limit 200",
            &[scope.org.param(), Param::Int(by.number())],
            |row| row.text(0),
        );
    }
    let column = match by {
        By::Owner => "owner",
        By::Programme => "programme",
        By::Team => "team",
        By::Practitioner => "practitioner",
    };
    let mut params = vec![Value::Int(scope.org.0)];
    let seen = scope.predicate("g.", &mut params);
    let sql = format!(
        "select distinct g.{column} from care_gap g where g.org = ?1 and g.{column} <> ''{seen} order by g.{column} limit 200"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| row.text(0))
}
