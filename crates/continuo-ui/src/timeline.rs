//! The timeline: bands for what lasts, dots for what happens, small lines for values, one time axis.
//!
//! Drawn as SVG whose events are links (arrow keys move between them with script); the same rows exist as a table.

use maud::{Markup, html};

use crate::result_line::{Scale, round};
use crate::table::{Cell, TableView, table};
use crate::words::Lang;

/// Something that lasts: a condition, a medicine, a stay.
#[derive(Clone, Debug)]
pub struct SpanView {
    /// Start, in days on the axis.
    pub from: f64,
    /// End; none means it lasts.
    pub to: Option<f64>,
    /// "Heart failure".
    pub label: String,
    /// "since 03/2019".
    pub when: String,
    /// Source document.
    pub href: String,
}

/// Something that happened once.
#[derive(Clone, Debug)]
pub struct EventView {
    /// Day on the axis.
    pub at: f64,
    /// One letter for its kind: v visit, c call, m message, x no answer.
    pub letter: char,
    /// "Visit, Dr. Patel".
    pub label: String,
    /// "07/09/2026".
    pub when: String,
    /// Source document.
    pub href: String,
}

/// One row of the timeline.
#[derive(Clone, Debug)]
pub enum LaneView {
    /// Bars, each on a line of its own.
    Spans(String, Vec<SpanView>),
    /// Dots on one line.
    Events(String, Vec<EventView>),
    /// A value: label, points, band, sentence.
    Values(String, Vec<(f64, f64)>, Option<(Option<f64>, Option<f64>)>, String),
}

/// The whole picture.
#[derive(Clone, Debug)]
pub struct TimelineView {
    /// First and last day of the axis.
    pub span: (f64, f64),
    /// Marks: day and word ("Mar").
    pub ticks: Vec<(f64, String)>,
    /// Today on the axis.
    pub today: f64,
    /// Rows.
    pub lanes: Vec<LaneView>,
    /// A sentence that says what the picture says.
    pub says: String,
    /// What the letters of the dots mean: letter and words.
    pub letters: Vec<(char, String)>,
}

const LEFT: f64 = 152.0;
const RIGHT: f64 = 1180.0;
const LINE: f64 = 24.0;
const CURVE: f64 = 54.0;

/// The picture.
pub fn timeline(lang: Lang, view: &TimelineView) -> Markup {
    let height = view.lanes.iter().map(lane_height).sum::<f64>() + 30.0;
    let axis = Axis { from: view.span.0, per: (RIGHT - LEFT) / (view.span.1 - view.span.0).max(1.0) };
    let lanes = view.lanes.iter().scan(26.0, |next, lane| {
        let top = *next;
        *next += lane_height(lane);
        Some((top, lane))
    });
    html! {
        div.timeline-wrap role="region" aria-label=(view.says) tabindex="0" {
            svg.timeline viewBox={ "0 0 1190 " (round(height)) } role="group" aria-label=(view.says) data-timeline {
                @for (day, word) in &view.ticks {
                    line.grid x1=(axis.x(*day)) x2=(axis.x(*day)) y1="18" y2=(round(height)) {}
                    text x=(axis.x(*day)) y="12" { (word) }
                }
                line.today x1=(axis.x(view.today)) x2=(axis.x(view.today)) y1="4" y2=(round(height)) {}
                text x=(axis.x(view.today)) y="12" text-anchor="end" dx="-4" { (lang.words().today) }
                @for (y, lane) in lanes {
                    line.grid x1="0" x2=(round(RIGHT)) y1=(round(y - 3.0)) y2=(round(y - 3.0)) {}
                    (draw(lane, &axis, y))
                }
            }
            @if !view.letters.is_empty() {
                p.timeline-letters aria-hidden="true" { @for (letter, words) in &view.letters { span { b { (letter) } " " (words) } } }
            }
        }
    }
}

struct Axis {
    from: f64,
    per: f64,
}

impl Axis {
    fn at(&self, day: f64) -> f64 {
        (LEFT + (day - self.from) * self.per).clamp(LEFT, RIGHT)
    }

    fn x(&self, day: f64) -> String {
        round(self.at(day))
    }
}

fn lane_height(lane: &LaneView) -> f64 {
    match lane {
        LaneView::Spans(_, spans) => LINE * (spans.len().max(1) as f64) + 4.0,
        LaneView::Events(..) => LINE + 8.0,
        LaneView::Values(..) => CURVE + 6.0,
    }
}

fn draw(lane: &LaneView, axis: &Axis, y: f64) -> Markup {
    match lane {
        LaneView::Spans(label, spans) => html! {
            text.lane x="0" y=(round(y + 14.0)) { (label) }
            @for (i, span) in spans.iter().enumerate() { (bar(span, axis, y + LINE * i as f64)) }
        },
        LaneView::Events(label, events) => html! {
            text.lane x="0" y=(round(y + 16.0)) { (label) }
            @for event in events { (dot(event, axis, y + 12.0)) }
        },
        LaneView::Values(label, points, band, says) => curve(label, points, *band, says, axis, y),
    }
}

