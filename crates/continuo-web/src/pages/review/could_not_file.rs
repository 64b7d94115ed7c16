//! Could not file: what came in and could not be taken, kept as received, to mend and try again.

use continuo_ui::action::{Action, button};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::{EmptyView, empty_page};
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tabs::{TabView, tabs};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// One input kept aside.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Opaque id.
    pub id: String,
    /// "Mercy feed, message 4 of 12".
    pub what: String,
    /// "08/19/2026 7:02 am".
    pub when: String,
    /// Why, naming the place.
    pub reason: String,
    /// Open, filed, put aside; settled ones with whom, when and why.
    pub state: TagView,
    /// "M. Ortiz, 08/19/2026 9:10 am: a test message"; empty while it waits.
    pub settled: String,
}

/// One input opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which.
    pub kept: Kept,
    /// What stands in the way, each with its place.
    pub problems: Vec<String>,
    /// The content as received, or its readable part.
    pub received: String,
    /// Mending: cells of a row, or the content as text; nothing for what is settled.
    pub mend: Option<FormView>,
    /// Putting aside with a reason; nothing for what is settled.
    pub aside: Option<FormView>,
}

/// Resources of one kind that others refer to and that never came.
#[derive(Clone, Debug)]
pub struct MissingRow {
    /// "2 people", "1 Encounter".
    pub what: String,
    /// "213 Observation, 4 Condition".
    pub from: String,
    /// Names of the sources that refer to them.
    pub sources: String,
    /// Entries of people who are not here stand on no chart.
    pub loud: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// How many wait.
    pub total: u64,
    /// Waiting, filed, put aside.
    pub tabs: Vec<TabView>,
    /// Newest first.
    pub rows: Vec<Kept>,
    /// The one opened.
    pub opened: Option<Opened>,
    /// What is referred to and never came.
    pub missing: Vec<MissingRow>,
    /// "first 200 of 512", when the list is cut.
    pub cut: String,
}

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let rows = view.rows.iter().map(|one| cells(frame, one)).collect();
    let columns = ["What", "When", "Why it could not be filed", "State", "Do"];
    let kept = TableView::new("Kept as received", &columns, rows);
    let title = format!("Could not file ({})", view.total);
    let error = view.opened.as_ref().and_then(|one| one.mend.as_ref()).is_some_and(FormView::has_errors);
    page(
        frame,
        &PageHead { error, ..PageHead::titled(title.as_str()) },
        html! {
            (page_head(&title, "Nothing is lost: what could not be taken is kept as it came.", html! {}))
            @if !view.tabs.is_empty() { (tabs("Inputs", &view.tabs)) }
            div.stack {
                @if let Some(one) = &view.opened { (opened(frame, one)) }
                @if view.rows.is_empty() { div.panel { (empty_page(&frame.csrf, &EmptyView::new("Nothing here.", "What cannot be understood appears here with the reason."))) } }
                @else {
                    @if !view.cut.is_empty() { p.muted { (view.cut) } }
                    (table(&kept))
                }
                @if !view.missing.is_empty() { (missing(&view.missing)) }
            }
        },
    )
}

/// Entries whose person never came are in the record and on no chart: the loudest of what is missing.
fn missing(rows: &[MissingRow]) -> Markup {
    let cells = rows.iter().map(|row| {
        let what = html! { (row.what) @if row.loud { " " (tag(&TagView::new(Tone::Critical, "On no chart"))) } };
        vec![Cell::of(what), Cell::text(&row.from), Cell::text(&row.sources)]
    });
    let columns = ["Never came", "Referred to by", "From"];
    let lead = "Entries that refer to these are filed and wait for them: send the missing files, and they are found by themselves.";
    panel(
        "",
        &PanelHead::new("missing", "References that lead nowhere"),
        html! {},
        html! { p.muted { (lead) } (table(&TableView::new("What never came", &columns, cells.collect()))) },
    )
}

fn cells(frame: &FrameView, one: &Kept) -> Vec<Cell> {
    let state = html! { (tag(&one.state)) @if !one.settled.is_empty() { " " span.fine.muted { (one.settled) } } };
    let retry = Action::post("Try again", format!("/could-not-file/{}/retry", one.id)).about(&one.what);
    vec![
        Cell::link(&one.what, &format!("/could-not-file/{}", one.id)),
        Cell::text(&one.when),
        Cell::text(&one.reason),
        Cell::of(state),
        if one.settled.is_empty() { Cell::of(button(&frame.csrf, &retry)) } else { Cell::text("") },
    ]
}

fn opened(frame: &FrameView, view: &Opened) -> Markup {
    html! {
        div.stack {
            (panel("", &PanelHead::new("opened", view.kept.what.as_str()), html! { span.about { (view.kept.when) } }, html! {
                div.stack-tight {
                    p { (tag(&view.kept.state)) " " (view.kept.settled) }
                    @if view.mend.is_some() {
                        h3 { "What stands in the way" }
                        @if view.problems.is_empty() { p { "Nothing any more: try again as it is." } }
                    }
                    ul { @for problem in &view.problems { li { (problem) } } }
                    h3 { "As received" }
                    pre.as-written tabindex="0" { (view.received) }
                }
            }))
            @if let Some(mend) = &view.mend { (panel("narrow", &PanelHead::new("mend", "Mend and try again"), html! {}, form(frame.lang, &frame.csrf, mend))) }
            @if let Some(aside) = &view.aside { (panel("narrow", &PanelHead::new("aside", "Not needed"), html! {}, form(frame.lang, &frame.csrf, aside))) }
        }
    }
}
