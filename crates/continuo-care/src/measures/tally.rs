//! Sums of a measure over people: counts and observed values per population, strata, supplemental data.

use std::collections::BTreeMap;

use continuo_cql::measure::{Group, GroupResult, Role, Stratum};

use super::standing::Body;

/// Observed values and how often each came.
type Observed = BTreeMap<String, u64>;

/// Counts, and observed values, per population.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sums {
    pub(super) counts: Vec<u64>,
    pub(super) observed: Vec<Observed>,
}

impl Sums {
    pub(super) fn new(populations: usize) -> Sums {
        Sums { counts: vec![0; populations], observed: vec![Observed::new(); populations] }
    }

    pub(super) fn count(&mut self, counts: &[i64]) {
        self.counts.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::try_from(*count).unwrap_or(0));
    }

    pub(super) fn observe(&mut self, observed: &[Vec<String>]) {
        for (known, values) in self.observed.iter_mut().zip(observed) {
            for value in values {
                *known.entry(value.clone()).or_default() += 1;
            }
        }
    }
}

/// Sums of one group over people.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) sums: Sums,
    pub(super) strata: Vec<BTreeMap<String, Sums>>,
    /// Supplemental data: place among the measure's, value, and how many people have it.
    pub(super) supplements: BTreeMap<(usize, String), u64>,
    pub(super) members: Vec<Vec<String>>,
    pub(super) failed: i64,
}

impl Tally {
    pub(super) fn new(group: &Group) -> Tally {
        Tally {
            sums: Sums::new(group.populations.len()),
            strata: vec![BTreeMap::new(); group.stratifiers.len()],
            members: vec![Vec::new(); group.populations.len()],
            ..Tally::default()
        }
    }

    pub(super) fn add(&mut self, group: &Group, patient: &str, body: &Body) {
        let number = group.populations.len();
        let observed = observed(group, body);
        self.sums.count(&body.counts);
        self.sums.observe(&observed);
        for (members, count) in self.members.iter_mut().zip(&body.counts) {
            if *count > 0 && !patient.is_empty() {
                members.push(patient.to_owned());
            }
        }
        for (at, known) in self.strata.iter_mut().enumerate() {
            if let Some(Some(split)) = body.split.get(at) {
                for (name, counts) in split {
                    known.entry(name.clone()).or_insert_with(|| Sums::new(number)).count(counts);
                }
            } else if let Some(Some(name)) = body.strata.get(at) {
                let sums = known.entry(name.clone()).or_insert_with(|| Sums::new(number));
                sums.count(&body.counts);
                sums.observe(&observed);
            }
        }
        for supplement in &body.supplements {
            *self.supplements.entry(supplement.clone()).or_default() += 1;
        }
    }

    pub(super) fn add_result(&mut self, group: &Group, patient: &str, result: &GroupResult) {
        if result.error.is_some() {
            self.failed += 1;
            return;
        }
        let body = Body {
            counts: result.counts.iter().map(|count| i64::from(*count)).collect(),
            observations: result.observations.clone(),
            observed: result.observed.clone(),
            strata: result.strata.iter().map(Stratum::name).collect(),
            split: result
                .split
                .iter()
                .map(|split| {
                    let wide = |counts: &[u32]| counts.iter().map(|count| i64::from(*count)).collect();
                    Some(split.as_ref()?.iter().map(|(name, counts)| (name.clone(), wide(counts))).collect())
                })
                .collect(),
            supplements: result.supplements.clone(),
            ..Body::default()
        };
        self.add(group, patient, &body);
    }
}

/// Observed values per population: of one alone they are kept without saying of which.
fn observed(group: &Group, body: &Body) -> Vec<Vec<String>> {
    if !body.observed.is_empty() {
        return body.observed.clone();
    }
    let place = group.populations.iter().position(|p| p.role == Role::MeasureObservation);
    let of = |at| if Some(at) == place { body.observations.clone() } else { Vec::new() };
    (0..group.populations.len()).map(of).collect()
}
