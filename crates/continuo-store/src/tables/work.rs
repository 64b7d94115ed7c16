//! The work projection: open tasks and open suggestions together, one row each, made by `continuo-care`.

use crate::conn::{Conn, Param, Row, Value};
use crate::error::Result;
use crate::ids::{Micros, OrgId, Rid};
use crate::scope::Scope;

/// A `Task`.
pub const TASK: i64 = 0;
/// A suggestion.
pub const SUGGESTION: i64 = 1;

/// One open piece of work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// [`TASK`] or [`SUGGESTION`].
    pub kind: i64,
    /// Task id or suggestion id.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// Labels.
    pub labels: u64,
    /// Owner: a reference, `role:..`, or empty when nobody has it.
    pub owner: String,
    /// `open`, `doing`, `waiting`, `snoozed`.
    pub state: String,
    /// 0 danger, 1 high, 2 normal.
    pub consequence: i64,
    /// Order between rules.
    pub rank: i64,
    /// Due, `i64::MAX` when not dated.
    pub due: Micros,
    /// Since when.
    pub opened: Micros,
    /// Snoozed until; 0 when not.
    pub until: Micros,
    /// Older than its rule's look-back.
    pub backlog: bool,
    /// Never in plain words in a row.
    pub sensitive: bool,
    /// Attempts to reach the person.
    pub attempts: i64,
    /// The rule it comes from; empty when a person made it.
    pub rule: String,
    /// Kind of task.
    pub task_kind: String,
    /// What to do.
    pub what: String,
    /// Why.
    pub why: String,
    /// The rule the due time comes from.
    pub due_rule: String,
    /// Whom or what it waits for.
    pub waiting: String,
    /// Handed over by, while not accepted.
    pub handed_by: String,
    /// Who steps in.
    pub fallback: String,
}

const COLUMNS: &str = "kind, id, patient, labels, owner, state, consequence, rank, due, opened, until, backlog, sensitive, \
                       attempts, rule, task_kind, what, why, due_rule, waiting, handed_by, fallback";

fn read(row: &Row<'_>) -> Result<Work> {
    Ok(Work {
        kind: row.int(0)?,
        id: row.text(1)?,
        patient: Rid(row.int(2)?),
        labels: row.int(3)? as u64,
        owner: row.text(4)?,
        state: row.text(5)?,
        consequence: row.int(6)?,
        rank: row.int(7)?,
        due: row.int(8)?,
        opened: row.int(9)?,
        until: row.int(10)?,
        backlog: row.int(11)? != 0,
        sensitive: row.int(12)? != 0,
        attempts: row.int(13)?,
        rule: row.text(14)?,
        task_kind: row.text(15)?,
        what: row.text(16)?,
        why: row.text(17)?,
        due_rule: row.text(18)?,
        waiting: row.text(19)?,
        handed_by: row.text(20)?,
        fallback: row.text(21)?,
    })
}

/// Replaces all work rows of a source patient.
pub fn replace(conn: &mut Conn, org: OrgId, patient: Rid, rows: &[Work]) -> Result<()> {
    conn.execute("delete from work where org = ?1 and patient = ?2", &[org.param(), patient.param()])?;
    for w in rows {
        conn.execute(
            &format!(
                "insert into work (org, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
                 ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"
            ),
            &[
                org.param(),
                Param::Int(w.kind),
                Param::Text(&w.id),
                w.patient.param(),
                Param::Int(w.labels as i64),
                Param::Text(&w.owner),
                Param::Text(&w.state),
                Param::Int(w.consequence),
                Param::Int(w.rank),
                Param::Int(w.due),
                Param::Int(w.opened),
                Param::Int(w.until),
                Param::Int(i64::from(w.backlog)),
                Param::Int(i64::from(w.sensitive)),
                Param::Int(w.attempts),
                Param::Text(&w.rule),
                Param::Text(&w.task_kind),
                Param::Text(&w.what),
                Param::Text(&w.why),
                Param::Text(&w.due_rule),
                Param::Text(&w.waiting),
                Param::Text(&w.handed_by),
                Param::Text(&w.fallback),
            ],
        )?;
    }
    Ok(())
}

/// Whose work is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owners {
    /// These references and roles.
    Of(Vec<String>),
    /// Nobody in particular: no owner.
    Nobody,
    /// Everybody.
    All,
}

