//! One administration page: a table of what there is and a form to add or change one of it.
//!
//! All kinds share it; what differs (columns, questions) comes from the kind's own table.

use continuo_ui::action::{Action, button};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// One thing administered.
#[derive(Clone, Debug)]
pub struct Row {
    /// Name and address.
    pub title: String,
    /// Where it is changed.
    pub href: String,
    /// On, off, locked, away.
    pub state: Option<TagView>,
    /// Texts of the other columns.
    pub cells: Vec<String>,
    /// Where it is switched, and whether to on.
    pub switch: Option<(String, bool)>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// People, Teams, Roles, Programs, Policies, Rules, On call.
    pub tabs: Vec<TabView>,
    /// "People".
    pub title: String,
    /// What this decides, in a sentence.
    pub lead: String,
    /// What a new site does first: words, address, why. Empty once somebody else works here.
    pub first: Vec<(&'static str, &'static str, &'static str)>,
    /// Something uncovered: "Nobody is on call Saturday 6:00 pm to Sunday 8:00 am".
    pub warning: String,
    /// Headings after the title and the state.
    pub columns: Vec<String>,
    /// What there is.
    pub rows: Vec<Row>,
    /// Adding or changing; none for readers without the permission.
    pub form: Option<(String, FormView)>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let mut columns = vec!["Name", "State"];
    columns.extend(view.columns.iter().map(String::as_str));
    if view.rows.iter().any(|row| row.switch.is_some()) {
        columns.push("Do");
    }
    let rows = view.rows.iter().map(|row| cells(frame, row)).collect();
    let error = view.form.as_ref().is_some_and(|(_, form)| form.has_errors());
    page(
        frame,
        &PageHead { error, ..PageHead::titled(format!("{}: administration", view.title)) },
        html! {
            (page_head(&view.title, &view.lead, html! {}))
            @if !view.tabs.is_empty() { (tabs("Administration", &view.tabs)) }
            @if !view.warning.is_empty() { (notice(Tone::Critical, &view.warning, html! {})) }
            div.stack {
                @if !view.first.is_empty() { (first(&view.first)) }
                @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing yet.", "Add the first below."))) } }
                @else { (table(&TableView::new(&view.title, &columns, rows))) }
                @if let Some((title, fields)) = &view.form { (panel("narrow", &PanelHead::new("edit", title.as_str()), html! {}, form(frame.lang, &frame.csrf, fields))) }
            }
        },
    )
}

/// The first steps of a new site, in order.
fn first(steps: &[(&str, &str, &str)]) -> Markup {
    panel(
        "narrow",
        &PanelHead::new("first", "First steps"),
        html! {},
        html! { ol.steps { @for (words, href, why) in steps { li { @if href.is_empty() { strong { (words) } } @else { a href=(href) { (words) } } span.muted { (why) } } } } },
    )
}

fn cells(frame: &FrameView, row: &Row) -> Vec<Cell> {
    let mut cells =
        vec![Cell::link(&row.title, &row.href), Cell::of(html! { @if let Some(state) = &row.state { (tag(state)) } })];
    cells.extend(row.cells.iter().map(Cell::text));
    if let Some((post, on)) = &row.switch {
        let (label, value) = if *on { ("Open again", "yes") } else { ("Close account", "no") };
        let action = Action::post(label, post).with("active", value).about(row.title.as_str()).quiet();
        cells.push(Cell::of(button(&frame.csrf, &action)));
    }
    cells
}
