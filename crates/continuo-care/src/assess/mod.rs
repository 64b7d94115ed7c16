//! Assessing a person: load what is known, run the rules, bring suggestions, tasks and projections up to date.
//!
//! [`settle`] does it inside a commit, so that what a person does shows at once; [`worker`] does it for what came from
//! outside, on `next_at`, and nightly, and runs the rules beside the writer ([`beside`]). Everything derived is a pure function ([`reconcile`], [`project`], [`header`]);
//! the store keeps it in the same commit, and a test rebuilds it and compares.

mod beside;
pub mod body;
pub(crate) mod death;
pub mod gap_rows;
pub mod header;
pub(crate) mod inherit;
pub mod label;
mod looked;
pub mod permitted;
pub mod policy;
pub mod project;
pub mod reconcile;
pub mod site;
pub mod worker;

use std::collections::BTreeSet;
use std::time::Duration;

use continuo_fhir::{Instant, Json, Zone};
use continuo_store::tables::{
    assessed, care_gap, decision, limited_write, person_header, person_key, registry_row, suggestion, work,
};
use continuo_store::{CommitId, FactRow, OrgId, Prepared, PutOptions, Reader, Result, Rid, Scope, WriteTx};

use crate::access::{openings, reach};
use crate::build::set_extension;
use crate::followup::finding::Report;
use crate::followup::person::{Person, Resource};
use crate::followup::{self, spec};
use crate::gaps;
use crate::measures;
use crate::registry;
use crate::suggestions::decided;
use crate::tasks::{OPEN, make};
use looked::Looked;
use permitted::Permitted;
use reconcile::{Policy, reconcile};
use site::Settings;

/// Who acts when the loop does.
pub const LOOP: &str = "Device/continuo-follow-up";

/// How long a commit of background work may take, to the end of what is at hand: people wait for the writer meanwhile.
pub(crate) const SHARE: Duration = Duration::from_millis(3);

/// What an assessment did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Ids of Tasks it opened.
    pub tasks: Vec<String>,
    /// Suggestions opened or changed.
    pub suggestions: usize,
    /// Suggestions the record closed.
    pub closed: usize,
}

/// The packed facts of a person as the rules read them; rows that cannot be read are left out and counted.
pub fn person_of(rows: &[FactRow]) -> (Person<'_>, usize) {
    let mut unread = 0;
    let mut resources = Vec::with_capacity(rows.len());
    for row in rows {
        match continuo_fhir::root(row.packed()).ok().and_then(Resource::of) {
            Some(resource) => resources.push(Resource { labels: row.labels, ..resource }),
            None => unread += 1,
        }
    }
    (Person::new(resources).led_by(main_of(rows)), unread)
}

/// A person of versions read from history; `packed` holds their packed trees in the same order.
pub(crate) fn person_as_it_stood<'a>(stood: &'a [continuo_store::Stored], packed: &'a [Vec<u8>]) -> Person<'a> {
    let mut resources = Vec::with_capacity(packed.len());
    for (one, bytes) in stood.iter().zip(packed) {
        if let Some(resource) = continuo_fhir::root(bytes).ok().and_then(Resource::of) {
            resources.push(Resource { labels: one.labels, ..resource });
        }
    }
    let own = stood.iter().filter(|one| one.rid == one.patient);
    let main = own.min_by_key(|one| (one.labels != 0, one.rid)).map(|one| one.id.as_str());
    Person::new(resources).led_by(main)
}

/// The id of the record a person stands under: the first that came among those without a label (as `identity::group`).
fn main_of(rows: &[FactRow]) -> Option<&str> {
    let own = rows.iter().filter(|row| row.rid == row.patient);
    let main = own.min_by_key(|row| (row.labels != 0, row.rid))?;
    continuo_fhir::root(main.packed()).ok()?.str("id")
}

/// The Patient in whose record the subject of a finding stands, so that unlinking takes the Task along.
fn home_of<'a>(rows: &'a [FactRow], anchor: &str) -> Option<&'a str> {
    let node = |row: &'a FactRow| continuo_fhir::root(row.packed()).ok();
    let (type_, id) = anchor.split_once('/')?;
    let anchor = rows
        .iter()
        .find(|row| node(row).is_some_and(|node| node.resource_type() == Some(type_) && node.str("id") == Some(id)))?;
    node(rows.iter().find(|row| row.rid == anchor.patient)?)?.str("id")
}

