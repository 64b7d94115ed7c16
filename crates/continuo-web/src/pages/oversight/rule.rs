//! One rule's page: what it says, where it comes from, how it fared here, and on or off with a reason.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, definitions, page_head, panel};
use continuo_ui::section::{LineView, Place, Section, line_section};
use continuo_ui::stat::{StatView, stats};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "HbA1c is overdue".
    pub title: String,
    /// "last changed 07/02/2026, version 1.2".
    pub changed: String,
    /// What it says in a sentence or two.
    pub says: String,
    /// Guideline cited.
    pub source: String,
    /// Look-back, window, cap: label and text.
    pub settings: Vec<(String, String)>,
    /// How it fared.
    pub stats: Vec<StatView>,
    /// Decisions lately.
    pub decisions: Section<LineView>,
    /// On or off, with a reason; none for readers without the permission.
    pub switch: Option<FormView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let settings: Vec<(&str, Markup)> =
        view.settings.iter().map(|(label, text)| (label.as_str(), html! { (text) })).collect();
    page(
        frame,
        &PageHead::titled(format!("{}: rule", view.title)),
        html! {
            (page_head(&view.title, &view.changed, html! {}))
            div.stack {
                (panel("", &PanelHead::new("says", "Says"), html! {}, html! { div.stack-tight { p.prose { (view.says) } p.muted { "Source: " (view.source) } } }))
                (stats(&view.stats))
                (panel("", &PanelHead::new("settings", "How it is set"), html! {}, definitions(&settings)))
                (line_section(frame, Place { id: "decisions", title: "Decided lately", class: "" }, &view.decisions, html! {}))
                @if let Some(switch) = &view.switch { (panel("", &PanelHead::new("switch", "On or off"), html! {}, form(frame.lang, &frame.csrf, switch))) }
            }
        },
    )
}
