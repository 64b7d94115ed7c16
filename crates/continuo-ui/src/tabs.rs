//! Tab bar: links with exact counts; the current one is marked for eyes and readers.

use maud::{Markup, html};

/// One tab.
#[derive(Clone, Debug, Default)]
pub struct TabView {
    /// "Mine".
    pub label: String,
    /// Address.
    pub href: String,
    /// How many.
    pub count: Option<u64>,
    /// Said after the count: "2 snoozed".
    pub note: String,
    /// This one is open.
    pub current: bool,
    /// Shouts when its count is above zero.
    pub loud: bool,
}

impl TabView {
    /// A tab without a count.
    pub fn new(label: &str, href: impl Into<String>, current: bool) -> TabView {
        TabView { label: label.to_owned(), href: href.into(), current, ..TabView::default() }
    }
}

/// The bar.
pub fn tabs(label: &str, views: &[TabView]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in views {
                @let loud = tab.loud && tab.count.is_some_and(|count| count > 0);
                a.tab-loud[loud] href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.label)
                    @if let Some(count) = tab.count { span.count.count-loud[loud] { (count) } }
                    @if !tab.note.is_empty() { span.fine.muted { (tab.note) } }
                }
            }
        }
    }
}
