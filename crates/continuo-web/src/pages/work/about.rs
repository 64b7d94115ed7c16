//! What a task is about, on its page: the words of a message or note, so that whoever must read it reads it here, and the
//! way to what they stand on.

use continuo_ui::panel::{PanelHead, panel};
use continuo_ui::transcript::visible;
use continuo_ui::{Markup, html};

/// What a task is about.
#[derive(Clone, Debug)]
pub struct AboutView {
    /// "Message of Sun 11/29/2026, 6:16 pm".
    pub title: String,
    /// Its words as received; empty where only the way there is shown.
    pub words: String,
    /// Words and address of what it stands on.
    pub links: Vec<(String, String)>,
}

/// The panel.
pub fn about(view: &AboutView) -> Markup {
    panel(
        "",
        &PanelHead::new("about", view.title.as_str()),
        html! {},
        html! {
            div.stack-tight {
                @if !view.words.is_empty() { p.prose.as-written { (visible(&view.words)) } }
                div.row { @for (words, href) in &view.links { a.button href=(href) { (words) } } }
            }
        },
    )
}
