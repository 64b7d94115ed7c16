//! The timeline of one person.

use continuo_care::Ctx;
use continuo_care::access::Permission;
use continuo_care::chart::results::Series;
use continuo_care::chart::timeline::{self, Happening, Lasting, Timeline};
use continuo_fhir::Instant;
use continuo_ui::field::Choice;
use continuo_ui::multiple::MultipleView;
use continuo_ui::tabs::TabView;
use continuo_ui::timeline::{EventView, LaneView, SpanView, TimelineView};

use super::axis;
use super::chart::spark;
use crate::app::App;
use crate::pages::people::timeline::{View, render};
use crate::pages::{frame, person, proof, when};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::request::Request;
use crate::route::{Gate, Route};

pub(super) const ROUTES: &[Route] = &[Route::get("/patients/{id}/timeline", Gate::May(Permission::RecordRead), show)];

const RANGES: [(&str, &str, i64); 5] = [
    ("1m", "1 month", 31),
    ("6m", "6 months", 183),
    ("1y", "1 year", 366),
    ("5y", "5 years", 1827),
    ("all", "All", 36_525),
];
const KINDS: [(&str, &str); 5] = [
    ("encounters", "Visits and stays"),
    ("conditions", "Conditions"),
    ("medicines", "Medicines"),
    ("results", "Results"),
    ("contact", "Contact"),
];
/// The letters of the dots, in the order of their lanes.
const LETTERS: [(char, &str); 7] = [
    ('v', "visit"),
    ('e', "emergency visit"),
    ('c', "call"),
    ('x', "call, no answer"),
    ('m', "message"),
    ('f', "fax"),
    ('n', "note"),
];
const DAY: f64 = 86_400_000_000.0;
/// Values drawn in the picture; the others stand below it.
const CURVES: usize = 2;
/// Lines of one lane; the label says how many there are.
const SPANS: usize = 12;

fn show(_: &App, ctx: &Ctx, request: &Request) -> Result<Reply, Problem> {
    let (header, banner) = person::banner_of(ctx, request.param("id"))?;
    let asked = request.query.get("range").unwrap_or("6m");
    let (range, _, days) = RANGES.iter().find(|(word, ..)| *word == asked).copied().unwrap_or(RANGES[1]);
    let mut shown: Vec<String> = request.query.all("kind").map(str::to_owned).collect();
    if shown.is_empty() {
        shown = KINDS.iter().map(|(word, _)| (*word).to_owned()).collect();
    }
    let as_table = request.query.get("table").is_some();
    let now = ctx.now();
    let found = timeline::load(ctx, &header.id, now.plus_seconds(-days * 86_400))?;
    let path = format!("/patients/{}/timeline", header.id);
    let kept = shown.iter().map(|kind| format!("&kind={kind}")).collect::<String>();
    let values = if shown.iter().any(|kind| kind == "results") { &found.values[..] } else { &[] };
    let view = View {
        banner,
        tabs: person::tabs(ctx, &header.id, "Timeline"),
        ranges: RANGES
            .iter()
            .map(|(word, label, _)| TabView::new(label, format!("{path}?range={word}{kept}"), *word == range))
            .collect(),
        kinds: KINDS.iter().map(|(word, label)| Choice::new(*word, *label)).collect(),
        picture: picture(ctx, &found, &shown, days, now),
        values: values
            .iter()
            .filter(|one| one.points.len() > 1)
            .skip(CURVES)
            .take(8)
            .map(|one| MultipleView {
                title: one.name.clone(),
                last: format!("{} {}", one.value, unit(one)).trim_end().to_owned(),
                spark: spark(one),
                ends: ends(ctx, &one.points),
            })
            .collect(),
        shown,
        range: range.to_owned(),
        path,
        as_table,
    };
    Ok(Reply::page(render(&frame::of(ctx, request)?, &view)))
}

fn ends(ctx: &Ctx, points: &[(Instant, f64)]) -> (String, String) {
    let shown = |point: Option<&(Instant, f64)>| point.map(|(at, _)| when::day(ctx.zone.day(*at))).unwrap_or_default();
    (shown(points.first()), shown(points.last()))
}