fn owned(owners: &Owners, params: &mut Vec<Value>) -> String {
    match owners {
        Owners::All => String::new(),
        Owners::Nobody => " and w.owner = ''".to_owned(),
        Owners::Of(list) if list.is_empty() => " and 1 = 0".to_owned(),
        Owners::Of(list) => {
            let places: Vec<String> = list
                .iter()
                .map(|owner| {
                    params.push(Value::Text(owner.clone()));
                    format!("?{}", params.len())
                })
                .collect();
            format!(" and w.owner in ({})", places.join(", "))
        }
    }
}

/// A piece of work as far as its place in a list hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// [`TASK`] or [`SUGGESTION`].
    pub kind: i64,
    /// Id.
    pub id: String,
    /// Whose.
    pub patient: Rid,
    /// How grave.
    pub consequence: i64,
    /// Rank of its rule.
    pub rank: i64,
    /// Due.
    pub due: Micros,
    /// Snoozed until.
    pub until: Micros,
    /// Never in plain words in a row.
    pub sensitive: bool,
    /// Kind of task.
    pub task_kind: String,
}

impl Line {
    /// Of a piece of work read in full.
    pub fn of(work: &Work) -> Line {
        Line {
            kind: work.kind,
            id: work.id.clone(),
            patient: work.patient,
            consequence: work.consequence,
            rank: work.rank,
            due: work.due,
            until: work.until,
            sensitive: work.sensitive,
            task_kind: work.task_kind.clone(),
        }
    }
}

/// The open work of some owners for people whose header is in scope, too: a whole list by what orders it.
pub fn lines(conn: &mut Conn, scope: &Scope, owners: &Owners, backlog: bool, most: i64) -> Result<Vec<Line>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most), Value::Int(i64::from(backlog))];
    let owned = owned(owners, &mut params);
    let seen = scope.predicate("w.", &mut params);
    let header = scope.predicate("h.", &mut params);
    let sql = format!(
        "select w.kind, w.id, w.patient, w.consequence, w.rank, w.due, w.until, w.sensitive, w.task_kind from work w \
         where w.org = ?1 and w.backlog = ?3{owned}{seen} and exists (select 1 from person_header h where h.org = ?1 \
         and h.patient = w.patient{header}) order by w.due, w.rank, w.kind, w.id limit ?2"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| {
        Ok(Line {
            kind: row.int(0)?,
            id: row.text(1)?,
            patient: Rid(row.int(2)?),
            consequence: row.int(3)?,
            rank: row.int(4)?,
            due: row.int(5)?,
            until: row.int(6)?,
            sensitive: row.int(7)? != 0,
            task_kind: row.text(8)?,
        })
    })
}

/// Pieces of work by kind and id, those in scope, in no order.
pub fn of_keys(conn: &mut Conn, scope: &Scope, keys: &[(i64, &str)]) -> Result<Vec<Work>> {
    let mut found = Vec::with_capacity(keys.len());
    for kind in [TASK, SUGGESTION] {
        let ids: Vec<&str> = keys.iter().filter(|(one, _)| *one == kind).map(|(_, id)| *id).collect();
        for some in ids.chunks(TOGETHER) {
            let mut params = vec![Value::Int(scope.org.0), Value::Int(kind)];
            let seen = scope.predicate("w.", &mut params);
            // Filled up with the last, so that lists of nearly the same length share one statement.
            let filled = some.iter().chain(some.last().into_iter().cycle()).take(some.len().next_power_of_two());
            let places: Vec<String> = filled
                .map(|id| {
                    params.push(Value::Text((*id).to_owned()));
                    format!("?{}", params.len())
                })
                .collect();
            let sql = format!(
                "select {COLUMNS} from work w where w.org = ?1 and w.kind = ?2 and w.id in ({}){seen}",
                places.join(", ")
            );
            let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
            found.extend(conn.query(&sql, &params, read)?);
        }
    }
    Ok(found)
}

/// Ids in one statement.
const TOGETHER: usize = 512;

