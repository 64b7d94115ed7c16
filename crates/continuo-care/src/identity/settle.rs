//! Inside the commit: what was thought about records is written where it still holds, else thought anew.
//!
//! Records are taken in their order, as many as the commit's share of the writer's time allows. Each link is a commit row
//! of its own: audited, and undone like any other.

use std::collections::VecDeque;

use continuo_store::tables::identity::{self, Pair};
use continuo_store::tables::limited_write;
use continuo_store::{Result, Rid, WriteTx};

use super::body::Body;
use super::group::Assess;
use super::known::{Profiles, Weights};
use super::place::{Compared, Found, Placed, place};
use super::queue::{Saying, say};
use super::rested::News;
use super::think::{Thought, Thoughts, is_in_doubt};
use super::{MACHINE, group, kind, state, word};
use crate::assess::SHARE;
use crate::ctx::Ctx;

/// How many people one record may be joined with in one go; a chain longer than that waits for its next change.
const JOINS: usize = 8;

/// Writes what was thought, in order, a few records a commit. Says how many links were made.
pub(super) fn settle(ctx: &Ctx, thoughts: Thoughts, most: usize) -> Result<usize> {
    let Thoughts { weights, change, records } = thoughts;
    let mut waiting = VecDeque::from(records);
    let mut linked = 0;
    while !waiting.is_empty() {
        let weights = weights.clone();
        let done = ctx.write("compare records", move |tx| {
            let org = tx.org();
            let news = News::after(&mut tx.reader()?, org, change)?;
            let (mut linked, mut taken) = (0, 0);
            while let Some(thought) = waiting.pop_front() {
                linked += one(tx, &weights, thought, &news)?;
                taken += 1;
                if taken >= most || tx.spent() >= SHARE {
                    break;
                }
            }
            Ok((waiting, linked))
        })?;
        waiting = done.value.0;
        linked += done.value.1;
    }
    Ok(linked)
}

/// One record: its source's word first, then comparing, until it joins nobody more. Says how many it joined.
fn one(tx: &mut WriteTx<'_>, weights: &Weights, thought: Thought, news: &News) -> Result<usize> {
    let (org, record, version) = (tx.org(), thought.filed.patient, thought.filed.version);
    let mut linked = 0;
    let mut known = Profiles::default();
    let Thought { mut found, is_told, is_in_doubt: mut in_doubt, .. } = thought;
    if is_told || !found.rested.holds(&mut tx.reader()?, org, news)? {
        linked += usize::from(obey(tx, weights, record)?);
        found = place(&mut tx.reader()?, org, weights, record, &mut known)?;
        in_doubt = is_in_doubt(&found, record);
    }
    // Most records are new and like nobody: nothing to look after.
    let was_alone = found.rested.members.len() == 1 && found.rested.pairs.iter().all(Vec::is_empty);
    let mut asked = Vec::new();
    if !in_doubt {
        let joined;
        (joined, asked) = join_whom_it_fits(tx, weights, record, found, &mut known)?;
        linked += joined;
    }
    let is_plain = was_alone && linked == 0;
    if !is_plain && group::is_misplaced(&mut tx.reader()?, org, record)? {
        tx.next_commit("compare records")?;
        tx.commit_id();
        group::rekey(tx, record)?;
    }
    if !is_plain || !asked.is_empty() {
        queue(tx, record, &asked, weights.version)?;
    }
    identity::placed(tx.conn()?, org, &[(record, version)])?;
    Ok(linked)
}

/// Joins a record with one person after the other while one surely fits. Says how many, and whom to ask about.
fn join_whom_it_fits(
    tx: &mut WriteTx<'_>,
    weights: &Weights,
    record: Rid,
    mut found: Found,
    known: &mut Profiles<'_>,
) -> Result<(usize, Vec<Compared>)> {
    let org = tx.org();
    let mut linked = 0;
    loop {
        let mut asked = found.strays;
        match found.placed {
            Placed::Stays => return Ok((linked, asked)),
            Placed::Ask(pairs) => {
                asked.extend(pairs);
                return Ok((linked, asked));
            }
            Placed::Link(compared) if is_unconfirmed(tx, record, compared.other)? => {
                asked.push(compared);
                return Ok((linked, asked));
            }
            Placed::Link(compared) => {
                if !link(tx, weights, record, &compared)? {
                    return Ok((linked, asked));
                }
                linked += 1;
            }
        }
        if linked == JOINS {
            return Ok((linked, asked));
        }
        found = place(&mut tx.reader()?, org, weights, record, known)?;
    }
}

/// Whether a record of either person was written by somebody who reaches only some people: linking them would carry the
/// writer's reach over to the other, so a person is asked.
fn is_unconfirmed(tx: &mut WriteTx<'_>, record: Rid, other: Rid) -> Result<bool> {
    let org = tx.org();
    let mut all = Vec::new();
    for person in tx.reader()?.persons_of(org, &[record, other])? {
        all.push(person);
        all.extend(tx.reader()?.members(org, person)?);
    }
    all.extend([record, other]);
    limited_write::any_open(tx.conn()?, org, &all)
}

