//! Small multiples: the same small picture for several values, on one time axis, with the reference band shaded.

use maud::{Markup, html};

use crate::result_line::{Scale, SparkView, round};

/// One picture.
#[derive(Clone, Debug)]
pub struct MultipleView {
    /// "Potassium".
    pub title: String,
    /// "4.1 mmol/L".
    pub last: String,
    /// Points, band and the sentence.
    pub spark: SparkView,
    /// First and last date on the axis.
    pub ends: (String, String),
}

/// Several pictures side by side.
pub fn multiples(views: &[MultipleView]) -> Markup {
    html! { div.multiples { @for view in views { (multiple(view)) } } }
}

fn multiple(view: &MultipleView) -> Markup {
    let scale = Scale::new(&view.spark.points, view.spark.band, 240.0, 64.0, 5.0);
    html! {
        figure.multiple {
            figcaption { span { (view.title) } span.num { (view.last) } }
            svg viewBox="0 0 240 80" width="240" height="80" role="img" aria-label=(view.spark.says) {
                @if let Some(scale) = &scale {
                    @if let Some((top, bottom)) = scale.band(view.spark.band) {
                        rect.band x="0" y=(round(top)) width="240" height=(round((bottom - top).max(1.0))) {}
                    }
                    path.line d=(scale.path(&view.spark.points)) {}
                    @if let Some((x, y)) = view.spark.points.last() { circle.last cx=(round(scale.x(*x))) cy=(round(scale.y(*y))) r="3" {} }
                    // Where it began, in numbers; where it ends stands above.
                    @if let Some((x, y)) = view.spark.points.first().filter(|_| view.spark.points.len() > 1) {
                        @let above = scale.y(*y) > 20.0;
                        text.first-value x=(round(scale.x(*x))) y=(round(if above { scale.y(*y) - 5.0 } else { scale.y(*y) + 13.0 })) { (y) }
                    }
                }
                text x="0" y="78" { (view.ends.0) }
                text x="240" y="78" text-anchor="end" { (view.ends.1) }
            }
        }
    }
}