/// Runs the rules over a person as the caller sees them, writing nothing: the page "why is this person (not) on my list".
pub fn look(
    reader: &mut Reader<'_>,
    scope: &Scope,
    settings: &Settings,
    patient: Rid,
    now: Instant,
) -> Result<Vec<Report>> {
    let person = reader.person_of(scope.org, patient)?;
    let members = reader.members(scope.org, person)?;
    let rows = reader.facts(scope, &members)?;
    let measures = measures::suggest::gaps(reader.conn(), scope, scope.org, person)?;
    Ok(reports(&person_of(&rows).0.with_measures(measures), settings, now))
}

/// What every rule says about a person, follow-up rules first.
pub fn reports(person: &Person<'_>, settings: &Settings, now: Instant) -> Vec<Report> {
    looked::think(person, settings, now).0
}

/// Brings everything derived for the person of a source patient up to date, inside the commit at hand.
pub fn settle(tx: &mut WriteTx<'_>, patient: Rid) -> Result<Settled> {
    let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
    let settings = site::settings(tx.conn()?, org, now)?;
    settle_with(tx, patient, &settings)
}

/// [`settle`] with settings read before, for many people in one commit.
pub fn settle_with(tx: &mut WriteTx<'_>, patient: Rid, settings: &Settings) -> Result<Settled> {
    let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
    let asked = measures::suggest::asked_for(tx.conn()?, org)?;
    let mut looked = Looked::read(&mut tx.reader()?, org, patient, &asked)?;
    looked.think(settings, now);
    write(tx, &looked, settings, now)
}

/// Writes what follows from what was seen. The caller makes sure that it still is so.
fn write(tx: &mut WriteTx<'_>, looked: &Looked, settings: &Settings, now: Instant) -> Result<Settled> {
    let org = tx.org();
    let change = tx.last_change();
    let Looked { person: person_rid, members, rows, reports, answers, .. } = looked;
    let person_rid = *person_rid;
    forget_linked(tx, org, person_rid, members)?;
    openings::settle(tx, members, rows)?;
    let person = looked.seen();
    let Some(who) = person.patient().map(Resource::reference) else {
        forget(tx, org, person_rid)?;
        // Nobody is there to be looked at again.
        assessed::remove(tx.conn()?, org, person_rid)?;
        return Ok(Settled::default());
    };
    let zone = settings.site.calendar.zone();
    let existing = suggestion::of_patient(tx.conn()?, org, person_rid)?;
    let ids = tx.new_id();
    let mut given = 0;
    let mut next_id = || {
        given += 1;
        if given == 1 { ids.clone() } else { format!("{ids}-{given}") }
    };
    let has_labels = reports.iter().flat_map(|report| &report.findings).any(|finding| finding.labels != 0)
        || person.of("Task").iter().any(|task| task.labels != 0 && task.is(&OPEN));
    let permitted =
        if has_labels { Permitted::of(tx.conn()?, org, person_rid, now.micros())? } else { Permitted::everybody() };
    let policy = Policy { direct: &|rule| settings.is_direct(rule), next_id: &mut next_id, permitted: &permitted };
    let changes = reconcile(reports, &existing, &person, person_rid, &settings.site, now, change, policy);

    let mut settled = Settled { suggestions: changes.put.len(), closed: changes.closed.len(), ..Settled::default() };
    let mut tasks: Vec<(Json, u64)> = person.of("Task").iter().map(|task| (task.node.to_json(), task.labels)).collect();
    wake_snoozed(tx, members, &mut tasks, now, &settings.site.calendar)?;
    permitted::move_unseen(tx, &permitted, &mut tasks, now, zone)?;
    for (finding, owner) in &changes.tasks {
        let Some(spec) = spec(finding.rule) else { continue };
        let id = tx.new_id();
        let home = if members.len() > 1 { home_of(rows, &finding.anchor) } else { None };
        let whose = home.map_or_else(|| who.clone(), |id| format!("Patient/{id}"));
        let mut task = make::from_finding(&id, finding, spec, &whose, owner, LOOP, now, zone);
        set_extension(
            &mut task,
            "urn:continuo:ext:attempts",
            Some(("valueInteger", Json::integer(i64::from(finding.attempts)))),
        );
        label::close(&mut task, finding.labels, &label::codings_of(&person, finding.labels));
        put(tx, task.clone())?;
        tasks.push((task, finding.labels));
        settled.tasks.push(id);
    }
    if person.has_died() {
        let gave_way: Vec<_> = existing.iter().filter(|one| one.state == "open").collect();
        death::close(tx, &person, &who, &mut tasks, &gave_way, now, zone, &mut settled)?;
    } else {
        death::take_back(tx, &mut tasks, now, zone)?;
    }
    let conn = tx.conn()?;
    for row in &changes.put {
        suggestion::put(conn, org, row)?;
    }
    let mut open: Vec<suggestion::Suggestion> = existing
        .iter()
        .filter(|old| {
            !changes.put.iter().any(|new| new.id == old.id) && !changes.closed.iter().any(|(c, _)| c.id == old.id)
        })
        .cloned()
        .collect();
    open.extend(changes.put.iter().cloned());
    for (row, why) in &changes.closed {
        close(tx, org, row, "closed-by-record", why)?;
    }
    for row in &changes.lapsed {
        close(tx, org, row, "nobody-decided", "Nobody decided in time.")?;
    }
    let conn = tx.conn()?;
    let projected = project::rows(&tasks, &open, reports, person_rid, now, &settings.site.calendar);
    // Most assessments change nothing: comparing is cheaper than rewriting.
    if sorted(work::of_patients(conn, &Scope::all(org), &[person_rid])?) != projected {
        work::replace(conn, org, person_rid, &projected)?;
    }
    settle_reach(tx, looked, &person, &projected, now, zone)?;
    settle_gaps(tx, answers, &person, person_rid, &tasks, settings, now)?;
    let conn = tx.conn()?;
    registry::make::settle(conn, org, &person, person_rid, zone)?;
    // Header and keys are read by everybody who finds the person; the rules above saw everything.
    if let Some(header) = header::of_whole(&person, person_rid, now, &settings.site.calendar)
        && person_header::of_patients(conn, &Scope::all(org), &[person_rid])?.first() != Some(&header)
    {
        person_header::put(conn, org, &header)?;
    }
    let keys = header::keys(&header::open_rows(&person));
    let known = person_key::of_patient(conn, org, person_rid)?;
    if known.len() != keys.len() || !known.iter().zip(&keys).all(|(a, b)| a.0 == b.0 && a.1 == b.1) {
        person_key::replace(conn, org, person_rid, &keys)?;
    }
    let change = tx.last_change();
    let conn = tx.conn()?;
    let next_at = reports.iter().filter_map(|report| report.next_at).min().map_or(i64::MAX, Instant::micros);
    let snoozes = projected.iter().map(|row| row.until).filter(|until| *until > now.micros()).min().unwrap_or(i64::MAX);
    assessed::put(
        conn,
        org,
        &assessed::Assessed {
            patient: person_rid,
            change,
            at: now.micros(),
            next_at: next_at.min(snoozes).min(changes.next_at.unwrap_or(i64::MAX)),
            build: body::BUILD.to_owned(),
        },
    )?;
    Ok(settled)
}