fn picture(ctx: &Ctx, found: &Timeline, shown: &[String], days: i64, now: Instant) -> Option<TimelineView> {
    let has = |kind: &str| shown.iter().any(|one| one == kind);
    let end = now.micros() as f64 / DAY;
    let earliest = found
        .stays
        .iter()
        .chain(&found.conditions)
        .chain(&found.medicines)
        .map(|one| one.from.micros() as f64 / DAY)
        .fold(end - 30.0, f64::min);
    let start = (end - days as f64).max(earliest);
    let mut lanes = Vec::new();
    let mut spans = |label: &str, all: &[Lasting], kind: &str| {
        if has(kind) && !all.is_empty() {
            let label = if all.len() > SPANS { format!("{label}, {SPANS} of {}", all.len()) } else { label.to_owned() };
            lanes.push(LaneView::Spans(label, all.iter().rev().take(SPANS).map(|one| span(ctx, one)).collect()));
        }
    };
    spans("Stays", &found.stays, "encounters");
    spans("Conditions", &found.conditions, "conditions");
    spans("Medicines", &found.medicines, "medicines");
    if has("results") {
        for one in drawn(found) {
            let points = one.points.iter().map(|(at, value)| (at.micros() as f64 / DAY, *value)).collect();
            let band = (one.range.0.is_some() || one.range.1.is_some()).then_some(one.range);
            lanes.push(LaneView::Values(lane_name(one), points, band, says(one)));
        }
    }
    let mut events = |label: &str, all: &[Happening], kind: &str| {
        if has(kind) && !all.is_empty() {
            lanes.push(LaneView::Events(label.to_owned(), all.iter().map(|one| event(ctx, one)).collect()));
        }
    };
    events("Visits", &found.visits, "encounters");
    events("Contact", &found.contacts, "contact");
    let counts = format!(
        "{} stays, {} visits, {} contacts in this time",
        found.stays.len(),
        found.visits.len(),
        found.contacts.len()
    );
    let span = (start, end + (end - start) * 0.02);
    let letters = letters(found, shown);
    let ticks = axis::ticks(&ctx.zone, start, end);
    (!lanes.is_empty()).then_some(TimelineView { span, ticks, today: end, lanes, says: counts, letters })
}

/// The values with a lane of their own: those that moved, else those that were measured once.
fn drawn(found: &Timeline) -> impl Iterator<Item = &Series> {
    let (moved, once): (Vec<&Series>, Vec<&Series>) = found.values.iter().partition(|one| one.points.len() > 1);
    moved.into_iter().chain(once).take(CURVES)
}

/// The unit, where it says something that the name does not.
fn unit(one: &Series) -> &str {
    if one.unit == "score" || one.unit == one.name { "" } else { &one.unit }
}

/// "Hemoglobin A1c, %", or the name alone where it is its own unit.
fn lane_name(one: &Series) -> String {
    let unit = unit(one);
    if unit.is_empty() { one.name.clone() } else { format!("{}, {unit}", one.name) }
}

fn says(one: &Series) -> String {
    let picture = spark(one).says;
    if picture.is_empty() {
        format!("{} {} {}, measured once in this time", one.name, one.value, one.unit)
    } else {
        picture
    }
}

/// What the letters of the dots in view mean.
fn letters(found: &Timeline, shown: &[String]) -> Vec<(char, String)> {
    let of = |kind: &str, all: &[Happening]| -> Vec<char> {
        if shown.iter().any(|one| one == kind) { all.iter().map(|one| one.letter).collect() } else { Vec::new() }
    };
    let seen = [of("encounters", &found.visits), of("contact", &found.contacts)].concat();
    LETTERS
        .iter()
        .filter(|(letter, _)| seen.contains(letter))
        .map(|(letter, words)| (*letter, (*words).to_owned()))
        .collect()
}

fn span(ctx: &Ctx, one: &Lasting) -> SpanView {
    let from = when::day(ctx.zone.day(one.from));
    let when = match one.to {
        Some(to) => format!("{from} to {}", when::day(ctx.zone.day(to.plus_micros(-1)))),
        None => format!("since {from}"),
    };
    SpanView {
        from: one.from.micros() as f64 / DAY,
        to: one.to.map(|to| to.micros() as f64 / DAY),
        label: one.text.clone(),
        when,
        href: proof::source_href(&one.reference),
    }
}

fn event(ctx: &Ctx, one: &Happening) -> EventView {
    EventView {
        at: one.at.micros() as f64 / DAY,
        letter: one.letter,
        label: one.text.clone(),
        when: when::moment(one.at, &ctx.zone),
        href: proof::source_href(&one.reference),
    }
}
