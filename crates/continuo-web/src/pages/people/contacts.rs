//! Every call, attempt, message and note of one person, newest first.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::section::{LineView, Place, Section, line_section};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub banner: BannerView,
    /// Parts of the chart.
    pub tabs: Vec<TabView>,
    /// Newest first.
    pub contacts: Section<LineView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    let head =
        PageHead { banner: Some(banner(frame.lang, &view.banner)), ..PageHead::titled(format!("{about}: contacts")) };
    page(
        frame,
        &head,
        html! {
            h1.visually-hidden { "Contacts of " (about) }
            (tabs("Parts of the chart", &view.tabs))
            (line_section(frame, Place { id: "contacts", title: "Calls, messages and notes", class: "" }, &view.contacts, html! {}))
        },
    )
}
