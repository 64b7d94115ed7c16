//! Learning weights without labels: expectation-maximization over the six kinds of pair.
//!
//! Shipped chances act as so many observations of each kind, so that a small population moves them little, and what
//! makes a kind that kind (different given names of twins, years between generations) is not learnt at all. Otherwise
//! kinds would trade places.

use super::defaults::{KINDS, Kind, RATES, TABLES};
use super::frequency::Frequencies;
use super::{Model, bits_of};
use crate::compare::{Evidence, FIELDS, Field, LEVELS, MISSING};

/// Observations that the shipped chances of one kind and field count for.
const SHIPPED_WEIGHT: f64 = 60.0;
const ROUNDS: usize = 12;

/// Learns from the evidence of candidate pairs, of which `share` (0 to 1) of all are given.
pub fn learn(frequencies: Frequencies, sample: &[Evidence], share: f64) -> Model {
    let records = f64::from(frequencies.records().max(1));
    let mut model = Model::shipped(frequencies);
    if sample.is_empty() {
        return model;
    }
    for _ in 0..ROUNDS {
        let (totals, counts) = expect(&model, sample);
        let mut rates = RATES;
        let mut tables = TABLES;
        for kind in 0..KINDS - 1 {
            let shipped = f64::from(RATES[kind]);
            let weight = SHIPPED_WEIGHT / shipped.max(0.01);
            rates[kind] = ((totals[kind] / share + shipped * weight) / (records + weight)) as f32;
            for field in Field::ALL.into_iter().filter(|field| is_learnt(Kind::ALL[kind], *field)) {
                maximize(&mut tables[kind][field as usize], &counts[kind][field as usize], field);
            }
        }
        model = Model::new(model.frequencies, rates, &tables);
    }
    model
}

type Counts = [[[f64; LEVELS]; FIELDS]; KINDS];

/// Shares out each pair among the kinds by the present weights.
fn expect(model: &Model, sample: &[Evidence]) -> ([f64; KINDS], Box<Counts>) {
    let mut totals = [0.0; KINDS];
    let mut counts = Box::new([[[0.0; LEVELS]; FIELDS]; KINDS]);
    for evidence in sample {
        let logs = model.logs(evidence, None);
        // Clear strangers change nothing but cost most of the time.
        if bits_of(&logs) < -40.0 && logs[KINDS - 1] >= logs.iter().copied().fold(f32::MIN, f32::max) + 0.0 {
            continue;
        }
        let highest = logs.iter().copied().fold(f32::MIN, f32::max);
        let weights = logs.map(|log| f64::from((log - highest).exp()));
        let sum: f64 = weights.iter().sum();
        for kind in 0..KINDS - 1 {
            let part = weights[kind] / sum;
            if part < 1e-6 {
                continue;
            }
            totals[kind] += part;
            for field in Field::ALL {
                counts[kind][field as usize][usize::from(evidence.level(field)) % LEVELS] += part;
            }
        }
    }
    (totals, counts)
}

fn maximize(row: &mut [f32; LEVELS], counts: &[f64; LEVELS], field: Field) {
    let said: f64 = counts.iter().skip(usize::from(MISSING) + 1).sum();
    for (chance, count) in row.iter_mut().zip(counts).take(field.levels()).skip(1) {
        *chance = ((count + f64::from(*chance) * SHIPPED_WEIGHT) / (said + SHIPPED_WEIGHT)) as f32;
    }
}

/// What defines a kind stays as shipped.
fn is_learnt(kind: Kind, field: Field) -> bool {
    match kind {
        Kind::Match => true,
        Kind::Household => !matches!(field, Field::Given | Field::Middle | Field::Birth),
        Kind::Twins => !matches!(field, Field::Given | Field::Middle | Field::Birth | Field::Family),
        Kind::Generations => !matches!(field, Field::Given | Field::Family | Field::Birth | Field::Suffix),
        Kind::Namesakes => {
            !matches!(field, Field::Given | Field::Family | Field::Middle | Field::Ssn | Field::Phone | Field::Email)
        }
        Kind::Strangers => false,
    }
}
