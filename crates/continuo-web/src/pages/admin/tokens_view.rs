//! API tokens: the list, and the secret of a new one, shown once.

use continuo_ui::action::{Action, button};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// One token.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is for.
    pub label: String,
    /// Valid, expired, withdrawn.
    pub state: (Tone, String),
    /// What it allows.
    pub may: String,
    /// Made on.
    pub made: String,
    /// Valid until.
    pub until: String,
    /// Withdraws it.
    pub withdraw: Option<Action>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Administration.
    pub tabs: Vec<TabView>,
    /// The new token, shown this once; else empty.
    pub secret: String,
    /// Newest first.
    pub rows: Vec<Row>,
    /// Making one.
    pub form: FormView,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(|row| {
        vec![
            Cell::text(&row.label),
            Cell::of(tag(&TagView::new(row.state.0, row.state.1.as_str()))),
            Cell::text(&row.may),
            Cell::text(&row.made),
            Cell::text(&row.until),
            Cell::of(html! { @if let Some(action) = &row.withdraw { (button(&frame.csrf, action)) } }),
        ]
    });
    let columns = ["For", "State", "May", "Made", "Until", "Do"];
    page(
        frame,
        &PageHead { error: view.form.has_errors(), ..PageHead::titled("API tokens: administration") },
        html! {
            (page_head("API tokens", "A program signs in with a token. It is shown once and kept only as a fingerprint.", html! {}))
            (tabs("Administration", &view.tabs))
            div.stack {
                @if !view.secret.is_empty() {
                    (panel("", &PanelHead::new("secret", "The new token"), html! {}, html! {
                        p { "Copy it now. It is not shown again." }
                        p { code { (view.secret) } }
                    }))
                }
                @if view.rows.is_empty() { p { "No tokens yet." } } @else { (table(&TableView::new("API tokens", &columns, rows.collect()))) }
                (panel("narrow", &PanelHead::new("make", "Make a token"), html! {}, form(frame.lang, &frame.csrf, &view.form)))
            }
        },
    )
}
