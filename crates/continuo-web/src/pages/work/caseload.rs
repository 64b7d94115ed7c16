//! My caseload: everyone the reader answers for, with last and next contact, tier and what today brings.

use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::shape;
use continuo_ui::states::{EmptyView, PagesView, empty_page, pages};
use continuo_ui::table::{Cell, ColumnHead, TableView, list_table};
use continuo_ui::tag::{DueView, TagView, Tone, due, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One person of the caseload.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub who: Who,
    /// "High tier, every 14 days".
    pub tier: String,
    /// In hospital now, visit today; none most days.
    pub today: Option<TagView>,
    /// "12 days ago, reached".
    pub last: String,
    /// When the next contact is due.
    pub next: Option<DueView>,
    /// "3 open, 1 late".
    pub open: String,
    /// How grave the worst of it is, where that is more than waiting.
    pub worst: Option<Tone>,
    /// "ride by Friday".
    pub promises: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "84 people".
    pub summary: String,
    /// Caseloads handed over that wait: words and where they are answered.
    pub notices: Vec<(String, String)>,
    /// Where this caseload is handed over; none for those who may not.
    pub hand_over: Option<String>,
    /// Tier, contact, language.
    pub filters: FilterBarView,
    /// Column label, sort address, sort state.
    pub columns: Vec<ColumnHead>,
    /// People.
    pub rows: Vec<Row>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(cells).collect();
    let people = TableView { caption: view.summary.clone(), columns: view.columns.clone(), rows };
    page(
        frame,
        &PageHead::titled("My caseload"),
        html! {
            (page_head("My caseload", "Everyone you answer for.", html! {
                @if let Some(href) = &view.hand_over { a.button href=(href) { "Hand over a caseload..." } }
            }))
            @for (words, href) in &view.notices { p.lead { a href=(href) { (words) } } }
            (filter_bar(frame.lang, &frame.csrf, &view.filters))
            @if view.rows.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nobody yet.", "People come here when their chart names you as coordinator: Add, Coordinator and tier."))) }
            } @else { (list_table(&people)) }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
        },
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    vec![
        Cell::of(html! { (who::link(&row.who)) @if let Some(today) = &row.today { " " (tag(today)) } }),
        Cell::text(&row.tier),
        Cell::text(&row.last),
        Cell::of(html! { @if let Some(next) = &row.next { (due(next)) } @else { span.muted { "none booked here" } } }),
        Cell::of(html! {
            @match row.worst { Some(tone) => span class={ "due " (tone.class()) } { (shape::of(tone)) (row.open) }, None => (row.open) }
        }),
        Cell::text(&row.promises),
    ]
}

/// The headings that fit the rows, without sorting.
pub fn columns() -> Vec<ColumnHead> {
    ["Patient", "Tier", "Last contact", "Next visit", "Open work", "Promises"]
        .iter()
        .map(|label| ColumnHead { label: (*label).to_owned(), ..ColumnHead::default() })
        .collect()
}
