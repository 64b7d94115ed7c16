//! API tokens: the list, and the secret of a new one, shown once.

use continuo_ui::action::{Action, button};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// One token.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is for.
    pub label: String,
    /// Valid, stopped, expired, withdrawn.
    pub state: (Tone, String),
    /// What it allows.
    pub may: String,
    /// Made on.
    pub made: String,
    /// By whom, and who confirmed it.
    pub by: String,
    /// What its maker's role does not allow; empty when nothing.
    pub wider: String,
    /// Valid until.
    pub until: String,
    /// Makes the reader answer for it, where its maker no longer does.
    pub take: Option<Action>,
    /// Confirms it; none for its maker.
    pub confirm: Option<Action>,
    /// Withdraws it.
    pub withdraw: Option<Action>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Title and explanation.
    pub title: (String, String),
    /// Administration, or the lists of what is open.
    pub tabs: Vec<TabView>,
    /// The new token, shown this once; else empty.
    pub secret: String,
    /// Whether the new token waits for a second person.
    pub waits: bool,
    /// Newest first.
    pub rows: Vec<Row>,
    /// Making one, where that is done.
    pub form: Option<FormView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(|row| {
        vec![
            Cell::text(&row.label),
            Cell::of(tag(&TagView::new(row.state.0, row.state.1.as_str()))),
            Cell::of(html! {
                div {
                    (row.may)
                    @if !row.wider.is_empty() { p.fine.muted { "Beyond its maker's role: " (row.wider) } }
                }
            }),
            Cell::of(html! { div { (row.made) @if !row.by.is_empty() { p.fine.muted { (row.by) } } } }),
            Cell::text(&row.until),
            Cell::of(html! {
                @if let Some(action) = &row.take { (button(&frame.csrf, action)) }
                @if let Some(action) = &row.confirm { (button(&frame.csrf, action)) }
                @if let Some(action) = &row.withdraw { (button(&frame.csrf, action)) }
            }),
        ]
    });
    let columns = ["For", "State", "May", "Made", "Until", "Do"];
    let (title, lead) = &view.title;
    page(
        frame,
        &PageHead { error: view.form.as_ref().is_some_and(FormView::has_errors), ..PageHead::titled(title) },
        html! {
            (page_head(title, lead, html! {}))
            (tabs(title, &view.tabs))
            div.stack {
                @if !view.secret.is_empty() {
                    (panel("", &PanelHead::new("secret", "The new token"), html! {}, html! {
                        p { "Copy it now. It is not shown again." }
                        @if view.waits { p { "It allows more than your role does, so it works once somebody else has confirmed it." } }
                        p { code { (view.secret) } }
                    }))
                }
                @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("No tokens.", "Nothing waits here."))) } } @else { (table(&TableView::new("API tokens", &columns, rows.collect()))) }
                @if let Some(making) = &view.form {
                    (panel("narrow", &PanelHead::new("make", "Make a token"), html! {}, form(frame.lang, &frame.csrf, making)))
                }
            }
        },
    )
}
