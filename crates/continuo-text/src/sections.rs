//! Which section of a note a piece of conversation belongs to.
//!
//! A small linear model over words, who says them and what the lexicon finds (`knowledge/models/sections.bin`, its card
//! beside it). Training is `train` below, run by `continuo text train-sections`; nothing here is random.

use crate::entities;
use crate::token::{Kind as TokenKind, Tokens};
use crate::transcript::{Speaker, turns};

/// The section labels of MTS-Dialog, in the model's order.
pub const LABELS: [&str; 20] = [
    "FAM/SOCHX",
    "GENHX",
    "PASTMEDICALHX",
    "CC",
    "PASTSURGICAL",
    "ALLERGY",
    "ROS",
    "MEDICATIONS",
    "ASSESSMENT",
    "EXAM",
    "DIAGNOSIS",
    "DISPOSITION",
    "PLAN",
    "EDCOURSE",
    "IMMUNIZATIONS",
    "IMAGING",
    "GYNHX",
    "PROCEDURES",
    "OTHER_HISTORY",
    "LABS",
];

/// Feature space: hashed, so the model has one size.
const BUCKETS: usize = 1 << 14;

/// Weights by bucket and label.
pub struct Model {
    weights: Vec<f32>,
}

static SHIPPED: &[u8] = include_bytes!("../../../knowledge/models/sections.bin");

impl Model {
    /// The model in the program.
    pub fn shipped() -> Self {
        Self::from_bytes(SHIPPED)
    }

    /// Reads a model: one signed byte a weight, in 1/24; short input counts as zeros.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut weights: Vec<f32> =
            bytes.iter().take(BUCKETS * LABELS.len()).map(|b| f32::from(b.cast_signed()) / SCALE).collect();
        weights.resize(BUCKETS * LABELS.len(), 0.0);
        Self { weights }
    }

    /// The form that is kept in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.weights.iter().map(|w| ((w * SCALE).round().clamp(-127.0, 127.0) as i8).cast_unsigned()).collect()
    }

    /// The best label and the chance the model gives it.
    pub fn label(&self, dialogue: &str) -> (&'static str, f32) {
        let scores = self.chances(&features(dialogue));
        let best = (0..LABELS.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        (LABELS[best], scores[best])
    }

    fn chances(&self, features: &[(usize, f32)]) -> [f32; 20] {
        let mut scores = [0.0f32; 20];
        for (bucket, value) in features {
            if let Some(row) = self.weights.get(bucket * 20..bucket * 20 + 20) {
                for (score, weight) in scores.iter_mut().zip(row) {
                    *score += weight * value;
                }
            }
        }
        let top = scores.iter().copied().fold(f32::MIN, f32::max);
        let mut sum = 0.0;
        for score in &mut scores {
            *score = (*score - top).exp();
            sum += *score;
        }
        scores.map(|s| s / sum)
    }
}

const SCALE: f32 = 24.0;

