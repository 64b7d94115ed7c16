//! Assessing beside the writer: rules run on a snapshot, on threads of their own; the commit only checks that nothing it
//! rests on changed since, and writes.
//!
//! An answer never overwrites one that saw more. Whoever changed in between is read again; whoever changes faster than
//! that is assessed inside the commit, where nothing can change. A commit ends after [`SHARE`], so that whoever waits
//! for the writer has their turn.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use continuo_cql::deep_stack;
use continuo_fhir::Instant;
use continuo_store::tables::assessed::{self, Assessed};
use continuo_store::tables::measure_setting::MeasureSetting;
use continuo_store::{ChangeSeq, Result, Rid, Scope, WriteTx};

use super::looked::Looked;
use super::site::{Kept, Settings};
use super::{SHARE, settle_with, write};
use crate::ctx::Ctx;
use crate::measures::suggest;

/// People read on one snapshot, at most.
const TOGETHER: usize = 25;
/// Bytes of facts read on one snapshot, about: a batch of long lives is smaller.
const BYTES: usize = 4 << 20;
/// How often somebody is read again before they are assessed inside the commit.
const TRIES: usize = 3;

/// What people were assessed on: what of it changes makes their answers worthless.
struct Snapshot {
    kept: Kept,
    settings: Settings,
    asked: Vec<MeasureSetting>,
    /// The organization's last change number.
    change: i64,
    now: Instant,
}

/// A person on a snapshot.
struct Seen {
    asked_for: Rid,
    before: Option<Assessed>,
    looked: Looked,
}

/// What became of an answer when the commit came.
enum Holds {
    /// Nothing it rests on changed.
    Yes,
    /// Somebody assessed the person on a later state meanwhile.
    Overtaken,
    /// The person must be read again.
    No,
}

/// Assesses these people; so many threads think at once.
pub(super) fn assess(ctx: &Ctx, people: &[Rid], thinkers: usize) -> Result<()> {
    let mut waiting = people.to_vec();
    for _ in 0..TRIES {
        if waiting.is_empty() {
            return Ok(());
        }
        waiting = pass(ctx, &waiting, thinkers)?;
    }
    for person in waiting {
        ctx.write("assess", move |tx| {
            let (org, now) = (tx.org(), Instant::from_micros(tx.now()));
            let settings = super::site::settings(tx.conn()?, org, now)?;
            settle_with(tx, person, &settings)
        })?;
    }
    Ok(())
}

/// Looks at everybody once; says who changed meanwhile. While one batch is written the next are thought about, by so many
/// threads, and written in the order of the people whoever was first.
fn pass(ctx: &Ctx, people: &[Rid], thinkers: usize) -> Result<Vec<Rid>> {
    let mut again = Vec::new();
    if people.len() <= TOGETHER {
        deep_stack(|| think(ctx, people, |batch| batch.write(ctx).map(|stale| again.extend(stale)).map(|()| true)))?;
        return Ok(again);
    }
    let thinkers = thinkers.clamp(1, people.len().div_ceil(TOGETHER));
    std::thread::scope(|scope| {
        let (mut turns, mut thinking) = (Vec::new(), Vec::new());
        for first in 0..thinkers {
            // `None` says that a share of the people is through.
            let (sender, receiver) = sync_channel::<Option<Batch>>(0);
            turns.push(receiver);
            thinking.push(scope.spawn(move || {
                deep_stack(|| {
                    for share in people.chunks(TOGETHER).skip(first).step_by(thinkers) {
                        // Nobody takes it: writing failed, and says so itself.
                        let taken = think(ctx, share, |batch| Ok(sender.send(Some(batch)).is_ok()))?;
                        if !taken || sender.send(None).is_err() {
                            break;
                        }
                    }
                    Ok(())
                })
            }));
        }
        let mut written = Ok(());
        'shares: for turn in (0..people.len().div_ceil(TOGETHER)).map(|share| &turns[share % thinkers]) {
            loop {
                match turn.recv() {
                    Ok(Some(batch)) => match batch.write(ctx) {
                        Ok(stale) => again.extend(stale),
                        Err(error) => {
                            written = Err(error);
                            break 'shares;
                        }
                    },
                    Ok(None) => break,
                    // That thread failed; what it says comes below.
                    Err(_) => break 'shares,
                }
            }
        }
        drop(turns);
        for thread in thinking {
            let thought = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            written = written.and(thought);
        }
        written.map(|()| again)
    })
}