fn link(tx: &mut WriteTx<'_>, weights: &Weights, record: Rid, compared: &Compared) -> Result<bool> {
    tx.next_commit("link records")?;
    let saying = Saying {
        a: record,
        b: compared.other,
        kind: compared.kind,
        outcome: state::LINKED,
        why: compared.body.summary.clone(),
        bits: compared.bits,
        model: weights.version,
        wake: 0,
        body: Some(compared.body.clone()),
    };
    let is_new = group::join(tx, saying.a, saying.b, &saying.why, Assess::Soon)?;
    if is_new {
        tx.audit("link records", saying.a, "", &saying.why);
        say(tx, MACHINE, &saying)?;
    }
    Ok(is_new)
}

/// Does what a source says about its own records; its claims about others' are asked about.
fn obey(tx: &mut WriteTx<'_>, weights: &Weights, record: Rid) -> Result<bool> {
    let org = tx.org();
    let said = word::of(&mut tx.reader()?, org, record, true)?;
    if said.is_silent() {
        return Ok(false);
    }
    tx.next_commit("source's word about its records")?;
    let saying = |other: Rid, outcome: &'static str, why: &str| Saying {
        a: record,
        b: other,
        kind: kind::SOURCE,
        outcome,
        why: why.to_owned(),
        bits: 0.0,
        model: weights.version,
        wake: 0,
        body: Some(Body { band: "link".to_owned(), summary: why.to_owned(), ..Body::default() }),
    };
    let actor = said.actor();
    let mut linked = false;
    for other in &said.withdrawn {
        let why = "the source no longer links the two records";
        if super::sources::part(tx, record, &actor, why)?.is_some() {
            say(tx, &actor, &saying(*other, state::APART, why))?;
        }
    }
    for (other, why) in &said.same {
        let (low, high) = (record.min(*other), record.max(*other));
        let known = identity::pair(tx.conn()?, org, low, high)?;
        let answers = identity::answers(tx.conn()?, org, low, high)?;
        let is_own_word = answers.iter().rev().find(|one| !one.undone).is_some_and(|one| word::is_source(&one.actor));
        if known.as_ref().is_some_and(|pair| pair.state == state::APART) && !is_own_word {
            // A person said these are two: their word stands until a person takes it back.
            claim(tx, &saying(*other, state::OPEN, &format!("{why}, but they were kept apart here")))?;
            continue;
        }
        if group::join(tx, record, *other, why, Assess::Soon)? {
            linked = true;
            tx.audit("link records", record, "", why);
        }
        if known.is_none_or(|pair| pair.state != state::LINKED || pair.kind != kind::SOURCE) {
            say(tx, &actor, &saying(*other, state::LINKED, why))?;
        }
    }
    for (other, why) in &said.claimed {
        let persons = tx.reader()?.persons_of(org, &[record, *other])?;
        if persons.first() != persons.last() {
            claim(tx, &saying(*other, state::OPEN, why))?;
        }
    }
    Ok(linked)
}

/// Puts a source's claim into the queue, once.
fn claim(tx: &mut WriteTx<'_>, saying: &Saying) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    let (low, high) = (saying.a.min(saying.b), saying.a.max(saying.b));
    let known = identity::pair(tx.conn()?, org, low, high)?;
    if known.as_ref().is_some_and(|pair| pair.kind == kind::SOURCE) {
        return Ok(());
    }
    let body = saying.body.as_ref().map(Body::to_bytes).unwrap_or_default();
    let pair = Pair {
        low,
        high,
        kind: kind::SOURCE.to_owned(),
        state: state::OPEN.to_owned(),
        bits: saying.bits,
        found: now,
        updated: now,
        wake: 0,
        model: saying.model,
        body,
    };
    identity::put_pair(tx.conn()?, org, &pair)
}

/// Brings the queue up to date for one record: new questions in, those no longer asked closed.
fn queue(tx: &mut WriteTx<'_>, record: Rid, asked: &[Compared], model: i64) -> Result<()> {
    let (org, now) = (tx.org(), tx.now());
    let known = identity::pairs_of(tx.conn()?, org, record)?;
    for compared in asked {
        let (low, high) = (record.min(compared.other), record.max(compared.other));
        let old = known.iter().find(|pair| pair.low == low && pair.high == high);
        // What a person or a source decided is not asked again by itself; what the machine linked is.
        let is_settled = match old.map(|pair| pair.state.as_str()) {
            Some(state::APART | state::LATER) => true,
            Some(state::LINKED) => {
                let answers = identity::answers(tx.conn()?, org, low, high)?;
                answers.iter().rev().find(|one| !one.undone).is_some_and(|one| one.actor != MACHINE)
            }
            _ => false,
        };
        if is_settled {
            continue;
        }
        let body = compared.body.to_bytes();
        if old.is_some_and(|old| old.state == state::OPEN && old.body == body) {
            continue;
        }
        let pair = Pair {
            low,
            high,
            kind: compared.kind.to_owned(),
            state: state::OPEN.to_owned(),
            bits: compared.bits,
            found: old.map_or(now, |old| old.found),
            updated: now,
            wake: 0,
            model,
            body,
        };
        identity::put_pair(tx.conn()?, org, &pair)?;
    }
    let is_asked = |pair: &Pair| {
        pair.low == pair.high
            || pair.kind == kind::SOURCE
            || asked.iter().any(|one| pair.low == record.min(one.other) && pair.high == record.max(one.other))
    };
    for pair in known.iter().filter(|pair| pair.state == state::OPEN && !is_asked(pair)) {
        identity::put_pair(tx.conn()?, org, &Pair { state: state::CLOSED.to_owned(), updated: now, ..pair.clone() })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
