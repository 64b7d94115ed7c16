//! Pages for what went wrong: a sentence for the person, a way on; the cause goes to the log.

use continuo_ui::action::{Action, buttons};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::{Markup, html};

/// What went wrong.
#[derive(Clone, Debug)]
pub struct View {
    /// HTTP status.
    pub status: u16,
    /// A sentence for the person.
    pub sentence: String,
    /// What to tell whoever helps: the request's id.
    pub reference: String,
    /// Further ways on: "Ask for access", "Open in an emergency".
    pub actions: Vec<Action>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let title = match view.status {
        401 => "Please sign in",
        403 => "Not open to you",
        404 => "Not found",
        409 | 412 => "Someone else changed this",
        413 => "Too large",
        400..=499 => "This did not work",
        503 => "Busy: try again in a moment",
        _ => "Something broke on our side",
    };
    page(
        frame,
        &PageHead::titled(title),
        html! {
            div.narrow.stack {
                h1 { (title) }
                p.prose { (view.sentence) }
                @if view.status >= 500 { p.prose { "What you typed is kept in this tab. Nothing was half saved." } }
                div.row { (buttons(&frame.csrf, &view.actions)) a.button href="/" { "Go to the start" } }
                @if !view.reference.is_empty() { p.fine.muted { "Reference " (view.reference) } }
            }
        },
    )
}
