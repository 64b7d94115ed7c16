//! The model: from levels to weight, in bits, that two records are one person.
//!
//! Fellegi and Sunter's weights, with two changes. Non-matches are a mixture of five kinds (`defaults`), so that
//! agreement within a household is not counted as identity. And the chance of agreement between strangers is that of
//! the value itself (`frequency`).

pub mod defaults;
pub mod frequency;
pub mod learn;
pub mod saved;

use crate::compare::{Evidence, FIELDS, Field, LEVELS, MISSING};
use defaults::{KINDS, Kind, RATES, TABLES, Tables};
use frequency::Frequencies;

/// Weights ready to use, and the counts behind chances.
#[derive(Clone, Debug)]
pub struct Model {
    pub frequencies: Frequencies,
    /// Pairs of each kind per record.
    rates: [f32; KINDS],
    /// Natural logarithms of the chances.
    tables: Tables,
}

impl Model {
    /// The shipped weights with these counts.
    pub fn shipped(frequencies: Frequencies) -> Self {
        Self::new(frequencies, RATES, &TABLES)
    }

    fn new(frequencies: Frequencies, rates: [f32; KINDS], chances: &Tables) -> Self {
        let mut tables = *chances;
        for level in tables.iter_mut().flatten().flatten() {
            *level = level.max(1e-9).ln();
        }
        Self { frequencies, rates, tables }
    }

    /// Weight in bits: the binary logarithm of the odds that both records are one person.
    pub fn bits(&self, evidence: &Evidence) -> f32 {
        let logs = self.logs(evidence, None);
        bits_of(&logs)
    }

    /// The weight if this field had not been compared.
    pub fn bits_without(&self, evidence: &Evidence, field: Field) -> f32 {
        bits_of(&self.logs(evidence, Some(field)))
    }

    /// The kind of pair, other than one person, that explains the evidence best.
    pub fn rival(&self, evidence: &Evidence) -> Kind {
        let logs = self.logs(evidence, None);
        let mut best = Kind::Strangers;
        for kind in Kind::ALL.into_iter().skip(1) {
            if logs[kind as usize] > logs[best as usize] {
                best = kind;
            }
        }
        best
    }

    /// Chance of a level for a kind of pair, for pages that explain the model.
    pub fn chance(&self, kind: Kind, field: Field, level: u8) -> f32 {
        self.tables[kind as usize][field as usize].get(usize::from(level)).map_or(0.0, |log| log.exp())
    }

    /// Pairs of this kind per record, as learnt or shipped.
    pub fn rate(&self, kind: Kind) -> f32 {
        self.rates[kind as usize]
    }

    /// Logarithm of prior and likelihood by kind.
    fn logs(&self, evidence: &Evidence, without: Option<Field>) -> [f32; KINDS] {
        let population = self.frequencies.population();
        let mut logs = [0.0; KINDS];
        for (log, rate) in logs.iter_mut().zip(self.rates).take(KINDS - 1) {
            *log = (2.0 * rate / population).max(1e-20).ln();
        }
        for field in Field::ALL {
            let level = evidence.level(field);
            if level == MISSING || Some(field) == without {
                continue;
            }
            let chance = evidence.chance[field as usize];
            for kind in Kind::ALL {
                let table = self.tables[kind as usize][field as usize][usize::from(level) % LEVELS];
                let log = if !chance.is_nan() && is_by_chance(kind, field) { chance } else { table };
                logs[kind as usize] += log;
            }
        }
        logs
    }
}

/// Where two different people agree only as any two people do, the value's own frequency says how often.
fn is_by_chance(kind: Kind, field: Field) -> bool {
    match kind {
        Kind::Strangers => true,
        Kind::Household => matches!(field, Field::Given | Field::Middle),
        Kind::Twins => matches!(field, Field::Middle),
        Kind::Namesakes => matches!(field, Field::Middle | Field::Phone | Field::Email),
        Kind::Match | Kind::Generations => false,
    }
}

fn bits_of(logs: &[f32; KINDS]) -> f32 {
    let highest = logs.iter().skip(1).copied().fold(f32::MIN, f32::max);
    let rest: f32 = logs.iter().skip(1).map(|log| (log - highest).exp()).sum();
    (logs[0] - highest - rest.ln()) * std::f32::consts::LOG2_E
}

/// Number of fields a table has; here so that tables and fields cannot drift apart.
const _: () = assert!(FIELDS == Field::ALL.len());
