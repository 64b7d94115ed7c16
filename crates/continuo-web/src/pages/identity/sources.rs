//! The sources of a person: which records are theirs, since when and why, and how to take one out.

use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::{Markup, html};

/// One record.
#[derive(Clone, Debug)]
pub struct Record {
    /// "alder regional".
    pub source: String,
    /// Name and birth date as this source has them.
    pub named: String,
    /// Address of the record as received.
    pub href: String,
    /// "08/16/2026 7:02 am"; empty where it is alone.
    pub since: String,
    /// Why it is theirs.
    pub why: String,
    /// "50 thousand to 1 that they are one", or by whom.
    pub by: String,
    /// Entries in it.
    pub entries: usize,
    /// The person stands under this record.
    pub main: bool,
    /// Address that takes it out; empty where that cannot be done.
    pub unlink: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub banner: BannerView,
    /// Parts of the chart.
    pub tabs: Vec<TabView>,
    /// The main record first.
    pub records: Vec<Record>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let about = view.banner.who.named_and_born();
    let head =
        PageHead { banner: Some(banner(frame.lang, &view.banner)), ..PageHead::titled(format!("{about}: sources")) };
    let rows = view.records.iter().map(row).collect();
    let columns = ["Source", "Named there", "Linked since", "Why", "Holds", "Do"];
    let count = match view.records.len() {
        1 => "1 source".to_owned(),
        n => format!("{n} sources"),
    };
    page(
        frame,
        &head,
        html! {
            (tabs("Parts of the chart", &view.tabs))
            (page_head(&count, "Each source's record stays as received. Linking shows them as one person; unlinking sends everything back where it came from. May not include records not agreed to be shared.", html! {}))
            (table(&TableView::new("Records of this person", &columns, rows)))
        },
    )
}

fn row(record: &Record) -> Vec<Cell> {
    vec![
        Cell::of(
            html! { (record.source) @if record.main { br; span.fine.muted { "leads: its name and number stand in the banner" } } },
        ),
        Cell::of(html! {
            @if record.href.is_empty() { (record.named) } @else { a href=(record.href) { (record.named) span.visually-hidden { " at " (record.source) } } }
        }),
        Cell::text(&record.since),
        Cell::of(html! { (record.why) @if !record.by.is_empty() { br; span.fine.muted { (record.by) } } }),
        Cell::text(if record.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", record.entries) }),
        Cell::of(html! {
            @if !record.unlink.is_empty() { a.button href=(record.unlink) { "Unlink…" span.visually-hidden { " " (record.source) ": " (record.named) } } }
        }),
    ]
}
