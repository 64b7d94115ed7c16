//! Panels: a heading, what it rests on, actions, and a body or a list of lines.

use maud::{Markup, html};

/// A panel's heading.
#[derive(Clone, Debug, Default)]
pub struct PanelHead {
    /// Also the base of the element's id.
    pub id: String,
    /// "Problems".
    pub title: String,
    /// "from Mercy and Dr. Patel, 08/16".
    pub about: String,
}

impl PanelHead {
    /// A heading without a note.
    pub fn new(id: &str, title: impl Into<String>) -> PanelHead {
        PanelHead { id: id.to_owned(), title: title.into(), about: String::new() }
    }

    /// With a note after the title.
    pub fn about(mut self, about: impl Into<String>) -> PanelHead {
        self.about = about.into();
        self
    }
}

/// A section with an `h2`. `class` places it in a grid: "", "wide", "third", "two-thirds".
pub fn panel(class: &str, head: &PanelHead, actions: Markup, body: Markup) -> Markup {
    html! {
        section class={ "panel " (class) } id=(head.id) aria-labelledby={ (head.id) "-title" } {
            header {
                h2 id={ (head.id) "-title" } { (head.title) }
                @if !head.about.is_empty() { span.about { (head.about) } }
                @let actions = actions.into_string();
                @if !actions.is_empty() { div.actions { (maud::PreEscaped(actions)) } }
            }
            div.panel-body { (body) }
        }
    }
}

/// A list of lines with hairlines between them.
pub fn lines(rows: &[Markup]) -> Markup {
    html! { ul.lines { @for row in rows { li { (row) } } } }
}

/// Pairs of label and text.
pub fn definitions(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.definition { @for (label, text) in pairs { dt { (label) } dd { (text) } } } }
}

/// The head of a page: its `h1`, a sentence, and actions at the end.
pub fn page_head(title: &str, lead: &str, actions: Markup) -> Markup {
    html! {
        div.page-head {
            h1 { (title) }
            @if !lead.is_empty() { p.lead { (lead) } }
            div.actions { (actions) }
        }
    }
}
