//! Care gaps across the population, by rule: overdue first, with what cannot be assessed beside every count.

use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, ColumnHead, TableView, grouped_table};
use continuo_ui::{Markup, html};

/// One rule.
#[derive(Clone, Debug)]
pub struct Row {
    /// "HbA1c is overdue".
    pub title: String,
    /// The list of people; empty for a rule that has none.
    pub href: String,
    /// The rule's page.
    pub rule_href: String,
    /// Late, due, coming up, in work, decided, not assessable, set aside.
    pub counts: [u64; 7],
    /// "412 of 655 done (63 %)".
    pub done: String,
}

/// The rules under one heading.
#[derive(Clone, Debug)]
pub struct Group {
    /// "Diabetes".
    pub title: String,
    /// Rules, most overdue first.
    pub rows: Vec<Row>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Program, team, practitioner, coordinator.
    pub filters: FilterBarView,
    /// The rules.
    pub groups: Vec<Group>,
}

const COLUMNS: [&str; 10] =
    ["Gap", "Overdue", "Due", "Coming up", "In work", "Decided", "Not assessable", "Set aside", "Done", "Rule"];

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    page(
        frame,
        &PageHead::titled("Care gaps"),
        html! {
            (page_head("Care gaps", super::NOT_HERE, html! { a.button href="/outreach" { "Outreach" } }))
            (filter_bar(frame.lang, &frame.csrf, &view.filters))
            @if view.groups.is_empty() {
                div.panel { (empty_page(&frame.csrf, &EmptyView::new("No rule is about anybody here.", "Rules look at everybody each night and after each change."))) }
            }
            @else { (rules(view)) }
        },
    )
}

/// One table in groups, so that every column runs from top to bottom.
fn rules(view: &View) -> Markup {
    let starts = view.groups.iter().scan(0, |at, group| {
        let from = *at;
        *at += group.rows.len();
        Some((from, group.title.clone()))
    });
    let table = TableView {
        caption: "People by rule, each counted once".to_owned(),
        columns: COLUMNS
            .iter()
            .enumerate()
            .map(|(at, label)| ColumnHead {
                label: (*label).to_owned(),
                number: (1..9).contains(&at),
                ..ColumnHead::default()
            })
            .collect(),
        rows: view.groups.iter().flat_map(|group| &group.rows).map(row).collect(),
    };
    grouped_table(&table, &starts.collect::<Vec<_>>())
}

fn row(row: &Row) -> Vec<Cell> {
    let mut cells = vec![Cell::link(&row.title, &row.href)];
    cells.extend(row.counts.iter().map(|count| Cell::count(*count)));
    cells.push(Cell::number(&row.done));
    cells
        .push(Cell::of(html! { a href=(row.rule_href) { "About" span.visually-hidden { " the rule " (row.title) } } }));
    cells
}
