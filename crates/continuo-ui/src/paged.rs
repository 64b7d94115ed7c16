//! The line at the top of every page for whoever is on call: danger that waits, since when, and when the next is told.
//!
//! It looks like any critical notice. Empty it stands hidden on the page, so that a script can fill it at once.

use maud::{Markup, html};

use crate::action::{Action, buttons};
use crate::states::notice;
use crate::tag::Tone;

/// One line.
#[derive(Clone, Debug)]
pub struct PagedLine {
    /// "REYES, Ana 02/12/1960 is in danger and waits since 2:05 pm for whoever is on call: you."
    pub text: String,
    /// What to press.
    pub actions: Vec<Action>,
}

/// All lines, and what scripts need.
#[derive(Clone, Debug, Default)]
pub struct PagedView {
    /// At most two: what the reader may open, and what nobody here may read.
    pub lines: Vec<PagedLine>,
    /// Changes with what is told.
    pub digest: String,
    /// Address of the events that tell it.
    pub stream: String,
    /// The reader wants to hear it.
    pub sound: bool,
}

/// The place of the lines.
pub fn paged(csrf: &str, view: &PagedView) -> Markup {
    html! {
        aside.alarm aria-label="Danger" hidden[view.lines.is_empty()] {
            div role="alert" data-paged=(view.stream) data-sound=[view.sound.then_some("on")] { (paged_lines(csrf, view)) }
        }
    }
}

/// The lines alone, as an event brings them; nothing where nothing waits.
pub fn paged_lines(csrf: &str, view: &PagedView) -> Markup {
    html! {
        @if !view.lines.is_empty() {
            div data-digest=(view.digest) {
                @for line in &view.lines { (notice(Tone::Critical, &line.text, buttons(csrf, &line.actions))) }
            }
        }
    }
}
