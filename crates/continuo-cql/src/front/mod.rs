//! The CQL front end: text to ELM. ELM is the border; the engine knows nothing of this folder.

pub mod ast;
pub mod lexer;
pub mod parser;

pub mod model;
pub mod suite;
pub mod translate;
pub mod types;
pub mod workspace;
pub mod xml;

pub use translate::{Translated, translate};

/// Something wrong in a CQL text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Byte where it stands.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What may help.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without hint.
    pub fn new(at: usize, message: impl Into<String>) -> Problem {
        Problem { at, message: message.into(), hint: None }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// `line:column: message (hint)`, both counted from one.
    pub fn display(&self, text: &str) -> String {
        let (line, column) = place(text, self.at);
        match &self.hint {
            Some(hint) => format!("{line}:{column}: {} ({hint})", self.message),
            None => format!("{line}:{column}: {}", self.message),
        }
    }
}

/// Line and column of a byte.
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let head = text.get(..at.min(text.len())).unwrap_or(text);
    let line = head.matches('\n').count() + 1;
    let column = head.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (line, column)
}
