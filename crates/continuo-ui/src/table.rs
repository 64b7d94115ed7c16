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
        let columns =
            columns.iter().map(|label| ColumnHead { label: (*label).to_owned(), ..ColumnHead::default() }).collect();
        TableView { caption: caption.to_owned(), columns, rows }
    }
}

/// The table, in a box that scrolls sideways where the page is narrow.
pub fn table(view: &TableView) -> Markup {
    html! {
        div.table-wrap role="region" aria-label=(view.caption) tabindex="0" {
            table.data {
                caption { (view.caption) }
                thead { tr { @for column in &view.columns { (heading(column)) } } }
                tbody {
                    @for row in &view.rows {
                        // A row with something to open is one that keys move to.
                        @let moves = row.iter().any(|cell| cell.body.0.contains(" data-open"));
                        tr data-row[moves] tabindex=[moves.then_some("-1")] {
                            @for (i, cell) in row.iter().enumerate() {
                                @if i == 0 { th scope="row" { (cell.body) } }
                                @else { td.number[cell.number] { (cell.body) } }
                            }
                        }
                    }
                }
            }
        }
    }
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
