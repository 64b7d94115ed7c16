//! Which pieces of a conversation belong in the note, and in which division: a small trained model.
//!
//! Trained on public visits with their notes (`knowledge/models/note.md`); a piece of the training visits counts as
//! kept where most of its content words stand in one division of the clinician's note.

use super::pieces::{self, Piece};
use crate::entities;
use crate::linear::{Features, Linear};
use crate::token::{Kind, Tokens};
use crate::transcript::{Speaker, turns};

/// The four divisions of a visit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Division {
    /// What the patient tells.
    Subjective,
    /// What the examination finds.
    Exam,
    /// What tests show.
    Results,
    /// What it is and what will be done.
    Plan,
}

impl Division {
    /// All, in reading order.
    pub const ALL: [Self; 4] = [Self::Subjective, Self::Exam, Self::Results, Self::Plan];

    /// The name in data files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Subjective => "subjective",
            Self::Exam => "objective_exam",
            Self::Results => "objective_results",
            Self::Plan => "assessment_and_plan",
        }
    }
}

/// Passes over the training visits.
pub const ROUNDS: usize = 12;

/// The model of the note's choice.
pub struct Model {
    linear: Linear<5>,
}

static SHIPPED: &[u8] = include_bytes!("../../../../knowledge/models/note.bin");

/// How sure the model must be to keep a piece; missing something told costs more than a line too many.
const KEEP: f32 = 0.22;

impl Model {
    /// The model in the program.
    pub fn shipped() -> Self {
        Self { linear: Linear::from_bytes(SHIPPED) }
    }

    /// Reads a model from its file.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self { linear: Linear::from_bytes(bytes) }
    }

    /// The form that is kept in a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.linear.to_bytes()
    }

    pub(super) fn choose(&self, pieces: &[Piece<'_>]) -> Vec<Option<Division>> {
        (0..pieces.len())
            .map(|i| {
                let piece = pieces.get(i)?;
                let chances = self.linear.chances(&features(pieces, i));
                let best = (1..5).max_by(|a, b| chances[*a].total_cmp(&chances[*b]))?;
                let kept = 1.0 - chances[0];
                (kept >= KEEP && !piece.question).then(|| Division::ALL[best - 1])
            })
            .collect()
    }
}

fn features(pieces: &[Piece<'_>], index: usize) -> Vec<(usize, f32)> {
    let mut out = <Features>::default();
    let Some(piece) = pieces.get(index) else { return out.finish() };
    let who = if piece.speaker == Speaker::Patient { "p" } else { "d" };
    let tokens = Tokens::new(piece.text);
    let mut last = "^";
    let mut words = 0;
    for i in 0..tokens.len() {
        let word = match tokens.kind(i) {
            Kind::Word => tokens.norm(i),
            Kind::Number => "#",
            _ => continue,
        };
        out.add(&[word]);
        out.add(&[who, word]);
        out.add(&[last, word]);
        last = word;
        words += 1;
    }
    for entity in entities::find(&tokens) {
        out.add(&["kind", who, entity.term.kind.name()]);
    }
    const TENTHS: [&str; 11] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "9"];
    let tenth = TENTHS.get(piece.tenth).copied().unwrap_or("9");
    out.add(&["tenth", who, tenth]);
    out.add(&["tenth", tenth]);
    out.add(&[
        "length",
        match words {
            0..3 => "2",
            3..6 => "5",
            6..10 => "9",
            10..18 => "17",
            18..30 => "29",
            _ => "more",
        },
    ]);
    if piece.question {
        out.add(&["question"]);
    }
    if let Some(before) = index.checked_sub(1).and_then(|i| pieces.get(i)) {
        out.add(&[
            "before",
            if before.question { "?" } else { "." },
            if before.speaker == piece.speaker { "same" } else { "other" },
        ]);
        let tokens = Tokens::new(before.text);
        for i in tokens.len().saturating_sub(6)..tokens.len() {
            out.add(&["before", tokens.norm(i)]);
        }
    }
    out.finish()
}

/// A training example: features hidden, label 0 (leave out) to 4 (plan).
pub struct Example {
    features: Vec<(usize, f32)>,
    label: usize,
}

/// Makes examples of one visit from its conversation and the four divisions of its note.
pub fn label_examples(dialogue: &str, divisions: [&str; 4]) -> Vec<Example> {
    let turns = turns(dialogue);
    let pieces = pieces::split(dialogue, &turns);
    let notes: Vec<Vec<String>> = divisions.iter().map(|d| content(d)).collect();
    (0..pieces.len())
        .filter_map(|i| {
            let words = content(pieces.get(i)?.text);
            let share = |note: &Vec<String>| {
                words.iter().filter(|w| note.contains(w)).count() as f32 / words.len().max(1) as f32
            };
            let best = (0..4).max_by(|a, b| share(&notes[*a]).total_cmp(&share(&notes[*b])))?;
            let kept = words.len() >= 2 && share(&notes[best]) >= 0.6;
            Some(Example { features: features(&pieces, i), label: if kept { best + 1 } else { 0 } })
        })
        .collect()
}

/// Trains the choice.
pub fn train(examples: Vec<Example>, rounds: usize) -> Model {
    let data: Vec<(Vec<(usize, f32)>, usize)> = examples.into_iter().map(|e| (e.features, e.label)).collect();
    Model { linear: Linear::train(&data, rounds) }
}

/// Words that carry meaning, cut to their stems' beginning.
fn content(text: &str) -> Vec<String> {
    const EMPTY: &[&str] = &[
        "the", "and", "that", "you", "your", "have", "has", "had", "was", "were", "are", "for", "with", "this", "but",
        "not", "she", "her", "his", "they", "okay", "yeah", "just", "like", "know", "gon", "wan", "its", "can", "all",
        "about", "there", "then", "now", "going", "get", "got", "did", "does", "been", "well", "any", "what", "really",
        "patient", "very", "some", "will", "would", "out", "from", "let", "lets", "think", "want", "also", "right",
        "good", "see", "him", "our", "see", "say", "said", "one",
    ];
    let tokens = Tokens::new(text);
    (0..tokens.len())
        .map(|i| tokens.norm(i))
        .filter(|w| w.len() > 2 && !EMPTY.contains(w))
        .map(|w| w.chars().take(6).collect())
        .collect()
}
