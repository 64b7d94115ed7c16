//! One thing administered: what is set, what can be done to it at once, and forms to change it.

use continuo_ui::action::{Action, buttons};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::notice;
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Where it stands in administration; none for a person's own account.
    pub tabs: Vec<TabView>,
    /// "Maria Ortiz".
    pub title: String,
    /// What this decides, in a sentence.
    pub lead: String,
    /// Active, waits, no second factor.
    pub states: Vec<TagView>,
    /// Something to know first, such as a secret that is shown once.
    pub notice: Option<(Tone, String)>,
    /// Done at once.
    pub actions: Vec<Action>,
    /// A list: title, lines, what stands there when there are none.
    pub lines: Option<(String, Vec<String>, String)>,
    /// Forms: id, title.
    pub forms: Vec<(String, String, FormView)>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.forms.iter().any(|(.., form)| form.has_errors());
    page(
        frame,
        &PageHead { error, ..PageHead::titled(view.title.as_str()) },
        html! {
            (page_head(&view.title, &view.lead, html! {}))
            @if !view.tabs.is_empty() { (tabs("Administration", &view.tabs)) }
            @if let Some((tone, text)) = &view.notice { (notice(*tone, text, html! {})) }
            div.stack {
                @if !view.states.is_empty() || !view.actions.is_empty() {
                    (panel("", &PanelHead::new("state", if view.states.is_empty() { "Beside this" } else { "Now" }), html! {}, html! {
                        div.stack {
                            @if !view.states.is_empty() { p { @for one in &view.states { (tag(one)) " " } } }
                            (buttons(&frame.csrf, &view.actions))
                        }
                    }))
                }
                @if let Some((title, lines, nothing)) = &view.lines {
                    (panel("", &PanelHead::new("lines", title.as_str()), html! {}, html! {
                        @if lines.is_empty() { p.muted { (nothing) } }
                        ul.lines { @for one in lines { li { (one) } } }
                    }))
                }
                @for (id, title, one) in &view.forms {
                    (panel("narrow", &PanelHead::new(id, title.as_str()), html! {}, form(frame.lang, &frame.csrf, one)))
                }
            }
        },
    )
}
