//! Suggestions, documents and kept inputs to review, with made-up values. Nobody here is real.

use continuo_ui::Markup;
use continuo_ui::frame::Theme;
use continuo_ui::suggestion::SuggestionView;
use continuo_ui::tabs::TabView;
use continuo_ui::tag::{TagView, Tone};
use continuo_web::pages::review;

use super::parts::{frame, s, suggestion};

/// Every page of this area by name.
pub(crate) fn pages(theme: Theme) -> Vec<(String, Markup)> {
    let at = |path: &str| frame(theme, path);
    vec![
        (
            s("review"),
            review::suggestions::render(
                &at("/review"),
                &review::suggestions::View {
                    tabs: vec![
                        TabView { count: Some(2), ..TabView::new("Open", "/review", true) },
                        TabView::new("Decided", "/review?state=decided", false),
                    ],
                    summary: s("2 open, 4 decided today"),
                    cards: vec![
                        suggestion("s1"),
                        SuggestionView {
                            words_needed: true,
                            what: s("Call about item 9 of the PHQ-9"),
                            ..suggestion("s2")
                        },
                        SuggestionView {
                            decided: Some(TagView::new(Tone::Done, "Accepted by M. Ortiz 9:04 am")),
                            ..suggestion("s3")
                        },
                    ],
                    pages: None,
                },
            ),
        ),
        (
            s("review-empty"),
            review::suggestions::render(
                &at("/review"),
                &review::suggestions::View { tabs: Vec::new(), summary: String::new(), cards: Vec::new(), pages: None },
            ),
        ),
        (
            s("could-not-file"),
            review::could_not_file::render(
                &at("/could-not-file"),
                &review::could_not_file::View {
                    total: 12,
                    rows: vec![kept()],
                    opened: Some(review::could_not_file::Opened {
                        kept: kept(),
                        content: s("PID|1||0041-7||REYES^ANA||19601332|F"),
                        problems: vec![s("PID-7: `19601332` is not a date")],
                    }),
                    pages: None,
                },
            ),
        ),
    ]
}

fn kept() -> review::could_not_file::Kept {
    review::could_not_file::Kept {
        id: s("1"),
        what: s("Mercy feed, message 4 of 12"),
        when: s("08/19/2026 7:02 am"),
        reason: s("PID-7: `19601332` is not a date"),
        state: TagView::new(Tone::Caution, "Open"),
    }
}