/// Writes where the person stands with the care-gap rules, if that changed.
fn settle_gaps(
    tx: &mut WriteTx<'_>,
    answers: &[gaps::Answer],
    person: &Person<'_>,
    rid: Rid,
    tasks: &[(Json, u64)],
    settings: &Settings,
    now: Instant,
) -> Result<()> {
    let org = tx.org();
    let calendar = &settings.site.calendar;
    let conn = tx.conn()?;
    let decided = suggestion::of_patient(conn, org, rid)?;
    let rows = header::of_whole(person, rid, now, calendar)
        .map(|header| gap_rows::rows(answers, person, &header, tasks, &decided, now, calendar))
        .unwrap_or_default();
    let before = care_gap::of_patient(conn, &Scope::all(org), rid)?;
    care_gap::change(conn, org, &before, &rows)
}

fn sorted(mut rows: Vec<work::Work>) -> Vec<work::Work> {
    rows.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    rows
}

/// Writes a resource made here, in the commit at hand, as closed as what it is made from ([`inherit`]).
pub fn put(tx: &mut WriteTx<'_>, mut json: Json) -> Result<Rid> {
    if !inherit::sources(&json).is_empty() {
        let org = tx.org();
        inherit::inherit(&mut tx.reader()?, org, &mut json)?;
    }
    let context = tx.prepare_context()?;
    let prepared = Prepared::new(json, &context)?;
    Ok(tx.put(&prepared, &PutOptions::default())?.rid)
}

/// Closes an open suggestion that gave way to something else, with the sentence why.
pub(crate) fn close_by_record(tx: &mut WriteTx<'_>, row: &suggestion::Suggestion, why: &str) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    let ended = suggestion::Suggestion { state: "closed".to_owned(), ended: now, updated: now, ..row.clone() };
    close(tx, org, &ended, "closed-by-record", why)
}

