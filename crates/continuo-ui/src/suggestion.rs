//! The suggestion card: what a rule or model proposes, why, on which evidence, and the three answers to it.
//!
//! Violet and the star mean "a machine proposed this". Dismissing asks why in the same press.

use maud::{Markup, html};

use crate::evidence::{EvidenceView, evidence};
use crate::tag::{TagView, Tone, tag};
use crate::who::{self, Who};
use crate::words::Lang;

/// A reason offered for dismissing.
#[derive(Clone, Debug)]
pub struct ReasonView {
    /// Value posted.
    pub code: String,
    /// "Already done".
    pub label: String,
}

/// One suggestion.
#[derive(Clone, Debug)]
pub struct SuggestionView {
    /// Opaque id, unique on the page.
    pub id: String,
    /// Whom it is about.
    pub who: Who,
    /// "Call about stopped water pill".
    pub what: String,
    /// One sentence.
    pub why: String,
    /// "clearly said", "probably", "check", or empty for rules.
    pub certainty: String,
    /// What it rests on.
    pub evidence: EvidenceView,
    /// "Rule discharge-call 1.2, 08/19/2026 7:02 am".
    pub made: String,
    /// Where the answers are posted, `do=accept` or `do=dismiss`.
    pub post: String,
    /// Page on which it can be changed first.
    pub edit: String,
    /// Reasons for dismissing.
    pub reasons: Vec<ReasonView>,
    /// High consequence: dismissing needs words.
    pub words_needed: bool,
    /// Decided already: who, when, how; no buttons then.
    pub decided: Option<TagView>,
}

/// The card.
pub fn suggestion(lang: Lang, csrf: &str, view: &SuggestionView) -> Markup {
    let words = lang.words();
    html! {
        article.suggestion.suggestion-decided[view.decided.is_some()] id={ "suggestion-" (view.id) } aria-labelledby={ "suggestion-" (view.id) "-title suggestion-" (view.id) "-who" } data-row tabindex="-1" {
            header {
                (tag(view.decided.as_ref().unwrap_or(&TagView::new(Tone::Suggested, words.suggested))))
                h3 id={ "suggestion-" (view.id) "-title" } { (view.what) }
                @if !view.certainty.is_empty() { span.fine.muted { (view.certainty) } }
                p.who id={ "suggestion-" (view.id) "-who" } { (who::link(&view.who)) }
            }
            div.suggestion-body { p.prose { (view.why) } (evidence(lang, &view.evidence)) p.made { (view.made) } }
            @if view.decided.is_none() { (answers(lang, csrf, view)) }
        }
    }
}

fn answers(lang: Lang, csrf: &str, view: &SuggestionView) -> Markup {
    let words = lang.words();
    let about = view.who.named_and_born();
    html! {
        div.row {
            form.inline method="post" action=(view.post) {
                input type="hidden" name="csrf" value=(csrf);
                button class="button button-main" type="submit" name="do" value="accept" data-key="y" aria-keyshortcuts="y" {
                    (words.accept) span.visually-hidden { ": " (view.what) ", " (about) } kbd aria-hidden="true" { "y" }
                }
            }
            a.button href=(view.edit) data-key="e" aria-keyshortcuts="e" {
                (words.edit) span.visually-hidden { ": " (view.what) ", " (about) } kbd aria-hidden="true" { "e" }
            }
            details.menu.menu-left data-menu {
                summary.button.caret data-key="r" { (words.dismiss) span.visually-hidden { ": " (view.what) ", " (about) } kbd aria-hidden="true" { "r" } }
                form.menu-list method="post" action=(view.post) {
                    input type="hidden" name="csrf" value=(csrf);
                    input type="hidden" name="do" value="dismiss";
                    p.fine.muted { (words.dismiss_why) }
                    @if view.words_needed {
                        label.fine for={ "words-" (view.id) } { "In your words (needed for this one)" }
                        textarea id={ "words-" (view.id) } name="words" rows="2" required {}
                    }
                    @for reason in &view.reasons { button type="submit" name="reason" value=(reason.code) { (reason.label) } }
                }
            }
        }
    }
}
