//! Parts of the chart that are lists: tasks, referrals, documents.

use continuo_ui::action::{Action, buttons};
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
    /// "Referrals".
    pub title: String,
    /// Adding one.
    pub actions: Vec<Action>,
    /// Id, heading and lines of each list; one that cannot be read says so alone.
    pub lists: Vec<(&'static str, String, Section<LineView>)>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    let head = PageHead {
        banner: Some(banner(frame.lang, &view.banner)),
        ..PageHead::titled(format!("{about}: {}", view.title.to_lowercase()))
    };
    page(
        frame,
        &head,
        html! {
            h1.visually-hidden { (view.title) " of " (about) }
            div.chart-head {
                (tabs("Parts of the chart", &view.tabs))
                (buttons(&frame.csrf, &view.actions))
            }
            div.stack {
                @for (id, title, lines) in &view.lists {
                    (line_section(frame, Place { id, title, class: "" }, lines, html! {}))
                }
            }
        },
    )
}
