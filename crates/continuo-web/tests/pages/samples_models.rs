//! The log of language models, with made-up values.

use continuo_ui::Markup;
use continuo_ui::frame::Theme;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::oversight::models::{ReplayView, Row, View, render, replay};

use super::parts::{frame, s};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    let row = |state: TagView, why: &str, replay: &str| Row {
        at: s("08/19/2026 9:02 am"),
        purpose: s("Reading for a review"),
        model: s("m-1"),
        version: s("reading-1"),
        state,
        why: s(why),
        tokens: s("1204, 310"),
        took: s("2.4 s"),
        replay: s(replay),
    };
    let log = View {
        lead: s("2 calls: 2408 tokens read, 620 written. No words of anybody are kept here."),
        rows: vec![
            row(TagView::new(Tone::Done, "Answered"), "", "/oversight/models/c"),
            row(TagView::new(Tone::Caution, "Failed"), "no answer in time", ""),
        ],
    };
    let one = ReplayView {
        about: vec![(s("Model"), s("m-1"))],
        outcome: s("Read: 1 statement stands on words of the text."),
        found: vec![s("Everything tastes like metal")],
        href: s("/review/r"),
        instructions: s("You read a clinical conversation and list what it says."),
        sent: s("Patient: everything tastes like metal"),
        answer: s("{\"items\":[]}"),
    };
    vec![
        (s("model-log"), render(&at("/oversight/models"), &log)),
        (s("model-log-empty"), render(&at("/oversight/models"), &View { rows: Vec::new(), ..log })),
        (
            s("model-call-failed"),
            replay(&at("/oversight/models/d"), &{
                let outcome = s("Not read: no answer in time.");
                ReplayView { outcome, found: Vec::new(), href: s(""), answer: s(""), ..one.clone() }
            }),
        ),
        (s("model-replay"), replay(&at("/oversight/models/c"), &one)),
    ]
}
