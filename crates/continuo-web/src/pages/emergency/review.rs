//! Emergency accesses to review: who opened whose record, why, for how long, and what the review found.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One emergency access.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its number.
    pub id: String,
    /// "K. Young".
    pub by: String,
    /// Whose record; none when the reader may not see who that is.
    pub who: Option<Who>,
    /// "Mon 08/17 2:10 pm to 6:10 pm".
    pub when: String,
    /// Ground and reason.
    pub reason: String,
    /// To review, to follow up, reviewed.
    pub state: TagView,
    /// What the review found so far.
    pub finding: String,
    /// What was read meanwhile: (action, how often).
    pub reads: Vec<String>,
    /// The reader opened it: somebody else reviews it.
    pub own: bool,
    /// The review; none once it is done.
    pub form: Option<FormView>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// To review, all.
    pub tabs: Vec<TabView>,
    /// Newest first.
    pub rows: Vec<Row>,
    /// Where older ones stand; empty after the last.
    pub older: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.rows.iter().filter_map(|row| row.form.as_ref()).any(FormView::has_errors);
    page(
        frame,
        &PageHead { error, ..PageHead::titled("Emergency access: review") },
        html! {
            (page_head("Emergency access", "Each opening is looked at by somebody else than whoever opened it.", html! {}))
            (tabs("Emergency accesses", &view.tabs))
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing to review.", "Emergency accesses appear here as soon as somebody opens one."))) } }
            div.stack {
                @for row in &view.rows { (one(frame, row)) }
                @if !view.older.is_empty() { p { a.button href=(view.older) { "Show older" } } }
            }
        },
    )
}

fn one(frame: &FrameView, row: &Row) -> Markup {
    let head = PanelHead::new(&format!("access-{}", row.id), format!("{}, {}", row.by, row.when));
    panel(
        "",
        &head,
        tag(&row.state),
        html! {
            div.stack {
                p { "Record of " @match &row.who { Some(who) => (who::link(who)), None => "somebody you may not see" } }
                p.prose { (row.reason) }
                @if row.reads.is_empty() { p.muted { "Nothing was read under it yet." } }
                @else { p { "Read meanwhile: " (row.reads.join(", ")) } }
                @if !row.finding.is_empty() { p { strong { "Review: " } (row.finding) } }
                @if row.own { p.muted { "You opened this yourself: somebody else reviews it." } }
                @if let Some(view) = &row.form { (form(frame.lang, &frame.csrf, view)) }
            }
        },
    )
}
