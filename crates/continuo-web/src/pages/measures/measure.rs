//! One measure: its figures, denominators that open to the people, trend, comparison, text, value sets and versions.

use continuo_ui::filter::{FilterBarView, filter_bar};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::multiple::{MultipleView, multiples};
use continuo_ui::panel::{PanelHead, definitions, page_head, panel};
use continuo_ui::section::{LineView, line};
use continuo_ui::stat::{StatView, stats};
use continuo_ui::states::notice;
use continuo_ui::table::{Cell, ColumnHead, TableView, table};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// A number that opens to its people.
#[derive(Clone, Debug)]
pub struct Count {
    /// "Denominator".
    pub label: String,
    /// "42".
    pub count: String,
    /// The list; empty for readers who do not open records.
    pub href: String,
    /// What it means, in a few words.
    pub note: String,
}

/// Some people of a comparison.
#[derive(Clone, Debug)]
pub struct Compared {
    /// "Spanish", "65 to 74", "not asked".
    pub name: String,
    /// "74.2 %" or "cannot be assessed".
    pub rate: String,
    /// "31 of 42".
    pub share: String,
    /// People who could not be evaluated.
    pub failed: String,
}

/// One group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name; empty where the measure has one.
    pub name: String,
    /// Rate and what it is of.
    pub stats: Vec<StatView>,
    /// Populations.
    pub counts: Vec<Count>,
    /// Rates kept by day.
    pub trend: Option<MultipleView>,
    /// The kept figures as a table: day, rate, numerator of denominator.
    pub kept: Vec<[String; 3]>,
    /// By what it is compared; none for what has no rate.
    pub by: Option<FilterBarView>,
    /// The comparison.
    pub compared: Vec<Compared>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Title.
    pub title: String,
    /// "version 1.0.000, 2026-01-01 to 2026-12-31".
    pub lead: String,
    /// On, off, computing.
    pub state: TagView,
    /// What keeps it from running, or what it runs without.
    pub problems: Vec<String>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Its own words, paragraph by paragraph.
    pub says: Vec<String>,
    /// Label and text: url, version, scoring, steward.
    pub about: Vec<(String, String)>,
    /// Libraries it rests on: name and address.
    pub libraries: Vec<LineView>,
    /// Value sets: url, codes, cut short or missing.
    pub value_sets: Vec<LineView>,
    /// Who set it how, newest first.
    pub history: Vec<LineView>,
    /// On or off, with a reason; none for readers without the permission.
    pub switch: Option<FormView>,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.switch.as_ref().is_some_and(FormView::has_errors);
    let about: Vec<(&str, Markup)> =
        view.about.iter().map(|(label, text)| (label.as_str(), html! { (text) })).collect();
    page(
        frame,
        &PageHead { error, ..PageHead::titled(format!("{}: measure", view.title)) },
        html! {
            (page_head(&view.title, &view.lead, html! { (tag(&view.state)) a.button href="/measures" { "All measures" } }))
            @for problem in &view.problems { (notice(Tone::Caution, problem, html! {})) }
            div.stack {
                @for (at, one) in view.groups.iter().enumerate() { (group(frame, at, one)) }
                @if let Some(switch) = &view.switch { (panel("narrow", &PanelHead::new("switch", "How it is used here"), html! {}, form(frame.lang, &frame.csrf, switch))) }
                (panel("", &PanelHead::new("says", "What it says"), html! {}, html! {
                    div.stack-tight {
                        @if view.says.is_empty() { p.muted { "The package brings no description." } }
                        @for paragraph in &view.says { p.prose { (paragraph) } }
                        (definitions(&about))
                    }
                }))
                (lines(frame, "libraries", "Libraries", &view.libraries, "None: it could not be compiled."))
                (lines(frame, "value-sets", "Value sets", &view.value_sets, "It names none."))
                (lines(frame, "history", "Set by", &view.history, "Nobody has switched it on."))
            }
        },
    )
}

fn lines(frame: &FrameView, id: &str, title: &str, all: &[LineView], none: &str) -> Markup {
    let head = PanelHead::new(id, format!("{title} ({})", all.len()));
    panel(
        "",
        &head,
        html! {},
        html! {
            @if all.is_empty() { p.muted { (none) } }
            ul.lines { @for one in all { li { (line(frame, one)) } } }
        },
    )
}

fn group(frame: &FrameView, at: usize, view: &Group) -> Markup {
    let title = if view.name.is_empty() { "Figures".to_owned() } else { format!("Figures: {}", view.name) };
    let populations = view
        .counts
        .iter()
        .map(|one| vec![Cell::link(&one.label, &one.href), Cell::number(&one.count), Cell::text(&one.note)]);
    let populations = TableView {
        caption: "Populations".to_owned(),
        columns: vec![head("Population", false), head("Count", true), head("Meaning", false)],
        rows: populations.collect(),
    };
    panel(
        "",
        &PanelHead::new(&format!("group-{at}"), title),
        html! {},
        html! {
            div.stack {
                (stats(&view.stats))
                (table(&populations))
                @if let Some(trend) = &view.trend { (multiples(std::slice::from_ref(trend))) }
                @if !view.kept.is_empty() {
                    details { summary { "Kept figures by day" } (table(&TableView::new("Kept figures by day", &["Day", "Rate", "Counted, of how many"],
                        view.kept.iter().map(|row| row.iter().map(Cell::text).collect()).collect()))) }
                }
                @if let Some(by) = &view.by { (filter_bar(frame.lang, &frame.csrf, by)) }
                @if !view.compared.is_empty() { (comparison(view)) }
            }
        },
    )
}

fn head(label: &str, number: bool) -> ColumnHead {
    ColumnHead { label: label.to_owned(), number, ..ColumnHead::default() }
}

fn comparison(view: &Group) -> Markup {
    let rows = view.compared.iter().map(|one| {
        vec![Cell::text(&one.name), Cell::number(&one.rate), Cell::number(&one.share), Cell::number(&one.failed)]
    });
    html! {
        (table(&TableView {
            caption: "Compared between people".to_owned(),
            columns: vec![head("People", false), head("Rate", true), head("Counted, of how many", true), head("Not assessable", true)],
            rows: rows.collect(),
        }))
        p.fine.muted { "A group with fewer than 20 in its denominator cannot be assessed: its rate says nothing, and neither does the lack of a difference." }
    }
}
