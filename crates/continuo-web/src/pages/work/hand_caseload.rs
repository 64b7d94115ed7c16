//! A caseload changes hands: who gets whom, what is urgent first, who stays, before it is sent; and what waits for an answer.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, lines, page_head, panel};
use continuo_ui::section::{LineView, line};
use continuo_ui::{Markup, html};

/// A list with its head.
#[derive(Clone, Debug)]
pub struct Part {
    /// Id of the panel.
    pub id: String,
    /// "Urgent first (3)".
    pub title: String,
    /// Lines.
    pub lines: Vec<LineView>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// "Hand over a caseload".
    pub title: String,
    /// One sentence on what happens.
    pub lead: String,
    /// Who gets what; empty before it is asked for.
    pub parts: Vec<Part>,
    /// Everybody, by who receives them: below the forms, since it is long.
    pub people: Vec<Part>,
    /// Forms: choosing, and sending.
    pub forms: Vec<FormView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead { error: view.forms.iter().any(FormView::has_errors), ..PageHead::titled(&view.title) };
    page(
        frame,
        &head,
        html! {
            (page_head(&view.title, &view.lead, html! {
                @if frame.path != "/caseload/handed" { a.button href="/caseload/handed" { "What was handed over" } }
                a.button href="/caseload" { "My caseload" }
            }))
            div.stack {
                @for part in &view.parts { (list(frame, part)) }
                @for (at, one) in view.forms.iter().enumerate() {
                    @if at == 0 { div data-start { (form(frame.lang, &frame.csrf, one)) } } @else { (form(frame.lang, &frame.csrf, one)) }
                }
                @for part in &view.people { (list(frame, part)) }
            }
        },
    )
}

fn list(frame: &FrameView, part: &Part) -> Markup {
    panel("", &PanelHead::new(&part.id, &part.title), html! {}, {
        lines(&part.lines.iter().map(|one| line(frame, one)).collect::<Vec<_>>())
    })
}