/// Hashed features with values of unit length.
fn features(dialogue: &str) -> Vec<(usize, f32)> {
    let mut buckets: Vec<usize> = Vec::new();
    let mut add = |parts: &[&str]| {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for part in parts {
            for byte in part.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        buckets.push(((hash >> 20) ^ hash) as usize % BUCKETS);
    };
    let turns = turns(dialogue);
    let mut words = 0usize;
    for (number, turn) in turns.iter().enumerate() {
        let tokens = Tokens::new(turn.span.of(dialogue));
        let who = if turn.speaker == Speaker::Doctor { "d" } else { "p" };
        let mut last = "^";
        for i in 0..tokens.len() {
            let word = match tokens.kind(i) {
                TokenKind::Word => tokens.norm(i),
                TokenKind::Number => "#",
                TokenKind::Break => {
                    last = "^";
                    continue;
                }
                _ => continue,
            };
            words += 1;
            add(&[word]);
            add(&[who, word]);
            add(&["2", last, word]);
            if number == 0 {
                add(&["first", word]);
            }
            last = word;
        }
    }
    let tokens = Tokens::new(dialogue);
    for entity in entities::find(&tokens) {
        add(&["kind", entity.term.kind.name()]);
    }
    add(&[
        "turns",
        ["0", "1", "2", "3", "4", "6", "6", "8", "8", "10", "10", "12", "12", "15", "15", "15"]
            .get(turns.len())
            .unwrap_or(&"many"),
    ]);
    add(&[
        "words",
        match words {
            0..20 => "20",
            20..40 => "40",
            40..70 => "70",
            70..120 => "120",
            120..200 => "200",
            _ => "more",
        },
    ]);
    buckets.sort_unstable();
    let mut out: Vec<(usize, f32)> = Vec::new();
    for bucket in buckets {
        match out.last_mut() {
            Some((last, count)) if *last == bucket => *count += 1.0,
            _ => out.push((bucket, 1.0)),
        }
    }
    for (_, value) in &mut out {
        *value = 1.0 + value.ln();
    }
    let length = out.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(1.0);
    for (_, value) in &mut out {
        *value *= 4.0 / length;
    }
    out.push((0, 1.0));
    out
}

/// Trains on (dialogue, label) rows: softmax regression, plain gradient steps, rows in a fixed shuffled order.
pub fn train(rows: &[(&str, &str)], rounds: usize) -> Model {
    let data: Vec<(Vec<(usize, f32)>, usize)> = rows
        .iter()
        .filter_map(|(text, label)| Some((features(text), LABELS.iter().position(|l| l == label)?)))
        .collect();
    let mut model = Model { weights: vec![0.0; BUCKETS * 20] };
    let mut order: Vec<usize> = (0..data.len()).collect();
    let mut state = 0x2545_f491_4f6c_dd1du64;
    for round in 0..rounds {
        for i in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(i, (state % (i as u64 + 1)) as usize);
        }
        let step = 0.35 / (1.0 + 0.25 * round as f32);
        for index in &order {
            let Some((features, label)) = data.get(*index) else { continue };
            let chances = model.chances(features);
            for (bucket, value) in features {
                if let Some(row) = model.weights.get_mut(bucket * 20..bucket * 20 + 20) {
                    for (l, weight) in row.iter_mut().enumerate() {
                        let target = if l == *label { 1.0 } else { 0.0 };
                        *weight += step * (value * (target - chances[l]) - 0.0008 * *weight);
                    }
                }
            }
        }
    }
    model
}

/// Right answers when each fifth is predicted by a model of the other four.
pub fn cross_validate(rows: &[(&str, &str)], rounds: usize) -> usize {
    (0..5)
        .map(|fold| {
            let part = |keep: bool| -> Vec<(&str, &str)> {
                rows.iter().enumerate().filter(|(i, _)| (i % 5 == fold) != keep).map(|(_, r)| *r).collect()
            };
            let model = train(&part(true), rounds);
            part(false).iter().filter(|(text, label)| model.label(text).0 == *label).count()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_tells_common_sections_apart() {
        let model = Model::shipped();
        assert_eq!(
            model.label("Doctor: Any allergies to medications?\nPatient: Yes, penicillin gives me a rash.").0,
            "ALLERGY"
        );
        assert_eq!(
            model
                .label(
                    "Doctor: Have you had any surgeries?\nPatient: I had my appendix removed and a knee replacement."
                )
                .0,
            "PASTSURGICAL"
        );
        assert_eq!(model.label("Doctor: Does anyone in your family have diabetes?\nPatient: My mother did. I smoke half a pack a day.").0, "FAM/SOCHX");
        let _ = model.label("");
    }

    #[test]
    fn a_model_survives_its_file() {
        let model = train(&[("Doctor: a", "CC"), ("Doctor: b", "ROS")], 3);
        assert_eq!(Model::from_bytes(&model.to_bytes()).to_bytes(), model.to_bytes());
        let _ = Model::from_bytes(&[1, 2, 3]).label("x");
    }
}
