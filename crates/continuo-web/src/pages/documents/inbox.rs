//! Document inbox: scans, PDF and fax images to be filed to a person, with kind and date, and a task where needed.
//!
//! The document stands beside the form. Whose it is, is chosen by hand from what a search found: exact hits and
//! likenesses apart, none chosen beforehand, and Enter searches instead of filing (safety.md, 9).

use continuo_ui::action::submit;
use continuo_ui::field::{Field, field};
use continuo_ui::form::{FormView, error_summary};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{DueView, Tone, due};
use continuo_ui::who::Who;
use continuo_ui::{Markup, html};

/// One document waiting.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Opaque id.
    pub id: String,
    /// "PDF from fax, 240 kB": never its file name, which may name somebody.
    pub what: String,
    /// When it came, against the site's limit.
    pub due: DueView,
    /// Who looks at it now.
    pub taken_by: String,
    /// Opened.
    pub current: bool,
}

/// Somebody it may belong to.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Patient id.
    pub id: String,
    /// Who.
    pub who: Who,
    /// "MRN 0041-7 · (555) 555-0142 · M. Ortiz".
    pub facts: String,
    /// Why, where it is not the plain match.
    pub matched: String,
}

/// The opened document.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it is.
    pub what: String,
    /// File name as received.
    pub name: String,
    /// Address of the file.
    pub file: String,
    /// True for an image, which is shown in the page; other files open beside it.
    pub is_image: bool,
    /// Who else reads it now.
    pub read_by: String,
    /// What was searched for.
    pub asked: String,
    /// Exact hits.
    pub exact: Vec<Candidate>,
    /// Likenesses.
    pub near: Vec<Candidate>,
    /// Chosen.
    pub chosen: String,
    /// What is wrong with the choice.
    pub person_error: String,
    /// Kind, date, task; its action files.
    pub form: FormView,
    /// Closing with a reason.
    pub close: FormView,
}

/// A settled document.
#[derive(Clone, Debug)]
pub struct Settled {
    /// "PDF from fax, 240 kB".
    pub what: String,
    /// "Filed", "Closed: not ours".
    pub how: String,
    /// The filed document, when the reader may open it.
    pub href: String,
    /// "M. Ortiz, 08/19 9:02 am".
    pub by: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Waiting, settled.
    pub tabs: Vec<TabView>,
    /// Oldest first: nothing is filed unread.
    pub waiting: Vec<Waiting>,
    /// "first 200 of 350", where the list is cut.
    pub cut: String,
    /// The settled ones, on their tab.
    pub settled: Option<Vec<Settled>>,
    /// The one opened.
    pub opened: Option<Opened>,
    /// What the last upload did.
    pub notice: Option<(Tone, String)>,
}

const LEAD: &str = "Oldest first. A document leaves when it is filed to a person or closed with a reason.";

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view
        .opened
        .as_ref()
        .is_some_and(|one| one.form.has_errors() || one.close.has_errors() || !one.person_error.is_empty());
    page(
        frame,
        &PageHead { error, ..PageHead::titled("Document inbox") },
        html! {
            (page_head("Document inbox", LEAD, html! {}))
            (tabs("Documents", &view.tabs))
            @if let Some((tone, text)) = &view.notice { (notice(*tone, text, html! {})) }
            @match &view.settled {
                Some(all) => (settled(frame, all)),
                None => div.columns-wide-left {
                    @match &view.opened {
                        Some(one) => { div.stack { (opened(frame, one)) } div.stack { (waiting(view)) (upload(frame)) } }
                        None => { div.stack { @if view.waiting.is_empty() { (filed(frame)) } @else { (waiting(view)) } } div.stack { (upload(frame)) } }
                    }
                },
            }
        },
    )
}

fn waiting(view: &View) -> Markup {
    let head = PanelHead::new("waiting", format!("Waiting ({})", view.waiting.len())).about(view.cut.as_str());
    panel(
        "",
        &head,
        html! {},
        html! {
            ul.lines { @for (at, one) in view.waiting.iter().enumerate() { li {
                span.grow { a href={ "/documents/" (one.id) } aria-current=[one.current.then_some("true")] { (at + 1) ". " (one.what) } @if !one.taken_by.is_empty() { " " span.fine.muted { (one.taken_by) } } }
                (due(&one.due))
            } } }
        },
    )
}

