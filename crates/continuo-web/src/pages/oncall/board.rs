//! On call: now, the week, covers and absences. Hours nobody covers stand on top and shout (safety.md, 7).

use continuo_ui::action::{Action, button};
use continuo_ui::form::{FormView, form};
use continuo_ui::frame::{FrameView, PageHead, page};
use continuo_ui::panel::{PanelHead, page_head, panel};
use continuo_ui::states::notice;
use continuo_ui::table::{Cell, TableView, table};
use continuo_ui::tag::{TagView, Tone, tag};
use continuo_ui::{Markup, html};

/// Who answers a route now.
#[derive(Clone, Debug)]
pub struct NowRow {
    /// "Critical results".
    pub title: String,
    /// What comes by it.
    pub what: String,
    /// "K. Young"; empty: nobody.
    pub who: String,
    /// "P. Lee"; empty: nobody.
    pub next: String,
    /// "until 5:00 pm".
    pub until: String,
    /// "15 minutes".
    pub minutes: String,
}

/// A shift, a cover or an absence.
#[derive(Clone, Debug)]
pub struct Line {
    /// "Mon, Tue 5:00 pm to 8:00 am".
    pub text: String,
    /// "K. Young, then P. Lee".
    pub note: String,
    /// Takes it away.
    pub remove: Option<Action>,
}

/// The week of one route.
#[derive(Clone, Debug)]
pub struct Week {
    /// Route id, for the address of the section.
    pub id: String,
    /// "Critical results".
    pub title: String,
    /// Its shifts.
    pub shifts: Vec<Line>,
    /// "Sat 5:00 pm to Mon 8:00 am".
    pub gaps: Vec<String>,
}

/// How whoever is on call is told.
#[derive(Clone, Debug, Default)]
pub struct ToldView {
    /// What rings and what does not, in plain words.
    pub words: String,
    /// Nothing rings: said loudly.
    pub silent: bool,
    /// People on the roster with where they are told, and the newest pages.
    pub lines: Vec<Line>,
    /// Tries the channel on oneself.
    pub test: Option<Action>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    /// Route by route.
    pub now: Vec<NowRow>,
    /// Uncovered in the next seven days, covers and absences counted: "Critical results: Sat 5:00 pm to Mon 8:00 am".
    pub gaps: Vec<String>,
    /// The plain week.
    pub weeks: Vec<Week>,
    /// How they are told.
    pub told: ToldView,
    /// One-off covers.
    pub covers: Vec<Line>,
    /// Absences.
    pub away: Vec<Line>,
    /// Forms with their id and title, as far as the reader may use them.
    pub forms: Vec<(String, String, FormView)>,
}

const LEAD: &str =
    "Danger goes to whoever is on call when nobody has it or its owner has not begun in time, then to the next.";

/// The page.
pub fn render(frame: &FrameView, view: &View) -> Markup {
    let error = view.forms.iter().any(|(.., form)| form.has_errors());
    page(
        frame,
        &PageHead { error, ..PageHead::titled("On call") },
        html! {
            (page_head("On call", LEAD, html! {}))
            @if !view.gaps.is_empty() { (notice(Tone::Critical, &uncovered(&view.gaps), html! {})) }
            div.stack {
                (now(&view.now))
                (told(frame, &view.told))
                div.columns { @for week in &view.weeks { (week_panel(frame, week)) } }
                div.columns {
                    (lines(frame, "covers", "Covers on single days", &view.covers, "Nobody covers for another on a single day."))
                    (lines(frame, "away", "Away", &view.away, "Nobody is entered as away."))
                }
                div.columns { @for (id, title, one) in &view.forms {
                    (panel("", &PanelHead::new(id, title.as_str()), html! {}, form(frame.lang, &frame.csrf, one)))
                } }
            }
        },
    )
}

fn uncovered(gaps: &[String]) -> String {
    const SHOWN: usize = 6;
    let first = gaps.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    let more = if gaps.len() > SHOWN { format!("; and {} more", gaps.len() - SHOWN) } else { String::new() };
    format!("Hours of the next 7 days with nobody on call: {first}{more}.")
}

fn now(rows: &[NowRow]) -> Markup {
    let cells = rows.iter().map(|row| {
        let who = if row.who.is_empty() {
            Cell::of(tag(&TagView::new(Tone::Critical, "Nobody")))
        } else {
            Cell::text(&row.who)
        };
        let next = if row.next.is_empty() {
            Cell::of(tag(&TagView::new(Tone::Caution, "Nobody")))
        } else {
            Cell::text(&row.next)
        };
        let route = Cell::of(html! { strong { (row.title) } br; span.fine.muted { (row.what) } });
        vec![route, who, Cell::text(&row.until), next, Cell::text(&row.minutes)]
    });
    let columns = ["Kind of danger", "On call now", "Until", "Then", "To answer within"];
    table(&TableView::new("Now", &columns, cells.collect()))
}

fn told(frame: &FrameView, view: &ToldView) -> Markup {
    let test = html! { @if let Some(action) = &view.test { (button(&frame.csrf, action)) } };
    panel(
        "",
        &PanelHead::new("told", "How whoever is on call is told"),
        test,
        html! {
            p { @if view.silent { (tag(&TagView::new(Tone::Caution, "No telephone rings"))) " " } (view.words) }
            @if !view.lines.is_empty() { (list(frame, &view.lines, "")) }
        },
    )
}

fn week_panel(frame: &FrameView, week: &Week) -> Markup {
    let head = PanelHead::new(&format!("week-{}", week.id), format!("Week: {}", week.title.to_lowercase()));
    panel(
        "",
        &head,
        html! {},
        html! {
            @if week.gaps.is_empty() { p { (tag(&TagView::new(Tone::Done, "Every hour of the week is covered"))) } }
            @else { p { (tag(&TagView::new(Tone::Critical, "Not covered"))) " " (week.gaps.join("; ")) } }
            (list(frame, &week.shifts, "No shifts yet."))
        },
    )
}

fn lines(frame: &FrameView, id: &str, title: &str, all: &[Line], nothing: &str) -> Markup {
    panel("", &PanelHead::new(id, title), html! {}, list(frame, all, nothing))
}

fn list(frame: &FrameView, all: &[Line], nothing: &str) -> Markup {
    html! {
        @if all.is_empty() { p.muted { (nothing) } }
        ul.lines { @for one in all { li {
            span.grow { (one.text) " " span.muted { (one.note) } }
            @if let Some(action) = &one.remove { (button(&frame.csrf, action)) }
        } } }
    }
}
