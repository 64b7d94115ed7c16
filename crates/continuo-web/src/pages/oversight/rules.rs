//! Suggestions by rule: shown, accepted, changed, dismissed with reasons, nobody decided, time to decision.

use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::stat::{StatView, stats};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, ColumnHead, TableView, table};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::{Markup, html};

/// One rule's figures.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Shown, accepted, changed, rejected, closed by the record, nobody decided.
    pub counts: [u64; 6],
    /// "2 h 10 min".
    pub time_to_decision: String,
    /// Commonest reasons for dismissing: "already done 4, wrong data 2".
    pub reasons: String,
    /// Nobody acts on it, or all is well.
    pub reading: Option<TagView>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// The reader may read the audit, too.
    pub audit: bool,
    /// Time and team.
    pub filters: FilterBarView,
    /// The whole in a few numbers.
    pub stats: Vec<StatView>,
    /// By rule.
    pub rules: Vec<RuleRow>,
    /// Work by kind: kind, how often, presses each, seconds each.
    pub effort: Vec<(String, u64, String, String)>,
    /// False alarms of messages by day: day, moved down on reading, decided in all.
    pub false_alarms: Vec<(String, u64, u64)>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rules.iter().map(cells).collect();
    let rules = TableView { caption: "Suggestions by rule".to_owned(), columns: columns(), rows };
    page(
        frame,
        &PageHead::titled("Oversight"),
        html! {
            (page_head("Oversight", "What was proposed, what people decided, and what nobody decided.", html! { a.button href="/oversight/models" { "Language models" } a.button href="/feeds" { "Feeds" } @if view.audit { a.button href="/audit" { "Audit" } } }))
            (filter_bar(frame.lang, &frame.csrf, &view.filters))
            div.stack {
                (stats(&view.stats))
                @if view.rules.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("No suggestions in this time.", "Choose a longer time."))) } }
                @else { (table(&rules)) }
                @if !view.effort.is_empty() { (table(&effort(view))) }
                @if !view.false_alarms.is_empty() { (table(&false_alarms(view))) }
            }
        },
    )
}

/// What finished work took, counted by the page from one finished piece to the next, breaks left out.
fn effort(view: &View) -> TableView {
    let rows = view.effort.iter().map(|(kind, times, presses, seconds)| {
        vec![Cell::text(kind), Cell::number(times.to_string()), Cell::number(presses), Cell::number(seconds)]
    });
    TableView::new(
        "Presses and seconds by kind of work",
        &["Kind", "Times", "Presses each", "Seconds each"],
        rows.collect(),
    )
}

/// Urgent messages that were not urgent on reading, by day (safety.md rule 6).
fn false_alarms(view: &View) -> TableView {
    let rows = view
        .false_alarms
        .iter()
        .map(|(day, moved, all)| vec![Cell::text(day), Cell::number(moved.to_string()), Cell::number(all.to_string())]);
    TableView::new(
        "False alarms of messages by day",
        &["Day", "Moved down on reading", "Decisions about urgent messages"],
        rows.collect(),
    )
}

fn columns() -> Vec<ColumnHead> {
    let plain = |label: &str| ColumnHead { label: label.to_owned(), ..ColumnHead::default() };
    let number = |label: &str| ColumnHead { number: true, ..plain(label) };
    let mut all = vec![plain("Rule")];
    all.extend(
        ["Shown", "Accepted", "Changed", "Dismissed", "Closed by record", "Nobody decided", "Time to decision"]
            .map(number),
    );
    all.extend(["Why dismissed", "Reading"].map(plain));
    all
}

fn cells(row: &RuleRow) -> Vec<Cell> {
    let mut cells = vec![Cell::link(&row.title, &row.href)];
    cells.extend(row.counts.iter().map(|count| Cell::count(*count)));
    cells.push(Cell::number(&row.time_to_decision));
    cells.push(Cell::text(&row.reasons));
    cells.push(Cell::of(html! { @if let Some(reading) = &row.reading { (tag(reading)) } }));
    cells
}
