//! The timeline of one person, as a picture and as a table of the same rows.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::field::Choice;
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::multiple::{MultipleView, multiples};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::timeline::{TimelineView, timeline, twin};
use continuo_ui::{Markup, html};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub banner: BannerView,
    /// Parts of the chart.
    pub tabs: Vec<TabView>,
    /// 1 m, 6 m, 1 y, 5 y, all.
    pub ranges: Vec<TabView>,
    /// Kinds that can be shown.
    pub kinds: Vec<Choice>,
    /// Kinds shown.
    pub shown: Vec<String>,
    /// The range kept when kinds change.
    pub range: String,
    /// Where the form asks.
    pub path: String,
    /// As a table instead of the picture.
    pub as_table: bool,
    /// The picture; none where there is nothing in the range.
    pub picture: Option<TimelineView>,
    /// Values in small pictures below.
    pub values: Vec<MultipleView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        banner: Some(banner(frame.lang, &view.banner)),
        ..PageHead::titled(format!("{}: timeline", view.banner.who.named_and_born()))
    };
    page(
        frame,
        &head,
        html! {
            h1.visually-hidden { "Timeline of " (view.banner.who.named_and_born()) }
            (tabs("Parts of the chart", &view.tabs))
            (choice(view))
            div.stack {
                @match &view.picture {
                    None => { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing in this time.", "Choose a longer time, or more kinds."))) } }
                    Some(picture) if view.as_table => { (twin(picture)) }
                    Some(picture) => { (timeline(frame.lang, picture)) }
                }
                @if !view.values.is_empty() {
                    section.stack-tight aria-labelledby="values-title" { h2 #values-title { "Values" } (multiples(&view.values)) }
                }
            }
        },
    )
}

fn choice(view: &View) -> Markup {
    html! {
        div.row.timeline-choice {
        nav.segments aria-label="Time shown" {
            @for one in &view.ranges { a.button href=(one.href) aria-current=[one.current.then_some("page")] { (one.label) } }
        }
        form.filters method="get" action=(view.path) data-auto aria-label="What is shown" {
            input type="hidden" name="range" value=(view.range);
            @for kind in &view.kinds {
                label.choice for={ "kind-" (kind.value) } {
                    input id={ "kind-" (kind.value) } type="checkbox" name="kind" value=(kind.value) checked[view.shown.contains(&kind.value)];
                    (kind.label)
                }
            }
            label.choice for="as-table" { input #as-table type="checkbox" name="table" value="yes" checked[view.as_table]; "Table" }
            button.button type="submit" { "Show" }
        }
        }
    }
}
