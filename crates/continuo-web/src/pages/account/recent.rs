//! Recent actions: what the reader did today, each with its undo or why it cannot be undone.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::toast::{RecentView, recent};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Newest first.
    pub actions: Vec<RecentView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    page(
        frame,
        &PageHead::titled("Recent actions"),
        html! {
            (page_head("Recent actions", "What you did today. Each can be undone until something else changes the same record or it leaves the clinic.", html! {}))
            @if view.actions.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing yet today.", "What you close, log and add appears here, with Undo."))) }
            } @else {
                (panel("", &PanelHead::new("today", "Today"), html! {}, recent(frame.lang, &frame.csrf, "/recent", &view.actions)))
            }
        },
    )
}