/// The open work of some owners in scope, not the backlog, in order of due time.
pub fn of_owners(conn: &mut Conn, scope: &Scope, owners: &Owners, most: i64) -> Result<Vec<Work>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most)];
    let owned = owned(owners, &mut params);
    let seen = scope.predicate("w.", &mut params);
    let sql = format!(
        "select {COLUMNS} from work w where w.org = ?1 and w.backlog = 0{owned}{seen} \
         order by w.due, w.rank, w.kind, w.id limit ?2"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Work that rises: late past `before`, or a safety contact nobody began by `unstarted`, owned by somebody else but with one
/// of these fallbacks, or anybody's where `everyone`.
pub fn escalated(
    conn: &mut Conn,
    scope: &Scope,
    fallbacks: &[String],
    everyone: bool,
    before: Micros,
    unstarted: Micros,
    most: i64,
) -> Result<Vec<Work>> {
    if !everyone && fallbacks.is_empty() {
        return Ok(Vec::new());
    }
    // Asked apart, so that each has an index that ends at its moment: together all work with the fallback was looked at.
    let late = "w.backlog = 0 and w.consequence < 2 and w.state in ('open', 'doing') and w.due < ?2";
    // The plus leaves SQLite no index but that of kinds.
    let contact = "+w.backlog = 0 and +w.consequence < 2 and w.task_kind = 'suicide-risk-contact' and w.state = 'open' \
                   and w.opened < ?2";
    let mut found: Vec<Work> = Vec::new();
    // Safety contacts are few: found by their kind, not by their fallback.
    for (condition, fallback, moment) in [(late, "w.fallback", before), (contact, "w.fallback || ''", unstarted)] {
        let mut params = vec![Value::Int(scope.org.0), Value::Int(moment), Value::Int(most)];
        let asked: &[String] = if everyone { &[] } else { fallbacks };
        let places: Vec<String> = asked
            .iter()
            .map(|fallback| {
                params.push(Value::Text(fallback.clone()));
                format!("?{}", params.len())
            })
            .collect();
        let whose = if everyone { String::new() } else { format!(" and {fallback} in ({})", places.join(", ")) };
        let seen = scope.predicate("w.", &mut params);
        let sql = format!(
            "select {COLUMNS} from work w where w.org = ?1 and w.kind = 0 and {condition}{whose}{seen} \
             order by w.consequence, w.due, w.id limit ?3"
        );
        let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
        for work in conn.query(&sql, &params, read)? {
            if !found.iter().any(|known| known.id == work.id) {
                found.push(work);
            }
        }
    }
    found.sort_by(|a, b| (a.consequence, a.due, &a.id).cmp(&(b.consequence, b.due, &b.id)));
    Ok(found)
}

/// Danger now for the people in somebody's caseload, whoever owns the work.
pub fn danger_in_caseload(conn: &mut Conn, scope: &Scope, coordinator: &str, most: i64) -> Result<Vec<Work>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(coordinator.to_owned()), Value::Int(most)];
    let seen = scope.predicate("w.", &mut params);
    // Danger is rare and a caseload long: the danger of the whole clinic is looked at, not everybody of the caseload.
    let join = conn.dialect().driving_join();
    let columns = COLUMNS.split(", ").map(|column| format!("w.{}", column.trim())).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select {columns} from work w {join} person_header h on h.org = w.org and h.patient = w.patient \
         where w.org = ?1 and w.backlog = 0 and w.consequence = 0 and h.owner = ?2{seen} \
         order by w.due, w.rank, w.kind, w.id limit ?3"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// The open work of one kind in scope, whoever owns it, worst first.