fn filed(frame: &FrameView) -> Markup {
    let empty =
        EmptyView::new("All filed.", "Faxes, scans and uploads arrive here and wait for a person to read them.");
    html! { div.panel { (empty_page(&frame.csrf, &empty)) } }
}

fn opened(frame: &FrameView, view: &Opened) -> Markup {
    let head = PanelHead::new("opened", view.what.as_str()).about(view.name.as_str());
    html! {
        (panel("", &head, html! { a.button href=(view.file) target="_blank" rel="noopener" { "Open the file in a new tab" } }, html! {
            div.stack {
                @if !view.read_by.is_empty() { (notice(Tone::Caution, &format!("{} reads this document now.", view.read_by), html! {})) }
                @if view.is_image { img.scan src=(view.file) alt={ "The document: " (view.what) }; }
                @else { p.muted { "This kind of file is not drawn in the page. Open it, read it, then file it here." } }
            }
        }))
        (panel("", &PanelHead::new("file", "File it"), html! {}, file_form(frame, view)))
        (panel("", &PanelHead::new("close", "Belongs to nobody here"), html! {}, html! { (continuo_ui::form::form(frame.lang, &frame.csrf, &view.close)) }))
    }
}

fn file_form(frame: &FrameView, view: &Opened) -> Markup {
    let mut problems = view.form.clone();
    if !view.person_error.is_empty() {
        problems.problems.push(view.person_error.clone());
    }
    let find = format!("{}/find", view.form.action);
    html! {
        (error_summary(frame.lang, &problems))
        form.form method="post" action=(view.form.action) novalidate {
            input type="hidden" name="csrf" value=(frame.csrf);
            div.row {
                (field(frame.lang, &Field::text("q", "Whose").hint("Name, birth date, record number or phone").value(&view.asked)))
                // The first button of the form is what Enter presses: it looks for people and files nothing.
                button.button type="submit" formaction=(find) { "Find" }
            }
            @if !view.asked.is_empty() && view.exact.is_empty() && view.near.is_empty() { p { "Nobody found. Try fewer letters, or the birth date alone." } }
            (candidates("Found", "exact", &view.exact, &view.chosen))
            (candidates("Close, not the same: check name and birth date on the document", "near", &view.near, &view.chosen))
            @for one in &view.form.fields { (field(frame.lang, one)) }
            div.form-end { (submit(&view.form.submit, None)) }
        }
    }
}

fn candidates(legend: &str, group: &str, all: &[Candidate], chosen: &str) -> Markup {
    html! {
        @if !all.is_empty() {
            fieldset.field data-start {
                legend { (legend) }
                div.choices { @for (at, one) in all.iter().enumerate() {
                    @let id = format!("person-{group}-{at}");
                    label.choice for=(id) {
                        input id=(id) type="radio" name="person" value=(one.id) checked[one.id == chosen];
                        span {
                            strong { (one.who.name()) } " " span.num { (one.who.age_sex) " " (one.who.born) }
                            @if !one.matched.is_empty() { " " mark { (one.matched) } }
                            span.hint.fine { (one.facts) }
                        }
                    }
                } }
            }
        }
    }
}

fn settled(frame: &FrameView, all: &[Settled]) -> Markup {
    html! {
        @if all.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing settled yet.", "What is filed or closed appears here with who did it."))) } }
        @else { (panel("", &PanelHead::new("settled", format!("Settled ({})", all.len())), html! {}, html! {
            ul.lines { @for one in all { li {
                span.grow { @if one.href.is_empty() { (one.what) } @else { a href=(one.href) { (one.what) } } " " span.muted { (one.how) } }
                span.fine.muted { (one.by) }
            } } }
        })) }
    }
}

fn upload(frame: &FrameView) -> Markup {
    panel(
        "",
        &PanelHead::new("upload", "Add scans"),
        html! {},
        html! {
            form.stack-tight method="post" action="/documents" enctype="multipart/form-data" {
                input type="hidden" name="csrf" value=(frame.csrf);
                label for="scan" { "PDF or images, up to 20 MB each" }
                input #scan type="file" name="scan" accept="application/pdf,image/png,image/jpeg,image/tiff" multiple required;
                button.button.button-main type="submit" { "Add" }
            }
        },
    )
}
