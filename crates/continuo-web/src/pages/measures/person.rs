//! One person's measures: populations, what they rest on, and what would close a gap.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, panel};
use continuo_ui::states::{EmptyView, empty_page, notice};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// A population of a group.
#[derive(Clone, Debug)]
pub struct Population {
    /// "Denominator".
    pub label: String,
    /// "yes", "no", "3".
    pub count: String,
    /// What it rests on: words and address.
    pub evidence: Vec<(String, String)>,
    /// What was looked for and not found.
    pub absent: Vec<String>,
}

/// One group of a measure.
#[derive(Clone, Debug)]
pub struct Own {
    /// Element id.
    pub id: String,
    /// Title, with the group where there are several.
    pub title: String,
    /// The measure's page.
    pub href: String,
    /// "2026-01-01 to 2026-12-31, version 1.0".
    pub about: String,
    /// Where the person stands.
    pub standing: TagView,
    /// Why it could not be evaluated.
    pub error: String,
    /// Populations.
    pub populations: Vec<Population>,
    /// "by 12/31/2026"; empty without an end.
    pub by: String,
    /// What would close the gap.
    pub closes: Vec<String>,
    /// Stratifiers: label and value.
    pub strata: Vec<(String, String)>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub banner: BannerView,
    /// The person's pages.
    pub tabs: Vec<TabView>,
    /// Measures that count the person, gaps first.
    pub own: Vec<Own>,
    /// Measures that do not, by title.
    pub others: Vec<String>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let who = &view.banner.who;
    page(
        frame,
        &PageHead {
            banner: Some(banner(frame.lang, &view.banner)),
            ..PageHead::titled(format!("{}: measures", who.name()))
        },
        html! {
            (tabs("Parts of the chart", &view.tabs))
            div.page-head { h1 { "Measures" } p.lead { "Computed now, over what you may see. May not include records the person has not agreed to share." } }
            div.stack {
                @if view.own.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("No measure counts this person.", "Measures that are switched on and do not ask for them are named below."))) } }
                @for one in &view.own { (own(one)) }
                @if !view.others.is_empty() { (panel("", &PanelHead::new("others", format!("Do not count this person ({})", view.others.len())), html! {}, html! { ul { @for title in &view.others { li { (title) } } } })) }
            }
        },
    )
}

fn own(view: &Own) -> Markup {
    let rows = view.populations.iter().map(|one| {
        vec![
            Cell::text(&one.label),
            Cell::text(&one.count),
            Cell::of(html! {
                div {
                    @if one.evidence.is_empty() && one.absent.is_empty() { span.muted { "not looked at further" } }
                    @for (at, (words, href)) in one.evidence.iter().enumerate() { @if at > 0 { "; " } @if href.is_empty() { (words) } @else { a href=(href) { (words) } } }
                    @for words in &one.absent { div.fine { "not found: " (words) } }
                }
            }),
        ]
    });
    panel(
        "",
        &PanelHead::new(&view.id, view.title.as_str()).about(view.about.as_str()),
        html! { (tag(&view.standing)) a href=(view.href) aria-label={ "The measure: " (view.title) } { "The measure" } },
        html! {
            div.stack-tight {
                @if !view.error.is_empty() { (notice(Tone::Caution, &format!("The measure's logic stopped at this person's record: {}.", view.error.trim_end_matches('.')), html! {})) }
                @if !view.closes.is_empty() {
                    p { strong { "Would close it" @if !view.by.is_empty() { " " (view.by) } ":" } }
                    ul { @for way in &view.closes { li { (way) } } }
                    p.fine.muted { "It may not be done, or not be here." }
                }
                @if view.error.is_empty() {
                    (table(&TableView::new(&format!("Populations: {}", view.title), &["Population", "Counted", "Rests on"], rows.collect())))
                }
                @for (label, value) in &view.strata { p.fine { (label) ": " (value) } }
            }
        },
    )
}
