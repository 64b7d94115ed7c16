//! A result in one line: value, unit, reading as word and arrow, sparkline with the reference band, goal or range, age.

use maud::{Markup, html};

use crate::shape;
use crate::tag::Tone;

/// One measured value over time.
#[derive(Clone, Debug)]
pub struct ResultView {
    /// "HbA1c".
    pub name: String,
    /// Address of all its values.
    pub href: String,
    /// "7.9".
    pub value: String,
    /// "%".
    pub unit: String,
    /// "above goal", "Critical high", "in range"; empty where nothing judges it.
    pub reading: String,
    /// Arrow: 2 critical high, 1 high, 0 in range, -1 low, -2 critical low.
    pub arrow: Option<i8>,
    /// "her goal under 7.5" or "range 3.5-5.1 (Quest)".
    pub range: String,
    /// "8 months".
    pub age: String,
    /// "12/28/2025".
    pub date: String,
    /// Twelve months of points.
    pub spark: SparkView,
}

/// A small line of values with the expected band behind it.
#[derive(Clone, Debug, Default)]
pub struct SparkView {
    /// (days, value), oldest first.
    pub points: Vec<(f64, f64)>,
    /// Low and high of the reference range, either may be missing.
    pub band: Option<(Option<f64>, Option<f64>)>,
    /// A sentence with minimum, maximum and last.
    pub says: String,
}

/// The line, as a list item.
pub fn result_line(view: &ResultView) -> Markup {
    html! {
        li.result {
            span.name {
                @if view.href.is_empty() { (view.name) } @else { a href=(view.href) { (view.name) } }
                span.range.num { (view.range) }
            }
            span.value.num { (view.value) " " small { (view.unit) } time.age title=(view.date) { (view.age) } }
            (reading(view))
            (spark(&view.spark))
        }
    }
}

fn reading(view: &ResultView) -> Markup {
    let class = match view.arrow {
        Some(2 | -2) => Tone::Critical.class(),
        Some(1 | -1) => Tone::Caution.class(),
        Some(0) => Tone::Done.class(),
        _ => "muted",
    };
    html! {
        span class={ "reading " (class) } {
            @match view.arrow { Some(0) => (shape::of(Tone::Done)), Some(steps) => (shape::arrow(steps)), None => {} }
            (view.reading)
        }
    }
}

const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 26.0;
const PAD: f64 = 3.0;

/// The sparkline. With fewer than two points it draws the one, or nothing but its sentence.
pub fn spark(view: &SparkView) -> Markup {
    let Some(scale) = Scale::new(&view.points, view.band, WIDTH, HEIGHT, PAD) else {
        return html! { span.fine.muted { (view.says) } };
    };
    let last = view.points.last().copied().unwrap_or_default();
    html! {
        svg.spark viewBox="0 0 120 26" width="120" height="26" role="img" aria-label=(view.says) {
            @if let Some((top, bottom)) = scale.band(view.band) {
                rect.band x="0" y=(round(top)) width="120" height=(round((bottom - top).max(0.5))) {}
            }
            @if view.points.len() > 1 { path.line d=(scale.path(&view.points)) {} }
            circle.last cx=(round(scale.x(last.0))) cy=(round(scale.y(last.1))) r="2.5" {}
        }
    }
}

/// Maps days and values to a drawing.
#[derive(Debug)]
pub(crate) struct Scale {
    from: (f64, f64),
    per: (f64, f64),
    height: f64,
    pad: f64,
}

impl Scale {
    /// None where there is nothing finite to draw.
    pub(crate) fn new(
        points: &[(f64, f64)],
        band: Option<(Option<f64>, Option<f64>)>,
        width: f64,
        height: f64,
        pad: f64,
    ) -> Option<Scale> {
        if points.is_empty() || points.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
            return None;
        }
        let (low, high) = band.unwrap_or((None, None));
        let values = points.iter().map(|point| point.1).chain(low).chain(high).filter(|value| value.is_finite());
        let (min_y, max_y) = values.fold((f64::MAX, f64::MIN), |(min, max), value| (min.min(value), max.max(value)));
        let (min_x, max_x) =
            points.iter().fold((f64::MAX, f64::MIN), |(min, max), point| (min.min(point.0), max.max(point.0)));
        let span = |min: f64, max: f64| if max > min { max - min } else { 1.0 };
        let per = ((width - 2.0 * pad) / span(min_x, max_x), (height - 2.0 * pad) / span(min_y, max_y));
        Some(Scale { from: (min_x, min_y), per, height, pad })
    }

    pub(crate) fn x(&self, x: f64) -> f64 {
        self.pad + (x - self.from.0) * self.per.0
    }

    pub(crate) fn y(&self, y: f64) -> f64 {
        self.height - self.pad - (y - self.from.1) * self.per.1
    }

    /// Top and bottom of the band; an open side reaches the edge.
    pub(crate) fn band(&self, band: Option<(Option<f64>, Option<f64>)>) -> Option<(f64, f64)> {
        let (low, high) = band?;
        let top = high.map_or(0.0, |value| self.y(value));
        let bottom = low.map_or(self.height, |value| self.y(value));
        (low.is_some() || high.is_some()).then_some((top, bottom))
    }

    pub(crate) fn path(&self, points: &[(f64, f64)]) -> String {
        let mut path = String::new();
        for (i, (x, y)) in points.iter().enumerate() {
            path.push(if i == 0 { 'M' } else { 'L' });
            path.push_str(&format!("{} {}", round(self.x(*x)), round(self.y(*y))));
        }
        path
    }
}

/// One decimal is a tenth of a pixel: enough, and the same bytes on every machine.
pub(crate) fn round(value: f64) -> String {
    format!("{value:.1}")
}
