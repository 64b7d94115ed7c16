//! One record against the people known: whom it belongs to, about whom to ask, whom it no longer fits. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use continuo_identity::decide::{Band, Known, Placement, Thresholds, Verdict, judge, place as decide};
use continuo_identity::profile::Profile;
use continuo_store::tables::identity::{self, Pair};
use continuo_store::{OrgId, Reader, Result, Rid};

use super::body::{self, Body};
use super::known::{Weights, candidates, profiles};
use super::{kind, state};

/// People asked about for one record; the likeliest stand first, the rest would bury them.
const MOST_ASKED: usize = 3;

/// A pair of records and what comparing them came to.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    /// The record of another person.
    pub(crate) other: Rid,
    pub(crate) bits: f64,
    pub(crate) kind: &'static str,
    pub(crate) body: Body,
}

/// Where a record belongs.
#[derive(Clone, Debug)]
pub(crate) enum Placed {
    /// To whom it belongs already, or to nobody else.
    Stays,
    /// To the person of this record.
    Link(Compared),
    /// A person must say.
    Ask(Vec<Compared>),
}

/// What was found for one record.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) placed: Placed,
    /// Records of its own person that it contradicts now.
    pub(crate) strays: Vec<Compared>,
}

/// Places a record.
pub(crate) fn place(reader: &mut Reader<'_>, org: OrgId, weights: &Weights, record: Rid) -> Result<Found> {
    let nothing = Found { placed: Placed::Stays, strays: Vec::new() };
    let Some(profile) = profiles(reader, org, &[record])?.remove(&record) else { return Ok(nothing) };
    if profile.is_empty() {
        return Ok(nothing);
    }
    let own = reader.person_of(org, record)?;
    let own_members = reader.members(org, own)?;
    let own_profiles = profiles(reader, org, &own_members)?;
    let strays = strays(weights, record, &profile, &own_profiles);
    let people = people(reader, org, weights, &profile, record, own)?;
    let apart = kept_apart(reader, org, &own_members)?;
    let open: Vec<&(Rid, BTreeMap<Rid, Profile>)> =
        people.iter().filter(|(_, members)| !members.keys().any(|member| apart.contains(member))).collect();
    let known: Vec<Known<'_, usize>> = open
        .iter()
        .enumerate()
        .map(|(at, (_, members))| Known { person: at, records: members.values().collect() })
        .collect();
    let best =
        |at: usize, kind: &'static str| open.get(at).and_then(|(_, members)| best_of(weights, &profile, members, kind));
    let placed = match decide(&weights.model, Thresholds::default(), &profile, &known) {
        Placement::New => Placed::Stays,
        Placement::Link(at) => {
            let members = open.get(at).map(|(_, members)| members);
            let agree = members.is_some_and(|members| agree(weights, &own_profiles, members));
            let kind = if agree { kind::DOUBT } else { kind::CONFLICT };
            match best(at, kind) {
                Some(compared) if agree => Placed::Link(compared),
                Some(compared) => Placed::Ask(vec![compared]),
                None => Placed::Stays,
            }
        }
        Placement::Ask(asked) => {
            Placed::Ask(asked.into_iter().take(MOST_ASKED).filter_map(|(at, _)| best(at, kind::DOUBT)).collect())
        }
    };
    Ok(Found { placed, strays })
}

/// The people among whose records some candidate is at least worth asking about, with all their records.
fn people(
    reader: &mut Reader<'_>,
    org: OrgId,
    weights: &Weights,
    profile: &Profile,
    record: Rid,
    own: Rid,
) -> Result<Vec<(Rid, BTreeMap<Rid, Profile>)>> {
    let candidates = candidates(reader, org, profile, record)?;
    let mut alike: Vec<Rid> = Vec::new();
    for (rid, other) in profiles(reader, org, &candidates)? {
        if judge(&weights.model, Thresholds::default(), profile, &other).band != Band::No {
            alike.push(rid);
        }
    }
    let persons: BTreeSet<Rid> = reader.persons_of(org, &alike)?.into_iter().filter(|person| *person != own).collect();
    let mut people = Vec::with_capacity(persons.len());
    for person in persons {
        let members = reader.members(org, person)?;
        people.push((person, profiles(reader, org, &members)?));
    }
    Ok(people)
}

/// Records that somebody said are other people than these, and with each everybody linked to it.
fn kept_apart(reader: &mut Reader<'_>, org: OrgId, members: &[Rid]) -> Result<BTreeSet<Rid>> {
    let mut apart = BTreeSet::new();
    for member in members {
        for pair in identity::pairs_of(reader.conn(), org, *member)? {
            if pair.state == state::APART {
                apart.insert(other_of(&pair, *member));
            }
        }
    }
    Ok(apart)
}

/// The other record of a pair.
pub(crate) fn other_of(pair: &Pair, record: Rid) -> Rid {
    if pair.low == record { pair.high } else { pair.low }
}

/// The whole-cluster check: no record of one contradicts a record of the other, and together they do not speak against it.
fn agree(weights: &Weights, a: &BTreeMap<Rid, Profile>, b: &BTreeMap<Rid, Profile>) -> bool {
    let verdicts: Vec<Verdict> = a
        .values()
        .flat_map(|x| b.values().map(move |y| (x, y)))
        .map(|(x, y)| judge(&weights.model, Thresholds::default(), x, y))
        .collect();
    let sum: f32 = verdicts.iter().map(|verdict| verdict.bits.clamp(-15.0, 15.0)).sum();
    sum >= 0.0 && !verdicts.iter().any(Verdict::is_conflict)
}

/// Records of the same person that this one contradicts.
fn strays(weights: &Weights, record: Rid, profile: &Profile, own: &BTreeMap<Rid, Profile>) -> Vec<Compared> {
    let others = own.iter().filter(|(rid, _)| **rid != record);
    others
        .filter_map(|(rid, other)| {
            let verdict = judge(&weights.model, Thresholds::default(), profile, other);
            verdict.is_conflict().then(|| compared(weights, profile, *rid, other, &verdict, kind::CHANGED))
        })
        .collect()
}

fn best_of(
    weights: &Weights,
    profile: &Profile,
    members: &BTreeMap<Rid, Profile>,
    kind: &'static str,
) -> Option<Compared> {
    let verdicts =
        members.iter().map(|(rid, other)| (rid, other, judge(&weights.model, Thresholds::default(), profile, other)));
    let (rid, other, verdict) =
        verdicts.max_by(|x, y| x.2.band.cmp(&y.2.band).then(x.2.bits.total_cmp(&y.2.bits)).then(y.0.cmp(x.0)))?;
    Some(compared(weights, profile, *rid, other, &verdict, kind))
}

pub(crate) fn compared(
    weights: &Weights,
    profile: &Profile,
    rid: Rid,
    other: &Profile,
    verdict: &Verdict,
    kind: &'static str,
) -> Compared {
    Compared {
        other: rid,
        bits: f64::from(verdict.bits),
        kind,
        body: body::of(&weights.model, profile, other, verdict),
    }
}
