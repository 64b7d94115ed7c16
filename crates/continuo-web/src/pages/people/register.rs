//! Register a person: one column of questions, and who is on file already that looks alike.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::who;
use continuo_ui::{Markup, html};

use super::search::Hit;

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Questions.
    pub form: FormView,
    /// People on file who may be the same.
    pub alike: Vec<Hit>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead { error: view.form.has_errors(), ..PageHead::titled("Register a person") };
    page(
        frame,
        &head,
        html! {
            (page_head("Register a person", "A single name, two surnames and accents are all fine. What you do not know stays \"not asked\".", html! {}))
            // Asked to compare, one meets whom to compare before the form, on a phone too.
            @let compare = view.form.has_errors() && !view.alike.is_empty();
            div.columns-form {
                @if compare { (beside(view, true)) }
                div data-start { (form(frame.lang, &frame.csrf, &view.form)) }
                @if !compare { (beside(view, false)) }
            }
        },
    )
}

fn beside(view: &View, first: bool) -> Markup {
    html! { div.columns-first[first] data-alike="/patients/alike" aria-live="polite" { (alike(&view.alike)) } }
}

/// Who on file looks alike; nothing where nobody does. The script asks for this part alone while somebody types.
pub fn alike(hits: &[Hit]) -> Markup {
    html! {
        @if !hits.is_empty() {
            (panel("", &PanelHead::new("alike", "On file already?").about("compare birth dates"), html! {}, html! {
                ul.lines { @for one in hits { li { span.grow { (who::link(&one.who)) br; span.fine.muted { "MRN " (one.record_number) @if !one.matched.is_empty() { " · " (one.matched) } } } } } }
            }))
        }
    }
}
