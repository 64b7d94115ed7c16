//! All measures in one table: rate, numerator and denominator, trend, who could not be assessed.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::result_line::{SparkView, spark};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, ColumnHead, TableView, table};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::{Markup, html};

/// One group of a measure.
#[derive(Clone, Debug)]
pub struct Row {
    /// Title, with the group where there are several.
    pub title: String,
    /// Its page.
    pub href: String,
    /// "lower is better"; empty otherwise.
    pub note: String,
    /// "74.2 %", "cannot be assessed", "not computed".
    pub rate: String,
    /// "31 of 42".
    pub share: String,
    /// "not assessable: 2"; empty for none.
    pub not_assessable: String,
    /// Rates kept by day.
    pub trend: SparkView,
    /// Off, computing, cannot run.
    pub state: TagView,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// By title.
    pub rows: Vec<Row>,
    /// The reader may load and switch.
    pub may_manage: bool,
    /// The reader may try CQL.
    pub may_try: bool,
}

const LEAD: &str = "Computed over everybody you reach, kept up to date as records change.";

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let number = |label: &str| ColumnHead { label: label.to_owned(), number: true, ..ColumnHead::default() };
    let plain = |label: &str| ColumnHead { label: label.to_owned(), ..ColumnHead::default() };
    let columns = vec![
        plain("Measure"),
        number("Rate"),
        number("Counted, of how many"),
        plain("Trend"),
        number("Not assessable"),
        plain("State"),
    ];
    let rows = view.rows.iter().map(cells).collect();
    page(
        frame,
        &PageHead::titled("Measures"),
        html! {
            (page_head("Measures", LEAD, html! {
                @if view.may_try { a.button href="/cql" { "Try CQL" } }
                @if view.may_manage { a.button href="/admin/measures" { "Load and switch" } }
            }))
            @if view.rows.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new(
                    "No measures are loaded.",
                    "An administrator loads packages as CMS and eCQI publish them, and switches on what the site wants to follow.",
                ))) }
            } @else { (table(&TableView { caption: "Measures".to_owned(), columns, rows })) }
        },
    )
}

fn cells(row: &Row) -> Vec<Cell> {
    let none = |text: &str| if text.is_empty() { "0".to_owned() } else { text.to_owned() };
    vec![
        Cell::of(
            html! { a href=(row.href) { (row.title) } @if !row.note.is_empty() { " " span.fine.muted { (row.note) } } },
        ),
        Cell::number(&row.rate),
        Cell::number(&row.share),
        Cell::of(spark(&row.trend)),
        Cell::number(none(&row.not_assessable)),
        Cell::of(tag(&row.state)),
    ]
}
