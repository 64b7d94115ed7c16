//! Packages: loading, what is loaded, what keeps a measure from running.

use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// One loaded measure.
#[derive(Clone, Debug)]
pub struct Row {
    /// Title.
    pub title: String,
    /// Its page, where it is switched.
    pub href: String,
    /// Version.
    pub version: String,
    /// On, off, cannot run.
    pub state: TagView,
    /// Period, who and why.
    pub set: String,
    /// What is missing or cut short.
    pub problems: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Administration.
    pub tabs: Vec<TabView>,
    /// What the last upload did.
    pub notices: Vec<(Tone, String)>,
    /// Measures.
    pub rows: Vec<Row>,
    /// Libraries and value sets that could not be used.
    pub problems: Vec<String>,
    /// "66 libraries, 506 value sets".
    pub counts: String,
}

const LEAD: &str =
    "Packages as CMS and eCQI publish them (FHIR bundles), expanded value sets from VSAC, and folders of ELM or CQL.";

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(cells).collect();
    page(
        frame,
        &PageHead::titled("Measures: administration"),
        html! {
            (page_head("Measures", LEAD, html! { a.button href="/measures" { "Figures" } }))
            (tabs("Administration", &view.tabs))
            @for (tone, text) in &view.notices { (notice(*tone, text, html! {})) }
            div.stack {
                @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing is loaded.", "Load a package below. Loading switches nothing on."))) } }
                @else { (table(&TableView::new("Loaded measures", &["Measure", "State", "Version", "Set", "Missing or cut short"], rows))) }
                (panel("narrow", &PanelHead::new("load", "Load a package"), html! {}, upload(frame)))
                @if !view.problems.is_empty() { (panel("", &PanelHead::new("problems", format!("Could not be used ({})", view.problems.len())), html! {}, html! { ul { @for one in &view.problems { li { (one) } } } })) }
                p.fine.muted { (view.counts) }
            }
        },
    )
}

fn upload(frame: &FrameView) -> Markup {
    html! {
        form.form method="post" action="/admin/measures" enctype="multipart/form-data" {
            input type="hidden" name="csrf" value=(frame.csrf);
            div.field {
                label for="f-package" { "Files" }
                p.hint id="f-package-hint" { "JSON bundles, ValueSets, .elm.json, .cql, zip archives of these, or an XML export of value sets from VSAC; several at once. Loading switches nothing on." }
                input id="f-package" type="file" name="package" multiple accept=".json,.cql,.xml,.zip" required aria-describedby="f-package-hint";
            }
            div.form-end { button.button.button-main type="submit" { "Load" } }
        }
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    vec![
        Cell::link(&row.title, &row.href),
        Cell::of(tag(&row.state)),
        Cell::text(&row.version),
        Cell::text(&row.set),
        Cell::text(&row.problems),
    ]
}