/// Looks at these people in as many batches as they need, until nobody takes one. Says whether all were taken.
fn think(ctx: &Ctx, people: &[Rid], mut take: impl FnMut(Batch) -> Result<bool>) -> Result<bool> {
    let mut left = people;
    while !left.is_empty() {
        let (batch, rest) = look(ctx, left)?;
        left = rest;
        if !take(batch)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// People on one snapshot, thought about.
struct Batch {
    snapshot: Arc<Snapshot>,
    people: VecDeque<Seen>,
}

/// Reads as many of these people as fit a batch and runs the rules; gives the rest back.
fn look<'p>(ctx: &Ctx, people: &'p [Rid]) -> Result<(Batch, &'p [Rid])> {
    let org = ctx.org;
    let (kept, asked, change, mut seen) = ctx.read(|reader| {
        let kept = Kept::read(reader.conn(), org)?;
        let asked = suggest::asked_for(reader.conn(), org)?;
        let change = reader.last_change(org)?.0;
        let (mut seen, mut bytes) = (VecDeque::new(), 0);
        for asked_for in people.iter().take(TOGETHER).copied() {
            let looked = Looked::read(reader, org, asked_for, &asked)?;
            let before = assessed::of_patient(reader.conn(), org, looked.person)?;
            bytes += looked.size();
            seen.push_back(Seen { asked_for, before, looked });
            if bytes > BYTES {
                break;
            }
        }
        Ok((kept, asked, change, seen))
    })?;
    // After reading: no fact is younger than the moment it is judged at.
    let now = ctx.now();
    let settings = kept.clone().settings(now);
    for one in &mut seen {
        one.looked.think(&settings, now);
    }
    let rest = people.get(seen.len()..).unwrap_or_default();
    Ok((Batch { snapshot: Arc::new(Snapshot { kept, settings, asked, change, now }), people: seen }, rest))
}

impl Batch {
    /// Writes what still holds, a few people a commit; says who must be read again.
    fn write(self, ctx: &Ctx) -> Result<Vec<Rid>> {
        let Batch { snapshot, mut people } = self;
        let mut again = Vec::new();
        while !people.is_empty() {
            let snapshot = Arc::clone(&snapshot);
            let done = ctx.write("assess", move |tx| {
                let stale = some(tx, &snapshot, &mut people)?;
                Ok((people, stale))
            })?;
            people = done.value.0;
            again.extend(done.value.1);
        }
        Ok(again)
    }
}

/// One commit: takes people from the front until its share of the writer's time is used.
fn some(tx: &mut WriteTx<'_>, snapshot: &Snapshot, people: &mut VecDeque<Seen>) -> Result<Vec<Rid>> {
    let org = tx.org();
    let is_same_site =
        Kept::read(tx.conn()?, org)? == snapshot.kept && suggest::asked_for(tx.conn()?, org)? == snapshot.asked;
    let changed = tx.reader()?.patients_after(org, ChangeSeq(snapshot.change))?;
    let mut again = Vec::new();
    while let Some(seen) = people.pop_front() {
        let holds = if is_same_site { holds(tx, snapshot, &seen, &changed)? } else { Holds::No };
        match holds {
            Holds::Yes => {
                write(tx, &seen.looked, &snapshot.settings, snapshot.now)?;
            }
            Holds::Overtaken => {}
            Holds::No => again.push(seen.asked_for),
        }
        if tx.spent() >= SHARE {
            break;
        }
    }
    Ok(again)
}

fn holds(tx: &mut WriteTx<'_>, snapshot: &Snapshot, seen: &Seen, changed: &BTreeSet<Rid>) -> Result<Holds> {
    let (org, looked) = (tx.org(), &seen.looked);
    let mut reader = tx.reader()?;
    if reader.person_of(org, seen.asked_for)? != looked.person || reader.members(org, looked.person)? != looked.members
    {
        return Ok(Holds::No);
    }
    let conn = reader.conn();
    // Every assessment leaves its moment, and whoever wants another look moves `next_at`.
    let last = assessed::of_patient(conn, org, looked.person)?;
    if last != seen.before {
        let saw_more = last.is_some_and(|last| last.change >= snapshot.change && last.at > snapshot.now.micros());
        return Ok(if saw_more { Holds::Overtaken } else { Holds::No });
    }
    let is_same = looked.members.iter().all(|member| !changed.contains(member))
        && suggest::gaps_asked(conn, &Scope::all(org), &snapshot.asked, looked.person)? == looked.measures;
    Ok(if is_same { Holds::Yes } else { Holds::No })
}

#[cfg(test)]
mod tests;
