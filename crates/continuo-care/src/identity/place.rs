//! One record against the people known: whom it belongs to, about whom to ask, whom it no longer fits. Reads only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use continuo_identity::decide::{Band, Known, Placement, Thresholds, Verdict, judge, place as decide};
use continuo_identity::profile::Profile;
use continuo_store::tables::identity::{self, Pair};
use continuo_store::{OrgId, Reader, Result, Rid};

use super::body::{self, Body};
use super::known::{Profiles, Weights, candidates};
use super::rested::Rested;
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
    /// What was read to find it.
    pub(crate) rested: Rested,
}

type Members = BTreeMap<Rid, Arc<Profile>>;

/// Places a record.
pub(crate) fn place(
    reader: &mut Reader<'_>,
    org: OrgId,
    weights: &Weights,
    record: Rid,
    known: &mut Profiles<'_>,
) -> Result<Found> {
    let person = reader.person_of(org, record)?;
    let members = reader.members(org, person)?;
    let mut rested = Rested::new(record, person, members.clone());
    for member in &members {
        rested.pairs.push(identity::pairs_of(reader.conn(), org, *member)?);
    }
    let own = known.of(reader, org, &members)?;
    let found = |placed, strays, rested| Ok(Found { placed, strays, rested });
    let Some(profile) = known.one(reader, org, record)?.filter(|profile| !profile.is_empty()) else {
        return found(Placed::Stays, Vec::new(), rested);
    };
    let strays = strays(weights, record, &profile, &own);
    let people = people(reader, org, weights, &profile, known, &mut rested)?;
    let apart = kept_apart(&rested);
    let open: Vec<&(Rid, Members)> =
        people.iter().filter(|(_, members)| !members.keys().any(|member| apart.contains(member))).collect();
    let somebody: Vec<Known<'_, usize>> = open
        .iter()
        .enumerate()
        .map(|(at, (_, members))| Known { person: at, records: members.values().map(Arc::as_ref).collect() })
        .collect();
    let best =
        |at: usize, kind: &'static str| open.get(at).and_then(|(_, members)| best_of(weights, &profile, members, kind));
    let placed = match decide(&weights.model, Thresholds::default(), &profile, &somebody) {
        Placement::New => Placed::Stays,
        Placement::Link(at) => {
            let members = open.get(at).map(|(_, members)| members);
            let agree = members.is_some_and(|members| agree(weights, &own, members));
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
    found(placed, strays, rested)
}

/// The people among whose records some candidate is at least worth asking about, with all their records.
fn people(
    reader: &mut Reader<'_>,
    org: OrgId,
    weights: &Weights,
    profile: &Profile,
    known: &mut Profiles<'_>,
    rested: &mut Rested,
) -> Result<Vec<(Rid, Members)>> {
    let candidates = candidates(reader, org, profile, rested.record)?;
    rested.read.extend(candidates.iter().copied());
    let mut alike: Vec<Rid> = Vec::new();
    for (rid, other) in known.of(reader, org, &candidates)? {
        if judge(&weights.model, Thresholds::default(), profile, &other).band != Band::No {
            alike.push(rid);
        }
    }
    let persons = if alike.is_empty() { Vec::new() } else { reader.persons_of(org, &alike)? };
    let others: BTreeSet<Rid> = persons.iter().copied().filter(|person| *person != rested.person).collect();
    rested.alike = alike.into_iter().zip(persons).collect();
    let mut people = Vec::with_capacity(others.len());
    for person in others {
        let members = reader.members(org, person)?;
        people.push((person, known.of(reader, org, &members)?));
        rested.read.extend(members.iter().copied());
        rested.people.push((person, members));
    }
    Ok(people)
}

/// Records that somebody said are other people than these, and with each everybody linked to it.
fn kept_apart(rested: &Rested) -> BTreeSet<Rid> {
    let mut apart = BTreeSet::new();
    for (member, pairs) in rested.members.iter().zip(&rested.pairs) {
        for pair in pairs.iter().filter(|pair| pair.state == state::APART) {
            apart.insert(other_of(pair, *member));
        }
    }
    apart
}

/// The other record of a pair.
pub(crate) fn other_of(pair: &Pair, record: Rid) -> Rid {
    if pair.low == record { pair.high } else { pair.low }
}

/// The whole-cluster check: no record of one contradicts a record of the other, and together they do not speak against it.
fn agree(weights: &Weights, a: &Members, b: &Members) -> bool {
    let verdicts: Vec<Verdict> = a
        .values()
        .flat_map(|x| b.values().map(move |y| (x, y)))
        .map(|(x, y)| judge(&weights.model, Thresholds::default(), x, y))
        .collect();
    let sum: f32 = verdicts.iter().map(|verdict| verdict.bits.clamp(-15.0, 15.0)).sum();
    sum >= 0.0 && !verdicts.iter().any(Verdict::is_conflict)
}

/// Records of the same person that this one contradicts.
fn strays(weights: &Weights, record: Rid, profile: &Profile, own: &Members) -> Vec<Compared> {
    let others = own.iter().filter(|(rid, _)| **rid != record);
    others
        .filter_map(|(rid, other)| {
            let verdict = judge(&weights.model, Thresholds::default(), profile, other);
            verdict.is_conflict().then(|| compared(weights, profile, *rid, other, &verdict, kind::CHANGED))
        })
        .collect()
}

fn best_of(weights: &Weights, profile: &Profile, members: &Members, kind: &'static str) -> Option<Compared> {
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
