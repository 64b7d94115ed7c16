//! What is known of the records: their profiles, who shares a key with whom, and the weights in use.

use std::collections::BTreeMap;
use std::sync::Arc;

use continuo_fhir::{Json, pack, root};
use continuo_identity::blocks::BLOCK_LIMIT;
use continuo_identity::index::all_keys;
use continuo_identity::keys::{keys, refined};
use continuo_identity::link::learn_model;
use continuo_identity::model::Model;
use continuo_identity::model::frequency::Frequencies;
use continuo_identity::model::saved;
use continuo_identity::patient;
use continuo_identity::profile::Profile;
use continuo_store::tables::identity;
use continuo_store::{OrgId, Reader, Result, Rid, Scope};

use super::fresh::Fresh;
use crate::chart::PATIENT;
use crate::ctx::Ctx;

/// Profiles read at a time.
const CHUNK: usize = 200;
/// Records from which a site's own weights are learnt; before that the shipped ones serve.
const LEARN_FROM: i64 = 1_000;
/// The most records learnt from; of more, every so-manieth is taken.
const LEARN_MOST: usize = 100_000;

/// The weights in use.
#[derive(Debug)]
pub struct Weights {
    /// 0 for the shipped ones.
    pub version: i64,
    /// The model.
    pub model: Model,
}

/// The weights of this organization.
pub fn weights(ctx: &Ctx) -> Result<Arc<Weights>> {
    let version = ctx.read(|r| identity::newest_weights(r.conn(), ctx.org))?.map_or(0, |(version, ..)| version);
    ctx.store().remembered("identity weights", ctx.org, version, || {
        let shipped = || Weights { version: 0, model: Model::shipped(Frequencies::default()) };
        let Some(kept) = ctx.read(|r| identity::weights(r.conn(), ctx.org, version))? else { return Ok(shipped()) };
        match saved::load(&kept.body) {
            Ok(model) => Ok(Weights { version, model }),
            Err(error) => {
                tracing::warn!(%error, version, "kept weights cannot be read; the shipped ones are used");
                Ok(shipped())
            }
        }
    })
}

/// Learns weights from the records on file if there are enough, and twice as many as last time. Says whether it did.
pub fn learn(ctx: &Ctx) -> Result<bool> {
    let (count, before) = ctx.read(|r| {
        let before = identity::newest_weights(r.conn(), ctx.org)?.map_or(0, |(_, _, records)| records);
        Ok((identity::count(r.conn(), ctx.org)?, before))
    })?;
    if count < LEARN_FROM || count < before * 2 {
        return Ok(false);
    }
    let step = usize::try_from(count).unwrap_or(usize::MAX).div_ceil(LEARN_MOST).max(1);
    let mut sample: Vec<Profile> = Vec::new();
    let (mut after, mut at) = (Rid(0), 0_usize);
    loop {
        let page = ctx.read(|r| identity::all_after(r.conn(), ctx.org, after, 5_000))?;
        let Some(last) = page.last().copied() else { break };
        after = last;
        let chosen: Vec<Rid> = page
            .into_iter()
            .filter(|_| {
                at += 1;
                at % step == 0
            })
            .collect();
        sample.extend(ctx.read(|r| profiles(r, ctx.org, &chosen))?.into_values());
    }
    let body = saved::save(&learn_model(&sample));
    let made = ctx.now().micros();
    ctx.write("learn identity weights", move |tx| {
        let org = tx.org();
        tx.commit_id();
        identity::keep_weights(tx.conn()?, org, made, count, &body)
    })?;
    tracing::info!(records = count, learnt.from = sample.len(), "identity weights were learnt");
    Ok(true)
}

/// The profiles of these source Patients; those deleted are missing.
pub fn profiles(reader: &mut Reader<'_>, org: OrgId, rids: &[Rid]) -> Result<BTreeMap<Rid, Profile>> {
    seen_profiles(reader, &Scope::all(org), rids)
}

/// Those that a scope sees. What is closed is not even read, so that the time this takes tells next to nothing of it.
pub(super) fn seen_profiles(reader: &mut Reader<'_>, scope: &Scope, rids: &[Rid]) -> Result<BTreeMap<Rid, Profile>> {
    let mut found = BTreeMap::new();
    for chunk in rids.chunks(CHUNK) {
        for row in reader.facts_in(scope, PATIENT, chunk)? {
            let Ok(node) = root(row.packed()) else { continue };
            if node.resource_type() == Some("Patient") {
                found.insert(row.rid, patient::profile(node));
            }
        }
    }
    Ok(found)
}

/// Profiles as they stand on one snapshot: each record is read once, however many meet it.
#[derive(Debug, Default)]
pub(crate) struct Profiles<'f> {
    known: BTreeMap<Rid, Option<Arc<Profile>>>,
    /// Those of the snapshots before that hold on this one.
    fresh: Option<&'f mut Fresh>,
}

impl<'f> Profiles<'f> {
    /// With what was read before and still holds.
    pub(super) fn with(fresh: &'f mut Fresh) -> Profiles<'f> {
        Profiles { known: BTreeMap::new(), fresh: Some(fresh) }
    }

    /// The profiles of these records; those deleted are missing.
    pub(crate) fn of(
        &mut self,
        reader: &mut Reader<'_>,
        org: OrgId,
        rids: &[Rid],
    ) -> Result<BTreeMap<Rid, Arc<Profile>>> {
        let mut missing: Vec<Rid> = rids.iter().copied().filter(|rid| !self.known.contains_key(rid)).collect();
        if let Some(fresh) = &mut self.fresh {
            missing.retain(|rid| match fresh.get(*rid) {
                Some(profile) => {
                    self.known.insert(*rid, Some(profile));
                    false
                }
                None => true,
            });
        }
        if !missing.is_empty() {
            let mut read = profiles(reader, org, &missing)?;
            for rid in missing {
                let profile = read.remove(&rid).map(Arc::new);
                if let (Some(fresh), Some(profile)) = (&mut self.fresh, &profile) {
                    fresh.put(rid, Arc::clone(profile));
                }
                self.known.insert(rid, profile);
            }
        }
        let found = rids.iter().filter_map(|rid| Some((*rid, self.known.get(rid)?.clone()?)));
        Ok(found.collect())
    }

    /// The profile of one record.
    pub(crate) fn one(&mut self, reader: &mut Reader<'_>, org: OrgId, rid: Rid) -> Result<Option<Arc<Profile>>> {
        Ok(self.of(reader, org, &[rid])?.remove(&rid))
    }
}

/// The profile of a Patient that is not stored.
pub fn profile_of(patient: &Json) -> Profile {
    root(&pack(patient)).map(patient::profile).unwrap_or_default()
}

/// The keys a record is filed under.
pub(crate) fn filed_keys(profile: &Profile) -> Vec<u64> {
    all_keys(profile)
}

/// Records that share a key with this one, without itself. What is read under one key is bounded; a key of too many is
/// asked for together with names and birth year.
pub(crate) fn candidates(reader: &mut Reader<'_>, org: OrgId, profile: &Profile, own: Rid) -> Result<Vec<Rid>> {
    let most = BLOCK_LIMIT as i64;
    let mut found = Vec::new();
    for key in keys(profile) {
        let block = identity::block(reader.conn(), org, key, most + 1)?;
        if block.len() <= BLOCK_LIMIT {
            found.extend(block);
        } else {
            found.extend(identity::block(reader.conn(), org, refined(key, profile), most)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    found.retain(|rid| *rid != own);
    Ok(found)
}
