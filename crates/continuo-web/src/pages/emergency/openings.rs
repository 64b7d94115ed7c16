//! What is open to whom: Consents that opened closed records, each to review, and every opening that runs now.

use continuo_ui::action::{Action, buttons};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::who::{self, Who};
use continuo_ui::{Markup, html};

/// One opening.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its place in the addresses of this page.
    pub id: String,
    /// "Written by K. Young, Mon 08/17 2:10 pm" or "To everybody here".
    pub title: String,
    /// Whose record; none when the reader may not see who that is.
    pub who: Option<Who>,
    /// What it opens.
    pub opens: String,
    /// "until 08/17/2027".
    pub until: String,
    /// The Consent, to look up in the audit; empty for an opening that runs.
    pub consent: String,
    /// Where the reader may read the Consent itself; empty where they may not.
    pub href: String,
    /// To review, reviewed, open.
    pub state: TagView,
    /// What the review found.
    pub finding: String,
    /// Who may do what about it: that somebody else reviews what the reader wrote; else empty.
    pub note: String,
    /// What opens it, for those who may.
    pub action: Option<Action>,
    /// The review; none once it is done.
    pub form: Option<FormView>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "What is open to whom".
    pub title: String,
    /// In a sentence.
    pub lead: String,
    /// To review, all, open now.
    pub tabs: Vec<TabView>,
    /// Newest first.
    pub rows: Vec<Row>,
    /// What would stand here, where nothing does.
    pub nothing: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.rows.iter().filter_map(|row| row.form.as_ref()).any(FormView::has_errors);
    let nothing = EmptyView::new("Nothing here.", view.nothing.as_str());
    page(
        frame,
        &PageHead { error, ..PageHead::titled(view.title.as_str()) },
        html! {
            (page_head(&view.title, &view.lead, html! {}))
            (tabs("Openings", &view.tabs))
            @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &nothing)) } }
            div.stack { @for (at, row) in view.rows.iter().enumerate() { (one(frame, at + 1, row)) } }
        },
    )
}

fn one(frame: &FrameView, number: usize, row: &Row) -> Markup {
    panel(
        "",
        &PanelHead::new(&format!("opening-{}", row.id), format!("{number}. {}", row.title)),
        tag(&row.state),
        html! {
            div.stack-tight {
                p { "Record of " @match &row.who { Some(who) => (who::link(who)), None => "somebody you may not see" } }
                @if !row.opens.is_empty() { p { "Opens " (row.opens) ", " (row.until) "." } }
                @if !row.href.is_empty() { p { a href=(row.href) { "The consent as it was written down" span.visually-hidden { ", number " (number) } } } }
                @else if !row.consent.is_empty() { p.fine.muted { "In the audit: " (row.consent) } }
                @if !row.finding.is_empty() { p { @if !row.opens.is_empty() { strong { "Review: " } } (row.finding) } }
                @if !row.note.is_empty() { p.muted { (row.note) } }
                @if row.action.is_some() { div.row { (buttons(&frame.csrf, row.action.as_slice())) } }
                @if let Some(view) = &row.form { (form(frame.lang, &frame.csrf, view)) }
            }
        },
    )
}
