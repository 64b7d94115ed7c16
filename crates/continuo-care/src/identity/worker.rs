//! The identity worker: files the keys of changed Patients, learns weights now and then, and links or asks.
//!
//! It runs on the thread that assesses, before people are assessed, so that a joint person is assessed as one. Records
//! are thought about beside the writer (`think`) and written in order, many a commit (`settle`).

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};

use continuo_store::tables::identity::{self, Filed};
use continuo_store::{Result, Rid, Scope};

use super::filing::{CHANGES, file_changes};
use super::known::Weights;
use super::settle::settle;
use super::think::{Thoughts, think};
use super::{MACHINE, known};
use crate::ctx::{Actor, Ctx};

/// Records compared in one round.
const RECORDS: i64 = 200;
/// New records after which it is looked whether there are enough to learn from.
const LOOK_AGAIN: i64 = 500;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Records compared.
    pub records: usize,
    /// Links made.
    pub linked: usize,
    /// Whether there may be more to do at once.
    pub more: bool,
}

/// Files what changed; then compares a batch of what is filed.
pub fn round(ctx: &Ctx) -> Result<Round> {
    round_of(ctx, usize::MAX)
}

/// A round with at most so many records a commit: the outcome is the same, and a test says so.
fn round_of(ctx: &Ctx, most: usize) -> Result<Round> {
    let ctx = &as_machine(ctx);
    // Import and the server's thread may both come here; two at once would only do the same twice.
    let turn = ctx.store().remembered("identity turn", ctx.org, 0, || Ok(Mutex::new(())))?;
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    if file_changes(ctx)? {
        return Ok(Round { more: true, ..Round::default() });
    }
    let waiting = ctx.read(|r| identity::waiting(r.conn(), ctx.org, RECORDS))?;
    if waiting.is_empty() {
        return Ok(Round::default());
    }
    learn_if_many(ctx, waiting.len() as i64)?;
    let weights = known::weights(ctx)?;
    let linked = compare(ctx, &weights, &waiting, most)?;
    Ok(Round { records: waiting.len(), linked, more: waiting.len() as i64 == RECORDS })
}

/// Thinks and writes. While one batch is written the next is thought about.
fn compare(ctx: &Ctx, weights: &Arc<Weights>, waiting: &[Filed], most: usize) -> Result<usize> {
    let (sender, receiver) = sync_channel::<Thoughts>(0);
    std::thread::scope(|scope| {
        let thinking = scope.spawn(move || -> Result<()> {
            let mut left = waiting;
            while !left.is_empty() {
                let (thoughts, rest) = think(ctx, weights, left)?;
                left = rest;
                // Nobody takes it: writing failed, and says so itself.
                if sender.send(thoughts).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let mut linked = 0;
        let written = receiver.iter().try_for_each(|thoughts| settle(ctx, thoughts, most).map(|made| linked += made));
        drop(receiver);
        let thought = thinking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(thought).map(|()| linked)
    })
}

/// Rounds until there is nothing to do; used by import, the demo and tests. Says how many links were made.
pub fn catch_up(ctx: &Ctx) -> Result<usize> {
    catch_up_by(ctx, usize::MAX)
}

/// The same with at most so many records a commit.
pub fn catch_up_by(ctx: &Ctx, most: usize) -> Result<usize> {
    let mut linked = 0;
    loop {
        let round = round_of(ctx, most)?;
        linked += round.linked;
        if !round.more {
            return Ok(linked);
        }
    }
}

/// Files the keys of everything that changed and compares nobody: for measurements against many records.
pub fn file_only(ctx: &Ctx) -> Result<()> {
    let ctx = &as_machine(ctx);
    while file_changes(ctx)? {}
    loop {
        let waiting = ctx.read(|r| identity::waiting(r.conn(), ctx.org, CHANGES))?;
        if waiting.is_empty() {
            return Ok(());
        }
        ctx.write("file identity keys", move |tx| {
            let org = tx.org();
            let done: Vec<(Rid, i64)> = waiting.iter().map(|filed| (filed.patient, filed.version)).collect();
            identity::placed(tx.conn()?, org, &done)
        })?;
    }
}

fn as_machine(ctx: &Ctx) -> Ctx {
    let actor = Actor { reference: MACHINE.to_owned(), name: "Continuo".to_owned(), account: 0 };
    let mut machine = ctx.clone();
    machine.actor = actor;
    machine.scope = Scope::all(ctx.org);
    machine
}

fn learn_if_many(ctx: &Ctx, new: i64) -> Result<()> {
    let since = ctx.store().remembered("identity records since learning", ctx.org, 0, || Ok(AtomicI64::new(0)))?;
    if since.fetch_add(new, Ordering::Relaxed) + new >= LOOK_AGAIN {
        since.store(0, Ordering::Relaxed);
        known::learn(ctx)?;
    }
    Ok(())
}
