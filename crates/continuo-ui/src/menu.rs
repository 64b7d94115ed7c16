//! A menu: a native disclosure holding links and posts. Opens by key without script; the script adds Escape.

use maud::{Markup, html};

use crate::action::Press;

/// One entry.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// "Sent".
    pub label: String,
    /// What it does.
    pub press: Press,
}

/// The menu, with words for screen readers that say whom it is about.
pub fn menu(csrf: &str, label: &str, about: &str, items: &[MenuItem]) -> Markup {
    keyed(csrf, label, None, about, items)
}

/// The menu of a page, as large as its buttons, with a key that opens it.
pub fn keyed(csrf: &str, label: &str, key: Option<char>, about: &str, items: &[MenuItem]) -> Markup {
    let key = key.map(String::from);
    html! {
        @if !items.is_empty() {
            details.menu.menu-left[key.is_some()] data-menu {
                summary.button.caret.button-small[key.is_none()] data-key=[key.as_ref()] aria-keyshortcuts=[key.as_ref()] {
                    (label) span.visually-hidden { " " (about) } @if let Some(key) = &key { kbd aria-hidden="true" { (key) } }
                }
                div.menu-list {
                    @for item in items {
                        @match &item.press {
                            Press::Open(href) => { a href=(href) { (item.label) } }
                            Press::Post(href, fields) => {
                                form method="post" action=(href) {
                                    input type="hidden" name="csrf" value=(csrf);
                                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                                    button type="submit" { (item.label) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
