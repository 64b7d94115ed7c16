//! Asking for emergency access: what it opens, for how long, and that somebody reads the reason.

use continuo_ui::action::{Action, button};
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::notice;
use continuo_ui::tag::Tone;
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose record.
    pub banner: BannerView,
    /// Until when it is open already; empty: it is not.
    pub open_until: String,
    /// Ends it.
    pub end: Action,
    /// Ground and reason.
    pub form: FormView,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        banner: Some(banner(frame.lang, &view.banner)),
        error: view.form.has_errors(),
        ..PageHead::titled(format!("{}: emergency access", view.banner.who.named_and_born()))
    };
    page(
        frame,
        &head,
        html! {
            (page_head("Emergency access", "Opens what is closed to your role in this person's record, for 4 hours, to you alone.", html! {}))
            div.stack {
                @if !view.open_until.is_empty() {
                    (notice(Tone::Critical, &format!("Open to you until {}.", view.open_until), button(&frame.csrf, &view.end)))
                }
                (panel("", &PanelHead::new("ask", "Before you open it"), html! {}, html! {
                    div.stack {
                        ul {
                            li { "The privacy officer reads your reason and what you looked at." }
                            li { "Substance use treatment records (42 CFR Part 2) open only in a medical emergency." }
                            li { "Nobody is told whether there is anything closed: opening may show nothing more." }
                        }
                        (form(frame.lang, &frame.csrf, &view.form))
                    }
                }))
            }
        },
    )
}
