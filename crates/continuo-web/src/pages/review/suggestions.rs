//! Review of suggestions: one place decides them all. "Accept all" does not exist.

use continuo_ui::action::Action;
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, PagesView, empty_page, pages};
use continuo_ui::suggestion::{SuggestionView, suggestion};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Open, closed by the record, decided.
    pub tabs: Vec<TabView>,
    /// "6 open, 2 accepted today, 1 dismissed".
    pub summary: String,
    /// Ranked by consequence.
    pub cards: Vec<SuggestionView>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let nothing = EmptyView {
        action: Some(Action::open("Go to the worklist", "/worklist")),
        ..EmptyView::new("All done.", "New suggestions come when records change and every night at 2:00 am.")
    };
    page(
        frame,
        &PageHead::titled("Review"),
        html! {
            (page_head("Review", &view.summary, html! {}))
            (tabs("State", &view.tabs))
            @if view.cards.is_empty() { div.panel { (empty_page(&frame.csrf, &nothing)) } }
            @else {
                h2.visually-hidden { "Suggestions" }
                div.narrow.review-list { @for one in &view.cards { (suggestion(frame.lang, &frame.csrf, one)) } }
            }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
        },
    )
}
