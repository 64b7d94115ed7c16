//! The identity worker: files the keys of changed Patients, learns weights now and then, and links or asks.
//!
//! It runs on the thread that assesses, before people are assessed, so that a joint person is assessed as one. Each
//! link is a commit of its own: audited, and undone like any other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use continuo_fhir::Json;
use continuo_identity::overlay::overlay;
use continuo_identity::profile::Profile;
use continuo_store::tables::identity::{self, Filed, Pair};
use continuo_store::{ChangeSeq, Op, Reader, Result, Rid, Scope, WriteTx};

use super::body::Body;
use super::group::Assess;
use super::known::{self, Weights, profiles};
use super::place::{Compared, Placed, place};
use super::queue::{Saying, say};
use super::{MACHINE, group, kind, state, word};
use crate::assess::SHARE;
use crate::chart::PATIENT;
use crate::ctx::{Actor, Ctx};

/// Changes read at a time.
const CHANGES: i64 = 5_000;
/// Records compared in one round.
const RECORDS: i64 = 200;
/// How many people one record may be joined with in one go; a chain longer than that waits for its next change.
const JOINS: usize = 8;
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
    let mut linked = 0;
    for filed in &waiting {
        linked += place_one(ctx, &weights, filed)?;
    }
    Ok(Round { records: waiting.len(), linked, more: waiting.len() as i64 == RECORDS })
}

