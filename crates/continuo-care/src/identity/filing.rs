//! Filing: the keys of changed Patients become rows, deleted ones leave, and a record that turned into somebody else is
//! asked about.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};

use continuo_fhir::Json;
use continuo_identity::overlay::overlay;
use continuo_identity::profile::Profile;
use continuo_store::tables::identity::{self, Filed, Pair};
use continuo_store::{ChangeSeq, Op, Reader, Result, Rid, Scope};

use super::body::Body;
use super::known::{self, profiles};
use super::{group, kind, state, word};
use crate::assess::SHARE;
use crate::chart::PATIENT;
use crate::ctx::Ctx;

/// Changes read at a time.
pub(super) const CHANGES: i64 = 5_000;
/// Records filed between two looks at the clock.
const SOME: usize = 8;

/// Works off changes of Patients; says whether there may be more.
///
/// Most changes are of other types. Where a batch has none of Patients its end is remembered, not written: reading
/// it again after a restart costs less than a commit each time.
pub(super) fn file_changes(ctx: &Ctx) -> Result<bool> {
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
        // Asked before the new keys are filed: by them nobody would see again that the person changed.
        if !overlays.is_empty() {
            ctx.write("file identity keys", move |tx| {
                let now = tx.now();
                for pair in &overlays {
                    identity::put_pair(tx.conn()?, org, &Pair { found: now, updated: now, ..pair.clone() })?;
                    tx.audit("record changed into another person", pair.low, "", "waits for a person");
                }
                Ok(())
            })?;
        }
        file(ctx, filed)?;
        ctx.write("file identity keys", move |tx| {
            for gone in &gone {
                identity::remove(tx.conn()?, org, *gone)?;
                group::leave(tx, *gone, "the record was deleted at its source")?;
            }
            for record in &named {
                identity::place_again(tx.conn()?, org, *record)?;
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
            while !waiting.is_empty() {
                let some: Vec<Filed> = waiting.drain(..waiting.len().min(SOME)).collect();
                identity::file(tx.conn()?, org, &some)?;
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
