//! Why is this person on my list, or not: every rule, fired or not, with the fact it found or missed.

use continuo_ui::action::{Action, buttons};
use continuo_ui::banner::{BannerView, banner};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::page_head;
use continuo_ui::section::{LineView, Place, Section, line_section};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, tag};
use continuo_ui::{Markup, html};

/// One rule's answer for this person.
#[derive(Clone, Debug)]
pub struct RuleAnswer {
    /// "Call after discharge".
    pub rule: String,
    /// Its page.
    pub href: String,
    /// On the list, not needed, silenced, does not apply.
    pub answer: TagView,
    /// The facts in one sentence.
    pub because: String,
    /// What is missing or would change it.
    pub missing: String,
    /// Looked, and found nothing to do: folded away below the others.
    pub asks_nothing: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose.
    pub banner: BannerView,
    /// Parts of the chart.
    pub tabs: Vec<TabView>,
    /// What is on the list now, with due and owner.
    pub on_list: Section<LineView>,
    /// Every rule.
    pub rules: Vec<RuleAnswer>,
    /// "Assessed 08/19/2026 7:02 am at change 4,211; next 08/20/2026."
    pub assessed: String,
    /// What one does next: log a call.
    pub actions: Vec<Action>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let head = PageHead {
        banner: Some(banner(frame.lang, &view.banner)),
        ..PageHead::titled(format!("{}: why on the list", view.banner.who.name()))
    };
    let (quiet, telling): (Vec<_>, Vec<_>) = view.rules.iter().partition(|one| one.asks_nothing);
    let rules = |caption: &str, all: &[&RuleAnswer]| {
        let columns = ["Rule", "Answer", "Because", "What is missing or would change it"];
        table(&TableView::new(caption, &columns, all.iter().map(|one| cells(one)).collect()))
    };
    let many = match quiet.len() {
        1 => "1 rule asks for nothing here, and why".to_owned(),
        n => format!("{n} rules ask for nothing here, and why"),
    };
    page(
        frame,
        &head,
        html! {
            (tabs("Parts of the chart", &view.tabs))
            (page_head("Why on the list, or not", &view.assessed, buttons(&frame.csrf, &view.actions)))
            div.stack {
                (line_section(frame, Place { id: "on-list", title: "On the list now", class: "" }, &view.on_list, html! {}))
                @if !telling.is_empty() { (rules("Rules that ask for something, or cannot say", &telling)) }
                @if !quiet.is_empty() {
                    details.fold open[telling.is_empty()] { summary { (many) } (rules("Rules that ask for nothing here", &quiet)) }
                }
            }
        },
    )
}

fn cells(one: &RuleAnswer) -> Vec<Cell> {
    vec![
        Cell::link(&one.rule, &one.href),
        Cell::of(tag(&one.answer)),
        Cell::text(&one.because),
        Cell::text(&one.missing),
    ]
}
