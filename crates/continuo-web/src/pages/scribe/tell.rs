//! Telling the primary-care physician what a letter or visit plans, before the review of it is finished.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::field::field;
use continuo_ui::form::{FormView, end, error_summary};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// "Dr. Patel".
    pub physician: String,
    /// The words to send.
    pub form: FormView,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        title: format!("{}: tell the physician", view.banner.who.name()),
        error: view.form.has_errors(),
        banner: Some(banner(frame.lang, &view.banner)),
    };
    let lead =
        "A short summary goes to them now, with the document; the review goes on. What you rejected is not in it.";
    page(
        frame,
        &head,
        html! {
            (page_head(&format!("Tell {}", view.physician), lead, html! {}))
            (error_summary(frame.lang, &view.form))
            form.form method="post" action=(view.form.action) data-draft=(view.form.action) novalidate {
                input type="hidden" name="csrf" value=(frame.csrf);
                @for one in &view.form.fields { (field(frame.lang, one)) }
                (end(frame.lang, &view.form))
            }
        },
    )
}
