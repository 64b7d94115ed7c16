//! Status tags and due labels: a word, a shape and a color, in that order.

use maud::{Markup, html};

use crate::shape;

/// The six status roles. A tone is a color and a shape; the word says what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Overdue, critical: harm or lateness.
    Critical,
    /// Due today, high.
    Caution,
    /// In progress.
    Active,
    /// Completed, in range.
    Done,
    /// Requested, on hold.
    Waiting,
    /// A machine proposed this, and nothing else.
    Suggested,
}

impl Tone {
    /// The class that gives the color.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Critical => "tone-critical",
            Tone::Caution => "tone-caution",
            Tone::Active => "tone-active",
            Tone::Done => "tone-done",
            Tone::Waiting => "tone-waiting",
            Tone::Suggested => "tone-suggested",
        }
    }
}

/// A status: what it is called here and how grave it is.
#[derive(Clone, Debug)]
pub struct TagView {
    /// Shape and color.
    pub tone: Tone,
    /// "In progress", "Waiting for County Ride".
    pub word: String,
}

impl TagView {
    /// A tag of a tone and a word.
    pub fn new(tone: Tone, word: impl Into<String>) -> TagView {
        TagView { tone, word: word.into() }
    }
}

/// A bordered tag.
pub fn tag(view: &TagView) -> Markup {
    html! {
        span class={ "tag " (view.tone.class()) } { (shape::of(view.tone)) span { (view.word) } }
    }
}

/// When something is due, in words, with the absolute date beside it or on hover.
#[derive(Clone, Debug)]
pub struct DueView {
    /// Lateness.
    pub tone: Tone,
    /// "2 days late", "today 2:00 pm".
    pub word: String,
    /// "Thu 08/20/2026, 2:00 pm".
    pub absolute: String,
    /// For the `datetime` attribute, such as `2026-08-20`.
    pub machine: String,
}

impl DueView {
    /// A due label.
    pub fn new(
        tone: Tone,
        word: impl Into<String>,
        absolute: impl Into<String>,
        machine: impl Into<String>,
    ) -> DueView {
        DueView { tone, word: word.into(), absolute: absolute.into(), machine: machine.into() }
    }
}

/// The due label.
pub fn due(view: &DueView) -> Markup {
    html! {
        time class={ "due " (view.tone.class()) } datetime=[(!view.machine.is_empty()).then_some(&view.machine)]
            title=[(!view.absolute.is_empty()).then_some(&view.absolute)] {
            (shape::of(view.tone)) (view.word)
            @if !view.absolute.is_empty() { span.due-absolute { (view.absolute) } }
        }
    }
}
