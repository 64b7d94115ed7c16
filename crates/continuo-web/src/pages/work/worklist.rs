//! The worklist: one row per person, worst first; tabs, filters in the address, preview beside the list, bulk bar.
//!
//! Tabs: mine, team, nobody has this, backlog. The order of rows is the care crate's (safety.md, 1).

use continuo_ui::action::{Action, buttons};
use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::peek::{PeekView, peek};
use continuo_ui::states::{EmptyView, PagesView, empty_page, notice, pages};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::Tone;
use continuo_ui::work_row::{BandView, BulkChoice, bulk, head};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "32 people, 41 open items. 2 snoozed."
    pub summary: String,
    /// Mine, team, nobody has this, backlog.
    pub tabs: Vec<TabView>,
    /// Due, kind, language; saved views.
    pub filters: FilterBarView,
    /// Rows by band.
    pub bands: Vec<BandView>,
    /// Preview of one person.
    pub peek: Option<PeekView>,
    /// What can be done to several people.
    pub bulk: Vec<BulkChoice>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
    /// One banner of the whole list: "7 people have nobody. The first is 2 days late."
    pub notice: Option<(Tone, String, Option<Action>)>,
    /// A source that is silent, which makes every list incomplete.
    pub silent: Option<(Tone, String, Option<Action>)>,
    /// Said when the list is empty.
    pub empty: EmptyView,
    /// Query of this list, posted with bulk actions to come back to it.
    pub back: String,
    /// Address of the stream of changes; empty without.
    pub live: String,
    /// Printing, they-are-calling.
    pub actions: Vec<Action>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    page(
        frame,
        &PageHead::titled("Worklist"),
        html! {
            (page_head("Worklist", &view.summary, html! {
                div.row {
                    @if !view.live.is_empty() { span data-live=(view.live) {} }
                    (buttons(&frame.csrf, &view.actions))
                }
            }))
            @for (tone, text, action) in view.notice.iter().chain(&view.silent) {
                (notice(*tone, text, buttons(&frame.csrf, action.as_slice())))
            }
            (tabs("Whose work", &view.tabs))
            (filter_bar(frame.lang, &frame.csrf, &view.filters))
            div.work-split {
                div {
                    @if view.bands.is_empty() { div.panel { (empty_page(&frame.csrf, &view.empty)) } } @else { (list(frame, view)) }
                    @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
                }
                @if let Some(one) = &view.peek { (peek(frame.lang, &frame.csrf, one)) }
            }
        },
    )
}

fn list(frame: &FrameView, view: &View) -> Markup {
    html! {
        form.worklist method="post" action="/worklist/bulk" aria-label="Worklist" {
            input type="hidden" name="csrf" value=(frame.csrf);
            input type="hidden" name="back" value=(view.back);
            (head())
            @for one in &view.bands { (one) }
            @if !view.bulk.is_empty() { (bulk(&view.bulk)) }
        }
    }
}
