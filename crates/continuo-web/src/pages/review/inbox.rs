//! Document inbox: scans, PDF and fax images to be filed to a person, with kind and date, and a task where needed.

use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::tag::{DueView, due};
use continuo_ui::{Markup, html};

/// One document waiting.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Opaque id.
    pub id: String,
    /// "Fax from (555) 555-0199, 3 pages".
    pub what: String,
    /// When it came, against the site's limit.
    pub due: DueView,
    /// Who looks at it now.
    pub taken_by: String,
    /// Opened.
    pub current: bool,
}

/// The opened document.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it is.
    pub what: String,
    /// Address of the file.
    pub file: String,
    /// True for an image, which is shown in the page; other files open in the browser.
    pub is_image: bool,
    /// Person, kind, date, task.
    pub form: FormView,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Oldest first: nothing is filed unread.
    pub waiting: Vec<Waiting>,
    /// The one opened.
    pub opened: Option<Opened>,
    /// Uploading by hand.
    pub upload: bool,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    page(
        frame,
        &PageHead::titled("Document inbox"),
        html! {
            (page_head("Document inbox", "Oldest first. A document leaves when it is filed to a person or closed with a reason.", html! {}))
            div.columns-wide-left {
                div.stack { @match &view.opened { Some(one) => (opened(frame, one)), None => (hint(frame, view)) } }
                div.stack {
                    (panel("", &PanelHead::new("waiting", format!("Waiting ({})", view.waiting.len())), html! {}, html! {
                        ul.lines { @for one in &view.waiting { li {
                            span.grow { a href={ "/inbox/" (one.id) } aria-current=[one.current.then_some("true")] { (one.what) } @if !one.taken_by.is_empty() { span.fine.muted { " " (one.taken_by) } } }
                            (due(&one.due))
                        } } }
                    }))
                    @if view.upload { (upload(frame)) }
                }
            }
        },
    )
}

fn hint(frame: &FrameView, view: &View) -> Markup {
    let empty = if view.waiting.is_empty() {
        EmptyView::new("All filed.", "Faxes, scans and uploads arrive here and wait for a person to read them.")
    } else {
        EmptyView::new("Open a document.", "The oldest stands first in the list beside.")
    };
    html! { div.panel { (empty_page(&frame.csrf, &empty)) } }
}

fn opened(frame: &FrameView, view: &Opened) -> Markup {
    panel(
        "",
        &PanelHead::new("opened", view.what.as_str()),
        html! { a.button href=(view.file) { "Open the file" } },
        html! {
            div.stack {
                @if view.is_image { img.scan src=(view.file) alt={ "Scan: " (view.what) }; }
                (form(frame.lang, &frame.csrf, &view.form))
            }
        },
    )
}

fn upload(frame: &FrameView) -> Markup {
    panel(
        "",
        &PanelHead::new("upload", "Add a scan"),
        html! {},
        html! {
            form.stack-tight method="post" action="/inbox" enctype="multipart/form-data" {
                input type="hidden" name="csrf" value=(frame.csrf);
                label for="scan" { "PDF or image, up to 20 MB" }
                input #scan type="file" name="scan" accept="application/pdf,image/*" required;
                button.button.button-main type="submit" { "Add" }
            }
        },
    )
}
