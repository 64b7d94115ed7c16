//! A transcript with its quotes lit, and the proposals beside it.
//!
//! Without script a quote's link lights the other side by `:target`; the script adds it on focus. Words are shown as
//! they came: markup as text, signs that cannot be seen as signs that can.

use maud::{Markup, html};

use crate::suggestion::ReasonView;
use crate::tag::{TagView, Tone, tag};

/// A stretch of words of one turn.
#[derive(Clone, Debug, Default)]
pub struct PieceView {
    /// The words.
    pub text: String,
    /// Numbers of the proposals that rest on them.
    pub of: Vec<usize>,
    /// Anchors that begin here: proposal and quote.
    pub begins: Vec<(usize, usize)>,
}

/// One turn.
#[derive(Clone, Debug, Default)]
pub struct TurnView {
    /// "02:14".
    pub time: String,
    /// The name as the transcript has it.
    pub who: String,
    /// Said after the name: "taken for staff".
    pub note: String,
    /// The words in order.
    pub pieces: Vec<PieceView>,
    /// Language of the words, where it is not the page's.
    pub lang: Option<String>,
}

/// One proposal.
#[derive(Clone, Debug)]
pub struct ProposalView {
    /// Its number on the page, from 1.
    pub number: usize,
    /// "Medication".
    pub kind: String,
    /// "furosemide: not taking since 08/15".
    pub what: String,
    /// What a person changed before accepting.
    pub edited: String,
    /// "patient reports".
    pub assertion: String,
    /// "clearly said".
    pub certainty: String,
    /// Loud: words of danger, a medicine stopped, an allergy.
    pub grave: Option<TagView>,
    /// A language model's statement says something else than the words: "Differs from the words".
    pub differs: Option<TagView>,
    /// Quotes: "02:14 Patient" and the words.
    pub quotes: Vec<(String, String)>,
    /// A quote no longer stands where it says.
    pub moved: bool,
    /// Where the answers are posted.
    pub post: String,
    /// Page on which it can be changed first; empty where nothing can be decided.
    pub edit: String,
    /// Reasons for rejecting.
    pub reasons: Vec<ReasonView>,
    /// Rejecting needs words.
    pub words_needed: bool,
    /// Decided: who and how.
    pub decided: Option<TagView>,
    /// "REYES, Ana 02/12/1960", for readers of the buttons.
    pub about: String,
}

/// Signs that cannot be seen, or that turn text around, as signs that can.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {}
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{80}'..='\u{9f}' => {
                out.push_str(&format!("\u{27e8}U+{:04X}\u{27e9}", c as u32));
            }
            other => out.push(other),
        }
    }
    out
}

/// The turns as a list.
pub fn transcript(turns: &[TurnView]) -> Markup {
    html! {
        ol.transcript {
            @for turn in turns {
                li.turn {
                    @if !turn.time.is_empty() { span.turn-time.num { (turn.time) } }
                    @if !turn.who.is_empty() { span.turn-who { (visible(&turn.who)) @if !turn.note.is_empty() { span.fine.muted { " (" (turn.note) ")" } } ":" } " " }
                    span.turn-words lang=[turn.lang.as_ref()] { @for piece in &turn.pieces { (self::piece(piece)) } }
                }
            }
        }
    }
}

fn piece(piece: &PieceView) -> Markup {
    let numbers = piece.of.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
    html! {
        @for (proposal, quote) in &piece.begins { span.quote-anchor id={ "q-" (proposal) "-" (quote) } {} }
        @match piece.of.first() {
            Some(first) => { mark data-p=(numbers) { a href={ "#p-" (first) } { (visible(&piece.text)) span.visually-hidden { " (proposal " (first) ")" } } } }
            None => { (visible(&piece.text)) }
        }
    }
}

/// One proposal with its answers.
pub fn proposal(csrf: &str, view: &ProposalView) -> Markup {
    let id = format!("p-{}", view.number);
    html! {
        article.suggestion.suggestion-decided[view.decided.is_some()] id=(id) aria-labelledby={ (id) "-title" } data-row data-p=(view.number) tabindex="-1" {
            header {
                @match &view.decided { Some(decided) => (tag(decided)), None => (tag(&TagView::new(Tone::Suggested, &*view.kind))) }
                h3 id={ (id) "-title" } { @if view.decided.is_some() { (view.kind) ": " } (visible(&view.what)) }
                @if let Some(grave) = &view.grave { (tag(grave)) }
                @if let Some(differs) = &view.differs { (tag(differs)) }
            }
            div.suggestion-body {
            @if !view.edited.is_empty() { p { strong { "Accepted as: " } (visible(&view.edited)) } }
            p.fine { (visible(&view.assertion)) " · " strong { (view.certainty) } }
            ul.quotes {
                @for (n, (from, words)) in view.quotes.iter().enumerate() {
                    li { @let at = format!("#q-{}-{n}", view.number); @if from.is_empty() { a href=(at) { q { (visible(words)) } } } @else { a href=(at) { (visible(from)) } " " q { (visible(words)) } } }
                }
            }
            @if view.differs.is_some() && view.decided.is_none() { p.fine { "Put it right with Edit before accepting, or reject it." } }
            @if view.moved { p.fine.tone-caution { "These words no longer stand where they stood: read what was received." } }
            }
            @if view.decided.is_none() && !view.edit.is_empty() { (answers(csrf, view)) }
        }
    }
}

fn answers(csrf: &str, view: &ProposalView) -> Markup {
    let about = html! { span.visually-hidden { ": " (view.what) ", " (view.about) } };
    html! {
        div.row {
            // What says something else than its words is put right first: one press never takes it over.
            @if view.differs.is_none() {
                form.inline method="post" action=(view.post) {
                    input type="hidden" name="csrf" value=(csrf);
                    button class="button button-main" type="submit" name="do" value="accept" data-key="y" aria-keyshortcuts="y" { "Accept" (about) kbd aria-hidden="true" { "y" } }
                }
            }
            a.button href=(view.edit) data-key="e" aria-keyshortcuts="e" { "Edit" (about) kbd aria-hidden="true" { "e" } }
            details.menu.menu-left data-menu {
                summary.button.caret data-key="r" { "Reject" (about) kbd aria-hidden="true" { "r" } }
                form.menu-list method="post" action=(view.post) {
                    input type="hidden" name="csrf" value=(csrf);
                    input type="hidden" name="do" value="reject";
                    p.fine.muted { "Why not?" }
                    @if view.words_needed {
                        label.fine for={ "words-" (view.number) } { "In your words (needed for this one)" }
                        textarea id={ "words-" (view.number) } name="words" rows="2" required {}
                    }
                    @for reason in &view.reasons { button type="submit" name="reason" value=(reason.code) { (reason.label) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_and_markup_stays_text() {
        assert_eq!(visible("a\u{0}b\u{1b}[1m\u{202e}c\n"), "a\u{2400}b\u{241b}[1m\u{27e8}U+202E\u{27e9}c\n");
        let turn = TurnView {
            pieces: vec![PieceView { text: "<script>alert(1)</script>".to_owned(), ..PieceView::default() }],
            ..TurnView::default()
        };
        let html = transcript(&[turn]).into_string();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
    }
}
