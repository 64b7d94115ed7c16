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
    /// The people it is about; empty where there is no such list.
    pub people_href: String,
    /// Thresholds of the site; none for rules without, and for readers without the permission.
    pub thresholds: Option<FormView>,
    /// What was set so far, newest first; empty while as shipped and for readers who may not see it.
    pub history: Vec<String>,
    /// The examples that test it, each with a title and its text.
    pub examples: Vec<(String, String)>,
    /// Its logic as text; empty where it is part of the program.
    pub logic: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let settings: Vec<(&str, Markup)> =
        view.settings.iter().map(|(label, text)| (label.as_str(), html! { (text) })).collect();
    page(
        frame,
        &PageHead::titled(format!("{}: rule", view.title)),
        html! {
            (page_head(&view.title, &view.changed, html! { @if !view.people_href.is_empty() { a.button href=(view.people_href) { "People" } } }))
            div.stack {
                (panel("", &PanelHead::new("says", "Says"), html! {}, html! { div.stack-tight { p.prose { (view.says) } p.muted { "Source: " (view.source) } } }))
                (stats(&view.stats))
                (panel("", &PanelHead::new("settings", "How it is set"), html! {}, definitions(&settings)))
                (line_section(frame, Place { id: "decisions", title: "Decided lately", class: "" }, &view.decisions, html! {}))
                @if let Some(switch) = &view.switch { (panel("", &PanelHead::new("switch", "On or off"), html! {}, form(frame.lang, &frame.csrf, switch))) }
                @if let Some(thresholds) = &view.thresholds { (panel("", &PanelHead::new("thresholds", "Thresholds of this site"), html! {}, form(frame.lang, &frame.csrf, thresholds))) }
                @if !view.history.is_empty() { (panel("", &PanelHead::new("history", "What was set"), html! {}, html! { ul.lines { @for one in &view.history { li { (one) } } } })) }
                @if !view.examples.is_empty() { (panel("", &PanelHead::new("examples", "Examples that test it"), html! {}, html! { details.fold { summary { (examples_count(view.examples.len())) } (examples(&view.examples)) } })) }
                @if !view.logic.is_empty() { (panel("", &PanelHead::new("logic", "Logic (HL7 CQL)"), html! {}, html! { pre.as-written tabindex="0" { (view.logic) } })) }
            }
        },
    )
}

fn examples_count(count: usize) -> String {
    if count == 1 {
        "1 made-up person, and what the rule must say".to_owned()
    } else {
        format!("{count} made-up people, and what the rule must say of each")
    }
}

fn examples(all: &[(String, String)]) -> Markup {
    html! {
        div.stack-tight {
            @for (title, text) in all {
                h3 { (title) }
                pre.as-written tabindex="0" { (text) }
            }
        }
    }
}
