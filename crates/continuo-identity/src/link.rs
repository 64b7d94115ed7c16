//! Linking a whole set of records: blocks, weights, bands, clusters.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::blocks::{BlockReport, Blocks};
use crate::cluster::{Clusters, Doubt, Edge, Rules, Standing, cluster};
use crate::compare::{Evidence, compare};
use crate::model::Model;
use crate::model::frequency::Frequencies;
use crate::model::learn::learn;
use crate::normalize::identifier::Ssn;
use crate::profile::Profile;
use crate::veto::vetoes;

/// How a run is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    pub rules: Rules,
    /// Whether weights are learnt from these records; else the shipped ones are used.
    pub is_learning: bool,
    /// Pairs below this weight are not reported.
    pub floor: f32,
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { rules: Rules::default(), is_learning: true, floor: -6.0, threads: 2 }
    }
}

/// What linking found.
#[derive(Debug)]
pub struct Linked {
    pub model: Model,
    pub pairs: Vec<Pair>,
    /// Cluster of each record, as the number of its first record.
    pub cluster_of: Vec<u32>,
    pub report: Report,
}

/// A pair for the report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
    /// Bits; higher is surer.
    pub score: f32,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// In one cluster.
    Match,
    /// A person is asked about this pair.
    Possible(Doubt),
    /// Answered by another pair that a person is asked about.
    Implied,
    No,
}

impl Outcome {
    pub fn label(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Possible(_) => "possible",
            Self::Implied => "implied",
            Self::No => "no",
        }
    }

    /// Why a person is asked; empty where nobody is.
    pub fn doubt(self) -> &'static str {
        match self {
            Self::Possible(doubt) => doubt.label(),
            _ => "",
        }
    }
}

/// Counts of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub records: usize,
    /// Records of which nothing could be read; each is a cluster of its own.
    pub empty: usize,
    pub blocks: BlockReport,
    pub compared: usize,
    pub clusters: usize,
    pub questions: usize,
}

/// Records whose candidates are learnt from.
const LEARN_FROM: usize = 40_000;

/// Links records to each other.
pub fn link(profiles: &[Profile], options: Options) -> Linked {
    let frequencies = count(profiles);
    let blocks = Blocks::new(profiles);
    let model =
        if options.is_learning { learn_from(profiles, &blocks, frequencies) } else { Model::shipped(frequencies) };
    let (edges, compared) = compare_all(profiles, &blocks, &model, options);
    let weigh = |a: u32, b: u32| standing(&model, profiles, a, b);
    let clusters = cluster(profiles.len(), &edges, options.rules, weigh);
    let mut report = Report {
        records: profiles.len(),
        empty: profiles.iter().filter(|profile| profile.is_empty()).count(),
        blocks: blocks.report.clone(),
        compared,
        clusters: 0,
        questions: clusters.questions.len(),
    };
    drop(blocks);
    report.clusters = (0u32..).zip(&clusters.cluster_of).filter(|(record, first)| record == *first).count();
    let pairs = pairs(&edges, &clusters, options, weigh);
    Linked { model, pairs, cluster_of: clusters.cluster_of, report }
}

/// Looks at records of one social security number. Unlike birth years and unlike given names: the number is borrowed.
/// Otherwise: which names one person goes by.
fn learn_from_numbers(profiles: &[Profile], frequencies: &mut Frequencies) {
    let mut numbers: Vec<(u32, u32)> = (0u32..)
        .zip(profiles)
        .filter_map(|(record, profile)| match profile.ssn {
            Ssn::Full(number) => Some((number, record)),
            Ssn::Tail(_) | Ssn::Missing => None,
        })
        .collect();
    numbers.sort_unstable();
    for same in numbers.chunk_by(|a, b| a.0 == b.0) {
        let people: Vec<&Profile> =
            same.iter().take(20).filter_map(|(_, record)| profiles.get(*record as usize)).collect();
        let is_contested =
            (1..people.len()).any(|at| people[..at].iter().any(|other| are_two_people(people[at], other)));
        if let Some((number, _)) = same.first().filter(|_| is_contested) {
            frequencies.contest(*number);
            continue;
        }
        for (at, one) in people.iter().enumerate() {
            for other in &people[..at] {
                if let (Some(x), Some(y), true) = (one.given(), other.given(), one.birth == other.birth) {
                    frequencies.observe_one_person(x, y);
                }
            }
        }
    }
}

/// Whether given names and birth years are so unlike that a shared number must be borrowed.
pub fn are_two_people(a: &Profile, b: &Profile) -> bool {
    let (Some(x), Some(y)) = (a.given(), b.given()) else { return false };
    let is_given_unlike = x.initial() != y.initial() && !x.shares_group(y);
    is_given_unlike && a.birth.year != 0 && b.birth.year != 0 && a.birth.year.abs_diff(b.birth.year) > 2
}

/// Learns weights from these records.
pub fn learn_model(profiles: &[Profile]) -> Model {
    let frequencies = count(profiles);
    learn_from(profiles, &Blocks::new(profiles), frequencies)
}

