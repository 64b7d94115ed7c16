//! Open reviews of words, worst first.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, TableView, list_table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{DueView, due};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One open review.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose.
    pub who: Who,
    /// "Review: transcript of a call".
    pub what: String,
    /// Its page.
    pub href: String,
    /// "4 of 6 to decide".
    pub waiting: String,
    /// When it is due.
    pub due: DueView,
    /// Who has it.
    pub owner: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Suggestions, words.
    pub tabs: Vec<TabView>,
    /// Worst first.
    pub rows: Vec<Row>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(|row| {
        vec![
            Cell::of(due(&row.due)),
            Cell::of(who::link(&row.who)),
            Cell::of(html! { a href=(row.href) data-open { (row.what) } }),
            Cell::text(&row.waiting),
            Cell::text(&row.owner),
        ]
    });
    let open = TableView::new("Open reviews", &["Due", "Who", "What", "To decide", "Has it"], rows.collect());
    let nothing = EmptyView::new(
        "No words wait for review.",
        "Open a person and choose Transcript or letter: paste or upload a transcript, a dictation or a letter.",
    );
    page(
        frame,
        &PageHead::titled("Review of words"),
        html! {
            (page_head("Review of words", "Transcripts, dictations and letters with proposals to decide.", html! {}))
            (tabs("What", &view.tabs))
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &nothing)) } } @else { (list_table(&open)) }
        },
    )
}
