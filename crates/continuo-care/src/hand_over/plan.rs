//! Who gets whom of a caseload that changes hands: shown before anything is written, worked out again inside the commit.
//!
//! The worst off are dealt out first, each to the receiver with the least so far who may see them; whoever none of them may
//! see stays with the supervisor who hands over, told apart. Pure but for what it reads.

use std::collections::{BTreeMap, BTreeSet};

use continuo_fhir::Instant;
use continuo_store::tables::person_header::{self, PersonHeader};
use continuo_store::tables::work::{self as work_rows, Owners, TASK};
use continuo_store::{Reader, Result as StoreResult, Rid};

use crate::access::Permission;
use crate::assess::permitted::Permitted;
use crate::ctx::Ctx;
use crate::followup::case::band;
use crate::followup::finding::{Band, Consequence};
use crate::shapes;

/// More people than anybody coordinates.
const MOST: i64 = 5_000;
/// Urgent pieces shown by name.
const URGENT: usize = 20;

/// One piece of open work of the caseload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Task id.
    pub task: String,
    /// What is to be done; private items say only that there is one.
    pub what: String,
    /// Where it stands.
    pub band: Band,
    /// Due, `i64::MAX` when not dated.
    pub due: i64,
    /// A promise.
    pub is_promise: bool,
    labels: u64,
}

/// One person with what is open of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Who.
    pub person: PersonHeader,
    /// Coordinated by whoever hands over; else only work of theirs is.
    pub coordinated: bool,
    /// Their open tasks that the sender has, the worst first.
    pub tasks: Vec<Piece>,
}

/// What one receiver gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// `Practitioner/..`.
    pub to: String,
    /// People, the worst off first.
    pub people: Vec<Whole>,
}

impl Share {
    /// Tasks in it.
    pub fn tasks(&self) -> usize {
        self.people.iter().map(|one| one.tasks.len()).sum()
    }

    /// Promises in it.
    pub fn promises(&self) -> usize {
        self.people.iter().flat_map(|one| &one.tasks).filter(|one| one.is_promise).count()
    }

    /// Pieces that are danger, or a grave clock late or ending today.
    pub fn urgent(&self) -> usize {
        self.people.iter().flat_map(|one| &one.tasks).filter(|one| one.band <= Band::Clock).count()
    }

    fn weight(&self) -> usize {
        self.people.len() + self.tasks()
    }
}

/// Somebody who goes to none of the receivers, wholly or with some of their work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stays {
    /// What stays.
    pub whole: Whole,
    /// Why: a sentence without a capital letter and a stop.
    pub reason: String,
    /// The supervisor it goes to; empty where it stays with the sender.
    pub to: String,
}

/// A caseload dealt out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Who hands over.
    pub from: String,
    /// One share for each receiver, in their order.
    pub shares: Vec<Share>,
    /// What goes to none of them.
    pub stays: Vec<Stays>,
}

impl Plan {
    /// What is urgent, the worst first: whose, what, to whom.
    pub fn urgent(&self) -> Vec<(&PersonHeader, &Piece, &str)> {
        let given = self.shares.iter().flat_map(|share| share.people.iter().map(|one| (one, share.to.as_str())));
        let all = given.chain(self.stays.iter().map(|one| (&one.whole, one.to.as_str())));
        let mut found: Vec<_> = all
            .flat_map(|(whole, to)| whole.tasks.iter().map(move |piece| (&whole.person, piece, to)))
            .filter(|(_, piece, _)| piece.band <= Band::Clock)
            .collect();
        found.sort_by_key(|(person, piece, _)| (piece.band, piece.due, person.patient));
        found.truncate(URGENT);
        found
    }

    /// What whoever confirmed has seen: another mark means that something changed since.
    pub fn mark(&self) -> String {
        let mut words: Vec<String> = self
            .shares
            .iter()
            .map(|share| {
                let people: Vec<String> = share
                    .people
                    .iter()
                    .map(|one| format!("{}:{}:{}", one.person.patient.0, u8::from(one.coordinated), one.tasks.len()))
                    .collect();
                format!("{}={}", share.to, people.join(","))
            })
            .collect();
        words.extend(self.stays.iter().map(|one| format!("{}:{}", one.whole.person.patient.0, one.whole.tasks.len())));
        // FNV-1a: a mark of sameness, not a secret.
        let hash = words
            .join(";")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{hash:016x}")
    }
}

