//! Copy note for the EHR: the text in the site's format, ready to be copied or filed as a document.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// Title.
    pub title: String,
    /// The text.
    pub text: String,
    /// Where filing it posts.
    pub post: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        title: format!("{}: note for the EHR", view.banner.who.name()),
        error: false,
        banner: Some(banner(frame.lang, &view.banner)),
    };
    let rows = view.text.lines().count().clamp(6, 30);
    page(
        frame,
        &head,
        html! {
            (page_head("Copy note for the EHR", &view.title, html! {}))
            div.stack.narrow {
                div.field {
                    label for="ehr-text" { "The text as the clinic's record takes it" }
                    textarea #ehr-text rows=(rows) readonly spellcheck="false" { (view.text) }
                }
                div.row {
                    button class="button button-main" type="button" data-copy="#ehr-text" hidden { "Copy" }
                    form.inline method="post" action=(view.post) {
                        input type="hidden" name="csrf" value=(frame.csrf);
                        button.button type="submit" { "File as a document" span.visually-hidden { " for " (view.banner.who.named_and_born()) } }
                    }
                    span role="status" data-copied {}
                    span.about { "For " (view.banner.who.named_and_born()) }
                }
            }
        },
    )
}