fn close(tx: &mut WriteTx<'_>, org: OrgId, row: &suggestion::Suggestion, outcome: &str, why: &str) -> Result<()> {
    let commit = tx.commit_id();
    let at = tx.now();
    let conn = tx.conn()?;
    suggestion::put(conn, org, row)?;
    decision::add(conn, org, &decided(row, LOOP, outcome, why, at, commit))
}

/// New facts wake what was snoozed (safety.md rule 4): anything that came in after the snooze, work itself left out.
fn wake_snoozed(
    tx: &mut WriteTx<'_>,
    members: &[Rid],
    tasks: &mut [(Json, u64)],
    now: Instant,
    calendar: &followup::calendar::Calendar,
) -> Result<()> {
    let (org, zone) = (tx.org(), calendar.zone());
    let mut last = None;
    for (task, _) in tasks.iter_mut() {
        let snoozed = crate::tasks::view::snoozed_until(task, zone).is_some_and(|until| until > now);
        let open = task.str_at("status").is_some_and(|status| OPEN.contains(&status));
        if !snoozed || !open {
            continue;
        }
        let fact = match last {
            Some(fact) => fact,
            None => *last.insert(assessed::last_fact(tx.conn()?, org, members)?),
        };
        let since =
            task.str_at("lastModified").and_then(continuo_fhir::DateTime::parse).map(|at| at.high(zone).micros());
        if since.is_some_and(|since| fact > since) {
            let by = crate::tasks::change::By { who: LOOP, now, zone, calendar, supervisor: false };
            if let Ok(awake) = crate::tasks::change::wake(task, &by) {
                put(tx, awake.clone())?;
                *task = awake;
            }
        }
    }
    Ok(())
}

/// Who reaches the person. What somebody with limited reach wrote counts for a person of one record like anything else.
fn settle_reach(
    tx: &mut WriteTx<'_>,
    looked: &Looked,
    person: &Person<'_>,
    projected: &[work::Work],
    now: Instant,
    zone: &Zone,
) -> Result<()> {
    let Looked { person: rid, members, rows, .. } = looked;
    let org = tx.org();
    let limited = if members.len() > 1 {
        let rids: Vec<Rid> = rows.iter().map(|row| row.rid).collect();
        limited_write::among(tx.conn()?, org, &rids)?
    } else {
        BTreeSet::new()
    };
    if limited.is_empty() {
        return reach::settle(tx, *rid, &reach::of(person, projected, now, zone));
    }
    let reach::Reaches { mut whole, alone } = reach::of_members(rows, &limited, projected, now, zone);
    for (patient, audiences) in alone {
        if patient == *rid {
            whole.extend(audiences);
        } else {
            reach::settle(tx, patient, &audiences)?;
        }
    }
    reach::settle(tx, *rid, &whole)
}

/// Linked source patients have no rows of their own.
fn forget_linked(tx: &mut WriteTx<'_>, org: OrgId, person: Rid, members: &[Rid]) -> Result<()> {
    for member in members.iter().filter(|member| **member != person) {
        forget(tx, org, *member)?;
        assessed::remove(tx.conn()?, org, *member)?;
    }
    Ok(())
}

fn forget(tx: &mut WriteTx<'_>, org: OrgId, patient: Rid) -> Result<()> {
    reach::settle(tx, patient, &BTreeSet::new())?;
    let conn = tx.conn()?;
    work::replace(conn, org, patient, &[])?;
    care_gap::remove(conn, org, patient)?;
    registry_row::remove(conn, org, patient)?;
    person_header::remove(conn, org, patient)?;
    person_key::replace(conn, org, patient, &[])
}

/// Marks the decisions of a commit that is being undone and opens their suggestions again.
pub fn undo_decisions(tx: &mut WriteTx<'_>, commit: CommitId) -> Result<Vec<Rid>> {
    let org = tx.org();
    let now = tx.now();
    let conn = tx.conn()?;
    let mut people = Vec::new();
    for decided in decision::of_commit(conn, org, commit)? {
        if let Some(row) = suggestion::find(conn, &Scope::all(org), &decided.suggestion)? {
            suggestion::put(
                conn,
                org,
                &suggestion::Suggestion { state: "open".to_owned(), ended: 0, silent_until: 0, updated: now, ..row },
            )?;
        }
        people.push(decided.patient);
    }
    decision::mark_undone(conn, org, commit)?;
    people.dedup();
    Ok(people)
}
