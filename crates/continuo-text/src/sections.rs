//! Which section of a note a piece of conversation belongs to.
//!
//! A small linear model over words, who says them and what the lexicon finds (`knowledge/models/sections.bin`, its card
//! beside it). Training is `train` below, run by `continuo text train-sections`; nothing here is random.

use crate::entities;
use crate::linear::{Features, Linear};
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

/// Passes over the training rows.
pub const ROUNDS: usize = 14;

/// The model of section headers.
pub struct Model {
    linear: Linear<20>,
}

static SHIPPED: &[u8] = include_bytes!("../../../knowledge/models/sections.bin");

impl Model {
    /// The model in the program.
    pub fn shipped() -> Self {
        Self::from_bytes(SHIPPED)
    }

    /// Reads a model from its file.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { linear: Linear::from_bytes(bytes) }
    }

    /// The form that is kept in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.linear.to_bytes()
    }

    /// The best label and the chance the model gives it.
    pub fn label(&self, dialogue: &str) -> (&'static str, f32) {
        let scores = self.linear.chances(&features(dialogue));
        let best = (0..LABELS.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        (LABELS[best], scores[best])
    }
}

/// Hashed features with values of unit length.
fn features(dialogue: &str) -> Vec<(usize, f32)> {
    let mut out = Features::default();
    let mut add = |parts: &[&str]| out.add(parts);
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
    out.finish()
}

/// Trains on (dialogue, label) rows.
pub fn train(rows: &[(&str, &str)], rounds: usize) -> Model {
    let data: Vec<(Vec<(usize, f32)>, usize)> = rows
        .iter()
        .filter_map(|(text, label)| Some((features(text), LABELS.iter().position(|l| l == label)?)))
        .collect();
    Model { linear: Linear::train(&data, rounds) }
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
