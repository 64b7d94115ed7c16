//! Messages that wait, worst first. Triage reorders them and hides none.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, TableView, list_table};
use continuo_ui::tag::{DueView, TagView, due, tag};
use continuo_ui::transcript::visible;
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One message.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose.
    pub who: Who,
    /// Its page.
    pub href: String,
    /// "Danger now", "Cannot wait"; nothing where the due label says it all.
    pub band: Option<TagView>,
    /// When it must be read and answered.
    pub due: DueView,
    /// When it came.
    pub came: String,
    /// The first words; empty for a private one.
    pub words: String,
    /// Language of the words, where it is not the page's.
    pub lang: Option<String>,
    /// "says: chest pain"; why it was moved down.
    pub why: String,
    /// Who has it, or is proposed.
    pub owner: String,
    /// Nobody has accepted it yet.
    pub proposed: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "3 urgent, 12 wait, all within the site's limits".
    pub lead: String,
    /// Worst first.
    pub rows: Vec<Row>,
    /// The site's limits in words.
    pub limits: String,
    /// Page of the limits, for who may set them.
    pub limits_href: Option<String>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(cells).collect();
    let waiting = TableView::new("Messages that wait", &["Due", "Who", "Message", "Why here", "Has it", "Came"], rows);
    page(
        frame,
        &PageHead::titled("Messages"),
        html! {
            (page_head("Messages", &view.lead, html! {}))
            @if view.rows.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("Every message is answered.", "Messages come from connected systems, by import, and by hand from a person's page."))) }
            } @else { (list_table(&waiting)) }
            p.fine.muted.after { (view.limits) @if let Some(href) = &view.limits_href { " " a href=(href) { "Change" } } }
        },
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    vec![
        Cell::of(html! { @if let Some(band) = &row.band { (tag(band)) " " } (due(&row.due)) }),
        Cell::of(who::link(&row.who)),
        Cell::of(html! {
            a href=(row.href) data-open {
                @if row.words.is_empty() { "Private message: open to read" } @else { span lang=[row.lang.as_ref()] { (visible(&row.words)) } }
                span.visually-hidden { ", " (row.who.named_and_born()) }
            }
        }),
        Cell::text(&row.why),
        Cell::of(html! { (row.owner) @if row.proposed { " " span.fine.muted { "(proposed)" } } }),
        Cell::text(&row.came),
    ]
}