/// Rounds until there is nothing to do; used by import, the demo and tests. Says how many links were made.
pub fn catch_up(ctx: &Ctx) -> Result<usize> {
    let mut linked = 0;
    loop {
        let round = round(ctx)?;
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

/// Works off changes of Patients; says whether there may be more.
///
/// Most changes are of other types. Where a batch has none of Patients its end is remembered, not written: reading
/// it again after a restart costs less than a commit each time.
fn file_changes(ctx: &Ctx) -> Result<bool> {
    let org = ctx.org;
    let seen = ctx
        .store()
        .remembered("identity cursor", org, 0, || Ok(AtomicI64::new(ctx.read(|r| identity::cursor(r.conn(), org))?)))?;
    let changes = ctx.read(|r| r.changes_after(org, ChangeSeq(seen.load(Ordering::Relaxed)), CHANGES))?;
    let Some(last) = changes.last().map(|change| change.seq.0) else { return Ok(false) };
    let is_full = changes.len() as i64 == CHANGES;
    let mut latest: BTreeMap<Rid, (i64, bool)> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.type_ == PATIENT) {
        latest.insert(change.rid, (change.version, change.op == Op::Delete));
    }
    let linked: Vec<Rid> = changes.iter().filter(|change| change.type_ == word::LINKAGE).map(|one| one.rid).collect();
    if !latest.is_empty() || !linked.is_empty() || is_full {
        let read = ctx.read(|r| read_changed(r, ctx, &latest))?;
        let named = ctx.read(|r| named_by(r, ctx, &linked))?;
        let overlays = overlays(ctx, &read)?;
        let Changed { filed, gone, .. } = read;
        file(ctx, filed)?;
        ctx.write("file identity keys", move |tx| {
            let now = tx.now();
            for gone in &gone {
                identity::remove(tx.conn()?, org, *gone)?;
                group::leave(tx, *gone, "the record was deleted at its source")?;
            }
            for record in &named {
                identity::place_again(tx.conn()?, org, *record)?;
            }
            for pair in &overlays {
                identity::put_pair(tx.conn()?, org, &Pair { found: now, updated: now, ..pair.clone() })?;
                tx.audit("record changed into another person", pair.low, "", "waits for a person");
            }
            identity::set_cursor(tx.conn()?, org, last)
        })?;
    }
    seen.store(last, Ordering::Relaxed);
    Ok(is_full)
}

/// Files keys, a few records a commit: a large load has thousands, and people wait for the writer meanwhile. A crash in
/// between files the same again.
fn file(ctx: &Ctx, filed: Vec<Filed>) -> Result<()> {
    let mut waiting = VecDeque::from(filed);
    while !waiting.is_empty() {
        let done = ctx.write("file identity keys", move |tx| {
            let org = tx.org();
            while let Some(one) = waiting.pop_front() {
                identity::file(tx.conn()?, org, &[one])?;
                if tx.spent() >= SHARE {
                    break;
                }
            }
            Ok(waiting)
        })?;
        waiting = done.value;
    }
    Ok(())
}

/// The records that changed Linkages name: a merge or its end concerns them.
fn named_by(reader: &mut Reader<'_>, ctx: &Ctx, linkages: &[Rid]) -> Result<Vec<Rid>> {
    let mut named = Vec::new();
    for linkage in linkages {
        let Some((type_, id)) = reader.reference(*linkage)? else { continue };
        let Some(bytes) = reader.find(&Scope::all(ctx.org), type_, &id)?.and_then(|stored| stored.bytes) else {
            continue;
        };
        if let Ok(json) = Json::parse(&bytes) {
            named.extend(word::patients_of(reader, ctx.org, &json)?);
        }
    }
    Ok(named)
}

#[derive(Default)]
struct Changed {
    filed: Vec<Filed>,
    profiles: BTreeMap<Rid, Profile>,
    before: BTreeMap<Rid, i64>,
    gone: Vec<Rid>,
}

fn read_changed(reader: &mut Reader<'_>, ctx: &Ctx, latest: &BTreeMap<Rid, (i64, bool)>) -> Result<Changed> {
    let rids: Vec<Rid> = latest.keys().copied().collect();
    let mut changed = Changed { profiles: profiles(reader, ctx.org, &rids)?, ..Changed::default() };
    for (rid, (version, _)) in latest {
        let Some(profile) = changed.profiles.get(rid) else {
            changed.gone.push(*rid);
            continue;
        };
        let keys = known::filed_keys(profile);
        let before = identity::filed(reader.conn(), ctx.org, *rid)?;
        if let Some(before) = before.filter(|before| before.version > 0 && before.keys != keys) {
            changed.before.insert(*rid, before.version);
        }
        changed.filed.push(Filed { patient: *rid, version: *version, placed: -1, keys });
    }
    Ok(changed)
}

/// Records whose new version does not look like the person of the version filed before: asked about, not relinked.
fn overlays(ctx: &Ctx, changed: &Changed) -> Result<Vec<Pair>> {
    if changed.before.is_empty() {
        return Ok(Vec::new());
    }
    let weights = known::weights(ctx)?;
    let mut pairs = Vec::new();
    for (rid, version) in &changed.before {
        let Some(after) = changed.profiles.get(rid) else { continue };
        let before = ctx.read(|r| {
            let Some((type_, id)) = r.reference(*rid)? else { return Ok(None) };
            Ok(r.version(&Scope::all(ctx.org), type_, &id, *version).ok().and_then(|stored| stored.bytes))
        })?;
        let Some(before) = before.and_then(|bytes| Json::parse(&bytes).ok()) else { continue };
        let Some(found) = overlay(&weights.model, &known::profile_of(&before), after) else { continue };
        let body = Body {
            band: "review".to_owned(),
            summary: format!("this record's {} became another", found.changes.join(", ")),
            note: format!("version {version}"),
            ..Body::default()
        };
        pairs.push(Pair {
            low: *rid,
            high: *rid,
            kind: kind::CHANGED.to_owned(),
            state: state::OPEN.to_owned(),
            bits: f64::from(found.bits),
            found: 0,
            updated: 0,
            wake: 0,
            model: weights.version,
            body: body.to_bytes(),
        });
    }
    Ok(pairs)
}

/// Places one record: the source's word first, then comparing, until it joins nobody more. Says how many it joined.
fn place_one(ctx: &Ctx, weights: &Weights, filed: &Filed) -> Result<usize> {
    let (org, record) = (ctx.org, filed.patient);
    let mut linked = usize::from(obey(ctx, weights, record)?);
    let mut asked = Vec::new();
    let is_in_doubt = ctx.read(|r| is_changed_record(r, ctx, record))?;
    if !is_in_doubt {
        for _ in 0..JOINS {
            let found = ctx.read(|r| place(r, org, weights, record))?;
            asked = found.strays;
            match found.placed {
                Placed::Stays => break,
                Placed::Ask(pairs) => {
                    asked.extend(pairs);
                    break;
                }
                Placed::Link(compared) => {
                    if !link(ctx, weights, record, &compared)? {
                        break;
                    }
                    linked += 1;
                }
            }
        }
    }
    let (version, model) = (filed.version, weights.version);
    ctx.write("compare records", move |tx| {
        if group::is_misplaced(&mut tx.reader()?, org, record)? {
            tx.commit_id();
            group::rekey(tx, record)?;
        }
        queue(tx, record, &asked, model)?;
        identity::placed(tx.conn()?, org, &[(record, version)])
    })?;
    Ok(linked)
}

/// Whether the record waits for somebody to say whether it still is the person it was.
fn is_changed_record(reader: &mut Reader<'_>, ctx: &Ctx, record: Rid) -> Result<bool> {
    let own = identity::pair(reader.conn(), ctx.org, record, record)?;
    Ok(own.is_some_and(|pair| matches!(pair.state.as_str(), state::OPEN | state::LATER)))
}

fn link(ctx: &Ctx, weights: &Weights, record: Rid, compared: &Compared) -> Result<bool> {
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
    let done = ctx.write("link records", move |tx| {
        let is_new = group::join(tx, saying.a, saying.b, &saying.why, Assess::Soon)?;
        if is_new {
            tx.audit("link records", saying.a, "", &saying.why);
            say(tx, MACHINE, &saying)?;
        }
        Ok(is_new)
    })?;
    Ok(done.value)
}

/// Does what a source says about its own records; its claims about others' are asked about.
fn obey(ctx: &Ctx, weights: &Weights, record: Rid) -> Result<bool> {
    let org = ctx.org;
    let said = ctx.read(|r| word::of(r, org, record))?;
    if said == (word::Word { source: said.source.clone(), ..word::Word::default() }) {
        return Ok(false);
    }
    let model = weights.version;
    let saying = move |other: Rid, outcome: &'static str, why: &str| Saying {
        a: record,
        b: other,
        kind: kind::SOURCE,
        outcome,
        why: why.to_owned(),
        bits: 0.0,
        model,
        wake: 0,
        body: Some(Body { band: "link".to_owned(), summary: why.to_owned(), ..Body::default() }),
    };
    let done = ctx.write("source's word about its records", move |tx| {
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
            let is_own_word =
                answers.iter().rev().find(|one| !one.undone).is_some_and(|one| word::is_source(&one.actor));
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
    })?;
    Ok(done.value)
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
