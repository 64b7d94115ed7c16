//! The preview beside a list: who, how to reach them, what is open, the evidence and one sentence to say.

use maud::{Markup, html};

use crate::action::{Action, buttons};
use crate::who::{self, Who};
use crate::words::Lang;

/// The preview.
#[derive(Clone, Debug)]
pub struct PeekView {
    /// Who.
    pub who: Who,
    /// Record number, language, how to reach.
    pub reach: Vec<String>,
    /// What to press first.
    pub actions: Vec<Action>,
    /// Titled parts in order.
    pub parts: Vec<PeekPart>,
    /// "Read 9:02 am".
    pub read_at: String,
    /// Address of the list without the preview.
    pub close: String,
}

/// One part of the preview.
#[derive(Clone, Debug)]
pub struct PeekPart {
    /// "Open for her", "One sentence to say".
    pub title: String,
    /// Content.
    pub body: Markup,
}

/// The panel.
pub fn peek(lang: Lang, csrf: &str, view: &PeekView) -> Markup {
    let words = lang.words();
    html! {
        aside.peek #peek aria-labelledby="peek-title" tabindex="-1" {
            header {
                div {
                    h2 #peek-title { (who::link(&view.who)) }
                    @for line in &view.reach { p.fine.muted { (line) } }
                }
                a class="button button-quiet button-small" href=(view.close) data-peek-close { (words.close) kbd aria-hidden="true" { "Esc" } }
            }
            @if !view.actions.is_empty() { section aria-label="Actions" { (buttons(csrf, &view.actions)) } }
            @for part in &view.parts { section { h3 { (part.title) } (part.body) } }
            @if !view.read_at.is_empty() { section { p.fine.muted { (view.read_at) } } }
        }
    }
}
