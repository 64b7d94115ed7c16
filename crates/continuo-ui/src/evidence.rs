//! Evidence: the rule, the facts it used, what would change the answer; and quotes that lead to their source.
//!
//! A native disclosure, so it opens with a key or a press without script; the script adds hover and Escape.

use maud::{Markup, html};

use crate::words::Lang;

/// One fact an answer rests on.
#[derive(Clone, Debug)]
pub struct FactView {
    /// "HbA1c 6.8 %".
    pub what: String,
    /// "12/28/2025, Quest".
    pub when: String,
    /// Address of the source.
    pub href: String,
}

/// What a claim rests on.
#[derive(Clone, Debug, Default)]
pub struct EvidenceView {
    /// Unique on the page.
    pub id: String,
    /// Word on the handle; empty means "Why?".
    pub handle: String,
    /// "HbA1c is overdue".
    pub rule: String,
    /// Page of the rule.
    pub rule_href: String,
    /// What the rule says, in a sentence.
    pub says: String,
    /// Facts used.
    pub facts: Vec<FactView>,
    /// Words used.
    pub quotes: Vec<QuoteView>,
    /// "A result after 08/01 closes it."
    pub would_change: Vec<String>,
    /// Guideline or policy cited.
    pub source: String,
}

/// Words taken from a text, with where they stand.
#[derive(Clone, Debug)]
pub struct QuoteView {
    /// The words themselves.
    pub words: String,
    /// "Call of 08/19, 02:14, patient".
    pub from: String,
    /// Address that opens the text at these words.
    pub href: String,
    /// Language of the words, when not the page's.
    pub lang: Option<String>,
}

/// The popover with its handle.
pub fn evidence(lang: Lang, view: &EvidenceView) -> Markup {
    let words = lang.words();
    html! {
        details.evidence #(view.id) data-menu data-hover {
            summary { @if view.handle.is_empty() { (words.why) } @else { (view.handle) } @if !view.rule.is_empty() { span.visually-hidden { " " (view.rule) } } }
            div.evidence-body { (body(lang, view)) }
        }
    }
}

/// The content alone, for a preview or a page.
pub fn body(lang: Lang, view: &EvidenceView) -> Markup {
    let words = lang.words();
    html! {
        p { a href=(view.rule_href) { strong { (view.rule) } } }
        @if !view.says.is_empty() { p { (view.says) } }
        @if !view.facts.is_empty() {
            p.muted { (words.based_on) }
            dl.facts {
                @for fact in &view.facts { div { dt { @if fact.href.is_empty() { (fact.what) } @else { a href=(fact.href) { (fact.what) } } } dd.num { (fact.when) } } }
            }
        }
        @for one in &view.quotes { (quote(one)) }
        @if !view.would_change.is_empty() {
            p.muted { (words.would_change) }
            ul { @for line in &view.would_change { li { (line) } } }
        }
        @if !view.source.is_empty() { p.fine.muted { (words.source) ": " (view.source) } }
    }
}

/// A quote that leads to its place.
pub fn quote(view: &QuoteView) -> Markup {
    html! {
        blockquote.quote {
            q lang=[view.lang.as_ref()] { (view.words) }
            span.from { @if view.href.is_empty() { (view.from) } @else { a href=(view.href) { (view.from) } } }
        }
    }
}
