//! The page around every entry form: the banner, one column of questions, whom it is for beside the button.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose; none for work that is nobody's in particular, such as bulk actions.
    pub banner: Option<BannerView>,
    /// "Add an appointment".
    pub title: String,
    /// One sentence on what happens then.
    pub lead: String,
    /// Questions.
    pub form: FormView,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let name = view.banner.as_ref().map(|one| format!("{}: ", one.who.name())).unwrap_or_default();
    let head = PageHead {
        title: format!("{name}{}", view.title),
        error: view.form.has_errors(),
        banner: view.banner.as_ref().map(|one| banner(frame.lang, one)),
    };
    page(
        frame,
        &head,
        html! {
            (page_head(&view.title, &view.lead, html! {}))
            div data-start { (form(frame.lang, &frame.csrf, &view.form)) }
        },
    )
}
