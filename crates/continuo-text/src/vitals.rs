//! Numbers measured and said aloud: "blood pressure is one thirty eight over eighty two, pulse seventy six".
//!
//! The note and the proposals read the same findings. A number belongs to the nearest name before it, within limits a
//! living person can have; "gained five pounds" is a difference and no weight, "a fever of 100.4 or higher" a limit and no
//! temperature, and the two numbers of "Advair 250/50" are no pressure.

mod limits;
mod pressure;
mod signs;
mod single;
#[cfg(test)]
mod tests;

pub use signs::plain_unit;

use crate::entities;
use crate::lexicon::Kind as Term;
use crate::spoken::{self, Spoken};
use crate::token::{Kind, Tokens};

/// The name of a blood pressure.
pub const PRESSURE: &str = "blood pressure";
const PRESSURE_NAMES: &[&str] = &["pressure", "bp", "presion"];

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// "heart rate", [`PRESSURE`].
    pub name: &'static str,
    /// In digits: "76", "138/82".
    pub value: String,
    /// Its unit in UCUM; empty where none was said and none goes without saying.
    pub unit: &'static str,
    /// First token, the name or the number.
    pub from: usize,
    /// One past the last token.
    pub to: usize,
    /// First token of the number.
    pub number: usize,
    /// The unit was said.
    pub unit_said: bool,
    /// Said without its hundred ("one forty").
    pub elided: bool,
    /// For a pressure: it was called one. For others: words from the name to the number are few.
    pub close: bool,
}

/// A number, in digits or words, at a token.
struct Number<'t> {
    value: &'t str,
    to: usize,
    elided: bool,
}

/// A text read for its measurements.
pub struct Vitals<'t> {
    tokens: &'t Tokens,
    spoken: Vec<Spoken>,
    /// First and one past the last token of each medicine before a number.
    medicines: Vec<(usize, usize)>,
}

impl<'t> Vitals<'t> {
    /// Reads a text's spoken numbers.
    pub fn new(tokens: &'t Tokens) -> Self {
        let slash = (0..tokens.len()).any(|at| tokens.norm(at) == "/");
        let medicines = if slash {
            entities::of_kinds(tokens, |kind| matches!(kind, Term::Medicine | Term::MedicineClass))
                .iter()
                .filter(|entity| (entity.to..entity.to + 2).any(|at| tokens.kind(at) == Kind::Number))
                .map(|entity| (entity.from, entity.to))
                .collect()
        } else {
            Vec::new()
        };
        Self { tokens, spoken: spoken::find(tokens), medicines }
    }

    /// Everything measured among tokens `from..to`, a sentence, in order.
    pub fn find(&self, from: usize, to: usize) -> Vec<Measured> {
        let mut name = from;
        let mut out = Vec::new();
        for at in from..to {
            out.extend(self.pressure(at, from, to));
            // "oxygen saturation" is one name
            if at >= name
                && let Some((sign, after)) = self.sign(at)
            {
                name = after;
                out.extend(self.measured(sign, at, after, from, to));
            }
        }
        out
    }

    fn number(&self, at: usize) -> Option<Number<'_>> {
        if self.tokens.kind(at) == Kind::Number {
            return Some(Number { value: self.tokens.norm(at), to: at + 1, elided: false });
        }
        let found = self.spoken.get(self.spoken.partition_point(|one| one.from < at))?;
        (found.from == at).then(|| Number { value: &found.value, to: found.to, elided: found.elided })
    }

    fn has(&self, from: usize, to: usize, words: &[&str]) -> bool {
        (from..to).any(|at| words.contains(&self.tokens.norm(at)))
    }
}