fn bar(span: &SpanView, axis: &Axis, y: f64) -> Markup {
    let from = axis.at(span.from);
    let to = span.to.map_or(RIGHT, |day| axis.at(day)).max(from + 4.0);
    let inside = to - from > 7.0 * span.label.chars().count() as f64;
    html! {
        a href=(span.href) data-event aria-label={ (span.label) ", " (span.when) } {
            title { (span.label) ", " (span.when) }
            rect.bar x=(round(from)) y=(round(y)) width=(round(to - from)) height="18" rx="3" {}
            rect.ring x=(round(from)) y=(round(y + 16.0)) width=(round(to - from)) height="3" {}
            @if inside { text.bar-text x=(round(from + 6.0)) y=(round(y + 13.0)) { (span.label) } }
            @else if from > RIGHT - 200.0 { text.bar-text x=(round(from - 6.0)) y=(round(y + 13.0)) text-anchor="end" { (span.label) } }
            @else { text.bar-text x=(round(to + 6.0)) y=(round(y + 13.0)) { (span.label) } }
        }
    }
}

fn dot(event: &EventView, axis: &Axis, y: f64) -> Markup {
    let x = axis.at(event.at);
    html! {
        a href=(event.href) data-event aria-label={ (event.label) ", " (event.when) } {
            title { (event.label) ", " (event.when) }
            circle.ring cx=(round(x)) cy=(round(y)) r="12" {}
            circle.dot cx=(round(x)) cy=(round(y)) r="8" {}
            text.letter x=(round(x)) y=(round(y + 3.5)) text-anchor="middle" { (event.letter) }
        }
    }
}

fn curve(
    label: &str,
    points: &[(f64, f64)],
    band: Option<(Option<f64>, Option<f64>)>,
    says: &str,
    axis: &Axis,
    y: f64,
) -> Markup {
    let scale = Scale::new(points, band, 100.0, CURVE, 6.0);
    let path = scale.as_ref().map_or(String::new(), |scale| {
        let place = |(i, (day, value)): (usize, &(f64, f64))| {
            format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, axis.x(*day), round(y + scale.y(*value)))
        };
        points.iter().enumerate().map(place).collect()
    });
    html! {
        @let (name, unit) = label.split_once(", ").unwrap_or((label, ""));
        text.lane x="0" y=(round(y + 14.0)) { (fitting(name)) }
        @if !unit.is_empty() { text x="0" y=(round(y + 29.0)) { (unit) } }
        @if let Some(scale) = &scale {
            @if let Some((top, bottom)) = scale.band(band) {
                rect.band x=(round(LEFT)) width=(round(RIGHT - LEFT)) y=(round(y + top)) height=(round((bottom - top).max(1.0))) {}
            }
        }
        g role="img" aria-label=(says) {
            path.line d=(path) {}
            @if let Some(scale) = &scale {
                @for (day, value) in points { circle.point cx=(axis.x(*day)) cy=(round(y + scale.y(*value))) r="2" {} }
            }
            @if let (Some(scale), Some((day, value))) = (&scale, points.last()) {
                circle.dot cx=(axis.x(*day)) cy=(round(y + scale.y(*value))) r="3.5" {}
                @let (x, side) = if axis.at(*day) > RIGHT - 60.0 { (axis.at(*day) - 12.0, "end") } else { (axis.at(*day) + 8.0, "start") };
                text.last-value x=(round(x)) y=(round((y + scale.y(*value) + 4.0).max(y + 12.0))) text-anchor=(side) { (value) }
            }
        }
    }
}

/// As much of a name as has room before the picture; the sentence of the picture says it whole.
fn fitting(name: &str) -> String {
    const ROOM: usize = 23;
    if name.chars().count() <= ROOM {
        return name.to_owned();
    }
    let cut: String = name.chars().take(ROOM - 1).collect();
    format!("{}…", cut.trim_end())
}

/// The same rows as a table.
pub fn twin(view: &TimelineView) -> Markup {
    let mut rows = Vec::new();
    for lane in &view.lanes {
        match lane {
            LaneView::Spans(label, spans) => {
                rows.extend(
                    spans.iter().map(|span| {
                        vec![Cell::text(label), Cell::link(&span.label, &span.href), Cell::text(&span.when)]
                    }),
                );
            }
            LaneView::Events(label, events) => {
                rows.extend(events.iter().map(|event| {
                    vec![Cell::text(label), Cell::link(&event.label, &event.href), Cell::text(&event.when)]
                }));
            }
            LaneView::Values(label, _, _, says) => rows.push(vec![Cell::text(label), Cell::text(says), Cell::text("")]),
        }
    }
    table(&TableView::new("Timeline as a table", &["Kind", "What", "When"], rows))
}
