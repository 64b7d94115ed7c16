//! A number that someone watches, with its target, and what could not be counted.

use maud::{Markup, html};

use crate::tag::{TagView, tag};

/// One number.
#[derive(Clone, Debug)]
pub struct StatView {
    /// "Called within 2 business days".
    pub label: String,
    /// "31 of 36".
    pub value: String,
    /// "target 95 %".
    pub target: String,
    /// Against the target.
    pub reading: Option<TagView>,
    /// "not assessable: 4".
    pub not_assessable: String,
}

/// Numbers in a row.
pub fn stats(views: &[StatView]) -> Markup {
    html! {
        dl.stats {
            @for view in views {
                div.stat {
                    dt { (view.label) }
                    dd {
                        span.value.value-words[!view.value.starts_with(|c: char| c.is_ascii_digit())] { (view.value) }
                        @if let Some(reading) = &view.reading { " " (tag(reading)) }
                        @if !view.target.is_empty() { div.target { (view.target) } }
                        @if !view.not_assessable.is_empty() { div.target { (view.not_assessable) } }
                    }
                }
            }
        }
    }
}