pub fn of_kind(conn: &mut Conn, scope: &Scope, kind: &str, most: i64) -> Result<Vec<Work>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Text(kind.to_owned()), Value::Int(most)];
    let seen = scope.predicate("w.", &mut params);
    let sql = format!(
        "select {COLUMNS} from work w where w.org = ?1 and w.task_kind = ?2 and w.backlog = 0{seen} \
         order by w.consequence, w.due, w.id limit ?3"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Danger that nobody has begun, whoever owns it.
pub fn danger_not_begun(conn: &mut Conn, scope: &Scope, most: i64) -> Result<Vec<Work>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most)];
    let seen = scope.predicate("w.", &mut params);
    let sql = format!(
        "select {COLUMNS} from work w where w.org = ?1 and w.backlog = 0 and w.consequence = 0 and w.state = 'open'{seen} \
         order by w.due, w.rank, w.kind, w.id limit ?2"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Work of high consequence and of these kinds that nobody has begun and that is due by a moment, whoever owns it: what a
/// closed site cannot leave until it opens.
pub fn high_not_begun(conn: &mut Conn, scope: &Scope, kinds: &[&str], until: Micros, most: i64) -> Result<Vec<Work>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = vec![Value::Int(scope.org.0), Value::Int(until), Value::Int(most)];
    let places: Vec<String> = kinds
        .iter()
        .map(|kind| {
            params.push(Value::Text((*kind).to_owned()));
            format!("?{}", params.len())
        })
        .collect();
    let seen = scope.predicate("w.", &mut params);
    let sql = format!(
        "select {COLUMNS} from work w where w.org = ?1 and w.task_kind in ({}) and w.backlog = 0 \
         and w.consequence = 1 and w.state = 'open' and w.due <= ?2{seen} order by w.due, w.rank, w.kind, w.id limit ?3",
        places.join(", ")
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// All open work that came from some rules in scope, whoever owns it and however old it is, worst first.
pub fn of_rules(conn: &mut Conn, scope: &Scope, rules: &[&str], most: i64) -> Result<Vec<Work>> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(most)];
    let places: Vec<String> = rules
        .iter()
        .map(|rule| {
            params.push(Value::Text((*rule).to_owned()));
            format!("?{}", params.len())
        })
        .collect();
    let seen = scope.predicate("w.", &mut params);
    let sql = format!(
        "select {COLUMNS} from work w where w.org = ?1 and w.rule in ({}){seen} \
         order by w.consequence, w.due, w.id limit ?2",
        places.join(", ")
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// Work that rests on closed records, gravest first and none below `least_grave`: for the one list that says only that it
/// is there.
pub fn labeled(conn: &mut Conn, org: OrgId, least_grave: i64, most: i64) -> Result<Vec<Work>> {
    let sql = format!(
        "select {COLUMNS} from work where org = ?1 and labels <> 0 and backlog = 0 and consequence <= ?2 \
         order by consequence, opened, id limit ?3"
    );
    conn.query(&sql, &[org.param(), Param::Int(least_grave), Param::Int(most)], read)
}

/// Ids and people of open tasks that were handed over and not accepted; for the clock that returns them. Suggestions are
/// never handed over; to ask for tasks here would make SQLite read all of them.
pub fn handed(conn: &mut Conn, org: OrgId) -> Result<Vec<(String, Rid)>> {
    conn.query("select id, patient from work where org = ?1 and handed_by <> '' order by id", &[org.param()], |row| {
        Ok((row.text(0)?, Rid(row.int(1)?)))
    })
}

/// Which of these people stand on a list of these owners now: open work, not the backlog, not snoozed.
pub fn listed(conn: &mut Conn, scope: &Scope, owners: &Owners, people: &[Rid], now: Micros) -> Result<Vec<Rid>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = vec![Value::Int(scope.org.0), Value::Int(now)];
    let owned = owned(owners, &mut params);
    let seen = scope.predicate("w.", &mut params);
    let list = crate::scope::bound_rids(people, &mut params);
    let sql = format!(
        "select distinct w.patient from work w \
         where w.org = ?1 and w.backlog = 0 and w.until <= ?2 and w.patient in ({list}){owned}{seen}"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, |row| Ok(Rid(row.int(0)?)))
}

/// All open work of some source patients in scope, backlog included.
pub fn of_patients(conn: &mut Conn, scope: &Scope, patients: &[Rid]) -> Result<Vec<Work>> {
    let mut params = vec![Value::Int(scope.org.0)];
    let seen = scope.predicate("w.", &mut params);
    let list = crate::scope::bound_rids(patients, &mut params);
    let sql = format!(
        "select {COLUMNS} from work w where w.org = ?1 and w.patient in ({list}){seen} order by w.due, w.rank, w.kind, w.id"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    conn.query(&sql, &params, read)
}

/// How many people and pieces of work stand in a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// People.
    pub people: i64,
    /// Pieces of work.
    pub items: i64,
    /// Pieces that are snoozed now.
    pub snoozed: i64,
}

/// Exact counts of a list.
pub fn count(conn: &mut Conn, scope: &Scope, owners: &Owners, backlog: bool, now: Micros) -> Result<Count> {
    let mut params = vec![Value::Int(scope.org.0), Value::Int(i64::from(backlog)), Value::Int(now)];
    let owned = owned(owners, &mut params);
    let seen = scope.predicate("w.", &mut params);
    let sql = format!(
        "select count(distinct case when w.until <= ?3 then w.patient end), cast(sum(case when w.until <= ?3 then 1 else 0 end) as bigint), \
         cast(sum(case when w.until > ?3 then 1 else 0 end) as bigint) from work w where w.org = ?1 and w.backlog = ?2{owned}{seen}"
    );
    let params: Vec<Param<'_>> = params.iter().map(Value::as_param).collect();
    let found = conn.query_opt(&sql, &params, |row| {
        Ok(Count {
            people: row.opt_int(0)?.unwrap_or(0),
            items: row.opt_int(1)?.unwrap_or(0),
            snoozed: row.opt_int(2)?.unwrap_or(0),
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// All rows of an organization in order of their key: for the test that rebuilds and compares.
pub fn all(conn: &mut Conn, org: OrgId) -> Result<Vec<Work>> {
    conn.query(&format!("select {COLUMNS} from work where org = ?1 order by kind, id"), &[org.param()], read)
}
