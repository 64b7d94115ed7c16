//! Results of actions: the toast with undo, and the day's list of recent actions.

use maud::{Markup, html};

use crate::words::Lang;

/// What was just done.
#[derive(Clone, Debug, Default)]
pub struct ToastView {
    /// "Visit confirmed: LEE, Sung-min 07/30/1955".
    pub text: String,
    /// The commit that undo takes back; none where nothing can be taken back.
    pub undo: Option<String>,
    /// Where to return after undo.
    pub back: String,
}

/// The toast.
pub fn toast(lang: Lang, csrf: &str, view: &ToastView) -> Markup {
    html! {
        div.toast data-toast {
            p { (view.text) }
            @if let Some(commit) = &view.undo { (undo(lang, csrf, commit, &view.back, &view.text, Some('u'))) }
        }
    }
}

fn undo(lang: Lang, csrf: &str, commit: &str, back: &str, about: &str, key: Option<char>) -> Markup {
    let key = key.map(String::from);
    html! {
        form.inline method="post" action="/undo" {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="commit" value=(commit);
            input type="hidden" name="back" value=(back);
            button.button type="submit" data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] {
                (lang.words().undo) span.visually-hidden { ": " (about) } @if let Some(key) = &key { kbd aria-hidden="true" { (key) } }
            }
        }
    }
}

/// One line of the recent actions.
#[derive(Clone, Debug)]
pub struct RecentView {
    /// "9:02 am".
    pub at: String,
    /// "Call logged, no answer: REYES, Ana 02/12/1960".
    pub text: String,
    /// Where it was done.
    pub href: String,
    /// Can be undone.
    pub undo: Option<String>,
    /// Why it cannot: "changed since by K. Young", "undone 9:04 am".
    pub why_not: String,
}

/// The list.
pub fn recent(lang: Lang, csrf: &str, back: &str, views: &[RecentView]) -> Markup {
    html! {
        ul.lines {
            @for view in views {
                li {
                    time.num.muted { (view.at) }
                    span.grow { @if view.href.is_empty() { (view.text) } @else { a href=(view.href) { (view.text) } } }
                    span.end {
                        @match &view.undo { Some(commit) => (undo(lang, csrf, commit, back, &view.text, None)), None => { (view.why_not) } }
                    }
                }
            }
        }
    }
}
