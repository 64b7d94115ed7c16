//! Print sheets: identity, purpose, when and by whom on top; black on white.

use maud::{Markup, html};

use crate::frame::FrameView;
use crate::who::{self, Who};

/// The head of a sheet.
#[derive(Clone, Debug, Default)]
pub struct SheetView {
    /// "Patient summary".
    pub title: String,
    /// Whose, or none for a list.
    pub who: Option<Who>,
    /// "MRN 0041-7" or "Team North, Mon 08/17/2026".
    pub about: String,
}

/// A sheet of paper with its head.
pub fn sheet(frame: &FrameView, view: &SheetView, body: Markup) -> Markup {
    html! {
        article.sheet {
            // On paper the head stands on every page: a sheet that comes apart still says whose it is.
            header.print-head { div.print-head-line {
                div {
                    h1 { (view.title) }
                    @if let Some(person) = &view.who { p { (who::line(person)) } }
                    @if !view.about.is_empty() { p { (view.about) } }
                }
                div.made {
                    p { (frame.site) }
                    p { (frame.lang.words().printed) " " (frame.printed) }
                    p { (frame.lang.words().may_not_include) "." }
                }
            } }
            (body)
        }
    }
}
