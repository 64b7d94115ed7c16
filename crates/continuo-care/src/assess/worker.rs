//! The assessing worker: follows the change feed, looks again when a clock says so, and goes round everybody each night.
//!
//! People's own actions settle inside their own commit; what stays for the worker is what came from outside. Changes of
//! one person are merged; a person already assessed on a later change is not assessed again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};

use continuo_fhir::Instant;
use continuo_store::tables::assessed;
use continuo_store::{ChangeSeq, OrgId, Reader, Result, Rid};

use super::{beside, site};
use crate::ctx::Ctx;
use crate::{feeds, identity, registry};

/// How much is taken at a time, and how many think at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Changes read at a time.
    changes: i64,
    /// Threads that read and judge.
    thinkers: usize,
}

/// Beside people who work: one core stays theirs.
pub(super) const BESIDE: Pace = Pace { changes: 5_000, thinkers: 1 };
/// After a load, before anybody is served. More than two gain nothing: the writer is one.
const ALONE: Pace = Pace { changes: 50_000, thinkers: 2 };
/// People taken at a time when a clock or the night says so.
const PEOPLE: i64 = 200;
/// The same while records change.
const SOME: i64 = 25;
/// The hour of the nightly round, local time.
const NIGHT: u8 = 2;
/// Rounds of comparing records before people are assessed; a large import goes on with the next round.
const IDENTITY_ROUNDS: usize = 20;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// People assessed.
    pub people: usize,
    /// Whether there may be more to do at once.
    pub more: bool,
}

/// Works off changes first, then clocks, then the nightly round; at most a batch of each.
pub fn round(ctx: &Ctx) -> Result<Round> {
    round_at(ctx, BESIDE)
}

fn round_at(ctx: &Ctx, pace: Pace) -> Result<Round> {
    registry::make::start(ctx)?;
    // Who is one person comes first, so that a joint person is assessed as one. Whoever is known already does not wait.
    let mut is_comparing = true;
    for _ in 0..IDENTITY_ROUNDS {
        is_comparing = identity::worker::round(ctx)?.more;
        if !is_comparing {
            break;
        }
        known_first(ctx, pace)?;
    }
    let round = assess_round(ctx, pace)?;
    Ok(Round { more: round.more || is_comparing, ..round })
}

fn assess_round(ctx: &Ctx, pace: Pace) -> Result<Round> {
    feeds::round(ctx)?;
    let changed = changed(ctx, pace)?;
    // Clocks and the night have their turn although news keeps coming.
    let most = if changed.more { SOME } else { PEOPLE };
    let now = ctx.now().micros();
    let due = ctx.read(|r| assessed::due(r.conn(), ctx.org, now, most))?;
    let looked = assess(ctx, &due, pace)?;
    let night = last_night(ctx).micros();
    let stale = ctx.read(|r| assessed::before(r.conn(), ctx.org, night, most))?;
    let nightly = assess(ctx, &stale, pace)?;
    let returned = crate::hand_over::return_unaccepted(ctx)? + crate::hand_over::caseload::return_unaccepted(ctx)?;
    let more = changed.more || looked + nightly + returned > 0 || registry::make::round(ctx)?;
    Ok(Round { people: changed.people + looked + nightly, more })
}

/// Rounds until there is nothing to do; used by import, the demo and tests.
pub fn catch_up(ctx: &Ctx) -> Result<usize> {
    let mut people = 0;
    loop {
        let round = round_at(ctx, ALONE)?;
        people += round.people;
        if !round.more {
            return Ok(people);
        }
    }
}

/// Assesses these people now, whatever was done before: after a change of rules, and for the benchmark.
pub fn everybody(ctx: &Ctx, people: &[Rid]) -> Result<usize> {
    assess(ctx, people, BESIDE)
}

/// Drops the projections and makes them anew from the record; for a changed build, and for the test that compares.
pub fn rebuild(ctx: &Ctx) -> Result<usize> {
    let people = ctx.read(|r| assessed::everybody(r.conn(), ctx.org))?;
    ctx.write("drop projections", |tx| {
        let org = tx.org();
        assessed::drop_projections(tx.conn()?, org)
    })?;
    assess(ctx, &people, ALONE)
}

fn changed(ctx: &Ctx, pace: Pace) -> Result<Round> {
    let org = ctx.org;
    let (last, people) = ctx.read(|r| {
        let cursor = assessed::cursor(r.conn(), org)?;
        changed_after(r, org, cursor, pace)
    })?;
    let Some(last) = last else { return Ok(Round::default()) };
    let people: Vec<Rid> = people.into_iter().collect();
    let assessed = assess(ctx, &people, pace)?;
    ctx.write("assess", move |tx| {
        let org = tx.org();
        assessed::set_cursor(tx.conn()?, org, last)
    })?;
    Ok(Round { people: assessed, more: true })
}

/// The people whose changes after a number nobody has assessed, and the last change looked at.
fn changed_after(r: &mut Reader<'_>, org: OrgId, after: i64, pace: Pace) -> Result<(Option<i64>, BTreeSet<Rid>)> {
    let changes = r.changes_after(org, ChangeSeq(after), pace.changes)?;
    let mut latest: BTreeMap<Rid, i64> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.patient.0 != 0) {
        latest.insert(change.patient, change.seq.0);
    }
    let mut people = BTreeSet::new();
    for (patient, seq) in latest {
        let person = r.person_of(org, patient)?;
        let done = assessed::of_patient(r.conn(), org, person)?.map_or(-1, |a| a.change);
        if done < seq {
            people.insert(person);
        }
    }
    Ok((changes.last().map(|change| change.seq.0), people))
}

/// While a large load is compared: assesses what changed of people who are known already, so that a result of today
/// does not wait behind records of years. How far it looked is remembered only; [`changed`] still comes to everything.
pub(super) fn known_first(ctx: &Ctx, pace: Pace) -> Result<()> {
    let org = ctx.org;
    let seen = ctx.store().remembered("known first", org, 0, || Ok(AtomicI64::new(0)))?;
    let (last, known) = ctx.read(|r| {
        let after = assessed::cursor(r.conn(), org)?.max(seen.load(Ordering::Relaxed));
        let (last, people) = changed_after(r, org, after, pace)?;
        let mut known = Vec::new();
        for person in people {
            // A record that waits to be compared may turn out to be part of another person.
            if assessed::of_patient(r.conn(), org, person)?.is_some() {
                known.push(person);
            }
        }
        Ok((last, known))
    })?;
    assess(ctx, &known, pace)?;
    if let Some(last) = last {
        seen.store(last, Ordering::Relaxed);
    }
    Ok(())
}

fn assess(ctx: &Ctx, people: &[Rid], pace: Pace) -> Result<usize> {
    beside::assess(ctx, people, pace.thinkers)?;
    Ok(people.len())
}

/// The last 02:00 that has passed.
fn last_night(ctx: &Ctx) -> Instant {
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let today = calendar.moment(calendar.day(now), NIGHT, 0);
    if today <= now { today } else { calendar.moment(calendar.plus_days(calendar.day(now), -1), NIGHT, 0) }
}
