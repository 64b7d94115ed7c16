//! The people of a population, by name, each with where they stand.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, PagesView, empty_page, pages};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One person.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub who: Who,
    /// Where they stand.
    pub standing: TagView,
    /// "1 of 1", or why it could not be evaluated.
    pub counts: String,
    /// Since when it stands so.
    pub since: String,
    /// Their measures.
    pub href: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Title of the measure.
    pub title: String,
    /// The measure's page.
    pub back: String,
    /// "Gap: 12 people".
    pub lead: String,
    /// Populations.
    pub tabs: Vec<TabView>,
    /// People.
    pub rows: Vec<Row>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(cells).collect();
    page(
        frame,
        &PageHead::titled(format!("{}: people", view.title)),
        html! {
            (page_head(&view.title, &view.lead, html! { a.button href=(view.back) { "The measure" } }))
            (tabs("Populations", &view.tabs))
            p.fine.muted { "May not include records the person has not agreed to share. A gap may mean \"not done\" or \"not here\"." }
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nobody.", "Nobody you reach is in this population."))) } }
            @else { (table(&TableView::new(&view.lead, &["Patient", "Stands", "Counted", "Since", "Evidence"], rows))) }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
        },
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    vec![
        Cell::of(who::link(&row.who)),
        Cell::of(tag(&row.standing)),
        Cell::text(&row.counts),
        Cell::text(&row.since),
        Cell::of(html! { a href=(row.href) aria-label={ "Evidence: " (row.who.named_and_born()) } { "Evidence" } }),
    ]
}
