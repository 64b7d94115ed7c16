//! A table of data: caption, column and row headers, sort state in words for readers.

use maud::{Markup, html};

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Content.
    pub body: Markup,
    /// Set to the right with even figures.
    pub number: bool,
}

impl Cell {
    /// Plain text.
    pub fn text(text: impl AsRef<str>) -> Cell {
        Cell { body: html! { (text.as_ref()) }, number: false }
    }

    /// A number or an amount.
    pub fn number(text: impl AsRef<str>) -> Cell {
        Cell { number: true, ..Cell::text(text) }
    }

    /// A count; a zero steps back, so that the eye goes to what is there.
    pub fn count(n: u64) -> Cell {
        if n > 0 { Cell::number(n.to_string()) } else { Cell { body: html! { span.zero { "0" } }, number: true } }
    }

    /// A link.
    pub fn link(text: &str, href: &str) -> Cell {
        if href.is_empty() {
            return Cell::text(text);
        }
        Cell { body: html! { a href=(href) { (text) } }, number: false }
    }

    /// Anything.
    pub fn of(body: Markup) -> Cell {
        Cell { body, number: false }
    }
}

/// A column's heading.
#[derive(Clone, Debug, Default)]
pub struct ColumnHead {
    /// "Last contact".
    pub label: String,
    /// Address that sorts by it.
    pub sort: Option<String>,
    /// "ascending" or "descending" where the table is sorted by it.
    pub sorted: Option<&'static str>,
    /// Holds numbers.
    pub number: bool,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct TableView {
    /// What the table is.
    pub caption: String,
    /// Columns.
    pub columns: Vec<ColumnHead>,
    /// Rows; the first cell is the row's header.
    pub rows: Vec<Vec<Cell>>,
}

impl TableView {
    /// A table with plain headings.
    pub fn new(caption: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> TableView {
        // A heading stands over its numbers.
        let numbers = |at: usize| {
            !rows.is_empty() && rows.iter().all(|row: &Vec<Cell>| row.get(at).is_some_and(|cell| cell.number))
        };
        let columns = columns
            .iter()
            .enumerate()
            .map(|(at, label)| ColumnHead { label: (*label).to_owned(), number: numbers(at), ..ColumnHead::default() })
            .collect();
        TableView { caption: caption.to_owned(), columns, rows }
    }
}

/// The table, in a box that scrolls sideways where the page is narrow. On a phone each row stands as a card, every
/// value beside the heading of its column.
pub fn table(view: &TableView) -> Markup {
    whole(view, None, &[])
}

/// The same in groups: before the row of each number stands the group's heading, so that all groups share columns.
pub fn grouped_table(view: &TableView, groups: &[(usize, String)]) -> Markup {
    whole(view, None, groups)
}

/// The same for a list of people or of work: its rows are walked with `j` and `k` and opened with Enter, as in the
/// worklist.
pub fn list_table(view: &TableView) -> Markup {
    whole(view, Some("-1"), &[])
}

/// `focus` is set where a row can have the focus.
fn whole(view: &TableView, focus: Option<&str>, groups: &[(usize, String)]) -> Markup {
    let starts: Vec<usize> = groups.iter().map(|(at, _)| *at).filter(|at| *at > 0).collect();
    let cuts = || [0].into_iter().chain(starts.iter().copied()).zip(starts.iter().copied().chain([view.rows.len()]));
    html! {
        div.table-wrap role="region" aria-label=(view.caption) tabindex="0" {
            table.data {
                caption { (view.caption) }
                thead { tr { @for column in &view.columns { (heading(column)) } } }
                @for (from, to) in cuts() { tbody {
                    @if let Some((_, title)) = groups.iter().find(|(at, _)| *at == from) {
                        tr.group { th scope="rowgroup" colspan=(view.columns.len()) { (title) } }
                    }
                    @for row in view.rows.get(from..to).unwrap_or_default() {
                        tr data-row[focus.is_some()] tabindex=[focus] {
                            @for (i, cell) in row.iter().enumerate() {
                                @if i == 0 { th scope="row" { (cell.body) } }
                                @else { td.number[cell.number] data-label=[label(view, i)] { (cell.body) } }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn label(view: &TableView, column: usize) -> Option<&str> {
    view.columns.get(column).map(|head| head.label.as_str()).filter(|label| !label.is_empty())
}

fn heading(column: &ColumnHead) -> Markup {
    html! {
        th.number[column.number] scope="col" aria-sort=[column.sorted] {
            @match &column.sort {
                Some(href) => { a.sort href=(href) { (column.label) @match column.sorted { Some("ascending") => { span aria-hidden="true" { "▲" } } Some(_) => { span aria-hidden="true" { "▼" } } None => {} } } }
                None => { (column.label) }
            }
        }
    }
}
