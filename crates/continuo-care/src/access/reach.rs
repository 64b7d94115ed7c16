//! Whom somebody reaches whose role sees only the people given to them (`assigned` in `knowledge/access/roles.csv`).
//!
//! Who is named by a person's open or lately finished work, care team, care manager, primary care or coming visit reaches
//! that person; so do the members of a team and the holders of a role that are named there, and for thirty days who
//! registered them. What names somebody until a day names them no longer. The rows are derived with everything else of a
//! person, in the commit that changes it and nightly, so that giving work gives reach and taking it away ends it.

use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::{DateTime, Instant, Node, Zone};
use continuo_store::tables::person as table;
use continuo_store::tables::work::Work;
use continuo_store::{FactRow, Result, Rid, WriteTx, alone};

use super::role;
use super::scope::named_audience;
use crate::followup::person::Person;
use crate::shapes;

/// How long finished work still reaches its person, and registering does.
const AFTER_FINISHING: i64 = 30 * 86_400_000_000;

/// The audiences that reach a person, from the record and from the work that is open.
pub(crate) fn of(person: &Person<'_>, work: &[Work], now: Instant, zone: &Zone) -> BTreeSet<i64> {
    let mut named: BTreeSet<&str> = BTreeSet::new();
    // Whoever handed something over answers for it until it is taken.
    named.extend(work.iter().flat_map(|row| [row.owner.as_str(), row.handed_by.as_str()]));
    let runs = |end: Option<Instant>| end.is_none_or(|end| end >= now);
    for team in person.of("CareTeam").iter().filter(|team| team.is(&["active"])) {
        let end = |one: Node<'_>| one.str_at("period.end").and_then(DateTime::parse).map(|at| at.high(zone));
        let stays = |one: &Node<'_>| end(*one).is_none_or(|end| end > now);
        for one in team.all("participant").iter().filter(|one| stays(&team.node) && stays(one)) {
            named.extend(one.list("member").filter_map(|member| member.str("reference")));
        }
    }
    for episode in person.of("EpisodeOfCare") {
        if episode.is(&["active", "waitlist", "onhold"]) && runs(episode.until("period.end", zone)) {
            named.extend(episode.references("careManager"));
            named.extend(episode.references("team"));
        }
    }
    // What was finished can still be looked at and taken back.
    let lately = now.plus_micros(-AFTER_FINISHING);
    for task in person.of("Task").iter().filter(|task| task.until("lastModified", zone).is_some_and(|at| at >= lately))
    {
        named.extend(task.references("owner"));
    }
    for visit in person.of("Appointment") {
        let is_coming = visit.is(&["proposed", "pending", "booked", "arrived", "checked-in"]);
        if is_coming && visit.until("end", zone).or_else(|| visit.until("start", zone)).is_some_and(|end| end >= now) {
            named.extend(visit.references("participant.actor"));
        }
    }
    if let Some(patient) = person.patient() {
        named.extend(patient.references("generalPractitioner"));
        let registered = patient.extension(shapes::EXT_REGISTERED_AT).and_then(Node::as_str).and_then(DateTime::parse);
        if registered.is_some_and(|at| at.low(zone) >= lately) {
            named.extend(patient.extension(shapes::EXT_REGISTERED_BY).and_then(|by| by.str("reference")));
        }
    }
    named.into_iter().filter(|name| matters(name)).map(named_audience).collect()
}

/// Whom what somebody with limited reach wrote reaches: nothing of it reaches more than the source patient it belongs to,
/// so that a record made alike to a person opens nothing of theirs, whoever joins the two.
pub(crate) struct Reaches {
    /// The whole person.
    pub(crate) whole: BTreeSet<i64>,
    /// One source patient.
    pub(crate) alone: BTreeMap<Rid, BTreeSet<i64>>,
}

/// The audiences of a person of several source patients; `limited` are the rows that such a writer made.
pub(crate) fn of_members(
    rows: &[FactRow],
    limited: &BTreeSet<Rid>,
    work: &[Work],
    now: Instant,
    zone: &Zone,
) -> Reaches {
    let part = |wanted: &dyn Fn(&FactRow) -> bool| -> Vec<FactRow> {
        rows.iter().filter(|row| wanted(row)).cloned().collect()
    };
    let audiences = |rows: &[FactRow], without: &[FactRow]| {
        let (person, _) = crate::assess::person_of(rows);
        let (others, _) = crate::assess::person_of(without);
        let is_of = |person: &Person<'_>, id: &str| person.of("Task").iter().any(|task| task.id == id);
        let rest: Vec<Work> = work.iter().filter(|one| !is_of(&others, &one.id)).cloned().collect();
        of(&person, &rest, now, zone)
    };
    let free = part(&|row| !limited.contains(&row.rid));
    let bound = part(&|row| limited.contains(&row.rid));
    let whole = audiences(&free, &bound);
    let mut alone_of: BTreeMap<Rid, BTreeSet<i64>> = BTreeMap::new();
    for patient in bound.iter().map(|row| row.patient).collect::<BTreeSet<_>>() {
        let own: Vec<FactRow> = bound.iter().filter(|row| row.patient == patient).cloned().collect();
        let rest = part(&|row| !(limited.contains(&row.rid) && row.patient == patient));
        let reached = audiences(&own, &rest).into_iter().map(alone).collect();
        alone_of.insert(patient, reached);
    }
    Reaches { whole, alone: alone_of }
}

/// Roles that reach everybody anyway need no row, and people are not staff of their own.
fn matters(name: &str) -> bool {
    match name.split_once(':') {
        Some(("role", id)) => role(id).is_some_and(|role| !role.reaches_all),
        _ => !name.is_empty() && !name.starts_with("Patient/") && !name.starts_with("RelatedPerson/"),
    }
}

/// Writes who reaches a person, where that changed.
pub(crate) fn settle(tx: &mut WriteTx<'_>, person: Rid, wanted: &BTreeSet<i64>) -> Result<()> {
    let org = tx.org();
    let conn = tx.conn()?;
    let known: BTreeSet<i64> = table::reach_of(conn, org, person)?.into_iter().collect();
    for gone in known.difference(wanted) {
        table::remove_reach(conn, org, *gone, person)?;
    }
    for new in wanted.difference(&known) {
        table::add_reach(conn, org, *new, person)?;
    }
    Ok(())
}
