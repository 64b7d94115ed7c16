//! The audit: who read, changed and decided what, when; whether the chain is whole.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::states::{EmptyView, PagesView, empty_page, notice, pages};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::Tone;
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// "08/19/2026 9:02:11 am".
    pub at: String,
    /// "M. Ortiz, care coordinator".
    pub actor: String,
    /// "read chart", "closed task", "signed in".
    pub action: String,
    /// Whom it touched.
    pub who: Option<Who>,
    /// "Task 0190..., version 3".
    pub what: String,
    /// Address of what was touched.
    pub href: String,
    /// "treatment", "break-glass: unconscious in the emergency room".
    pub purpose: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose record the list is of.
    pub of: Option<String>,
    /// What else it is narrowed by, in words.
    pub narrowed: String,
    /// Asking: person, actor, kind, days. Posted, since it names people.
    pub form: FormView,
    /// "Chain whole: 41,202 entries checked 9:00 am" or where it breaks.
    pub chain: (Tone, String),
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where the list is cut.
    pub pages: Option<PagesView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.entries.iter().map(cells).collect();
    let entries = TableView::new("Newest first", &["When", "Who", "Did", "Whose record", "What", "Purpose"], rows);
    let head = PageHead { error: view.form.has_errors(), ..PageHead::titled("Audit") };
    page(
        frame,
        &head,
        html! {
            (page_head("Audit", "Reading is recorded too.", html! {}))
            (notice(view.chain.0, &view.chain.1, html! {}))
            details.panel.audit-ask open[view.form.has_errors()] { summary.button { "Find entries..." } div.panel-body { (form(frame.lang, &frame.csrf, &view.form)) } }
            @if view.of.is_some() || !view.narrowed.is_empty() {
                p { @if let Some(of) = &view.of { "Record of " (of) @if !view.narrowed.is_empty() { ": " } } (view.narrowed) ". " a href="/audit" { "Show everything" } }
            }
            @if view.entries.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("No entries.", "Nothing was read or changed under these terms."))) } }
            @else { (table(&entries)) }
            @if let Some(cut) = &view.pages { (pages(frame.lang, cut)) }
        },
    )
}

fn cells(one: &Entry) -> Vec<Cell> {
    vec![
        Cell::text(&one.at),
        Cell::text(&one.actor),
        Cell::text(&one.action),
        Cell::of(html! { @if let Some(person) = &one.who { (who::link(person)) } }),
        Cell::link(&one.what, &one.href),
        Cell::text(&one.purpose),
    ]
}
