//! Several tasks at once: what is done to which of them, and which stay with their reasons, before it is sent.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, lines, page_head, panel};
use continuo_ui::section::{LineView, line};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "Done: 9 tasks".
    pub title: String,
    /// One sentence on what happens.
    pub lead: String,
    /// Questions; none where nothing of the selection may be done.
    pub form: Option<FormView>,
    /// Head of what stays: "3 stay open".
    pub kept_title: String,
    /// What stays, each with its reason.
    pub kept: Vec<LineView>,
    /// Back to the list.
    pub back: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.form.as_ref().is_some_and(FormView::has_errors);
    let head = PageHead { error, ..PageHead::titled(&view.title) };
    page(
        frame,
        &head,
        html! {
            (page_head(&view.title, &view.lead, html! {}))
            div.stack {
                @if let Some(one) = &view.form { div data-start { (form(frame.lang, &frame.csrf, one)) } }
                @if !view.kept.is_empty() {
                    (panel("bulk-kept", &PanelHead::new("bulk-kept", &view.kept_title), html! {}, {
                        lines(&view.kept.iter().map(|one| line(frame, one)).collect::<Vec<_>>())
                    }))
                }
            }
            @if view.form.is_none() { p { a.button href=(view.back) { "Back to the list" } } }
        },
    )
}
