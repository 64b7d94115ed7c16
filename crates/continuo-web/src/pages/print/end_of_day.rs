//! End-of-day card: closed, waiting on whom, the first three for tomorrow, and what is uncovered tonight.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::print::{SheetView, sheet};
use continuo_ui::{Markup, html};

/// The card.
#[derive(Clone, Debug)]
pub struct View {
    /// "M. Ortiz, Mon 08/17/2026".
    pub about: String,
    /// Closed today.
    pub closed: Vec<String>,
    /// Waiting, with on whom.
    pub waiting: Vec<String>,
    /// One's own, and waiting until tomorrow does harm.
    pub urgent: Vec<String>,
    /// First for tomorrow.
    pub tomorrow: Vec<String>,
    /// Nobody answers for these tonight; empty says so.
    pub uncovered: Vec<String>,
}

/// The card.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = SheetView { title: "End of the day".to_owned(), who: None, about: view.about.clone() };
    page(
        frame,
        &PageHead::titled("End of the day"),
        html! {
            (super::huddle::print_button("Worklist", "/worklist"))
            (sheet(frame, &head, html! {
                @if !view.urgent.is_empty() { (part("Before you go: this cannot wait until tomorrow", &view.urgent, "")) }
                (part("Uncovered tonight", &view.uncovered, "Everything urgent has someone on call."))
                (part("First for tomorrow", &view.tomorrow, "Nothing is due tomorrow."))
                (part("Waiting on others", &view.waiting, "Nothing waits on others."))
                (part("Closed today", &view.closed, "Nothing was closed today."))
            }))
        },
    )
}

fn part(title: &str, lines: &[String], nothing: &str) -> Markup {
    html! {
        section {
            h2 { (title) " (" (lines.len()) ")" }
            @if lines.is_empty() { p { (nothing) } } @else { ul { @for line in lines { li { (line) } } } }
        }
    }
}
