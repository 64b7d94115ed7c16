//! What stands where there is nothing to show: empty, failed, loading, cut into pages.

use maud::{Markup, html};

use crate::action::{Action, button};
use crate::shape;
use crate::tag::Tone;
use crate::words::Lang;

/// Nothing here: what would be here, why it is empty, one action.
#[derive(Clone, Debug, Default)]
pub struct EmptyView {
    /// "No referrals."
    pub what: String,
    /// "They come from visits, calls and Review."
    pub why: String,
    /// One thing to do.
    pub action: Option<Action>,
}

impl EmptyView {
    /// An empty state without an action.
    pub fn new(what: impl Into<String>, why: impl Into<String>) -> EmptyView {
        EmptyView { what: what.into(), why: why.into(), action: None }
    }
}

/// The empty state, headed `h2` when it stands alone on a page.
pub fn empty_page(csrf: &str, view: &EmptyView) -> Markup {
    html! { div.empty { h2 { (view.what) } (rest(csrf, view)) } }
}

/// The empty state inside a panel, without a heading of its own.
pub fn empty_inside(csrf: &str, view: &EmptyView) -> Markup {
    html! { div.stack-tight.muted { p { (view.what) @if !view.why.is_empty() { " " (view.why) } } @if let Some(action) = &view.action { p { (button(csrf, action)) } } } }
}

fn rest(csrf: &str, view: &EmptyView) -> Markup {
    html! {
        p { (view.why) }
        @if let Some(action) = &view.action { div.row { (button(csrf, action)) } }
    }
}

/// A section that could not be loaded says so in its own box; the rest of the page stands.
pub fn section_failure(lang: Lang, id: &str, title: &str, sentence: &str, retry: &str) -> Markup {
    let words = lang.words();
    html! {
        section.panel.panel-failed id=(id) aria-labelledby={ (id) "-title" } {
            header { h2 id={ (id) "-title" } { (title) } span class="due tone-caution" { (shape::of(Tone::Caution)) (words.could_not_load) } }
            div.panel-body.stack-tight { p { (sentence) } p { a href=(retry) { (words.try_again) } } }
        }
    }
}

/// Three grey lines while something long is loading.
pub fn skeleton(label: &str) -> Markup {
    html! { div.skeleton role="status" aria-label=(label) { span {} span {} span {} } }
}

/// One message at the top of a page.
pub fn notice(tone: Tone, text: &str, actions: Markup) -> Markup {
    html! { div class={ "notice " (tone.class()) } { (shape::of(tone)) p { (text) } (actions) } }
}

/// Where a list is cut.
#[derive(Clone, Debug, Default)]
pub struct PagesView {
    /// "1-50 of 214".
    pub shown: String,
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
}

/// Links to the page before and after.
pub fn pages(lang: Lang, view: &PagesView) -> Markup {
    let words = lang.words();
    html! {
        nav.pages aria-label=(view.shown) {
            @if let Some(href) = &view.previous { a.button href=(href) rel="prev" { (words.previous) } }
            span.num.muted { (view.shown) }
            @if let Some(href) = &view.next { a.button href=(href) rel="next" { (words.next) } }
        }
    }
}