/// Deals the caseload of somebody out to receivers.
pub(super) fn plan(reader: &mut Reader<'_>, ctx: &Ctx, from: &str, to: &[String], now: Instant) -> StoreResult<Plan> {
    let mut wholes = wholes(reader, ctx, from, now)?;
    wholes.sort_by_key(|one| (worst(one), one.tasks.first().map_or(i64::MAX, |piece| piece.due), one.person.patient));
    let mut plan = Plan { from: from.to_owned(), ..Plan::default() };
    plan.shares = to.iter().map(|to| Share { to: to.clone(), ..Share::default() }).collect();
    let supervisor = ctx.grant.allows(Permission::CriticalSnooze).then(|| ctx.actor.reference.clone());
    let supervisor = supervisor.filter(|who| who != from);
    let anybody = Permitted::of(reader.conn(), ctx.org, Rid(0), now.micros())?;
    for whole in wholes {
        let labels = whole.person.labels | whole.tasks.iter().fold(0, |labels, piece| labels | piece.labels);
        // Who works here is the same for everybody; only closed records ask who may read them.
        let own = match labels {
            0 => None,
            _ => Some(Permitted::of(reader.conn(), ctx.org, whole.person.patient, now.micros())?),
        };
        let permitted = own.as_ref().unwrap_or(&anybody);
        let mut order: Vec<usize> = (0..plan.shares.len()).collect();
        order.sort_by_key(|at| plan.shares.get(*at).map_or(0, Share::weight));
        let may = |to: &str, labels: u64| permitted.refusal(to, labels);
        let takes_all = |at: &&usize| plan.shares.get(**at).is_some_and(|share| may(&share.to, labels).is_none());
        let takes_them =
            |at: &&usize| plan.shares.get(**at).is_some_and(|share| may(&share.to, whole.person.labels).is_none());
        let chosen = order.iter().find(takes_all).or_else(|| order.iter().find(takes_them)).copied();
        let keeper = |labels: u64| supervisor.clone().filter(|who| may(who, labels).is_none()).unwrap_or_default();
        let Some(share) = chosen.and_then(|at| plan.shares.get_mut(at)) else {
            let reason = to.first().and_then(|to| may(to, whole.person.labels)).unwrap_or_default();
            plan.stays.push(Stays { to: keeper(labels), whole, reason });
            continue;
        };
        let person_labels = whole.person.labels;
        let (given, kept): (Vec<Piece>, Vec<Piece>) =
            whole.tasks.into_iter().partition(|piece| may(&share.to, piece.labels | person_labels).is_none());
        if let Some(first) = kept.first() {
            let reason = may(&share.to, first.labels | person_labels).unwrap_or_default();
            let labels = kept.iter().fold(person_labels, |labels, piece| labels | piece.labels);
            let whole = Whole { person: whole.person.clone(), coordinated: false, tasks: kept };
            plan.stays.push(Stays { to: keeper(labels), whole, reason });
        }
        share.people.push(Whole { person: whole.person, coordinated: whole.coordinated, tasks: given });
    }
    Ok(plan)
}

fn worst(whole: &Whole) -> Band {
    whole.tasks.iter().map(|piece| piece.band).min().unwrap_or(Band::Later)
}

/// Everybody somebody coordinates, and everybody of whom they have open work, as far as the actor sees them.
fn wholes(reader: &mut Reader<'_>, ctx: &Ctx, from: &str, now: Instant) -> StoreResult<Vec<Whole>> {
    let owner = [from.to_owned()];
    let people = person_header::of_owners(reader.conn(), &ctx.scope, &owner, MOST)?;
    let owners = Owners::Of(owner.to_vec());
    // Old work that is counted and not listed changes hands with the rest.
    let mut ids: BTreeSet<(Rid, String)> = BTreeSet::new();
    for backlog in [false, true] {
        let lines = work_rows::lines(reader.conn(), &ctx.scope, &owners, backlog, MOST)?;
        ids.extend(lines.into_iter().filter(|line| line.kind == TASK).map(|line| (line.patient, line.id)));
    }
    let keys: Vec<(i64, &str)> = ids.iter().map(|(_, id)| (TASK, id.as_str())).collect();
    let rows = work_rows::of_keys(reader.conn(), &ctx.scope, &keys)?;
    let calendar = crate::assess::site::calendar(ctx.zone.clone(), now);
    let mut tasks: BTreeMap<Rid, Vec<Piece>> = BTreeMap::new();
    for row in rows {
        let due = (row.due != i64::MAX).then(|| Instant::from_micros(row.due));
        tasks.entry(row.patient).or_default().push(Piece {
            task: row.id,
            what: if row.sensitive || row.labels != 0 { "Private item".to_owned() } else { row.what },
            band: band(Consequence::from_rank(row.consequence), due, now, &calendar),
            due: row.due,
            is_promise: row.task_kind == shapes::PROMISE,
            labels: row.labels,
        });
    }
    for pieces in tasks.values_mut() {
        pieces.sort_by(|a, b| (a.band, a.due, &a.task).cmp(&(b.band, b.due, &b.task)));
    }
    let coordinated: BTreeSet<Rid> = people.iter().map(|one| one.patient).collect();
    let others: Vec<Rid> = tasks.keys().copied().filter(|rid| !coordinated.contains(rid)).collect();
    let mut all: Vec<(bool, PersonHeader)> = people.into_iter().map(|one| (true, one)).collect();
    for some in others.chunks(200) {
        let headers = person_header::of_patients(reader.conn(), &ctx.scope, some)?;
        all.extend(headers.into_iter().map(|one| (false, one)));
    }
    let with_tasks = all.into_iter().map(|(coordinated, person)| {
        let tasks = tasks.remove(&person.patient).unwrap_or_default();
        Whole { person, coordinated, tasks }
    });
    // Who has died is followed up by nobody, but for what is still open of them.
    Ok(with_tasks.filter(|one| !one.person.deceased || !one.tasks.is_empty()).collect())
}
