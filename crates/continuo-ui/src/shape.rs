//! Shapes: each status has one, so that color is never alone. Drawn with the color of the text they stand in.

use maud::{Markup, PreEscaped, html};

use crate::tag::Tone;

/// A shape as it stands in a page. Whole at compile time: a list draws a thousand of them.
pub type Shape = PreEscaped<&'static str>;

macro_rules! draw {
    ($inner:literal) => {
        concat!(
            r#"<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false" fill="currentColor">"#,
            $inner,
            "</svg>"
        )
    };
}

/// The 12 px shape of a tone.
pub fn of(tone: Tone) -> Shape {
    PreEscaped(match tone {
        Tone::Critical => draw!(r#"<path d="M6 1 11.5 11h-11z"/>"#),
        Tone::Caution => draw!(
            r#"<circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1.25a4.75 4.75 0 0 0 0 9.5z"/>"#
        ),
        Tone::Active => draw!(r#"<circle cx="6" cy="6" r="5"/>"#),
        Tone::Done => draw!(r#"<path d="m1.5 6.5 3 3 6-7" fill="none" stroke="currentColor" stroke-width="2"/>"#),
        Tone::Waiting => {
            draw!(r#"<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/>"#)
        }
        Tone::Suggested => draw!(r#"<path d="M6 0 7.6 4.4 12 6 7.6 7.6 6 12 4.4 7.6 0 6l4.4-1.6z"/>"#),
    })
}

/// An arrow for an interpretation: `steps` 1 or 2 up, -1 or -2 down.
pub fn arrow(steps: i8) -> Shape {
    PreEscaped(match steps {
        i8::MIN..=-2 => draw!(r#"<path d="M6 7 2 2h8zM6 12 2 7h8z"/>"#),
        -1 => draw!(r#"<path d="M6 11 1.5 3h9z"/>"#),
        0 => draw!(r#"<path d="M1 5h10v2H1z"/>"#),
        1 => draw!(r#"<path d="M6 1l4.5 8h-9z"/>"#),
        2.. => draw!(r#"<path d="M6 0l4 5H2zM6 5l4 5H2z"/>"#),
    })
}

/// A telephone, for "call us".
pub fn phone() -> Shape {
    PreEscaped(draw!(
        r#"<path d="M3 0 5 3 3.8 4.2A7 7 0 0 0 7.8 8.2L9 7l3 2v2.2c0 .5-.4.8-.9.8A11 11 0 0 1 0 .9C0 .4.4 0 .9 0z"/>"#
    ))
}

/// An exclamation mark in a ring, for "today".
pub fn alert() -> Shape {
    PreEscaped(draw!(
        r#"<circle cx="6" cy="6" r="5.2" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M5.2 2.6h1.6l-.3 4h-1zM5.2 7.7h1.6v1.6H5.2z"/>"#
    ))
}

/// The product's mark: a voice moving over a line that never stops.
pub fn mark() -> Markup {
    html! {
        svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false" fill="none"
            stroke="currentColor" stroke-width="2.5" stroke-linecap="round" {
            path d="M2 18h20" {}
            path d="M3 11c3-8 6-8 9-2s6 5 9-3" {}
        }
    }
}
