//! The assessing worker: follows the change feed, looks again when a clock says so, and goes round everybody each night.
//!
//! People's own actions settle inside their own commit; what stays for the worker is what came from outside. Changes of
//! one person are merged; a person already assessed on a later change is not assessed again.

use std::collections::BTreeSet;

use continuo_fhir::Instant;
use continuo_store::tables::assessed;
use continuo_store::{ChangeSeq, Result, Rid};

use super::{beside, site};
use crate::ctx::Ctx;
use crate::{feeds, identity};

/// Changes read at a time.
const CHANGES: i64 = 5_000;
/// People taken at a time when a clock or the night says so.
const PEOPLE: i64 = 200;
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
    // Who is one person comes first, so that a joint person is assessed as one.
    let mut is_comparing = true;
    for _ in 0..IDENTITY_ROUNDS {
        is_comparing = identity::worker::round(ctx)?.more;
        if !is_comparing {
            break;
        }
    }
    let round = assess_round(ctx)?;
    Ok(Round { more: round.more || is_comparing, ..round })
}

fn assess_round(ctx: &Ctx) -> Result<Round> {
    feeds::round(ctx)?;
    let changed = changed(ctx)?;
    if changed.more {
        return Ok(changed);
    }
    let now = ctx.now().micros();
    let due = ctx.read(|r| assessed::due(r.conn(), ctx.org, now, PEOPLE))?;
    let looked = assess(ctx, &due)?;
    if looked > 0 {
        return Ok(Round { people: changed.people + looked, more: true });
    }
    let night = last_night(ctx).micros();
    let stale = ctx.read(|r| assessed::before(r.conn(), ctx.org, night, PEOPLE))?;
    let nightly = assess(ctx, &stale)?;
    let returned = crate::hand_over::return_unaccepted(ctx)?;
    Ok(Round { people: changed.people + nightly, more: nightly + returned > 0 })
}

/// Rounds until there is nothing to do; used by import, the demo and tests.
pub fn catch_up(ctx: &Ctx) -> Result<usize> {
    let mut people = 0;
    loop {
        let round = round(ctx)?;
        people += round.people;
        if !round.more {
            return Ok(people);
        }
    }
}

/// Assesses these people now, whatever was done before: after a change of rules, and for the benchmark.
pub fn everybody(ctx: &Ctx, people: &[Rid]) -> Result<usize> {
    assess(ctx, people)
}

/// Drops the projections and makes them anew from the record; for a changed build, and for the test that compares.
pub fn rebuild(ctx: &Ctx) -> Result<usize> {
    let people = ctx.read(|r| assessed::everybody(r.conn(), ctx.org))?;
    ctx.write("drop projections", |tx| {
        let org = tx.org();
        assessed::drop_projections(tx.conn()?, org)
    })?;
    assess(ctx, &people)
}

fn changed(ctx: &Ctx) -> Result<Round> {
    let org = ctx.org;
    let (changes, people) = ctx.read(|r| {
        let cursor = assessed::cursor(r.conn(), org)?;
        let changes = r.changes_after(org, ChangeSeq(cursor), CHANGES)?;
        let mut latest: std::collections::BTreeMap<i64, i64> = std::collections::BTreeMap::new();
        for change in changes.iter().filter(|change| change.patient.0 != 0) {
            latest.insert(change.patient.0, change.seq.0);
        }
        let mut people = BTreeSet::new();
        for (patient, seq) in latest {
            let person = r.person_of(org, Rid(patient))?;
            let done = assessed::of_patient(r.conn(), org, person)?.map_or(-1, |a| a.change);
            if done < seq {
                people.insert(person.0);
            }
        }
        Ok((changes, people))
    })?;
    let Some(last) = changes.last().map(|change| change.seq.0) else { return Ok(Round::default()) };
    let people: Vec<Rid> = people.into_iter().map(Rid).collect();
    let assessed = assess(ctx, &people)?;
    ctx.write("assess", move |tx| {
        let org = tx.org();
        assessed::set_cursor(tx.conn()?, org, last)
    })?;
    Ok(Round { people: assessed, more: true })
}

fn assess(ctx: &Ctx, people: &[Rid]) -> Result<usize> {
    beside::assess(ctx, people)?;
    Ok(people.len())
}

/// The last 02:00 that has passed.
fn last_night(ctx: &Ctx) -> Instant {
    let now = ctx.now();
    let calendar = site::calendar(ctx.zone.clone(), now);
    let today = calendar.moment(calendar.day(now), NIGHT, 0);
    if today <= now { today } else { calendar.moment(calendar.plus_days(calendar.day(now), -1), NIGHT, 0) }
}