fn count(profiles: &[Profile]) -> Frequencies {
    let mut frequencies = Frequencies::default();
    for profile in profiles {
        frequencies.add(profile);
    }
    learn_from_numbers(profiles, &mut frequencies);
    frequencies
}

fn learn_from(profiles: &[Profile], blocks: &Blocks, frequencies: Frequencies) -> Model {
    let step = profiles.len().div_ceil(LEARN_FROM).max(1);
    let mut sample: Vec<Evidence> = Vec::new();
    let (mut seen, mut found) = (Vec::new(), Vec::new());
    for record in (0..profiles.len()).step_by(step) {
        blocks.candidates(record as u32, &mut seen, &mut found);
        let own = &profiles[record];
        sample.extend(found.iter().map(|other| compare(own, &profiles[*other as usize], &frequencies)));
    }
    learn(frequencies, &sample, 1.0 / step as f64)
}

fn standing(model: &Model, profiles: &[Profile], a: u32, b: u32) -> (f32, Standing) {
    let (x, y) = (&profiles[a as usize], &profiles[b as usize]);
    let evidence = compare(x, y, &model.frequencies);
    let vetoes = vetoes(x, y, &evidence);
    let standing = vetoes
        .iter()
        .map(|veto| match (veto.is_final(), veto.is_conflict()) {
            (true, _) => Standing::Final,
            (_, true) => Standing::Conflict,
            _ => Standing::Held,
        })
        .max()
        .unwrap_or(Standing::Free);
    (model.bits(&evidence), standing)
}

/// Compares all candidates on the given number of threads; the result does not depend on how many.
fn compare_all(profiles: &[Profile], blocks: &Blocks, model: &Model, options: Options) -> (Vec<Edge>, usize) {
    const CHUNK: usize = 2_000;
    let chunks = profiles.len().div_ceil(CHUNK);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk >= chunks {
                return done;
            }
            let mut edges = Vec::new();
            let mut compared = 0;
            for record in chunk * CHUNK..((chunk + 1) * CHUNK).min(profiles.len()) {
                blocks.candidates(record as u32, &mut seen, &mut found);
                compared += found.len();
                for other in &found {
                    let (a, b) = (*other, record as u32);
                    let (bits, standing) = standing(model, profiles, a, b);
                    if bits >= options.floor {
                        edges.push(Edge { a, b, bits, standing });
                    }
                }
            }
            done.push((chunk, edges, compared));
        }
    };
    let mut parts = std::thread::scope(|scope| {
        let others: Vec<_> = (1..options.threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut parts = work();
        for other in others {
            parts.extend(other.join().expect("comparison does not panic: it indexes records by their own numbers"));
        }
        parts
    });
    parts.sort_by_key(|part| part.0);
    let compared = parts.iter().map(|part| part.2).sum();
    (parts.into_iter().flat_map(|part| part.1).collect(), compared)
}

/// Every pair inside a cluster, every question with what it implies, and the rest above the floor.
fn pairs(
    edges: &[Edge],
    clusters: &Clusters,
    options: Options,
    weigh: impl Fn(u32, u32) -> (f32, Standing),
) -> Vec<Pair> {
    let link = options.rules.link;
    let mut pairs = Vec::with_capacity(edges.len());
    for members in &clusters.members {
        for (at, b) in members.iter().enumerate() {
            for a in members.iter().take(at) {
                let bits = weigh(*a, *b).0;
                // A pair joined by way of others is as sure as a link at least.
                pairs.push(Pair { a: *a, b: *b, score: bits.max(link), outcome: Outcome::Match });
            }
        }
    }
    let mut asked: std::collections::BTreeMap<(u32, u32), (u32, u32)> = std::collections::BTreeMap::new();
    let cluster_pair = |a: u32, b: u32| {
        let (x, y) = (clusters.cluster_of[a as usize], clusters.cluster_of[b as usize]);
        (x.min(y), x.max(y))
    };
    for question in &clusters.questions {
        let Edge { a, b, bits, .. } = question.pair;
        asked.insert(cluster_pair(a, b), (a, b));
        pairs.push(Pair { a, b, score: bits.min(link - 0.01), outcome: Outcome::Possible(question.doubt) });
    }
    for edge in edges {
        let between = cluster_pair(edge.a, edge.b);
        if between.0 == between.1 {
            continue;
        }
        let score = match edge.standing {
            Standing::Free | Standing::Held => edge.bits,
            Standing::Conflict => edge.bits - 10.0,
            Standing::Final => edge.bits - 30.0,
        };
        let score = score.min(link - 0.01);
        match asked.get(&between) {
            Some((a, b)) if (*a, *b) == (edge.a, edge.b) => {}
            Some(_) => pairs.push(Pair { a: edge.a, b: edge.b, score, outcome: Outcome::Implied }),
            None => pairs.push(Pair { a: edge.a, b: edge.b, score, outcome: Outcome::No }),
        }
    }
    pairs
}
