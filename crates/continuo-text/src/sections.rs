//! Which section of a note a piece of conversation belongs to.
//!
//! A small linear model over words, pieces of words, who says them and what the lexicon finds
//! (`knowledge/models/sections.bin`, its card beside it). It learns from the conversations and from what was written of
//! them. Training is `train` below, run by `continuo text train-sections`; nothing here is random.

use crate::entities;
use crate::linear::{Features, Linear, Rarity};
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
pub const ROUNDS: usize = 30;

/// Feature buckets: pieces of words need more room than the other models have.
const BUCKETS: usize = 1 << 16;

/// The model of section headers.
pub struct Model {
    rarity: Rarity<BUCKETS>,
    linear: Linear<20, BUCKETS>,
}

static SHIPPED: &[u8] = include_bytes!("../../../knowledge/models/sections.bin");

impl Model {
    /// The model in the program.
    pub fn shipped() -> Self {
        Self::from_bytes(SHIPPED)
    }

    /// Reads a model from its file.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { rarity: Rarity::from_bytes(bytes), linear: Linear::from_bytes(bytes.get(BUCKETS..).unwrap_or(&[])) }
    }

    /// The form that is kept in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.rarity.to_bytes(), self.linear.to_bytes()].concat()
    }

    /// The best label and its share among all labels: an order of certainty, no calibrated chance.
    pub fn label(&self, dialogue: &str) -> (&'static str, f32) {
        let (best, chance) = self.best(&features(dialogue, true));
        (LABELS[best], chance)
    }

    fn best(&self, groups: &Groups) -> (usize, f32) {
        let chances = self.linear.chances(&self.rarity.weigh(groups));
        let best = (0..LABELS.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or(0);
        (best, chances[best])
    }
}

/// What is read of one text: words, pairs of words, the doctor's words and the first turn, pieces of words, and its shape.
type Groups = [Vec<(usize, f32)>; 5];

/// How long a text may be until the rest is left out.
const WORDS: usize = 1500;

/// Features of a conversation; of a written note (`spoken` false) only those that do not hang on who says it.
fn features(text: &str, spoken: bool) -> Groups {
    let [mut words, mut pairs, mut asked, mut pieces, mut shape] =
        std::array::from_fn(|_| Features::<BUCKETS>::default());
    let turns = turns(text);
    let mut count = 0usize;
    for (number, turn) in turns.iter().enumerate() {
        let tokens = Tokens::new(turn.span.of(text));
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
            count += 1;
            if count > WORDS {
                break;
            }
            words.add(&["w", word]);
            pairs.add(&["2", last, word]);
            let padded: Vec<char> =
                std::iter::once('_').chain(word.chars().take(24)).chain(std::iter::once('_')).collect();
            for piece in (3..=5).flat_map(|length| padded.windows(length)) {
                pieces.add(&["c", &piece.iter().collect::<String>()]);
            }
            if spoken && turn.speaker == Speaker::Doctor {
                asked.add(&["d", word]);
            }
            if spoken && number == 0 {
                asked.add(&["first", word]);
                asked.add(&["first", last, word]);
            }
            last = word;
        }
    }
    for entity in entities::find(&Tokens::new(text)) {
        shape.add(&["kind", entity.term.kind.name()]);
    }
    if spoken {
        shape.add(&["turns", TURNS.get(turns.len()).unwrap_or(&"many")]);
        shape.add(&["words", &count.checked_ilog2().unwrap_or(0).to_string()]);
    }
    [words.counted(), pairs.counted(), asked.counted(), pieces.counted(), shape.counted()]
}

/// Numbers of turns that count alike.
const TURNS: [&str; 16] = ["0", "1", "2", "3", "4", "6", "6", "8", "8", "10", "10", "12", "12", "15", "15", "15"];

/// One row to learn from.
#[derive(Clone, Copy, Debug)]
pub struct Example<'a> {
    /// What was said.
    pub dialogue: &'a str,
    /// What the clinician wrote of it; empty when not known. It is learnt from as a second text of the same label.
    pub text: &'a str,
    /// The section it went to.
    pub label: &'a str,
}

type Row = (Groups, usize);

/// The texts of each example with a known label: the conversation, then what was written of it.
fn read_all(examples: &[Example<'_>]) -> Vec<Vec<Row>> {
    let texts = |e: &Example<'_>| -> Option<Vec<Row>> {
        let label = LABELS.iter().position(|l| *l == e.label)?;
        let written = (!e.text.trim().is_empty()).then(|| (features(e.text, false), label));
        Some(std::iter::once((features(e.dialogue, true), label)).chain(written).collect())
    };
    examples.iter().filter_map(texts).collect()
}

/// Trains on examples; the same examples in the same order give the same bytes.
pub fn train(examples: &[Example<'_>], rounds: usize) -> Model {
    let rows = read_all(examples);
    train_rows(&rows.iter().flatten().collect::<Vec<_>>(), rounds)
}

fn train_rows(rows: &[&Row], rounds: usize) -> Model {
    let rarity = Rarity::learn(rows.iter().map(|(groups, _)| &groups[..]));
    let data: Vec<_> = rows.iter().map(|(groups, label)| (rarity.weigh(groups), *label)).collect();
    Model { linear: Linear::train_margin(&data, rounds), rarity }
}

/// How a model of four fifths does on the fifth it has not seen, over all five.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Validation {
    /// Rows with a known label.
    pub rows: usize,
    /// Rows given their label.
    pub right: usize,
    /// The same share when each label counts by the square root of its rows, as where rare sections are commoner.
    pub evened: f64,
    /// The mean over labels of the share that is found.
    pub recall: f64,
}

/// Predicts each fifth by a model of the other four.
pub fn cross_validate(examples: &[Example<'_>], rounds: usize) -> Validation {
    let rows = read_all(examples);
    let mut tally = [(0usize, 0usize); LABELS.len()];
    for fold in 0..5 {
        let rest: Vec<&Row> = rows.iter().enumerate().filter(|(i, _)| i % 5 != fold).flat_map(|(_, r)| r).collect();
        let model = train_rows(&rest, rounds);
        for (groups, label) in rows.iter().skip(fold).step_by(5).filter_map(|r| r.first()) {
            let (all, right) = &mut tally[*label];
            *all += 1;
            *right += usize::from(model.best(groups).0 == *label);
        }
    }
    let seen: Vec<(f64, f64)> = tally.iter().filter(|(a, _)| *a > 0).map(|(a, r)| (*a as f64, *r as f64)).collect();
    Validation {
        rows: rows.len(),
        right: tally.iter().map(|(_, right)| right).sum(),
        evened: seen.iter().map(|(a, r)| r / a.sqrt()).sum::<f64>()
            / seen.iter().map(|(a, _)| a.sqrt()).sum::<f64>().max(1.0),
        recall: seen.iter().map(|(a, r)| r / a).sum::<f64>() / (seen.len() as f64).max(1.0),
    }
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
        let row = |dialogue, label| Example { dialogue, text: "a word", label };
        let model = train(&[row("Doctor: a", "CC"), row("Doctor: b", "ROS"), row("Doctor: c", "no label")], 3);
        assert_eq!(Model::from_bytes(&model.to_bytes()).to_bytes(), model.to_bytes());
        let _ = Model::from_bytes(&[1, 2, 3]).label("x");
    }
}
