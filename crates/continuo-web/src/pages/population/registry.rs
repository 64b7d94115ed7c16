//! Registries: people by condition, result, contact, owner and language; chosen columns; each row one press to a task.
//!
//! "Not assessable: n" stands beside the count, so that a missing fact is never read as a good one (safety.md, 22).

use continuo_ui::action::{Action, button};
use continuo_ui::field::Choice;
use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, PagesView, empty_page, pages};
use continuo_ui::table::{Cell, ColumnHead, TableView, list_table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One person in the registry.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where a task is added for them.
    pub task: String,
    /// Who.
    pub who: Who,
    /// One text per chosen column, with its age.
    pub cells: Vec<String>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// The registries.
    pub tabs: Vec<TabView>,
    /// "Diabetes, HbA1c above 9 %".
    pub title: String,
    /// "41 people".
    pub count: String,
    /// "Not assessable: 12 (no HbA1c on file)".
    pub not_assessable: String,
    /// Filters.
    pub filters: FilterBarView,
    /// Columns that can be chosen.
    pub choices: Vec<Choice>,
    /// Columns chosen, in order.
    pub chosen: Vec<ColumnHead>,
    /// Values of the chosen columns, to mark the boxes.
    pub chosen_values: Vec<String>,
    /// People.
    pub rows: Vec<Row>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
    /// Where the export with its reason is asked for; empty without the permission.
    pub export: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let mut columns = vec![ColumnHead { label: "Patient".to_owned(), ..ColumnHead::default() }];
    columns.extend(view.chosen.iter().cloned());
    columns.push(ColumnHead { label: "Do".to_owned(), ..ColumnHead::default() });
    let rows = view.rows.iter().map(|row| cells(frame, row)).collect();
    let people =
        TableView { caption: format!("{}: {}. {}", view.title, view.count, view.not_assessable), columns, rows };
    page(
        frame,
        &PageHead::titled(format!("{}: registry", view.title)),
        html! {
            (page_head(&view.title, &format!("{}. {}", view.count, view.not_assessable), html! { @if !view.export.is_empty() { a.button href=(view.export) { "Export..." } } }))
            (tabs("Registries", &view.tabs))
            div.filter-line { (filter_bar(frame.lang, &frame.csrf, &view.filters)) (columns_form(view)) }
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nobody matches.", "Those whose facts are missing are counted above, not here."))) } }
            @else { (list_table(&people)) }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
        },
    )
}

fn cells(frame: &FrameView, row: &Row) -> Vec<Cell> {
    let task = Action::open("Task...", &row.task).about(row.who.named_and_born());
    let mut cells = vec![Cell::of(who::link(&row.who))];
    cells.extend(row.cells.iter().map(Cell::text));
    cells.push(Cell::of(button(&frame.csrf, &task)));
    cells
}

fn columns_form(view: &View) -> Markup {
    html! {
        @if !view.choices.is_empty() {
            details.menu.menu-left data-menu {
                summary.button.caret { "Columns" }
                form.menu-list method="get" action=(view.filters.action) {
                    @for (name, value) in &view.filters.keep { input type="hidden" name=(name) value=(value); }
                    @for filter in &view.filters.filters { input type="hidden" name=(filter.name) value=(filter.chosen); }
                    @for choice in &view.choices {
                        label.choice for={ "column-" (choice.value) } {
                            input id={ "column-" (choice.value) } type="checkbox" name="column" value=(choice.value) checked[view.chosen_values.contains(&choice.value)];
                            (choice.label)
                        }
                    }
                    button type="submit" { "Show these" }
                }
            }
        }
    }
}
